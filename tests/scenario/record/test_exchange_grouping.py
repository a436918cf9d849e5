"""Which packets are one exchange, which are polling that leads to nothing, and where a key among them belongs."""

from kkm_sim.clock import Instant
from kkm_sim.link.packets import ControlCode, ControlPacket, Direction
from kkm_sim.messages.codes import CodeType
from kkm_sim.messages.records import CloseAnswer, DonePacket, IdentifierRequest, SaleRequest, ShortAnswer
from kkm_sim.scenario.record.exchange_grouping import Cursor, ExchangeGrouping, answers_first, keys_beside_exchanges
from kkm_sim.scenario.record.recorder import Found, Item, Shown
from kkm_sim.settings import Settings
from tests.scenario.items import answered, of_master, of_till, pressed, spoken

RDY, ACK, DISC, NAK = ControlCode.RDY, ControlCode.ACK, ControlCode.DISC, ControlCode.NAK
ACK_HS = ControlPacket(1, Direction.TO_TILL, ACK, True)
TILL_ACK_HS = ControlPacket(1, Direction.TO_MASTER, ACK, True)
SALE = SaleRequest(code_type=CodeType.EAN).encode()
ANNULLED = ShortAnswer(function=7).encode()
ANNUL = b"\x03\x07"
POLL: list[Item] = [spoken(RDY, 0), answered(RDY, 11)]


def exchange(items: list[Item], number: int = 1) -> tuple[dict[str, object] | None, int]:
    """The step that the items are, and how many of them."""
    grouping = ExchangeGrouping(items, 0, number, 1)
    found = grouping.exchange(Settings())
    return (found.step, grouping.cursor.index) if found is not None else (None, 0)


def test_a_request_is_an_exchange() -> None:
    items = [*POLL, *POLL, spoken(of_master(SALE, 3), 22), answered(ACK, 40)]
    assert exchange(items, 3) == ({"sale": {"send": {"code_type": "ean"}}}, 6)


def test_a_request_in_frames() -> None:
    items: list[Item] = [*POLL]
    for number in (1, 2, 3):
        more = number < 3
        frame = of_master(SALE[(number - 1) * 20 : number * 20], number, hs=more)
        items += [spoken(frame, 0), answered(TILL_ACK_HS if more else ACK, 0)]
    assert exchange(items) == ({"sale": {"send": {"code_type": "ean"}}, "frames": 20}, len(items))


def test_a_question_that_is_answered_at_once_and_one_that_is_not() -> None:
    asked = [*POLL, spoken(of_master(ANNUL, hs=True), 22), answered(ACK, 40)]
    answer = [answered(of_till(ANNULLED), 50), spoken(ACK, 60)]
    assert exchange([*asked, *answer]) == ({"annul": {}}, 6)
    slow: list[Item] = [*POLL, spoken(of_master(ANNUL), 22), answered(ACK, 40), *POLL, spoken(RDY, 99), *answer]
    assert exchange(slow) == ({"annul": {}, "hs": 0}, 9)


def test_the_tills_question_with_its_answer() -> None:
    asked = IdentifierRequest(receipt_number=1, block=1).encode()
    items = [spoken(RDY, 0), answered(of_till(asked), 11), spoken(ACK, 22)]
    expect = {"expect": {"receipt_number": 1, "block": 1}}
    assert exchange(items) == ({"identifier": expect}, 3)
    answer = [spoken(of_master(bytes.fromhex("03 03 01 00 00 00 00 01 00 00 00 00 00")), 33), answered(ACK, 44)]
    assert exchange([*items, *answer]) == ({"identifier": expect | {"send": {"result": 1}}}, 5)
    wrong = [spoken(of_master(CloseAnswer().encode()), 33), answered(ACK, 44)]
    assert exchange([*items, *wrong]) == ({"identifier": expect}, 3)


def test_the_tills_message_in_frames() -> None:
    done = DonePacket().encode()
    hasty = [answered(of_till(done[:2], 7, hs=True), 11), spoken(ACK_HS, 22), answered(of_till(done[2:], 1), 33)]
    assert exchange([spoken(RDY, 0), *hasty, spoken(ACK, 44)]) == ({"done": {}}, 5)
    asked = [answered(of_till(done[:2], 7, hs=True), 11), spoken(ACK, 22), spoken(RDY, 200)]
    assert exchange([spoken(RDY, 0), *asked, answered(of_till(done[2:], 1), 33), spoken(ACK, 44)]) == ({"done": {}}, 6)


def test_what_is_no_usual_exchange() -> None:
    sale = spoken(of_master(SALE), 22)
    assert exchange([*POLL, sale, answered(NAK, 40)]) == (None, 0)
    assert exchange([*POLL, spoken(of_master(SALE, 4), 22), answered(ACK, 40)]) == (None, 0)
    assert exchange([spoken(RDY, 0), answered(DISC, 11), sale, answered(ACK, 40)]) == (None, 0)
    assert exchange([sale, answered(ACK, 40)]) == (None, 0)
    assert exchange([*POLL, sale, pressed("С", 30), answered(ACK, 40)]) == (None, 0)
    hasty = Found(("gap-too-short",), Instant(0))
    assert exchange([*POLL, sale, hasty, answered(ACK, 40)]) == (None, 0)
    repeated = [answered(of_till(DonePacket().encode()), 11), spoken(NAK, 22)]
    assert exchange([spoken(RDY, 0), *repeated, *repeated]) == (None, 0)


def test_polling_that_leads_to_nothing() -> None:
    def polls(items: list[Item]) -> int:
        cursor = Cursor(items, 0)
        cursor.idle_poll()
        return cursor.index

    assert polls([*POLL, *POLL]) == 2
    assert polls([spoken(RDY, 0), answered(DISC, 11)]) == 2
    assert polls([spoken(RDY, 0), spoken(RDY, 3000)]) == 1
    assert polls([spoken(RDY, 0), answered(of_till(ANNULLED), 11)]) == 0
    assert polls([spoken(RDY, 0), answered(RDY, 11), answered(RDY, 22)]) == 0
    assert polls([spoken(RDY, 0), spoken(RDY, 1), answered(RDY, 11), answered(RDY, 22)]) == 0
    assert polls([spoken(RDY, 0), Found(("gap-too-short",), Instant(0)), answered(RDY, 11)]) == 0


def test_an_answer_comes_before_the_key_that_it_had_to_pass() -> None:
    asked, key, shown, answer = spoken(RDY, 0), pressed("1", 5), Shown("1", Instant(6)), answered(RDY, 11)
    assert answers_first([asked, key, shown, answer]) == [asked, answer, key, shown]
    late = answered(RDY, 500)
    assert answers_first([asked, key, shown, late]) == [asked, key, shown, late]


def test_keys_stand_beside_the_exchange_that_they_fell_into() -> None:
    key, shown = pressed("1", 25), Shown("1", Instant(26))
    request = [spoken(of_master(SALE), 22), answered(ACK, 40)]
    assert keys_beside_exchanges([*POLL, key, shown, *request]) == [key, shown, *POLL, *request]
    done = [spoken(RDY, 0), answered(of_till(DonePacket().encode()), 11)]
    assert keys_beside_exchanges([*done, key, shown, spoken(ACK, 40), *POLL]) == [
        *done,
        spoken(ACK, 40),
        key,
        shown,
        *POLL,
    ]

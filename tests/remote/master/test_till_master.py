import pytest

from kkm_sim.clock import MS, SECOND, Instant
from kkm_sim.link.decoder import PacketDecoder, Received
from kkm_sim.link.events import PacketSeen
from kkm_sim.link.packets import DataPacket, Direction
from kkm_sim.messages.codes import CodeType, Operation, ShownMessage
from kkm_sim.messages.records import (
    AnnulReceiptRequest,
    CloseAnswer,
    CloseRequest,
    DonePacket,
    IdentifierAnswer,
    IdentifierHead,
    IdentifierRequest,
    PingAnswer,
    PingRequest,
    SaleAnswer,
    SaleRequest,
    ShortAnswer,
    ShowMessageRequest,
)
from kkm_sim.remote.master.master_news import (
    Answered,
    Declined,
    Garbled,
    Premature,
    Told,
    Unanswered,
    Wanted,
)
from kkm_sim.remote.master.till_master import TillMaster
from kkm_sim.remote.protocol.silence import Silence
from kkm_sim.settings import Settings
from kkm_sim.simulator import Simulator
from kkm_sim.till.chart import TillState
from kkm_sim.value import replace
from kkm_sim.virtual.line import Way
from tests.remote.master.beside import BOTTLE, CONTROL_BYTES, PING, WALL, Counter, findings


def test_nobodys_till_is_not_polled() -> None:
    counter = Counter()
    counter.run(10 * SECOND)
    assert counter.packets() == []
    assert counter.master.deadline() is None


def test_ping(held: Counter) -> None:
    held.master.call(1, PING, held.now)
    answer = held.hears(Answered)
    assert isinstance(answer, Answered)
    assert answer.call == 1
    assert isinstance(answer.answer, PingAnswer)
    assert answer.answer.moment == WALL
    assert findings(held) == []


def test_pings_keep_the_documents_interval(held: Counter) -> None:
    for number in range(5):
        held.master.call(number, PING, held.now)
    held.until(lambda: len(held.news) == 5)
    assert [one.call for one in held.news if isinstance(one, Answered)] == [0, 1, 2, 3, 4]
    assert held.now >= 800 * MS
    assert findings(held) == []


def test_a_message_and_an_annulment(held: Counter) -> None:
    held.master.call(1, ShowMessageRequest(message=ShownMessage.SCAN_PDF), held.now)
    held.master.call(2, AnnulReceiptRequest(), held.now)
    held.until(lambda: len(held.news) == 2)
    assert held.news == [Answered(1, ShortAnswer(function=6)), Declined(2, 27)]
    assert held.simulator.till().till.indicator.text == "SCAn PdF"


def test_a_whole_receipt(held: Counter) -> None:
    held.master.call(1, BOTTLE, held.now)
    held.until(lambda: held.state is TillState.REQUEST)
    held.master.call(2, PING, held.now)
    assert isinstance(held.hears(Answered), Answered)
    held.press("3 5 0 ПИ")
    sold = held.hears(Answered)
    assert isinstance(sold, Answered)
    assert sold.call == 1
    assert isinstance(sold.answer, SaleAnswer)
    assert (sold.answer.operation, sold.answer.price, sold.answer.alcohol) == (Operation.SALE, 35000, True)
    held.press("ИТ")
    close = held.hears(Wanted)
    assert isinstance(close, Wanted)
    assert isinstance(close.request, CloseRequest)
    assert close.request.total == 35000
    held.master.answer(close.request, CloseAnswer(receipt_number=close.request.receipt_number), held.now)
    for block in (1, 2):
        wanted = held.hears(Wanted)
        assert isinstance(wanted, Wanted)
        assert wanted.request == IdentifierRequest(receipt_number=1, block=block)
        text = IdentifierHead(receipt_number=1, block=block, row_bytes=4)
        no_more = IdentifierHead(result=1, receipt_number=1, block=block)
        answer = IdentifierAnswer(text, b"abc\x00") if block == 1 else IdentifierAnswer(no_more)
        held.master.answer(wanted.request, answer, held.now)
    assert held.hears(Told) == Told(DonePacket())
    assert findings(held) == []


def test_a_sale_that_the_operator_cancels(held: Counter) -> None:
    held.master.call(1, BOTTLE, held.now)
    held.until(lambda: held.state is TillState.REQUEST)
    held.press("С")
    assert held.hears(Declined) == Declined(1, 27)


def test_a_second_sale_waits_for_nobody(held: Counter) -> None:
    held.master.call(1, BOTTLE, held.now)
    held.master.call(2, BOTTLE, held.now)
    assert held.hears(Premature) == Premature(2)
    held.until(lambda: held.state is TillState.REQUEST)
    held.master.call(3, BOTTLE, held.now)
    assert held.hears(Premature) == Premature(3)
    requests = [
        seen
        for seen in held.packets()
        if isinstance(seen.packet, DataPacket) and seen.packet.direction is Direction.TO_TILL
    ]
    assert len(requests) == 1


def test_while_the_operator_types_a_call_waits(held: Counter) -> None:
    held.press("1 5")
    held.master.call(1, PING, held.now)
    assert held.run(20 * SECOND) == []
    held.press("С")
    assert isinstance(held.hears(Answered), Answered)


def test_no_till_there() -> None:
    counter = Counter()
    counter.simulator.power(False, counter.now)
    counter.master.hold(counter.now)
    counter.master.call(1, PING, counter.now)
    assert counter.hears(Unanswered) == Unanswered(1, Silence.NOT_THERE)
    assert not counter.master.linked
    counter.simulator.power(True, counter.now)
    counter.run(5 * SECOND)
    assert counter.master.linked
    assert counter.master.counters.lost == 1


def damaged(data: bytes, direction: Direction, now: Instant) -> bytes:
    """What the master says in data packets arrives with another last byte of data."""
    if direction is Direction.TO_TILL and len(data) > CONTROL_BYTES:
        return data[:-5] + bytes([data[-5] ^ 1]) + data[-4:]
    return data


def nonsense(data: bytes, direction: Direction, now: Instant) -> bytes:
    """The till's answers are those of another till: half of them is missing."""
    decoder = PacketDecoder()
    decoder.feed(data)
    found = decoder.next()
    if direction is Direction.TO_MASTER and isinstance(found, Received) and isinstance(found.packet, DataPacket):
        return replace(found.packet, data=found.packet.data[: len(found.packet.data) // 2]).encode()
    return data


@pytest.mark.parametrize("way", [damaged, nonsense])
def test_a_line_that_damages_what_is_said(way: Way) -> None:
    counter = Counter(way)
    counter.master.hold(counter.now)
    counter.master.call(1, PING, counter.now)
    assert counter.hears(Garbled) == Garbled(1)


def test_a_sale_that_is_answered_with_nonsense() -> None:
    counter = Counter(nonsense)
    counter.master.hold(counter.now)
    counter.master.call(1, BOTTLE, counter.now)
    counter.until(lambda: counter.state is TillState.REQUEST)
    counter.press("3 5 0 ПИ")
    assert counter.hears(Garbled) == Garbled(1)


def test_a_till_that_has_the_call_and_says_nothing(held: Counter) -> None:
    held.run(SECOND)
    held.master.call(1, AnnulReceiptRequest(), held.now)
    held.until(lambda: held.master.counters.delivered == 1)
    held.line.connect(False)
    assert held.hears(Unanswered) == Unanswered(1, Silence.SILENT)


@pytest.mark.parametrize("missed", [True, False])
def test_a_till_that_was_changed_for_another_has_the_sale_no_more(held: Counter, missed: bool) -> None:
    held.master.call(1, BOTTLE, held.now)
    held.until(lambda: held.master.counters.delivered == 1)
    held.line.connect(not missed)
    held.until(lambda: held.master.linked is not missed)
    held.simulator = held.line.simulator = Simulator(Settings(), wall=WALL, now=held.now)
    held.line.connect(True)
    assert held.hears(Unanswered) == Unanswered(1, Silence.FORGOTTEN)
    held.master.call(2, BOTTLE, held.now)
    held.until(lambda: held.state is TillState.REQUEST)
    assert findings(held) == []


def test_a_till_that_was_off_has_the_sale_still(held: Counter) -> None:
    held.master.call(1, BOTTLE, held.now)
    held.until(lambda: held.master.counters.delivered == 1)
    held.simulator.power(False, held.now)
    held.until(lambda: not held.master.linked)
    held.simulator.power(True, held.now)
    held.run(10 * SECOND)
    held.press("3 5 0 ПИ")
    assert isinstance(held.hears(Answered), Answered)
    assert held.news == []


def test_after_the_lease_there_is_silence_and_what_the_till_queued_waits(held: Counter) -> None:
    held.master.call(1, BOTTLE, held.now)
    held.until(lambda: held.state is TillState.REQUEST)
    held.master.release(held.now)
    held.run(SECOND)
    passed = len(held.packets())
    held.press("3 5 0 ПИ")
    held.run(30 * SECOND)
    assert len(held.packets()) == passed
    assert held.news == []
    held.master.hold(held.now)
    told = held.hears(Told)
    assert isinstance(told, Told)
    assert isinstance(told.message, SaleAnswer)
    assert told.message.price == 35000
    assert findings(held) == []


def test_what_came_in_the_last_moment_is_kept_for_the_next(held: Counter) -> None:
    held.master.call(1, BOTTLE, held.now)
    held.until(lambda: held.state is TillState.REQUEST)
    held.press("3 5 0 ПИ")
    held.until(lambda: any(_is_sale_answer(seen) for seen in held.packets()))
    held.master.release(held.now)
    held.news.clear()
    held.run(10 * SECOND)
    assert held.news == []
    held.master.hold(held.now)
    told = held.hears(Told)
    assert isinstance(told, Told)
    assert isinstance(told.message, SaleAnswer)
    assert findings(held) == []


def _is_sale_answer(seen: PacketSeen) -> bool:
    packet = seen.packet
    return isinstance(packet, DataPacket) and packet.direction is Direction.TO_MASTER and packet.data[1] == 1


def test_the_next_holders_sale_does_not_get_the_answer_of_the_one_before(held: Counter) -> None:
    held.master.call(1, BOTTLE, held.now)
    held.until(lambda: held.state is TillState.REQUEST)
    held.master.release(held.now)
    held.run(SECOND)
    held.press("3 5 0 ПИ")
    held.run(10 * SECOND)  # the answer is queued at the till
    held.master.hold(held.now)
    held.master.call(2, SaleRequest(code_type=CodeType.BEER, barcode=4607000000006), held.now)
    told = held.hears(Told)
    assert isinstance(told, Told)
    assert isinstance(told.message, SaleAnswer)
    assert told.message.barcode == BOTTLE.barcode
    held.until(lambda: held.state is TillState.REQUEST)
    held.press("9 9 ПИ")
    sold = held.hears(Answered)
    assert isinstance(sold, Answered)
    assert isinstance(sold.answer, SaleAnswer)
    assert (sold.call, sold.answer.barcode) == (2, 4607000000006)


def test_calls_that_did_not_begin_end_with_the_lease(held: Counter) -> None:
    held.press("1 5")
    held.run(SECOND)
    held.master.call(1, BOTTLE, held.now)
    held.master.call(2, PING, held.now)
    held.run(SECOND)
    held.master.release(held.now)
    held.run(SECOND)
    held.press("С")
    held.master.hold(held.now)
    held.run(10 * SECOND)
    assert held.state is TillState.IDLE
    assert held.news == []


def test_the_next_holder_may_sell_the_bottle_that_the_one_before_did_not(held: Counter) -> None:
    held.master.call(1, BOTTLE, held.now)
    held.until(lambda: held.state is TillState.REQUEST)
    held.master.release(held.now)
    held.run(SECOND)
    held.press("С")
    held.run(SECOND)
    held.master.hold(held.now)
    held.master.call(2, BOTTLE, held.now)
    held.until(lambda: held.state is TillState.REQUEST)
    held.press("3 5 0 ПИ")
    sold = held.hears(Answered)
    assert isinstance(sold, Answered)
    assert sold.call == 2
    assert findings(held) == []


@pytest.mark.parametrize("under_way", [PING, BOTTLE])
@pytest.mark.parametrize("ms", range(0, 100, 4))
@pytest.mark.parametrize("between", [False, True])
def test_the_device_goes_on_at_any_moment(
    held: Counter, under_way: PingRequest | SaleRequest, ms: int, between: bool
) -> None:
    held.run(SECOND)
    held.master.call(1, under_way, held.now)
    held.run(ms * MS).clear()
    held.master.release(held.now)
    if between:  # whoever comes next may come a step of the line later
        assert held.master.poll(held.now) == b""
    held.master.hold(held.now)
    held.master.call(2, PING, held.now)
    answer = held.hears(Answered)
    assert isinstance(answer, Answered)
    assert answer.call == 2
    assert findings(held) == []


@pytest.mark.parametrize(("keys", "outcome"), [("3 5 0 ПИ", Answered), ("С", Declined)])
def test_a_sale_whose_acknowledgement_was_lost_is_the_operators_still(
    keys: str, outcome: type[Answered | Declined]
) -> None:
    lost: list[bytes] = []

    def way(data: bytes, direction: Direction, now: Instant) -> bytes:
        if direction is Direction.TO_MASTER and sent and not lost:
            lost.append(data)
            return b""
        if direction is Direction.TO_TILL and len(data) > 60:
            sent.append(data)
        return data

    sent: list[bytes] = []
    counter = Counter(way)
    counter.master.hold(counter.now)
    counter.master.call(1, BOTTLE, counter.now)
    counter.run(10 * SECOND)
    assert (len(lost), counter.state) == (1, TillState.REQUEST)
    assert len(sent) > 1
    assert counter.news == []
    counter.press(keys)
    told = counter.hears(outcome)
    assert isinstance(told, Answered | Declined)
    assert told.call == 1


def test_what_passed_is_counted(held: Counter) -> None:
    held.master.call(1, PING, held.now)
    held.hears(Answered)
    held.run(100 * MS)
    # SYN, then DATA after the till's RDY, and the ACK of its answer
    assert held.master.state == {
        "linked": True,
        "packets_to_till": 3,
        "packets_to_master": 3,
        "delivered": 1,
        "failed": 0,
        "lost": 0,
    }


def test_a_till_that_is_not_there_is_not_called_once_nobody_holds_it() -> None:
    master = TillMaster(1, Settings(), baud=57600, paced=True, now=Instant(0))
    master.hold(Instant(0))
    assert (master.held, master.silent) == (True, False)
    assert master.poll(Instant(SECOND))
    master.release(Instant(SECOND))
    assert (master.held, master.silent) == (False, False)
    sent = [master.poll(Instant(SECOND + step * MS)) for step in range(5000)]
    assert b"".join(sent) == b""
    assert master.silent
    assert master.deadline() is None

"""Items become steps: keys in one go, acts, packets by themselves, what is left out."""

from datetime import datetime
from typing import Any

from kkm_sim.clock import MS, SECOND, Instant
from kkm_sim.edge import ClockSet, OperatorAct, OptionSet, PaperSet, PowerSet, Pressed
from kkm_sim.link.packets import ControlCode, ControlPacket, Direction
from kkm_sim.messages.records import PingAnswer, PingRequest
from kkm_sim.scenario.record.readable_recording import Draft, ReadableRecording, control_words, hex_words, tape_value
from kkm_sim.scenario.record.recorder import Acted, Beeped, Found, Item, Noise, Printed, Shown
from kkm_sim.settings import Settings
from kkm_sim.till.effects import BeepLength
from kkm_sim.till.keyboard import Key
from kkm_sim.virtual.bench import DEFAULT_WALL
from tests.scenario.items import acted, answered, of_master, of_till, pressed, spoken

RDY, ACK, REJ, SYN = ControlCode.RDY, ControlCode.ACK, ControlCode.REJ, ControlCode.SYN
POLL: list[Item] = [spoken(RDY, 0), answered(RDY, 11)]


def drafts(*items: Item) -> list[Draft]:
    recording = ReadableRecording(wall=DEFAULT_WALL, began=Instant(0), shown="0.00", settings=Settings(), paced=True)
    return recording.tell(items, last=True)


def steps(*items: Item) -> list[Any]:
    return [draft.step for draft in drafts(*items)]


def ping(number: int, total: int, at: int) -> list[Item]:
    answer = PingAnswer(model=1, serial_number="1", shift=0, moment=datetime(2016, 7, 1), total=total).encode()
    return [
        *POLL,
        spoken(of_master(PingRequest().encode(), number, hs=True), at),
        answered(ACK, at + 10),
        answered(of_till(answer, number), at + 20),
        spoken(ACK, at + 40),
    ]


def test_keys_in_one_go() -> None:
    keys: list[Item] = [pressed("1", 0), Shown("1", Instant(0)), *POLL, pressed("ПИ", 1400), pressed("С", 3000)]
    assert drafts(*keys) == [
        Draft({"keys": "1 ПИ"}),
        Draft({"indicator": "1"}),
        Draft({"keys": "С"}, "+1.6 s"),
        Draft({"indicator": "1"}),
    ]


def test_a_mistake_ends_a_line_of_keys() -> None:
    keys: list[Item] = [
        pressed("ИТ", 0),
        Beeped(BeepLength.LONG, Instant(0)),
        Shown("Err 22", Instant(0)),
        pressed("С", 1),
    ]
    assert steps(*keys)[:4] == [{"keys": "ИТ"}, {"beep": "long"}, {"indicator": "Err 22"}, {"keys": "С"}]


def test_acts() -> None:
    at = Instant(0)
    acts: tuple[OperatorAct, ...] = (
        PowerSet(False, at),
        PowerSet(True, at),
        PaperSet(False, at),
        PaperSet(True, at),
        OptionSet(27, 0, at),
    )
    assert steps(*map(acted, acts)) == [
        *({"power": "off"}, {"power": "on"}, {"paper": "out"}, {"paper": "in"}, {"option": {27: 0}}),
    ]
    wall = datetime(2016, 7, 1, 23, 59, 58)
    assert steps(acted(ClockSet(wall, at))) == [{"clock": wall}]


def test_packets_by_themselves() -> None:
    undefined = ControlPacket(1, Direction.TO_TILL, 4, True)
    foreign = ControlPacket(7, Direction.TO_TILL, SYN)
    assert steps(spoken(SYN, 0), answered(RDY, 9), spoken(undefined, 20), spoken(foreign, 40)) == [
        *({"send": "SYN"}, {"expect": "RDY"}, {"send": {"packet": 4, "hs": 1}}),
        {"send": {"hex": foreign.encode().hex(" ")}},
    ]


def test_a_wrong_number_stays_as_wrong() -> None:
    refused: list[Item] = [*POLL, spoken(of_master(b"\x03\x05", 5), 20), answered(REJ, 40)]
    assert steps(*refused)[2:] == [{"send": {"ping": {}, "number": 5}}, {"expect": "REJ"}]
    # PINGs that tell the same again are left out, and the number is so much lower.
    assert steps(*ping(1, 0, 0), *ping(2, 0, 500), *refused)[1:] == [
        *({"send": "RDY"}, {"expect": "RDY"}, {"wait": "200 ms"}),
        {"send": {"ping": {}, "number": 4}},
        {"expect": "REJ"},
    ]


def test_pings_that_tell_something_keep_their_distance() -> None:
    asked = [*ping(1, 0, 0), *ping(2, 0, 500), *ping(3, 100, 1000)]
    assert steps(*asked) == [{"ping": {}}, {"ping": {"expect": {"total": 100}}}]
    bare = [*POLL, spoken(of_master(PingRequest().encode(), 2, hs=True), 500), answered(REJ, 510)]
    assert steps(*ping(1, 0, 0), *bare)[3:] == [
        *({"wait": "200 ms"}, {"send": {"ping": {}, "hs": 1}}, {"expect": "REJ"}),
    ]


def test_a_ping_that_came_too_often_does_so_again() -> None:
    found = Found(("ping-too-often",), Instant(130 * MS))
    asked = [*ping(1, 0, 0), *ping(2, 100, 100)]
    assert steps(*asked[:-1], found, asked[-1])[1:] == [
        *({"send": "RDY"}, {"expect": "RDY"}, {"send": {"ping": {}, "hs": 1}}, {"expect": "ACK"}),
        *({"expect": {"ping": {"total": 100}}}, {"findings": ["ping-too-often"]}, {"send": "ACK"}),
    ]


def test_what_takes_its_time_has_it() -> None:
    seen = Shown("C", Instant(61 * SECOND))
    assert steps(pressed("ИТ", 0), spoken(SYN, 1000), seen)[-1] == {"indicator": "C", "within": "66 s"}


def test_noise_is_a_comment_and_no_finding() -> None:
    noise: list[Item] = [Noise(b"\x80\xf8", Instant(0)), Found(("wrong-speed", "stray-bytes"), Instant(0))]
    assert drafts(*noise) == [Draft(None, "noise at another speed: 80 f8"), Draft({"findings": ["stray-bytes"]})]


def test_the_tape_comes_where_a_document_ends() -> None:
    at = Instant(0)
    items: list[Item] = [Printed(("ИТОГ",), at, rests=True), pressed("1", 0), Printed(("A", "[cut]"), at, rests=False)]
    assert steps(*items, pressed("С", 9000), Printed((), at, rests=True))[-1] == {"tape": "ИТОГ\nA\n[cut]\n"}


def test_a_date_on_the_tape_sets_the_clock() -> None:
    later = Acted(Pressed(Key.ITEM, Instant(0)), Instant(0), printing=False, wall=datetime(2016, 7, 1, 12, 5, 59))
    told = steps(later, Printed(("01-07-2016 12:05", "[cut]"), Instant(0), rests=True))
    assert told[:2] == [{"clock": datetime(2016, 7, 1, 12, 5)}, {"keys": "ПИ"}]


def test_words() -> None:
    assert tape_value(["A", "", "[cut]"]) == "A\n\n[cut]\n"
    assert tape_value([" A", "B"]) == [" A", "B"]
    assert tape_value(["A", "$name"]) == {"contains": ["A"]}
    assert control_words(ControlPacket(1, Direction.TO_MASTER, ACK, True)) == "ACK HS=1"
    assert hex_words(bytes(33)) == f"{bytes(32).hex(' ')}\n00\n"

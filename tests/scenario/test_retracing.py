"""A recording done again: the same moments, packet by packet; what the till makes of it is told."""

from kkm_sim.bench import DEFAULT_WALL
from kkm_sim.clock import Instant
from kkm_sim.journal import OptionSet
from kkm_sim.link.packets import ControlCode
from kkm_sim.scenario.recording import Item, Shown
from kkm_sim.scenario.retracing import Retracing
from kkm_sim.settings import Settings
from tests.scenario.items import acted, answered, of_master, pressed, spoken

SYN, RDY = ControlCode.SYN, ControlCode.RDY


def steps(*items: Item) -> list[object]:
    retracing = Retracing(Settings(), wall=DEFAULT_WALL, start="cash", paced=True, began=Instant(0))
    return [draft.step for draft in retracing.run(items)]


def test_moments_are_kept() -> None:
    asked = [spoken(SYN, 100), answered(RDY, 112)]
    assert steps(*asked, pressed("1", 2000), Shown("1", Instant(0)), pressed("5", 2000), pressed("С", 2300)) == [
        *({"wait": "100 ms"}, {"send": "SYN"}, {"expect": "RDY"}, {"wait": "1889 ms"}),
        *({"keys": "1 5"}, {"indicator": "15"}, {"wait": "300 ms"}, {"keys": "С"}, {"indicator": "0.00"}),
        {"wait": "50 ms"},
    ]


def test_the_till_decides_what_it_answers() -> None:
    told = steps(spoken(SYN, 0), answered(RDY, 12), pressed("1", 50), spoken(RDY, 100), answered(RDY, 112))
    assert [step for step in told if isinstance(step, dict) and "expect" in step] == [
        {"expect": "RDY"},
        {"expect": "DISC"},
    ]


def test_what_a_packet_leads_to_is_told_at_once() -> None:
    told = steps(spoken(of_master(b"\x03\x05", 3), 100))
    assert told[1:4] == [
        {"send": {"ping": {}, "number": 3}},
        {"findings": ["data-without-rdy", "wrong-frame-number"]},
        {"expect": "REJ"},
    ]


def test_an_option_that_cannot_be_set_here_is_left_out() -> None:
    assert {"option": {27: 0}} in steps(acted(OptionSet(27, 0, Instant(0))))

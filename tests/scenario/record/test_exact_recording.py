"""A recording done again: the same moments, packet by packet; what the till makes of it is told."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from kkm_sim.clock import MS, US, Instant
from kkm_sim.edge import OptionSet
from kkm_sim.findings import FindingCode
from kkm_sim.link.packets import ControlCode
from kkm_sim.scenario.record.exact_recording import ExactRecording
from kkm_sim.scenario.record.recorder import Found, Item, Shown, Spoken
from kkm_sim.scenario.record.yaml_writer import head_text, step_text
from kkm_sim.scenario.report.outcome import Outcome
from kkm_sim.settings import Settings
from kkm_sim.virtual.bench import DEFAULT_WALL
from tests.scenario.items import acted, answered, of_master, pressed, spoken
from tests.scenario.recorded import played

SYN, RDY = ControlCode.SYN, ControlCode.RDY


def steps(*items: Item) -> list[Any]:
    exact = ExactRecording(Settings(), wall=DEFAULT_WALL, start="cash", paced=True, began=Instant(0))
    return [draft.step for draft in exact.run(items)]


def replayed(told: list[Any], tmp_path: Path) -> Outcome:
    return played(head_text("again", "", {"master": "wire"}) + "".join(map(step_text, told)), tmp_path)


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


def test_an_answer_that_crosses_what_the_master_says(tmp_path: Path) -> None:
    hasty = spoken(RDY, 109)
    assert isinstance(hasty, Spoken)
    found = Found((FindingCode.GAP_TOO_SHORT.rule.code,), Instant(111 * MS))
    told = steps(spoken(RDY, 100), replace(hasty, quiet=9500 * US), found)
    assert [step for step in told if isinstance(step, dict) and "expect" in step] == [
        {"expect": "RDY", "not_before": "0 ns"},
        {"expect": "RDY"},
    ]
    assert replayed(told, tmp_path).failure is None


def test_an_answer_under_the_address_before(tmp_path: Path) -> None:
    told = steps(spoken(RDY, 100), acted(OptionSet(30, 2, Instant(105 * MS))), spoken(SYN, 200))
    assert {"expect": "RDY", "till": 1} in told
    assert replayed(told, tmp_path).failure is None

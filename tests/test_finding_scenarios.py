"""Each kind of finding has a scenario that shows it, and names it as its expectation."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kkm_sim.findings import FindingCode
from kkm_sim.scenario.format.loader import load_scenario
from kkm_sim.scenario.format.steps import FindingsStep, IncludeStep, RepeatStep, Step

FOLDER = Path(__file__).parents[1] / "scenarios" / "unhappy"

NOT_ON_A_VIRTUAL_WIRE = {FindingCode.WRONG_SPEED: "a driver hears it: a port at the master's speed"}
"""Findings that no scenario can show, and why."""

SHOWN = {
    FindingCode.GAP_TOO_SHORT: "findings_of_time",
    FindingCode.NO_PACKET_IN_3S: "findings_of_time",
    FindingCode.PING_TOO_OFTEN: "ping_too_often",
    FindingCode.STRAY_BYTES: "findings_of_packets",
    FindingCode.BAD_FCRC: "findings_of_packets",
    FindingCode.BAD_FLC: "findings_of_packets",
    FindingCode.BAD_ADDRESS: "findings_of_packets",
    FindingCode.WRONG_DIRECTION: "findings_of_packets",
    FindingCode.UNDEFINED_CONTROL: "findings_of_packets",
    FindingCode.UNEXPECTED_CONTROL: "findings_of_packets",
    FindingCode.BROADCAST_NOT_SYN: "findings_of_packets",
    FindingCode.BAD_SYNC: "findings_of_data_packets",
    FindingCode.BAD_STUFFING: "findings_of_data_packets",
    FindingCode.BROKEN_OFF: "findings_of_data_packets",
    FindingCode.OVERSIZED: "findings_of_data_packets",
    FindingCode.BAD_DCRC: "findings_of_data_packets",
    FindingCode.FRAME_TOO_LONG: "findings_of_data_packets",
    FindingCode.DATA_WITHOUT_RDY: "findings_of_the_exchange",
    FindingCode.DATA_AFTER_DISC: "findings_of_the_exchange",
    FindingCode.NO_REPEAT_AFTER_NAK: "findings_of_the_exchange",
    FindingCode.WRONG_FRAME_NUMBER: "findings_of_the_exchange",
    FindingCode.NO_SYN_AFTER_REJ: "findings_of_the_exchange",
    FindingCode.DATA_INSTEAD_OF_ACK: "findings_of_the_exchange",
    FindingCode.TRANSFER_BROKEN_OFF: "findings_of_transfers",
    FindingCode.TRANSFER_TOO_LONG: "findings_of_transfers",
    FindingCode.EXECUTED_TWICE: "executed_twice",
    FindingCode.BAD_VECTOR: "findings_of_messages",
    FindingCode.UNKNOWN_FUNCTION: "findings_of_messages",
    FindingCode.BAD_LENGTH: "findings_of_messages",
    FindingCode.BAD_VALUE: "findings_of_messages",
    FindingCode.OPERATION_NOT_SALE: "findings_of_messages",
    FindingCode.BAD_BCD: "findings_of_messages",
    FindingCode.BAD_TEXT: "findings_of_messages",
    FindingCode.UNASKED_ANSWER: "findings_of_answers",
    FindingCode.WRONG_ANSWER: "findings_of_answers",
    FindingCode.FOREIGN_RECEIPT: "findings_of_answers",
    FindingCode.BLOCK_OUT_OF_ORDER: "findings_of_answers",
    FindingCode.BITMAP_TOO_LARGE: "findings_of_answers",
}
"""Where each finding is shown."""


@pytest.mark.parametrize("code", FindingCode)
def test_every_finding_is_shown(code: FindingCode) -> None:
    if code in NOT_ON_A_VIRTUAL_WIRE:
        assert code not in SHOWN
        return
    scenario = load_scenario(FOLDER / f"{SHOWN[code]}.kkm.yaml")
    assert code.rule.code in set(named(scenario.steps))


def named(steps: list[Step] | tuple[Step, ...]) -> Iterator[str]:
    """The codes that the steps expect."""
    for step in steps:
        if isinstance(step, FindingsStep) and isinstance(step.findings, list):
            yield from step.findings
        elif isinstance(step, RepeatStep):
            yield from named(step.repeat.steps)
        elif isinstance(step, IncludeStep):
            yield from named(step.steps)

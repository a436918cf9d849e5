"""A failure in words."""

from kkm_sim.scenario.format.position import Position
from kkm_sim.scenario.report.failure_text import failure_lines, failure_text, headline
from kkm_sim.scenario.report.outcome import Failure

STEP = "- indicator: 350.90  # the price\n  within: 3 s"


def test_all_there_is_to_say() -> None:
    failure = Failure(
        at=Position("sale.kkm.yaml", 14, 5, STEP),
        number="7.2",
        verb="indicator",
        expected="`350.90` within 3 s",
        seen="`350.00`",
        path=("repeat 3 of 500", "include sell.steps.yaml"),
        packets=("  1.2000 > RDY", "  1.2100 < ACK"),
    )
    assert failure_text(failure) == (
        "sale.kkm.yaml:14:5  (step 7.2)\n"
        "in repeat 3 of 500\n"
        "in include sell.steps.yaml\n"
        "    - indicator: 350.90  # the price\n"
        "      within: 3 s\n"
        "expected `350.90` within 3 s\n"
        "seen     `350.00`\n"
        "the last packets:\n"
        "      1.2000 > RDY\n"
        "      1.2100 < ACK"
    )
    assert headline(failure) == "sale.kkm.yaml:14:5: indicator: expected `350.90` within 3 s, seen `350.00`"


def test_a_tape_keeps_its_lines() -> None:
    failure = Failure(
        at=Position("f", 1, 1, "- tape: |\n    A  1"), number="1", verb="tape", expected="on the tape:\n  A  1", seen=""
    )
    assert list(failure_lines(failure))[3:] == [
        ("expected", "expected"),
        ("expected", "    on the tape:"),
        ("expected", "      A  1"),
        ("seen", "seen     "),
    ]
    assert headline(failure) == "f:1:1: tape: expected on the tape: … (1 line more), seen "

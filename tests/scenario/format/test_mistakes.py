"""A mistake is one line; an exception carries them all."""

from kkm_sim.scenario.format.mistakes import Mistake, ScenarioMistakes
from kkm_sim.scenario.format.position import Position


def test_each_is_a_line() -> None:
    first = Mistake(Position("a.kkm.yaml", 3, 5), "`a` or `b`", "`c`")
    second = Mistake(Position("b.steps.yaml", 1, 1), "a mapping", "`a\n\x07b`")
    error = ScenarioMistakes([first, second])
    assert error.mistakes == (first, second)
    assert str(error).splitlines() == [
        "a.kkm.yaml:3:5: expected `a` or `b`, there is `c`",
        "b.steps.yaml:1:1: expected a mapping, there is `a··b`",
    ]

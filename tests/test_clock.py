"""Virtual time."""

import pytest

from kkm_sim.clock import MS, SECOND, US, Instant, ManualClock, earliest


def test_units_are_nanoseconds() -> None:
    assert (US, MS, SECOND) == (10**3, 10**6, 10**9)


def test_a_manual_clock_moves_only_when_told_to() -> None:
    clock = ManualClock(5)
    assert clock.now() == 5
    assert clock.advance(10) == 15
    assert clock.jump_to(Instant(15)) == 15
    assert clock.jump_to(Instant(40)) == 40
    assert clock.now() == 40


def test_a_clock_does_not_go_back() -> None:
    clock = ManualClock(5)
    with pytest.raises(ValueError, match="does not go back"):
        clock.jump_to(Instant(4))
    with pytest.raises(ValueError, match="does not go back"):
        clock.advance(-1)
    assert clock.now() == 5


def test_the_earliest_of_several_deadlines() -> None:
    assert earliest(Instant(3), None, Instant(2)) == 2
    assert earliest(Instant(0), Instant(1)) == 0
    assert earliest(None, None) is None
    assert earliest() is None

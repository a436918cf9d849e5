"""The wait for a transfer's next frame [D-56]: missed at its timeout, over when held long enough, still meanwhile."""

import pytest

from kkm_sim.clock import SECOND, Instant
from kkm_sim.link.frame_wait import FrameWait


def at(seconds: float) -> Instant:
    return Instant(round(seconds * SECOND))


@pytest.fixture
def wait() -> FrameWait:
    wait = FrameWait(3 * SECOND, 10 * SECOND)
    wait.start(at(1))
    return wait


def test_nothing_is_waited_for_at_first_and_after_the_stop(wait: FrameWait) -> None:
    wait.stop()
    for idle in (FrameWait(3 * SECOND, 10 * SECOND), wait):
        assert idle.due is None
        assert not idle.missed(at(100))
        assert not idle.over(at(100))


def test_missed_once_and_over_later(wait: FrameWait) -> None:
    assert wait.due == at(4)
    assert not wait.missed(Instant(at(4) - 1))
    assert wait.missed(at(4))
    assert not wait.missed(at(5))
    assert wait.due == at(11)
    assert not wait.over(Instant(at(11) - 1))
    assert wait.over(at(11))
    assert wait.due is None


def test_each_wait_is_missed_for_itself(wait: FrameWait) -> None:
    assert wait.missed(at(4))
    wait.start(at(5))
    assert wait.due == at(8)
    assert wait.missed(at(8))


def test_time_in_which_it_stands_still_does_not_count(wait: FrameWait) -> None:
    wait.stand_still(True, at(2))
    assert wait.due is None
    assert not wait.missed(at(60))
    wait.stand_still(True, at(60))  # busy after entry: still the same
    wait.stand_still(False, at(61))
    assert wait.due == at(63)
    assert wait.missed(at(63))
    wait.stand_still(True, at(64))
    assert not wait.over(at(100))
    wait.stand_still(False, at(100))
    assert wait.due == at(106)


def test_a_wait_that_begins_while_all_stands_still_counts_from_its_end() -> None:
    wait = FrameWait(3 * SECOND, 10 * SECOND)
    wait.stand_still(True, at(1))
    wait.start(at(2))
    wait.stand_still(False, at(5))
    assert wait.due == at(8)


def test_a_wait_that_begins_after_the_end_of_the_stillness_is_not_moved() -> None:
    wait = FrameWait(3 * SECOND, 10 * SECOND)
    wait.stand_still(True, at(1))
    wait.start(at(2))  # the ACK ends then
    wait.stand_still(False, at(1.5))
    assert wait.due == at(5)


def test_held_no_longer_than_it_is_missed() -> None:
    wait = FrameWait(3 * SECOND, 3 * SECOND)
    wait.start(at(0))
    assert wait.missed(at(3))
    assert wait.over(at(3))

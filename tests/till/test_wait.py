"""The wait for an answer to function 2 or 3 [D-4]."""

from kkm_sim.clock import SECOND, Instant
from kkm_sim.messages.codes import Function
from kkm_sim.till.requests import Awaiting
from kkm_sim.till.wait import Wait

CLOSE = Awaiting(Function.CLOSE, 1, 0)


def test_counts_anew_while_something_is_awaited() -> None:
    wait = Wait(60)
    wait.prolong(Instant(SECOND))
    assert wait.until is None
    wait.start(Instant(0))
    assert wait.until == 60 * SECOND
    wait.prolong(Instant(SECOND))  # not handed out yet: nobody can have heard of it
    assert wait.until == 60 * SECOND
    wait.awaiting = CLOSE
    wait.prolong(Instant(SECOND))
    assert wait.until == 61 * SECOND


def test_only_the_answer_that_is_awaited_ends_it() -> None:
    wait = Wait(60)
    assert wait.answered(Function.CLOSE) is None
    wait.awaiting = CLOSE
    wait.start(Instant(0))
    wait.unanswered = True
    assert wait.answered(Function.IDENTIFIER) is None
    assert (wait.awaiting, wait.until, wait.unanswered) == (CLOSE, 60 * SECOND, True)
    assert wait.answered(Function.CLOSE) == CLOSE
    ended: tuple[object, ...] = (wait.awaiting, wait.until, wait.unanswered)
    assert ended == (None, None, False)

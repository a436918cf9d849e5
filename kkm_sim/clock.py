"""Time as the core sees it: an integer count of nanoseconds, given as an argument, never asked for.

Wall dates are a second thing (`datetime`, naive, local); the till derives
them from its settings and an `Instant`.
"""

from typing import NewType, Protocol

Instant = NewType("Instant", int)
"""A moment, in nanoseconds since the simulator was started. Only differences mean anything."""

US = 1_000
MS = 1_000_000
SECOND = 1_000_000_000


class Clock(Protocol):
    """Where a driver takes `now` from."""

    def now(self) -> Instant:
        """The present moment; never goes back."""
        ...


class ManualClock:
    """A clock that moves only when told to: virtual time for tests and scenarios."""

    def __init__(self, now: int = 0) -> None:
        self._now = Instant(now)

    def now(self) -> Instant:
        return self._now

    def advance(self, nanoseconds: int) -> Instant:
        """Moves on by `nanoseconds` (≥ 0) and returns the new moment."""
        return self.jump_to(Instant(self._now + nanoseconds))

    def jump_to(self, moment: Instant) -> Instant:
        """Moves to `moment`. Raises ValueError for a moment in the past."""
        if moment < self._now:
            raise ValueError(f"a clock does not go back: {moment} < {self._now}")
        self._now = moment
        return moment


def earliest(*moments: Instant | None) -> Instant | None:
    """The first of several deadlines; None where nothing is pending."""
    first = None
    for moment in moments:
        if moment is not None and (first is None or moment < first):
            first = moment
    return first

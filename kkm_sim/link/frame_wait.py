"""The wait for a transfer's next frame: how long until it is missed, and how long what came is held [D-56].

The document gives the line 3 s. A master whose frame was lost begins to count its own 3 s later than the till, and
only then asks RDY and sends the frame again: the till tells of the wait at its 3 s and still takes the frame.
"""

from kkm_sim.clock import Instant


class FrameWait:
    """Runs from the end of the till's last word; stands still while the till says DISC. `timeout`, `hold` in ns."""

    def __init__(self, timeout: int, hold: int) -> None:
        self._timeout = min(timeout, hold)
        self._hold = hold
        self._began: Instant | None = None
        self._missed = False
        self._still_since: Instant | None = None
        self.due: Instant | None = None
        """When `missed` or `over` comes true; None while nothing is waited for or the wait stands still."""

    def start(self, now: Instant) -> None:
        """The next frame is due from `now` on."""
        self._began = now
        self._missed = False
        self._settle()

    def stop(self) -> None:
        """No frame is waited for."""
        self._began = self.due = None

    def stand_still(self, still: bool, now: Instant) -> None:
        """The till begins to say DISC to all that comes, or ends it: that time does not count."""
        if still:
            if self._still_since is None:
                self._still_since = now
        elif self._still_since is not None:
            since, self._still_since = self._still_since, None
            if self._began is not None:
                self._began = Instant(self._began + max(0, now - max(since, self._began)))
        self._settle()

    def missed(self, now: Instant) -> bool:
        """Whether `timeout` has passed; told once for each wait."""
        if self._missed or self.due is None or now < self.due:
            return False
        self._missed = True
        self._settle()
        return True

    def over(self, now: Instant) -> bool:
        """Whether what came is held no longer; ends the wait."""
        if not self._missed or self.due is None or now < self.due:
            return False
        self.stop()
        return True

    def _settle(self) -> None:
        waits = self._began is not None and self._still_since is None
        time = self._hold if self._missed else self._timeout
        self.due = Instant(self._began + time) if waits and self._began is not None else None

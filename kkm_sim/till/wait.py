"""The till's wait for the SmartBox's answer to function 2 or 3 [D-4]."""

from kkm_sim.clock import SECOND, Instant
from kkm_sim.messages.codes import Function
from kkm_sim.till.requests import Awaiting


class Wait:
    """What is awaited and how long. It does not survive a power failure."""

    def __init__(self, timeout_s: int) -> None:
        self._timeout = timeout_s * SECOND
        self.awaiting: Awaiting | None = None
        """Handed to the link and not answered yet."""
        self.until: Instant | None = None
        """When patience ends; may run before the request is handed out."""
        self.unanswered = False
        """The last one timed out."""
        self.may_give_up = False
        """The identifier has kept the till waiting once: С ends the receipt without it [D-24]."""

    def start(self, now: Instant) -> None:
        """Counts from `now`, anew if it counted already."""
        self.until = Instant(now + self._timeout)

    def prolong(self, now: Instant) -> None:
        """The master is still there."""
        if self.awaiting is not None:
            self.start(now)

    def answered(self, function: Function) -> Awaiting | None:
        """Ends the wait if `function` is what it is for, and returns what was asked."""
        awaiting = self.awaiting
        if awaiting is None or awaiting.function is not function:
            return None
        self.stop()
        self.unanswered = self.may_give_up = False
        return awaiting

    def stop(self) -> None:
        self.awaiting = None
        self.until = None

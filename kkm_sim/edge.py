"""All that passes a simulator's edge, in its order: bytes, the operator's acts, the surroundings. Who has this trace
can do it all again.
"""

from datetime import datetime
from typing import Protocol

from kkm_sim.clock import Instant
from kkm_sim.till.keyboard import Key
from kkm_sim.value import Value


class BytesReceived(Value):
    """Bytes of the master; the last one arrived at `at`."""

    data: bytes
    at: Instant


class BytesSent(Value):
    """Bytes of a till, which begin to go out at `at`."""

    data: bytes
    at: Instant


class NoiseHeard(Value):
    """A burst of bytes at another speed than the till's."""

    data: bytes
    at: Instant


class Pressed(Value):
    """A key of the till at `till`; None: the first one."""

    key: Key
    at: Instant
    till: int | None = None


class PowerSet(Value):
    """The mains went on or off."""

    on: bool
    at: Instant
    till: int | None = None


class PaperSet(Value):
    """Paper was put in or ran out."""

    present: bool
    at: Instant
    till: int | None = None


class ClockSet(Value):
    """The till's own clock was set."""

    wall: datetime
    at: Instant
    till: int | None = None


class OptionSet(Value):
    """An option was set, not by keys."""

    number: int
    value: int
    at: Instant
    till: int | None = None


OperatorAct = Pressed | PowerSet | PaperSet | ClockSet | OptionSet
EdgeEntry = BytesReceived | BytesSent | NoiseHeard | OperatorAct


class EdgeTrace(Protocol):
    """Who keeps it. Called before an entry has any effect: what is to be seen then came of those before."""

    def note(self, entry: EdgeEntry) -> None:
        """Takes the next entry."""
        ...

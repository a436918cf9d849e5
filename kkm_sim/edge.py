"""All that passes a simulator's edge, in its order: bytes, the operator's acts, the surroundings. Who has this trace
can do it all again.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kkm_sim.clock import Instant
from kkm_sim.till.keyboard import Key


@dataclass(frozen=True, slots=True)
class BytesReceived:
    """Bytes of the master; the last one arrived at `at`."""

    data: bytes
    at: Instant


@dataclass(frozen=True, slots=True)
class BytesSent:
    """Bytes of a till, which begin to go out at `at`."""

    data: bytes
    at: Instant


@dataclass(frozen=True, slots=True)
class NoiseHeard:
    """A burst of bytes at another speed than the till's."""

    data: bytes
    at: Instant


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key of the till at `till`; None: the first one."""

    key: Key
    at: Instant
    till: int | None = None


@dataclass(frozen=True, slots=True)
class PowerSet:
    """The mains went on or off."""

    on: bool
    at: Instant
    till: int | None = None


@dataclass(frozen=True, slots=True)
class PaperSet:
    """Paper was put in or ran out."""

    present: bool
    at: Instant
    till: int | None = None


@dataclass(frozen=True, slots=True)
class ClockSet:
    """The till's own clock was set."""

    wall: datetime
    at: Instant
    till: int | None = None


@dataclass(frozen=True, slots=True)
class OptionSet:
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

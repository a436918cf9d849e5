"""Where a scenario is played: a line with its tills, a master at the other end, and time.

`VirtualStage` is a line in virtual time; `RealStage` one that a driver runs, with an outside master.
"""

from collections.abc import Callable
from typing import Protocol, TypeVar, runtime_checkable

from kkm_sim.clock import Instant
from kkm_sim.simulator import Simulator

T = TypeVar("T")


class CannotBeDone(Exception):
    """A step asks for what this stage does not have: a wire of its own, a scanner. The message is for the user."""


class Stage(Protocol):
    """What the player needs of a line."""

    def now(self) -> Instant:
        """The moment it is."""
        ...

    def act(self, action: Callable[[Simulator, Instant], T]) -> T:
        """Does something to the tills, or looks at them, at once."""
        ...

    def pass_time(self, within: int, done: Callable[[Simulator], bool] | None = None) -> bool:
        """Lets time pass, ns, at most until `done` holds; returns whether it does (False without `done`)."""
        ...


@runtime_checkable
class HasScanner(Protocol):
    """A stage where codes can be scanned: by the SmartBox of a scenario, or by whoever holds the outside master's."""

    def scan(self, code: str) -> None:
        """A code is to be scanned. Raises CannotBeDone where there is nobody to do it now."""
        ...

"""The one door from the web to the simulator: everything that touches it runs on the line's thread."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import TypeVar

from starlette.requests import HTTPConnection

from kkm_sim.clock import Instant
from kkm_sim.control.events import EventMailbox, EventStream
from kkm_sim.control.problems import ProblemError
from kkm_sim.drivers.pump import Pump, PumpStopped
from kkm_sim.problems import ProblemCode
from kkm_sim.simulated_till import SimulatedTill
from kkm_sim.simulator import Simulator

T = TypeVar("T")


class Access:
    """A running simulator, for the calls of the API."""

    def __init__(self, pump: Pump, simulator: Simulator) -> None:
        self.simulator = simulator
        self.events = EventStream(simulator)
        self._pump = pump
        pump.on_step.append(self.events.observe)

    async def on_line(self, fn: Callable[[Instant], T]) -> T:
        """Runs `fn(now)` on the line's thread. Raises what it raises; a line that has ended is a problem."""
        try:
            return await asyncio.wrap_future(self._pump.submit(fn))
        except PumpStopped:
            raise ProblemError(503, ProblemCode.LINE_STOPPED) from None

    def till(self, address: int | None) -> SimulatedTill:
        """The till that `?till=` chooses, the first without. On the line's thread."""
        try:
            return self.simulator.till(address)
        except KeyError:
            assert address is not None  # there is a first one
            there = ", ".join(str(till.link.address) for till in self.simulator.tills)
            raise ProblemError(404, ProblemCode.NO_SUCH_TILL, address=address, there=there) from None

    def leave(self, mailbox: EventMailbox) -> None:
        """Nobody reads the mailbox any more. From any thread, without waiting."""
        with contextlib.suppress(PumpStopped):
            self._pump.submit(lambda now: self.events.unsubscribe(mailbox))


def access_of(connection: HTTPConnection) -> Access:
    """The simulator that a request is for."""
    access: Access = connection.app.state.access
    return access

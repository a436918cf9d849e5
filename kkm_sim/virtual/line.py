"""A line in virtual time: a simulator and a master on a clock that jumps. Nothing sleeps and every run is the same.

It is the loop that drivers run in real time: what is due is polled, bytes arrive when the last of them would have, and
time jumps exactly to the next deadline.
"""

from collections.abc import Callable
from heapq import heappop, heappush
from typing import NamedTuple, Protocol

from kkm_sim.clock import Instant, ManualClock, earliest
from kkm_sim.link.packets import Direction
from kkm_sim.simulator import Simulator


class Master(Protocol):
    """The other end of the line: a SmartBox, or what stands for one."""

    def receive(self, data: bytes, now: Instant) -> None:
        """Takes bytes whose last one arrived at `now`."""
        ...

    def poll(self, now: Instant) -> bytes:
        """The bytes that begin to go out at `now`, b"" for none."""
        ...

    def deadline(self) -> Instant | None:
        """When `poll` must be called at the latest."""
        ...


Way = Callable[[bytes, Direction, Instant], bytes]
"""What becomes of bytes on the line: given what begins to go out, which way and when, what of it will arrive."""


class InFlight(NamedTuple):
    """Bytes on the line; `serial` keeps those in order that arrive at one moment."""

    arrives: Instant
    serial: int
    direction: Direction
    data: bytes


class VirtualLine:
    """Joins a simulator with a master, who may be replaced by another at any time.

    Both ends go at the speed of the till's option 29. `way` is asked about all that goes out; without it, all arrives.
    """

    def __init__(self, simulator: Simulator, master: Master, way: Way | None = None) -> None:
        self.clock = ManualClock()
        self.simulator = simulator
        self.master = master
        self.connected = True
        """False while the cable is out: bytes that arrive then are lost, both ways. See `connect`."""
        self._way = way
        self._in_flight: list[InFlight] = []
        self._serial = 0

    def step(self, end: Instant) -> bool:
        """Jumps to what comes next and does it; False where nothing is left to do up to `end`, and it is `end`."""
        till_due, master_due = self.simulator.deadline(), self.master.deadline()
        arrival = self._in_flight[0].arrives if self._in_flight else None
        moment = earliest(arrival, till_due, master_due)
        now = self.clock.now()
        if moment is None or moment > end:
            self.clock.jump_to(max(now, end))
            return False
        if moment > now:
            now = self.clock.jump_to(moment)
        if arrival is not None and arrival <= now:
            self._deliver(heappop(self._in_flight))
        elif till_due is not None and till_due <= now:
            self._put(self.simulator.poll(now), Direction.TO_MASTER, now)
        else:
            self._put(self.master.poll(now), Direction.TO_TILL, now)
        return True

    def connect(self, connected: bool) -> None:
        """Puts the cable in or pulls it out. What is in flight is split there: a part arrives, a part is lost."""
        if connected == self.connected:
            return
        now, byte_time = self.clock.now(), self.simulator.byte_time
        in_flight, self._in_flight = sorted(self._in_flight), []
        for arrives, _, direction, data in in_flight:
            to_come = min(-(-max(arrives - now, 0) // byte_time), len(data)) if byte_time else 0
            passed, rest = data[: len(data) - to_come], data[len(data) - to_come :]
            if passed:
                self._deliver(InFlight(Instant(arrives - to_come * byte_time), 0, direction, passed))
            if rest:
                self._fly(InFlight(arrives, self._serial, direction, rest))
        self.connected = connected

    def _put(self, data: bytes, direction: Direction, now: Instant) -> None:
        if not data:
            return
        byte_time = self.simulator.byte_time
        if self._way is not None:
            data = self._way(data, direction, now)
        if data:
            self._fly(InFlight(Instant(now + len(data) * byte_time), self._serial, direction, data))

    def _fly(self, bytes_: InFlight) -> None:
        self._serial += 1
        heappush(self._in_flight, bytes_)

    def _deliver(self, bytes_: InFlight) -> None:
        if not self.connected:
            return
        end = self.simulator if bytes_.direction is Direction.TO_TILL else self.master
        end.receive(bytes_.data, bytes_.arrives)

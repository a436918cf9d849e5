"""A line in real time: a till that a pump runs, with somebody else's program as the master."""

import threading
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from kkm_sim.clock import SECOND, Instant
from kkm_sim.drivers.pump import Pump
from kkm_sim.scenario.play.stage import CannotBeDone
from kkm_sim.simulator import Simulator

T = TypeVar("T")

_HEARTBEAT_S = 1.0
"""How often a long wait makes sure that the pump is still there."""


class RealStage:
    """The stage of a running pump; `simulator` is what it drives. Used from one thread that is not the pump's.

    `ask_to_scan`: told each code that a person is to scan with the outside master; without it there is no scanner.
    """

    def __init__(self, pump: Pump, simulator: Simulator, ask_to_scan: Callable[[str], None] | None = None) -> None:
        self._pump = pump
        self._simulator = simulator
        self._ask_to_scan = ask_to_scan

    def now(self) -> Instant:
        """The moment it is."""
        return self._pump.clock.now()

    def scan(self, code: str) -> None:
        """Asks for a code to be scanned. Raises CannotBeDone where nobody is to be asked."""
        if self._ask_to_scan is None:
            raise CannotBeDone("there is no scanner where the master is a program of its own")
        self._ask_to_scan(code)

    def act(self, action: Callable[[Simulator, Instant], T]) -> T:
        """Does something in the pump's thread, between two of its steps. Raises PumpStopped."""
        return self._pump.call(partial(action, self._simulator))

    def pass_time(self, within: int, done: Callable[[Simulator], bool] | None = None) -> bool:
        """Waits, ns, at most until `done` holds, which is looked at after whatever happens. Raises PumpStopped."""
        end = self.now() + within
        with _Watch(self._pump, self._simulator, done) as watch:
            while not watch.over and (left := end - self.now()) > 0:
                watch.wait(min(left / SECOND, _HEARTBEAT_S))
        return watch.over


class _Watch:
    """Looks after each step whether `done` holds, in the pump's thread, which the simulator belongs to."""

    def __init__(self, pump: Pump, simulator: Simulator, done: Callable[[Simulator], bool] | None) -> None:
        self._pump = pump
        self._simulator = simulator
        self._done = done
        self._changed = threading.Condition()
        self._held = False
        self._error: BaseException | None = None

    @property
    def over(self) -> bool:
        """Whether `done` has held. Raises what it raised."""
        if self._error is not None:
            raise self._error
        return self._held

    def __enter__(self) -> "_Watch":
        self._pump.call(self._begin)
        return self

    def __exit__(self, *_: object) -> None:
        self._pump.call(self._end)

    def wait(self, seconds: float) -> None:
        """Waits for a change. Raises PumpStopped when nothing can change any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._held or self._error is not None, seconds)
        if self._pump.wait(0):
            self._pump.call(lambda now: None)  # says why

    def _begin(self, now: Instant) -> None:
        if self._done is not None:
            self._look(now)
            self._pump.on_step.append(self._look)

    def _end(self, now: Instant) -> None:
        if self._done is not None:
            self._look(now)
            self._pump.on_step.remove(self._look)

    def _look(self, now: Instant) -> None:
        if self._held or self._error is not None or self._done is None:
            return
        try:
            held = self._done(self._simulator)
        except Exception as error:  # belongs to who waits, not to the line
            held, self._error = False, error
        if held or self._error is not None:
            with self._changed:
                self._held = held
                self._changed.notify()


class Tills:
    """What the pump drives while one scenario follows the other on its port: the simulator of the present one."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator

    @property
    def byte_time(self) -> int:
        """As the present simulator has it."""
        return self.simulator.byte_time

    @property
    def baud(self) -> int:
        """As the present simulator has it."""
        return self.simulator.baud

    def receive(self, data: bytes, now: Instant) -> None:
        """Bytes for the present simulator."""
        self.simulator.receive(data, now)

    def poll(self, now: Instant) -> bytes:
        """What the present simulator says."""
        return self.simulator.poll(now)

    def deadline(self) -> Instant | None:
        """When the present simulator must be asked."""
        return self.simulator.deadline()

    def wrong_speed(self, data: bytes, now: Instant) -> None:
        """Noise for the present simulator."""
        self.simulator.wrong_speed(data, now)

    def replaced(self, fresh: Callable[[Instant], Simulator], now: Instant) -> Simulator:
        """Puts a fresh simulator in place of the present one. In the pump's thread."""
        self.simulator = fresh(now)
        return self.simulator

"""Tills on a line of their own, in a thread, at a port that a program opens: the fixtures `kkm` and `kkm_factory`."""

import os
import threading
from collections.abc import Callable
from typing import Any, Self, TypeVar

from kkm_sim.clock import Instant
from kkm_sim.drivers.monotonic import MonotonicClock
from kkm_sim.drivers.ports import Port
from kkm_sim.drivers.pump import LATENESS, Pump
from kkm_sim.simulated_till import SimulatedTill
from kkm_sim.simulator import Simulator
from kkm_sim.testing.operated_till import OperatedTill
from kkm_sim.testing.setup import Setup

T = TypeVar("T")


class LiveLine:
    """A line with its tills, running until `close`."""

    def __init__(self, setup: Setup) -> None:
        clock = MonotonicClock()
        self._simulator = Simulator(
            setup.tills,
            wall=setup.wall,
            now=clock.now(),
            start=setup.start,
            paced=setup.pace != "off",
            lateness=LATENESS,
        )
        port, self.port = fresh_port(self._simulator.baud)
        self._pump = Pump(self._simulator, port, pace=setup.pace, clock=clock)
        self.tills = tuple(LiveTill(self, simulated) for simulated in self._simulator.tills)
        self._pump.start()

    def act(self, action: Callable[[Simulator, Instant], T]) -> T:
        """Runs `action(simulator, now)` between two steps of the line. Raises PumpStopped after `close`."""
        return self._pump.call(lambda now: action(self._simulator, now))

    def watch(self, condition: Callable[[], T], within_s: float) -> tuple[bool, T | None]:
        """Looks at the condition now and after each step of the line, on the line's thread.

        Returns whether it held within the time, and its value. Raises what it raises.
        """
        watch = _Watch(condition)
        self._pump.call(lambda now: self._pump.on_step.append(watch))  # that call is a step, too
        try:
            if not watch.over.wait(within_s):
                self._pump.call(lambda now: None)  # a last look, at what no step of this line has shown
        finally:
            self._pump.call(lambda now: self._pump.on_step.remove(watch))
        if watch.error is not None:
            raise watch.error
        return watch.over.is_set(), watch.value

    def close(self) -> None:
        """Ends the line's thread and closes the port. Again it does nothing."""
        self._pump.stop()


class LiveTill(OperatedTill):
    """A till at a port that a program opens. Any thread may use it."""

    def __init__(self, line: LiveLine, simulated: SimulatedTill) -> None:
        super().__init__(simulated, line.port)
        self._line = line

    @property
    def port(self) -> str:
        """What the program opens: the path of a pty, or where there are none a URL for pyserial, `socket://…`.

        Tills of one line have the same.
        """
        return self._line.port

    def act(self, action: Callable[[Simulator, Instant], T]) -> T:
        return self._line.act(action)

    def wait_for(self, condition: Callable[[Self], T], within_s: float = 5) -> T:
        """Waits until the condition holds: it is given the till, and its value is returned once that is true.

            kkm.wait_for(lambda kkm: kkm.state == "request")

        It is looked at on the line's thread, at once and after each thing that happens on the line: it must not wait
        for anything. Raises AssertionError after `within_s` seconds, with what is seen then.
        """
        __tracebackhide__ = True
        held, value = self._line.watch(lambda: condition(self), within_s)
        if not held:
            raise self._waited_in_vain(within_s)
        return value  # type: ignore[return-value]  # there is one where it held


class _Watch:
    """Looks at a condition at every step, until it holds or breaks."""

    def __init__(self, condition: Callable[[], Any]) -> None:
        self.over = threading.Event()
        self.value: Any = None
        self.error: BaseException | None = None
        self._condition = condition

    def __call__(self, now: Instant) -> None:
        if self.over.is_set():
            return
        try:
            self.value = self._condition()
            holds = bool(self.value)
        except BaseException as error:  # a test's own, `pytest.fail` too: for the test's own thread
            self.error = error
            holds = True
        if holds:
            self.over.set()


def fresh_port(baud: int, *, ptys: bool = hasattr(os, "openpty")) -> tuple[Port, str]:
    """A port of its own for a line, and how a program opens it. Raises PortError."""
    if ptys:
        from kkm_sim.drivers.open_pty import open_pty

        pty = open_pty(None, baud)
        return pty, pty.names["port"]
    from kkm_sim.drivers.tcp_port import TcpPort

    tcp = TcpPort("127.0.0.1", 0)
    return tcp, f"socket://{tcp.names['tcp']}"

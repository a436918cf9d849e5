"""A till in this process, whose operator is the test."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial

import pytest

from kkm_sim.clock import Instant
from kkm_sim.drivers.monotonic import MonotonicClock
from kkm_sim.drivers.ports import Port
from kkm_sim.drivers.pty_port import PtyPort
from kkm_sim.drivers.pump import LATENESS, Pump
from kkm_sim.drivers.tcp_port import TcpPort
from kkm_sim.drivers.wire import Pace
from kkm_sim.settings import Settings
from kkm_sim.simulator import Simulator
from kkm_sim.till.chart import TillState
from kkm_sim.till.keyboard import parse_keys
from kkm_sim.till.machine import Till
from kkm_sim.till.tape import Bitmap, TextLine
from tests.waiting import eventually

ANSWERS = "the till answers"
"""What a SmartBox says first."""


class Counter:
    """A till on a TCP line, or on a pty, and its operator."""

    def __init__(self, *, paced: bool = False, pty: bool = False) -> None:
        settings = replace(Settings(), print_lines_per_s=0)
        clock = MonotonicClock()
        self._simulator = Simulator(
            settings, wall=datetime(2016, 7, 1, 12), now=clock.now(), paced=paced, lateness=LATENESS
        )
        port: Port = PtyPort(None, 57600) if pty else TcpPort("127.0.0.1", 0)
        pace: Pace = "packet" if paced else "off"
        self.options = ("--port", port.names["port"] if pty else f"socket://{port.names['tcp']}", "--pace", pace)
        self.pump = Pump(self._simulator, port, pace=pace, clock=clock)

    def act(self, action: Callable[[Simulator, Instant], None]) -> None:
        """Does something to the till."""
        self.pump.call(lambda now: action(self._simulator, now))

    def press(self, keys: str) -> None:
        for key in parse_keys(keys):
            self.pump.call(partial(self._simulator.press, key))

    def waits_for(self, come: Callable[[Till], bool]) -> None:
        eventually(
            lambda: self.pump.call(lambda now: come(self._simulator.till().till)),
            why=lambda: f"in vain: {self.state}, «{self.indicator}»",
        )

    def waits_for_state(self, state: TillState) -> None:
        self.waits_for(lambda till: till.state is state)

    @property
    def state(self) -> TillState:
        return self.pump.call(lambda now: self._simulator.till().till.state)

    @property
    def indicator(self) -> str:
        return self.pump.call(lambda now: self._simulator.till().till.indicator.text)

    @property
    def tape(self) -> str:
        """The text lines, joined, and what a picture is shown as."""
        entries = self.pump.call(lambda now: list(self._simulator.till().till.tape.entries))
        return "".join(
            entry.text if isinstance(entry, TextLine) else "[QR]"
            for entry in entries
            if isinstance(entry, TextLine | Bitmap)
        )

    @property
    def picture(self) -> Bitmap:
        """The last picture on the tape."""
        entries = self.pump.call(lambda now: list(self._simulator.till().till.tape.entries))
        return [entry for entry in entries if isinstance(entry, Bitmap)][-1]

    @property
    def findings(self) -> list[str]:
        return self.pump.call(lambda now: [finding.message for _, finding in self._simulator.findings.since()])


@pytest.fixture
def counter() -> Iterator[Counter]:
    """A fresh till on a TCP line."""
    counter = Counter()
    with counter.pump:
        yield counter

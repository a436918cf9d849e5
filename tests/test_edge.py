"""The trace of a simulator's edge: everything that passes its edge, in order, each before it has any effect."""

from datetime import datetime

from kkm_sim.clock import MS, Instant
from kkm_sim.edge import (
    BytesReceived,
    BytesSent,
    ClockSet,
    EdgeEntry,
    NoiseHeard,
    OptionSet,
    PaperSet,
    PowerSet,
    Pressed,
)
from kkm_sim.settings import Settings
from kkm_sim.simulator import Simulator
from kkm_sim.till.keyboard import Key
from kkm_sim.virtual.bench import DEFAULT_WALL

RDY = bytes.fromhex("7f 02 01 c5 3a")


class Kept:
    """A trace that also looks at the indicator."""

    def __init__(self, simulator: Simulator) -> None:
        self.entries: list[EdgeEntry] = []
        self.shown: list[str] = []
        self._simulator = simulator

    def note(self, entry: EdgeEntry) -> None:
        self.entries.append(entry)
        self.shown.append(self._simulator.till().till.indicator.text)


def test_everything_is_noted_before_it_acts() -> None:
    simulator = Simulator(Settings(), wall=DEFAULT_WALL, now=Instant(0))
    simulator.press(Key.D9, Instant(0))  # nobody listens yet
    simulator.press(Key.CLEAR, Instant(0))
    trace = simulator.edge = Kept(simulator)
    at = Instant(50 * MS)
    wall = datetime(2016, 7, 2)
    simulator.receive(RDY, at)
    simulator.poll(Instant(60 * MS))
    simulator.press(Key.D1, at)
    simulator.press(Key.CLEAR, at, 1)
    simulator.paper(False, at)
    simulator.set_clock(wall, at)
    simulator.set_option(27, 0, at)
    simulator.wrong_speed(b"\x80", at)
    simulator.power(False, at)
    assert trace.entries == [
        BytesReceived(RDY, at),
        BytesSent(bytes.fromhex("7f 02 01 e5 1a"), Instant(60 * MS)),
        Pressed(Key.D1, at),
        Pressed(Key.CLEAR, at, 1),
        PaperSet(False, at),
        ClockSet(wall, at),
        OptionSet(27, 0, at),
        NoiseHeard(b"\x80", at),
        PowerSet(False, at),
    ]
    assert trace.shown == ["0.00", "0.00", "0.00", "1", *["0.00"] * 5]

"""The lines that devices are on: a port somewhere, or a simulated till within the program."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from kkm_sim.clock import SECOND
from kkm_sim.drivers.joined_ports import joined_ports
from kkm_sim.drivers.monotonic import MonotonicClock
from kkm_sim.drivers.ports import Port
from kkm_sim.drivers.pump import LATENESS, Pump
from kkm_sim.drivers.serial_port import SerialPort
from kkm_sim.remote.master.line_end import LineEnd
from kkm_sim.remote.master.till_master import TillMaster
from kkm_sim.remote.server.device import Device
from kkm_sim.settings import BAUD_RATES, Settings
from kkm_sim.simulator import Simulator

SIMULATED = "sim:"
"""The URL of a till within the program."""


@dataclass(frozen=True, slots=True)
class SimulatedLine:
    """A simulated till on a line of its own, in a thread of its own."""

    simulator: Simulator
    pump: Pump
    port: Port
    """The master's end of the line."""


@dataclass(frozen=True, slots=True)
class Lines:
    """What all devices of a server have in common. `pace` is the simulated tills'; other lines have their own. `retry`:
    ns between attempts to open a port that is not there."""

    settings: Settings
    pace: Literal["packet", "off"] = "packet"
    clock: MonotonicClock = field(default_factory=MonotonicClock)
    retry: int = SECOND

    @property
    def baud(self) -> int:
        """The lines' speed."""
        return BAUD_RATES[self.settings.option_29]

    def simulated(self) -> SimulatedLine:
        """A fresh till in cash mode; its thread runs."""
        paced = self.pace != "off"
        simulator = Simulator(self.settings, wall=datetime.now(), now=self.clock.now(), paced=paced, lateness=LATENESS)
        till_end, master_end = joined_ports()
        pump = Pump(simulator, till_end, pace=self.pace, clock=self.clock)
        pump.start()
        return SimulatedLine(simulator, pump, master_end)

    def port(self, url: str) -> Port:
        """A port, there or not yet. Takes its time. Raises PortError where it never can be there."""
        return SerialPort(url, self.baud, may_be_absent=True)

    def device(self, name: str, url: str, port: Port) -> Device:
        """A device at a port, which is the device's from now on. Within an event loop."""
        master = TillMaster(
            self.settings.option_30,
            self.settings,
            baud=self.baud,
            paced=url != SIMULATED or self.pace != "off",
            now=self.clock.now(),
        )
        line = LineEnd(master)
        # The till, or the hardware, gives bytes their time; the gap is kept by the engine.
        pump = Pump(line, port, pace="off", clock=self.clock, retry=self.retry, name=name)
        return Device(name, url, pump, line, self.clock)

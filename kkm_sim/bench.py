"""A bench in virtual time: a simulator and a SmartBox on one faultless wire, on a clock that jumps.

Nothing sleeps and every run is the same. The bench runs the loop that drivers run in real time: what is due is
polled, what was sent arrives when its last byte would have, and time jumps exactly to the next deadline.
"""

from collections.abc import Callable
from datetime import datetime

from kkm_sim.clock import MS, SECOND, Instant, ManualClock, earliest
from kkm_sim.render.text import tape_text
from kkm_sim.settings import Settings
from kkm_sim.simulated_till import Start
from kkm_sim.simulator import Simulator
from kkm_sim.smartbox import SmartBox, SmartBoxEvent, Utm
from kkm_sim.smartbox.events import ReceiptDone
from kkm_sim.till.keyboard import parse_keys
from kkm_sim.till.machine import Till

DEFAULT_WALL = datetime(2016, 7, 1, 12, 0, 0)


class NothingHappens(Exception):
    """What was waited for did not come in the time given."""


class Bench:
    """A till and a SmartBox joined.

    `press`, `scan` and the rest act now; `run` and `run_until` let virtual time pass.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        wall: datetime = DEFAULT_WALL,
        start: Start = "cash",
        paced: bool = True,
        utm: Utm | None = None,
    ) -> None:
        settings = settings or Settings()
        self.clock = ManualClock()
        now = self.clock.now()
        self.simulator = Simulator(settings, wall=wall, now=now, start=start, paced=paced)
        self.smartbox = SmartBox(
            settings.option_30, settings, baud=self.simulator.baud, paced=paced, now=now, utm=utm or Utm()
        )
        self.events: list[SmartBoxEvent] = []
        self._on_wire: list[tuple[Instant, bool, bytes]] = []

    @property
    def till(self) -> Till:
        """The till."""
        return self.simulator.till().till

    @property
    def tape(self) -> str:
        """The tape as text."""
        return tape_text(self.till.tape.entries)

    @property
    def receipts_done(self) -> int:
        """How many receipts the till has reported as complete, function 4."""
        return sum(isinstance(event, ReceiptDone) for event in self.events)

    def press(self, keys: str) -> None:
        """Presses keys, named as on the machine or in Latin. Raises UnknownKey."""
        for key in parse_keys(keys):
            self.simulator.press(key, self.clock.now())

    def scan(self, code: str) -> None:
        """The SmartBox's scanner reads a code."""
        self.smartbox.scan(code, self.clock.now())

    def run(self, nanoseconds: int) -> None:
        """Lets time pass."""
        end = Instant(self.clock.now() + nanoseconds)
        while self._step(end):
            pass

    def run_until(self, done: Callable[[], bool], within: int = 60 * SECOND) -> None:
        """Lets time pass until `done()`; raises NothingHappens after `within` ns."""
        end = Instant(self.clock.now() + within)
        while not done():
            if not self._step(end):
                raise NothingHappens(f"not within {within // MS} ms")

    def _step(self, end: Instant) -> bool:
        """Does what is due and jumps to what comes next; False when `end` is reached."""
        now = self.clock.now()
        self._deliver(now)
        self._put_on_wire(True, self.simulator.poll(now), now)
        self._put_on_wire(False, self.smartbox.poll(now), now)
        while (event := self.smartbox.next_event()) is not None:
            self.events.append(event)
        if now >= end:
            return False
        moment = earliest(end, self.simulator.deadline(), self.smartbox.deadline(), *(at for at, _, _ in self._on_wire))
        self.clock.jump_to(max(now, moment if moment is not None else end))
        return True

    def _put_on_wire(self, from_till: bool, data: bytes, now: Instant) -> None:
        if data:
            self._on_wire.append((Instant(now + len(data) * self.simulator.byte_time), from_till, data))

    def _deliver(self, now: Instant) -> None:
        arrived = [entry for entry in self._on_wire if entry[0] <= now]
        self._on_wire = [entry for entry in self._on_wire if entry[0] > now]
        for at, from_till, data in arrived:
            (self.smartbox if from_till else self.simulator).receive(data, at)

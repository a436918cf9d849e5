"""A bench in virtual time: a till and a SmartBox on one faultless line, with names for what a test does."""

from collections.abc import Callable
from datetime import datetime

from kkm_sim.clock import MS, SECOND, Instant
from kkm_sim.log import Log
from kkm_sim.render.text import tape_text
from kkm_sim.settings import Settings
from kkm_sim.simulated_till import Start
from kkm_sim.simulator import Simulator
from kkm_sim.smartbox import SmartBox, SmartBoxEvent, Utm
from kkm_sim.smartbox.events import ReceiptDone
from kkm_sim.till.keyboard import parse_keys
from kkm_sim.till.machine import Till
from kkm_sim.virtual.line import VirtualLine

EVENTS_KEPT = 2_000
DEFAULT_WALL = datetime(2016, 7, 1, 12, 0, 0)

TOLD_IN_VAIN = 5
"""Of what the SmartBox told last, when something is waited for in vain."""


class NothingHappens(Exception):
    """What was waited for did not come in the time given. It says what the till and the SmartBox do instead."""


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
        now = Instant(0)
        self.simulator = Simulator(settings, wall=wall, now=now, start=start, paced=paced)
        self.smartbox = SmartBox(
            settings.option_30, settings, baud=self.simulator.baud, paced=paced, now=now, utm=utm or Utm()
        )
        self._line = VirtualLine(self.simulator, self.smartbox)
        self.clock = self._line.clock
        self._events: Log[SmartBoxEvent] = Log(EVENTS_KEPT)
        self._receipts_done = 0

    @property
    def events(self) -> list[SmartBoxEvent]:
        """What the SmartBox told, oldest first: the newest 2,000, of 200 receipts or so."""
        return [event for _, event in self._events.since()]

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
        return self._receipts_done

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
        __tracebackhide__ = True  # pytest shows the line that waits
        end = Instant(self.clock.now() + within)
        while not done():
            if not self._step(end):
                raise NothingHappens(f"not within {within // MS} ms: {self._described()}")

    def _described(self) -> str:
        told = "; ".join(map(str, self.events[-TOLD_IN_VAIN:])) or "nothing"
        seen = f"the till is in state {self.till.state.value} and shows {self.till.indicator.text!r}"
        return f"{seen}; the SmartBox told last: {told}"

    def _step(self, end: Instant) -> bool:
        """Does what comes next; False when `end` is reached."""
        more = self._line.step(end)
        while (event := self.smartbox.next_event()) is not None:
            self._events.append(event)
            self._receipts_done += isinstance(event, ReceiptDone)
        return more

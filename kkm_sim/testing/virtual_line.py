"""A till and the reference SmartBox joined in virtual time: the fixture `kkm_smartbox`."""

from collections.abc import Callable, Iterable
from typing import Self, TypeVar

from kkm_sim.clock import SECOND, Instant
from kkm_sim.scenario.report.line_words import line_words
from kkm_sim.simulator import Simulator
from kkm_sim.smartbox import SmartBoxEvent, Utm
from kkm_sim.testing.operated_till import OperatedTill
from kkm_sim.testing.setup import Setup, WrongSetup
from kkm_sim.virtual.bench import Bench, NothingHappens

T = TypeVar("T")

SHOWN_EVENTS = 8
SHOWN_LINES = 12
"""How much the message of a wait in vain tells of the SmartBox and of the line."""


class TillWithSmartBox(OperatedTill):
    """A till with a SmartBox at the other end of its line, on a clock that jumps: nothing sleeps.

    What a person does happens at once; time passes only in `run`, `run_until` and `wait_for`.
    """

    def __init__(self, setup: Setup) -> None:
        if len(setup.tills) > 1:
            raise WrongSetup("a SmartBox has one till: `tills` is for kkm_factory")
        self.bench = Bench(setup.tills[0], wall=setup.wall, start=setup.start, paced=setup.pace != "off")
        """What it is made of, for all that has no name here."""
        super().__init__(self.bench.simulator.till(), "the SmartBox")

    def act(self, action: Callable[[Simulator, Instant], T]) -> T:
        return action(self.bench.simulator, self.bench.clock.now())

    def wait_for(self, condition: Callable[[Self], T], within_s: float = 5) -> T:
        """Lets virtual time pass until the condition holds, as `run_until`, at most 5 s."""
        __tracebackhide__ = True
        return self.run_until(condition, within_s)

    def run_until(self, condition: Callable[[Self], T], within_s: float = 60) -> T:
        """Lets virtual time pass until the condition holds: it is given this, and its value is returned.

            kkm_smartbox.run_until(lambda kkm: kkm.state == "request")

        Raises AssertionError after `within_s` seconds of virtual time, with what is seen then: the till, the last
        that the SmartBox told, the last that passed on the line.
        """
        __tracebackhide__ = True
        value: list[T] = []

        def done() -> bool:
            value[:] = [condition(self)]
            return bool(value[0])

        try:
            self.bench.run_until(done, _nanoseconds(within_s))
        except NothingHappens:
            raise self._waited_in_vain(within_s) from None
        return value[0]

    def described(self) -> str:
        told = [str(event) for event in self.events[-SHOWN_EVENTS:]] or ["nothing was told"]
        passed = line_words(self.bench.simulator, SHOWN_LINES) or ("nothing was said",)
        return "\n".join([super().described(), "SmartBox", *_indented(told), "line", *_indented(passed)])

    def run(self, seconds: float) -> None:
        """Lets virtual time pass."""
        self.bench.run(_nanoseconds(seconds))

    def scan(self, code: str) -> None:
        """The SmartBox's scanner reads a code: a bottle's EAN or PDF417 in either order; `beer:EAN` is a beer."""
        self.bench.scan(code)

    @property
    def events(self) -> list[SmartBoxEvent]:
        """What the SmartBox has told so far, in order; `str` of each is a sentence."""
        return list(self.bench.events)

    @property
    def receipts_done(self) -> int:
        """How many receipts the till has reported as complete, function 4."""
        return self.bench.receipts_done

    @property
    def utm(self) -> Utm:
        """How the UTM behind the SmartBox behaves. Replace it to change that."""
        return self.bench.smartbox.utm

    @utm.setter
    def utm(self, utm: Utm) -> None:
        self.bench.smartbox.utm = utm


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _nanoseconds(seconds: float) -> int:
    return round(seconds * SECOND)

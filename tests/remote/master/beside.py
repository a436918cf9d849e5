"""A till, its operator, and the master beside it, in virtual time."""

from collections.abc import Callable
from datetime import datetime

import pytest

from kkm_sim.clock import SECOND, Instant
from kkm_sim.link.events import PacketSeen
from kkm_sim.messages.codes import CodeType
from kkm_sim.messages.records import PingRequest, SaleRequest
from kkm_sim.remote.master.master_news import MasterNews
from kkm_sim.remote.master.till_master import TillMaster
from kkm_sim.settings import Settings
from kkm_sim.simulator import Simulator
from kkm_sim.till.chart import TillState
from kkm_sim.till.keyboard import parse_keys
from kkm_sim.virtual.line import VirtualLine, Way

WALL = datetime(2016, 7, 1, 12)
CONTROL_BYTES = 5
PING = PingRequest()
BOTTLE = SaleRequest(code_type=CodeType.PDF, barcode=4600000000008)


class Counter:
    """A till, its operator, and the master beside it; time is virtual."""

    def __init__(self, way: Way | None = None, **settings: object) -> None:
        own = Settings(**settings)  # type: ignore[arg-type]
        now = Instant(0)
        self.simulator = Simulator(own, wall=WALL, now=now)
        self.master = TillMaster(1, own, baud=self.simulator.baud, paced=True, now=now)
        self.line = VirtualLine(self.simulator, self.master, way)
        self.news: list[MasterNews] = []

    @property
    def now(self) -> Instant:
        return self.line.clock.now()

    @property
    def state(self) -> TillState:
        return self.simulator.till().till.state

    def run(self, time: int) -> list[MasterNews]:
        """What comes within so many ns."""
        end = Instant(self.now + time)
        while self.line.step(end):
            self._take()
        self._take()
        return self.news

    def until(self, come: Callable[[], bool], within: int = 30 * SECOND) -> None:
        end = Instant(self.now + within)
        while not come():
            assert self.line.step(end), f"{self.state}: {self.news}"
            self._take()

    def hears(self, kind: type[MasterNews]) -> MasterNews:
        """The next news of this kind; those before it are dropped."""
        self.until(lambda: any(isinstance(one, kind) for one in self.news))
        while not isinstance(self.news[0], kind):
            self.news.pop(0)
        return self.news.pop(0)

    def press(self, keys: str) -> None:
        for key in parse_keys(keys):
            self.simulator.press(key, self.now)

    def packets(self) -> list[PacketSeen]:
        return [seen for _, seen in self.simulator.wire.since(0)]

    def _take(self) -> None:
        while (one := self.master.next_event()) is not None:
            self.news.append(one)


@pytest.fixture
def held() -> Counter:
    counter = Counter()
    counter.master.hold(counter.now)
    return counter


def findings(counter: Counter) -> list[str]:
    return [finding.message for _, finding in counter.simulator.findings.since(0)]

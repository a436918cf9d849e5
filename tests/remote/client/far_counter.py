"""A till, its master beside it, and a SmartBox a network away: all in virtual time, without any socket."""

from collections.abc import Callable
from datetime import datetime
from heapq import heappop, heappush
from typing import assert_never

from kkm_sim.clock import SECOND, Instant, earliest
from kkm_sim.messages.records import CloseRequest, IdentifierRequest
from kkm_sim.remote.client.remote_link import RemoteLink, connection_lost
from kkm_sim.remote.master.answers_to_till import answer_of
from kkm_sim.remote.master.master_news import (
    Answered,
    Declined,
    Garbled,
    MasterNews,
    Premature,
    Told,
    Unanswered,
    Wanted,
)
from kkm_sim.remote.master.till_master import TillMaster
from kkm_sim.remote.protocol.jsonrpc import Failure, Notification, Request, Result, parse
from kkm_sim.remote.protocol.message_json import fields_of, notification_of, operation_of, question_of
from kkm_sim.remote.protocol.operations import DECLINED, LINE_DATA_ERROR, NO_ANSWER, TO_SERVER
from kkm_sim.settings import Settings
from kkm_sim.simulator import Simulator
from kkm_sim.smartbox import SmartBox, SmartBoxEvent, Utm
from kkm_sim.smartbox.events import TillBusy
from kkm_sim.till.chart import TillState
from kkm_sim.till.keyboard import parse_keys
from kkm_sim.virtual.line import VirtualLine

WALL = datetime(2016, 7, 1, 12)


class NearCounter:
    """A till and a SmartBox with a line between them."""

    def __init__(self, utm: Utm) -> None:
        self.settings = Settings()
        self.simulator = Simulator(self.settings, wall=WALL, now=Instant(0))
        self.events: list[SmartBoxEvent] = []
        self.box = self._box(utm)
        self.line = VirtualLine(self.simulator, self.box)

    def _box(self, utm: Utm) -> SmartBox:
        return SmartBox(1, self.settings, baud=57600, paced=True, now=Instant(0), utm=utm)

    @property
    def now(self) -> Instant:
        return self.line.clock.now()

    @property
    def state(self) -> TillState:
        return self.simulator.till().till.state

    def step(self, end: Instant) -> None:
        self.line.step(end)

    def until(self, come: Callable[[], bool], within: int = 120 * SECOND) -> None:
        end = Instant(self.now + within)
        while not come():
            assert self.now < end, f"in vain: {self.state}, {[str(one) for one in self.events]}"
            self.step(end)
            while (event := self.box.next_event()) is not None:
                # That the till is busy shows in packets, of which a network has none.
                if not isinstance(event, TillBusy):
                    self.events.append(event)

    def run(self, time: int) -> None:
        end = Instant(self.now + time)
        self.until(lambda: self.now >= end, time + SECOND)

    def hears(self, kind: type[SmartBoxEvent], count: int = 1) -> None:
        self.until(lambda: sum(isinstance(one, kind) for one in self.events) >= count)

    def scan(self, code: str) -> None:
        self.until(lambda: not self.box.busy and self.box.open_sale is None)
        self.box.scan(code, self.now)

    def press(self, keys: str) -> None:
        for key in parse_keys(keys):
            self.simulator.press(key, self.now)


class FarCounter(NearCounter):
    """The same with a network between: every text takes `delay` ns."""

    def __init__(self, utm: Utm, delay: int) -> None:
        super().__init__(utm)
        self.master = TillMaster(1, self.settings, baud=57600, paced=True, now=Instant(0))
        self.line.master = self.master
        self.connected = True
        self._delay = delay
        self._flying: list[tuple[int, int, bool, bytes]] = []
        self._ids: dict[int, int | str] = {}
        self._asked: dict[int | str, CloseRequest | IdentifierRequest] = {}
        self._serial = 0
        self.master.hold(Instant(0))

    def _box(self, utm: Utm) -> SmartBox:
        link = RemoteLink(self.settings, Instant(0))
        return SmartBox(1, self.settings, baud=57600, paced=False, now=Instant(0), link=link, utm=utm)

    def step(self, end: Instant) -> None:
        arrival = Instant(self._flying[0][0]) if self._flying else None
        due = self.box.deadline()
        bound = earliest(arrival, due, end)
        assert bound is not None
        if self.line.step(max(bound, self.now)):
            self._pass_on()
        elif arrival is not None and arrival <= self.now:
            _, _, to_server, data = heappop(self._flying)
            if to_server:
                self._serve(data.decode())
            else:
                self.box.receive(data, self.now)
        elif due is not None and due <= self.now:
            for text in self.box.poll(self.now).splitlines(keepends=True):
                self._fly(True, text)
        self._pass_on()

    def cut(self) -> None:
        """The network is gone: what flies is lost."""
        self.connected = False
        self._flying.clear()
        self._asked.clear()
        self._ids.clear()
        self.master.release(self.now)
        self.box.receive(connection_lost(), self.now)

    def mend(self) -> None:
        """A new connection and a new lease."""
        self.connected = True
        self.master.hold(self.now)
        self.box.receive(Notification("ready", {"device": "till"}).encode().encode() + b"\n", self.now)

    def _fly(self, to_server: bool, data: bytes) -> None:
        if self.connected:
            self._serial += 1
            heappush(self._flying, (self.now + self._delay, self._serial, to_server, data))

    def _serve(self, text: str) -> None:
        match parse(text):
            case Request(number, "link"):
                self._say(Result(number, self.master.state))
            case Request(number, method, params):
                self._serial += 1
                self._ids[self._serial] = number
                shape = TO_SERVER[method].params.model_validate(params)
                self.master.call(self._serial, operation_of(method, shape), self.now)
            case Result(number, result):
                asked = self._asked.pop(number)
                self.master.answer(asked, answer_of(asked, result), self.now)
            case other:
                raise AssertionError(f"{other} is nothing to be said to the server")

    def _pass_on(self) -> None:
        while (news := self.master.next_event()) is not None:
            self._news(news)

    def _news(self, news: MasterNews) -> None:
        match news:
            case Answered(number, answer):
                self._reply(number, fields_of(answer))
            case Declined(number, result):
                self._fail(number, DECLINED, {"result": result})
            case Unanswered(number, why):
                self._fail(number, NO_ANSWER, {"reason": why})
            case Garbled(number):
                self._fail(number, LINE_DATA_ERROR, None)
            case Premature():
                raise AssertionError("a SmartBox sells one bottle at a time")
            case Told(message):
                self._say(notification_of(message))
            case Wanted(request):
                self._serial += 1
                self._asked[self._serial] = request
                self._say(question_of(self._serial, request))
            case _:
                assert_never(news)

    def _reply(self, number: int, fields: dict[str, object]) -> None:
        if number in self._ids:
            self._say(Result(self._ids.pop(number), fields))

    def _fail(self, number: int, code: int, data: object) -> None:
        if number in self._ids:
            self._say(Failure(self._ids.pop(number), code, "in vain", data))

    def _say(self, message: Request | Notification | Result | Failure) -> None:
        self._fly(False, message.encode().encode() + b"\n")

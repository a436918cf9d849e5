"""One till behind a name: its line in a thread of its own, and whose it is, in the event loop."""

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Callable, Hashable, Iterable, Sequence
from concurrent.futures import Future
from datetime import datetime, timedelta
from typing import Any, Protocol

from kkm_sim.clock import SECOND, US, Instant
from kkm_sim.drivers.monotonic import MonotonicClock
from kkm_sim.drivers.pump import Pump, PumpStopped
from kkm_sim.messages.records import CloseAnswer, CloseRequest, IdentifierAnswer, IdentifierRequest, MasterRequest
from kkm_sim.remote.master.line_end import LineEnd
from kkm_sim.remote.master.master_news import MasterNews, Told, at_a_line, owed_to_next
from kkm_sim.remote.server.leases import Granted, Lease, Leases, Refused

log = logging.getLogger(__name__)


class Client(Hashable, Protocol):
    """Somebody who wants a device. Called in the event loop."""

    @property
    def name(self) -> str:
        """Who it is, for those who wait."""
        ...

    def granted(self, lease: Lease) -> None:
        """The device is this client's, who now says `hold` or `hold_raw`."""
        ...

    def refused(self, held: Lease) -> None:
        """It has waited as long as it wanted to."""
        ...

    def heard(self, news: MasterNews) -> None:
        """Something happened at the till."""
        ...


class Device:
    """A till that one client at a time works with. All but the pump belongs to the event loop it is made in."""

    def __init__(self, name: str, url: str, pump: Pump, line: LineEnd, clock: MonotonicClock) -> None:
        """`pump` drives `line`; it is started here and ends with `stop`."""
        self.name = name
        self.url = url
        self._pump = pump
        self._line = line
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._leases = Leases()
        self._asked: dict[Client, Instant] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False
        self._numbers = itertools.count(1)
        self._holds = 0  # how often somebody has begun to hold it
        self._holds_heard = 0  # the same, as the line's thread has heard
        self._unheard: list[Told] = []
        pump.on_step.append(self._gather)
        pump.start()

    # Whose it is

    @property
    def gone(self) -> bool:
        """Whether the port is not there."""
        return self._pump.gone

    def describe(self) -> dict[str, Any]:
        """What is told of it to those who ask for the devices."""
        lease = self._leases.lease
        return {
            "name": self.name,
            "url": self.url,
            "state": "gone" if self.gone else "free" if lease is None else "held",
            **({"holder": None, "since": None} if lease is None else self.holder(lease)),
            "waiting": self._leases.waiting,
        }

    def holder(self, lease: Lease) -> dict[str, str]:
        """Who holds it and since when, local time with its zone."""
        since = datetime.now() - timedelta(microseconds=(self._clock.now() - lease.since) // US)
        return {"holder": lease.name, "since": since.astimezone().isoformat(timespec="seconds")}

    def ask(self, client: Client, timeout: int) -> None:
        """The client wants the device and waits `timeout` ns for it. It hears what becomes of that."""
        now = self._clock.now()
        self._asked[client] = now
        self._leases.ask(client, client.name, timeout, now)
        self._settle()

    def leave(self, client: Client, why: str, unheard: Iterable[Told] = ()) -> None:
        """The client is gone, for whatever reason. `unheard`: what it should have heard goes to the next [D-55]."""
        self._unheard.extend(unheard)
        self._asked.pop(client, None)
        now, lease = self._clock.now(), self._leases.lease
        if lease is not None and lease.client is client:
            log.info("%s: lease of %s over after %s: %s", self.name, lease.name, _seconds(now - lease.since), why)
            self._holds += 1  # what is on its way from the line is nobody's now
            self._submit(self._release)
        self._leases.leave(client, now)
        self._settle()

    def close(self) -> None:
        """The server ends: nobody gets the device any more."""
        lease = self._leases.lease
        if lease is not None and not self._closed:
            time = _seconds(self._clock.now() - lease.since)
            log.info("%s: lease of %s over after %s: the server ends", self.name, lease.name, time)
        self._closed = True
        self._leases = Leases()
        self._settle()

    def stop(self) -> None:
        """Ends its line. Waits for that: not in the event loop's thread."""
        self._pump.stop()

    def _settle(self) -> None:
        """Tells the decisions, and sees to it that the next is made in time."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while (decision := self._leases.next_decision()) is not None:
            match decision:
                case Granted(lease):
                    self._granted(lease)
                case Refused(client, held):
                    self._refused(client, held)
        deadline = self._leases.deadline()
        if deadline is not None:
            # A little late rather than early: the loop's clock may be coarser than ours.
            ahead = (deadline - self._clock.now()) / SECOND + 0.001
            self._timer = self._loop.call_later(max(ahead, 0), self._time_is_up)

    def _time_is_up(self) -> None:
        self._leases.poll(self._clock.now())
        self._settle()

    def _granted(self, lease: Lease) -> None:
        client: Any = lease.client
        if self._closed:
            return
        waited = self._asked.pop(client, lease.since)
        log.info("%s: granted to %s after %s", self.name, lease.name, _seconds(lease.since - waited))
        client.granted(lease)

    def _refused(self, client: Any, held: Lease) -> None:
        self._asked.pop(client, None)
        if not self._closed:
            log.info("%s: %s has waited in vain, %s holds it", self.name, client.name, held.name)
            client.refused(held)

    # What its holder does with it

    def hold(self, client: Client) -> None:
        """The master polls the till from now on. What the holder before did not hear comes first."""
        self._holds += 1
        number = self._holds

        def begin(now: Instant) -> None:
            self._holds_heard = number
            self._line.master.hold(now)

        self._submit(begin)
        unheard, self._unheard = self._unheard, []
        for told in unheard:
            client.heard(told)

    def call(self, operation: MasterRequest) -> int:
        """Asks the till; the number that its outcome will have. Raises PumpStopped."""
        number = next(self._numbers)
        self._do(lambda now: self._line.master.call(number, operation, now))
        return number

    def answer(self, request: CloseRequest | IdentifierRequest, answer: CloseAnswer | IdentifierAnswer | None) -> None:
        """Answers what the till has asked; None: there is no answer."""
        self._submit(lambda now: self._line.master.answer(request, answer, now))

    async def link(self) -> dict[str, Any]:
        """What passed on the line. Raises PumpStopped."""
        return await asyncio.wrap_future(
            self._pump.submit(lambda now: self._line.master.state | {"gone": self._pump.gone})
        )

    def hold_raw(self, heard: Callable[[bytes], object], baud: int | None) -> None:
        """The line's bytes go to `heard`, in the event loop, from now on."""

        def pass_on(data: bytes) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(heard, data)

        self._submit(lambda now: self._line.begin_raw(pass_on, baud))

    def send_raw(self, data: bytes) -> None:
        """Raw bytes for the till."""
        self._submit(lambda now: self._line.send_raw(data))

    def set_raw_baud(self, baud: int) -> None:
        """The raw line's speed."""
        self._submit(lambda now: self._line.set_raw_baud(baud))

    def _do(self, fn: Callable[[Instant], object]) -> None:
        """In the line's thread. Raises PumpStopped."""
        self._pump.submit(fn).add_done_callback(_log_bug)

    def _submit(self, fn: Callable[[Instant], object]) -> None:
        try:
            self._do(fn)
        except PumpStopped:
            if not self._closed:
                log.error("%s: its line has ended", self.name)

    def _release(self, now: Instant) -> None:
        if self._line.master.held:
            self._line.master.release(now)
        self._line.end_raw()

    # From the line's thread

    def _gather(self, now: Instant) -> None:
        """After each step of the line."""
        news: list[MasterNews] = []
        while (one := self._line.master.next_event()) is not None:
            news.append(at_a_line(self._pump.gone, one))
        if news:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._deliver, self._holds_heard, news)

    def _deliver(self, holds: int, news: Sequence[MasterNews]) -> None:
        """In the event loop: what happened goes to whoever held the device then."""
        lease = self._leases.lease
        client: Any = lease.client if lease is not None and holds == self._holds else None
        for one in news:
            if client is not None:
                client.heard(one)
            elif (told := owed_to_next(one)) is not None:
                self._unheard.append(told)


def _log_bug(done: "Future[object]") -> None:
    error = None if done.cancelled() else done.exception()
    if error is not None and not isinstance(error, PumpStopped):
        log.error("a bug in kkm-sim", exc_info=error)


def _seconds(time: int) -> str:
    return f"{time / SECOND:.1f} s"

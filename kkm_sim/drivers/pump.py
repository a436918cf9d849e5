"""The one loop that moves a line: read, receive, poll, write, wait."""

import contextlib
import logging
import threading
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar, runtime_checkable

from kkm_sim.clock import MS, SECOND, US, Clock, Instant, earliest
from kkm_sim.drivers.monotonic import MonotonicClock
from kkm_sim.drivers.ports import Port, PortAbsent, PortGone
from kkm_sim.drivers.run_delay import RunDelay
from kkm_sim.drivers.wire import IncomingWire, OutgoingWire, Pace

if TYPE_CHECKING:
    from concurrent.futures import Future

T = TypeVar("T")

log = logging.getLogger(__name__)

_SPIN = 300 * US
"""How long before a deadline sleeping ends: the system wakes us up to 0.1 ms late, spinning does not."""

_QUIET = 100 * MS
"""A pause that ends a burst of bytes at a wrong speed."""

_BACKLOG = 4096
"""Bytes on the paced wire above which the peer has to wait, as it would with a full transmitter."""


LATENESS = 5 * MS
"""How late this loop may notice what has come, with other threads and programs about: a lawful gap may look
that much shorter than it was. A tick of Linux, which is how long a program keeps a processor that others wait for,
is 4 ms; whoever keeps no gap at all is seen nevertheless."""


class Endpoint(Protocol):
    """What a pump drives: a pure thing that takes bytes and moments and gives bytes and deadlines."""

    @property
    def byte_time(self) -> int:
        """ns a byte takes on the line at the present speed; 0 = unpaced."""
        ...

    @property
    def baud(self) -> int:
        """The present speed of the line (option 29)."""
        ...

    def receive(self, data: bytes, now: Instant) -> None:
        """Takes bytes, the last of which arrived at `now`."""
        ...

    def poll(self, now: Instant) -> bytes:
        """What begins to go out at `now`; timeouts run here."""
        ...

    def deadline(self) -> Instant | None:
        """When to call `poll` at the latest; None when nothing is pending."""
        ...


@runtime_checkable
class HearsNoise(Protocol):
    """An endpoint that wants to know of bytes sent at another speed."""

    def wrong_speed(self, data: bytes, now: Instant) -> None:
        """Bytes at another speed began to arrive; called once a burst."""
        ...


@runtime_checkable
class JudgesTime(Protocol):
    """An endpoint that judges when bytes came, and wants to know where that is not sure."""

    def late_by(self, late: int) -> None:
        """The bytes that are handed in next may have come so many ns before they were noticed."""
        ...


class PumpStopped(Exception):
    """The pump has ended: nothing can be called in it any more."""


class Pump:
    """Drives an endpoint over a port, in a thread of its own (`start`) or in the caller's (`run`).

    Nobody else touches the endpoint: other threads hand functions to `call` or `submit`, which run between two
    steps. The port belongs to the pump, which closes it when it ends. `on_step`: called with the moment after
    each step in which something happened, in the pump's thread.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        port: Port,
        *,
        pace: Pace = "packet",
        clock: Clock | None = None,
        retry: int = SECOND,
        name: str = "",
    ) -> None:
        """`retry`: ns between attempts to reopen a port that vanished. `name`: what a log of several lines calls it."""
        self.endpoint = endpoint
        self.port = port
        self.clock: Clock = clock or MonotonicClock()
        self.on_step: list[Callable[[Instant], None]] = []
        self.failure: Exception | None = None
        """What ended the pump, if it did not end because it was told to."""
        self._paced = pace != "off" and port.paced
        self._incoming = IncomingWire()
        self._outgoing = OutgoingWire(by_byte=pace == "byte")
        self._hears_noise = endpoint if isinstance(endpoint, HearsNoise) else None
        self._judges_time = endpoint if pace != "off" and isinstance(endpoint, JudgesTime) else None
        self._delay: RunDelay | None = None  # of the pump's thread, where somebody judges time
        self._quiet_from = Instant(0)
        self._retry = retry
        self._called = f"{name}: " if name else ""
        self._retry_at: Instant | None = None
        self._baud: int | None = None
        self._calls: deque[tuple[Callable[[Instant], Any], Future[Any]]] = deque()
        self._lock = threading.RLock()
        self._stopping = False
        self._ended = threading.Event()
        self._runner: threading.Thread | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # From any thread

    @property
    def gone(self) -> bool:
        """Whether the port has vanished and is not back, or the pump has ended."""
        return self._retry_at is not None or self._ended.is_set()

    def start(self) -> None:
        """Runs the loop in a thread of its own. Does nothing once stopped."""
        thread = threading.Thread(target=self._run_in_thread, name="kkm-sim line", daemon=True)
        if self._begin(thread):
            thread.start()

    def run(self) -> None:
        """Runs the loop in the caller's thread until `stop`, not at all when that came first.

        Raises what the endpoint raised.
        """
        if self._begin(threading.current_thread()):
            self._run()

    def stop(self, timeout_s: float = 5) -> None:
        """Ends the loop and waits until the port is closed.

        In the pump's own thread, a signal's handler there included, it only asks for the end.
        """
        self._stopping = True
        self.port.wake()
        if self._runner is None:
            self._end()
        elif self._runner is not threading.current_thread():
            self._ended.wait(timeout_s)

    def wait(self, timeout_s: float | None = None) -> bool:
        """Waits for the end; False when it has not come within `timeout_s`. Raises what broke the pump."""
        ended = self._ended.wait(timeout_s)
        if self.failure is not None:
            raise self.failure
        return ended

    def call(self, fn: Callable[[Instant], T]) -> T:
        """Runs `fn(now)` in the pump's thread between two steps and returns its result or raises its error.

        Before the pump has started it waits for that; after its end raises PumpStopped.
        """
        if self._runner is threading.current_thread():
            return fn(self.clock.now())
        return self.submit(fn).result()

    def submit(self, fn: Callable[[Instant], T]) -> "Future[T]":
        """As `call`, without waiting: for asyncio, with `asyncio.wrap_future`."""
        from concurrent.futures import Future  # a till that nobody calls does without

        future: Future[T] = Future()
        with self._lock:
            if self._ended.is_set():
                raise PumpStopped("the line's loop has ended") from self.failure
            self._calls.append((fn, future))
        self.port.wake()
        return future

    # In the pump's thread

    def _begin(self, runner: threading.Thread) -> bool:
        with self._lock:
            if self._runner is not None:
                raise RuntimeError("a pump runs once")
            if self._ended.is_set():
                return False
            self._runner = runner
            return True

    def _run_in_thread(self) -> None:
        # Kept for `wait`, which perhaps nobody calls: so it is logged too.
        with contextlib.suppress(Exception):
            self._run(logged=True)

    def _run(self, *, logged: bool = False) -> None:
        try:
            self._loop()
        except Exception as error:
            self.failure = error
            if logged:
                log.exception("the line stopped: a bug in kkm-sim")
            raise
        finally:
            self._end()

    def _end(self) -> None:
        with self._lock:
            if self._ended.is_set():
                return
            self.port.close()
            if self._delay is not None:
                self._delay.close()
            self._ended.set()
            while self._calls:
                _, future = self._calls.popleft()
                if future.set_running_or_notify_cancel():
                    future.set_exception(PumpStopped("the line's loop has ended"))

    def _loop(self) -> None:
        endpoint, port, now_of = self.endpoint, self.port, self.clock.now
        incoming, outgoing, calls = self._incoming, self._outgoing, self._calls
        judges_time, late = self._judges_time, 0
        if judges_time is not None:
            self._delay = RunDelay()
        self._follow_speed()
        while not self._stopping:
            wake_at = endpoint.deadline()
            if incoming.waiting or outgoing.waiting or self._retry_at is not None:
                wake_at = earliest(wake_at, incoming.deadline(), outgoing.deadline(), self._retry_at)
            timeout = None
            if wake_at is not None:
                ahead = wake_at - now_of()
                # Nearer than _SPIN this loop goes round without sleeping, and still hears the port.
                timeout = ahead - _SPIN if ahead > _SPIN else 0
            data = b""
            try:
                if incoming.waiting < _BACKLOG:
                    data = port.read(timeout)
                else:
                    port.pause(timeout)
            except PortGone as gone:
                self._lose(gone)
            now = now_of()
            if not (data or calls or (wake_at is not None and now >= wake_at)):
                continue
            right_speed = None
            if data:
                if judges_time is not None and self._delay is not None:
                    # What waits on the wire came before: what was not sure of it is not surer now.
                    late = max(self._delay.since_last(), late if incoming.waiting else 0)
                    judges_time.late_by(late)
                speed = port.client_baud()
                right_speed = speed is None or speed == endpoint.baud
                if not right_speed:
                    self._hear_noise(data, now)
                elif self._paced and (byte_time := endpoint.byte_time):
                    incoming.take(data, now, byte_time)
                else:
                    endpoint.receive(data, now)
            if incoming.waiting:
                for byte, arrived in incoming.due(now):
                    endpoint.receive(byte, arrived)
            if calls:
                self._run_calls(now)
            answer = endpoint.poll(now)
            if answer:
                if self._paced and (byte_time := endpoint.byte_time):
                    outgoing.take(answer, now, byte_time)
                else:
                    self._write(answer, right_speed)
            if outgoing.waiting:
                delivered = outgoing.due(now)
                if delivered:
                    self._write(delivered, right_speed)
            if self._retry_at is not None and now >= self._retry_at:
                self._reopen(now)
            if endpoint.baud != self._baud:
                self._follow_speed()
            for observe in self.on_step:
                observe(now)

    def _hear_noise(self, data: bytes, now: Instant) -> None:
        if self._hears_noise is not None and now >= self._quiet_from:
            self._hears_noise.wrong_speed(data, now)
        self._quiet_from = Instant(now + _QUIET)

    def _write(self, data: bytes, right_speed: bool | None) -> None:
        """`right_speed`: whether the client has the till's speed, where this step has found that out already."""
        if right_speed is None:
            speed = self.port.client_baud()
            right_speed = speed is None or speed == self.endpoint.baud
        if not right_speed:
            return
        try:
            self.port.write(data)
        except PortGone as gone:
            self._lose(gone)

    def _run_calls(self, now: Instant) -> None:
        # Those that are there now: one that hands in another must not hold the line.
        for _ in range(len(self._calls)):
            fn, future = self._calls.popleft()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                result = fn(now)
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)

    def _follow_speed(self) -> None:
        self._baud = self.endpoint.baud
        try:
            self.port.follow(self._baud)
        except PortGone as gone:
            self._lose(gone)

    def _lose(self, gone: PortGone) -> None:
        what = "port is not there" if isinstance(gone, PortAbsent) else "port lost"
        log.warning("%s%s, waiting for it: %s", self._called, what, gone)
        self._incoming.clear()
        self._outgoing.clear()
        self._retry_at = Instant(self.clock.now() + self._retry)

    def _reopen(self, now: Instant) -> None:
        if self.port.reopen():
            self._retry_at = None
            log.warning("%sport is back: %s", self._called, self.port.names.get("port", ""))
        else:
            self._retry_at = Instant(now + self._retry)

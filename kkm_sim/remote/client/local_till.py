"""The same methods and handlers for a till at a port of this machine: a program that moves changes one line."""

import asyncio
import contextlib
import itertools
from typing import Any, Literal, Unpack, assert_never

from kkm_sim.clock import Instant
from kkm_sim.drivers.monotonic import MonotonicClock
from kkm_sim.drivers.ports import Port, PortError
from kkm_sim.drivers.pump import Pump, PumpStopped
from kkm_sim.drivers.serial_port import SerialPort
from kkm_sim.messages.records import SaleAnswer
from kkm_sim.remote.client.blocking_client import BlockingTill
from kkm_sim.remote.client.handler_thread import aside
from kkm_sim.remote.client.handlers import Handlers, check_names, hear, response_to
from kkm_sim.remote.client.held_till import HeldTill
from kkm_sim.remote.client.pending import Pending
from kkm_sim.remote.master.answers_to_till import reply_of
from kkm_sim.remote.master.master_news import (
    Answered,
    Garbled,
    MasterNews,
    Premature,
    Told,
    Unanswered,
    Wanted,
    at_a_line,
)
from kkm_sim.remote.master.master_news import Declined as DeclinedByTill
from kkm_sim.remote.master.till_master import TillMaster
from kkm_sim.remote.protocol.errors import Declined, LineDataError, NoAnswer, NotConnected, RemoteError
from kkm_sim.remote.protocol.message_json import fields_of, notification_of, operation_of, question_of
from kkm_sim.remote.protocol.operations import TO_SERVER
from kkm_sim.remote.protocol.silence import Silence
from kkm_sim.settings import Settings

_REST_S = 1.0
"""How long the till may take to the end of what is under way when the program closes."""


def open_port_async(
    url: str,
    *,
    address: int = 1,
    baud: int = 57600,
    pace: Literal["packet", "off"] = "packet",
    settings: Settings | None = None,
    **handlers: "Unpack[Handlers]",
) -> "Pending[LocalTill]":
    """The till at a serial device, pty or pyserial URL. As `connect_async` otherwise.

    `address`: the till's option 30; `pace` "off": no gaps, as the till's. Raises NotConnected.
    """
    check_names(handlers)

    async def opened() -> LocalTill:
        try:
            port = await aside(SerialPort, url, baud, unwanted=SerialPort.close)
        except PortError as error:
            raise NotConnected(str(error)) from None
        clock = MonotonicClock()
        master = TillMaster(address, settings or Settings(), baud=baud, paced=pace != "off", now=clock.now())
        return LocalTill(master, port, clock, handlers)

    return Pending(opened())


def open_port(
    url: str,
    *,
    address: int = 1,
    baud: int = 57600,
    pace: Literal["packet", "off"] = "packet",
    settings: Settings | None = None,
    **handlers: "Unpack[Handlers]",
) -> BlockingTill:
    """As `open_port_async`, for programs without an event loop; as `connect` otherwise. Use it with `with`."""
    return BlockingTill(
        lambda own: open_port_async(url, address=address, baud=baud, pace=pace, settings=settings, **own),
        handlers,
    )


class LocalTill(HeldTill):
    """The master beside the till, in this process; its line moves in a thread of its own."""

    def __init__(self, master: TillMaster, port: Port, clock: MonotonicClock, handlers: Handlers) -> None:
        super().__init__()
        self._master = master
        self._handlers = handlers
        self._loop = asyncio.get_running_loop()
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._at_rest = asyncio.Event()
        self._closed = False
        # The hardware gives bytes their time; the gap is kept by the engine.
        self._pump = Pump(master, port, pace="off", clock=clock)
        self._pump.on_step.append(self._step)
        self._pump.submit(master.hold)
        self._pump.start()

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._closers.add(asyncio.current_task())
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(NotConnected("this program has closed the port"))
        self._end_tasks()
        try:
            with contextlib.suppress(TimeoutError, PumpStopped):
                self._pump.submit(self._master.release)
                async with asyncio.timeout(_REST_S):
                    await self._at_rest.wait()
        finally:
            await asyncio.to_thread(self._pump.stop)

    async def _call(self, method: str, params: dict[str, Any]) -> Any:
        if self._closed:
            raise NotConnected("this program has closed the port")
        if method == "link":
            return await self._in_pump(lambda now: self._master.state | {"gone": self._pump.gone})
        if self._pump.gone:
            raise NoAnswer(Silence.PORT_GONE, here=True)
        operation = operation_of(method, TO_SERVER[method].params.model_validate(params))
        number = next(self._numbers)
        future = self._waiting[number] = self._loop.create_future()
        try:
            await self._in_pump(lambda now: self._master.call(number, operation, now))
            return await future
        finally:
            self._waiting.pop(number, None)

    async def _in_pump(self, work: Any) -> Any:
        try:
            return await asyncio.wrap_future(self._pump.submit(work))
        except PumpStopped:
            raise NotConnected("the line's loop has ended: open the port again") from None

    def _step(self, now: Instant) -> None:
        """In the pump's thread, as all that touches the master."""
        with contextlib.suppress(RuntimeError):  # the program has ended its loop without a word
            while (news := self._master.next_event()) is not None:
                self._loop.call_soon_threadsafe(self._take, at_a_line(self._pump.gone, news))
            if self._master.deadline() is None:  # released, and brought to its end
                self._loop.call_soon_threadsafe(self._at_rest.set)

    def _take(self, news: MasterNews) -> None:
        match news:
            case Answered(number, answer):
                if not self._end(number, fields_of(answer)) and isinstance(answer, SaleAnswer):
                    self._begin(hear(notification_of(answer), self._handlers))
            case DeclinedByTill(number, result):
                self._end(number, Declined(result))
            case Unanswered(number, why):
                self._end(number, NoAnswer(why, here=True))
            case Garbled(number):
                self._end(number, LineDataError(here=True))
            case Premature(number):
                self._end(number, RemoteError("the operator is at the sale before: wait for its result"))
            case Wanted():
                self._begin(self._answer(news))
            case Told(message):
                self._begin(hear(notification_of(message), self._handlers))
            case _:
                assert_never(news)

    def _end(self, number: int, outcome: Any) -> bool:
        """Whether anybody waited for it."""
        future = self._waiting.get(number)
        if future is None or future.done():
            return False
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)
        return True

    async def _answer(self, wanted: Wanted) -> None:
        response = await response_to(question_of(0, wanted.request), self._handlers)
        answer, _ = reply_of(wanted.request, response)
        with contextlib.suppress(PumpStopped):
            self._pump.submit(lambda now: self._master.answer(wanted.request, answer, now))

"""One client with one device: its calls, and what the till wants of it."""

import asyncio
import itertools
import logging
from typing import Any, assert_never

from pydantic import ValidationError
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode

from kkm_sim.drivers.pump import PumpStopped
from kkm_sim.messages.records import CloseRequest, IdentifierRequest
from kkm_sim.refused_values import sentence_of
from kkm_sim.remote.master.answers_to_till import reply_of
from kkm_sim.remote.master.master_news import (
    Answered,
    Declined,
    Garbled,
    MasterNews,
    Outcome,
    Premature,
    Told,
    Unanswered,
    Wanted,
    owed_to_next,
)
from kkm_sim.remote.protocol.jsonrpc import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    Failure,
    Id,
    Malformed,
    Notification,
    Request,
    Result,
    parse,
)
from kkm_sim.remote.protocol.message_json import fields_of, notification_of, operation_of, question_of
from kkm_sim.remote.protocol.operations import BUSY, BUSY_CLOSE, DECLINED, ERRORS, LINE_DATA_ERROR, NO_ANSWER, TO_SERVER
from kkm_sim.remote.protocol.silence import Silence
from kkm_sim.remote.server.device import Device
from kkm_sim.remote.server.leases import Lease
from kkm_sim.remote.server.outbox import Outbox

log = logging.getLogger(__name__)

MOST_CALLS = 64
"""Calls of one client that may be under way."""

MOST_QUESTIONS = 16
"""Questions of the till that a client may still answer; an older one the till has long given up."""


class Connection:
    """A client, from the queue to the end of its lease."""

    def __init__(self, socket: ServerConnection, device: Device, name: str) -> None:
        self.name = name
        self._socket = socket
        self._device = device
        self._outbox = Outbox(socket)
        self._holding = False
        self._busy: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._calls: dict[int, Id | None] = {}
        self._questions: dict[int, CloseRequest | IdentifierRequest] = {}
        self._numbers = itertools.count(1)

    async def run(self, timeout: int) -> None:
        """Asks for the device, waits for it `timeout` ns, and serves until the connection is closed."""
        writer = asyncio.create_task(self._write())
        why = "a bug in kkm-sim"
        self._device.ask(self, timeout)
        try:
            while True:
                message = await self._socket.recv()
                if not isinstance(message, str):
                    await self._socket.close(CloseCode.UNSUPPORTED_DATA, "messages are text")
                    continue
                await self._take(message)
                await self._outbox.room()
        except ConnectionClosed as closed:
            why = reason_of(closed)
        finally:
            self._holding = False
            self._device.leave(self, why, self._outbox.unheard())
            writer.cancel()

    async def _write(self) -> None:
        sending = asyncio.create_task(self._outbox.run())
        try:
            await asyncio.wait((sending, self._busy), return_when=asyncio.FIRST_COMPLETED)
            if self._busy.done():
                await self._outbox.sent()
                await self._socket.close(BUSY_CLOSE, "device busy")
            elif not sending.result():
                # It takes nothing: it would not take a good-bye either.
                self._socket.transport.abort()
        finally:
            sending.cancel()

    # From the device

    def granted(self, lease: Lease) -> None:
        """The device is ours: says so first, then the till is polled."""
        self._holding = True
        self._outbox.put(Notification("ready", {"device": self._device.name}).encode())
        self._device.hold(self)

    def refused(self, held: Lease) -> None:
        """Says who holds the device, and closes."""
        self._outbox.put(Failure(None, BUSY, ERRORS[BUSY], self._device.holder(held)).encode())
        self._busy.set_result(None)

    def heard(self, news: MasterNews) -> None:
        """Passes on what happened at the till."""
        match news:
            case Wanted(request):
                self._ask(request)
            case Told(message):
                self._outbox.put(notification_of(message).encode(), news)
            case _:
                if news.call in self._calls:
                    self._call_over(self._calls.pop(news.call), news)

    def _call_over(self, number: Id | None, outcome: Outcome) -> None:
        told = owed_to_next(outcome)
        if number is not None:
            self._outbox.put(_response(number, outcome).encode(), told)
        elif told is not None:
            self.heard(told)  # a sale without an id: a bottle that is sold is told of all the same

    def _ask(self, request: CloseRequest | IdentifierRequest) -> None:
        number = next(self._numbers)
        self._questions[number] = request
        if len(self._questions) > MOST_QUESTIONS:
            del self._questions[next(iter(self._questions))]
        self._outbox.put(question_of(number, request).encode())

    # From the client

    async def _take(self, text: str) -> None:
        message = parse(text)
        match message:
            case Malformed(reply):
                self._outbox.put(reply.encode())
            case Request(number, method, params):
                await self._call(number, method, params)
            case Notification(method, params):
                await self._call(None, method, params)
            case Result() | Failure():
                self._answer(message)
            case _:
                assert_never(message)

    async def _call(self, number: Id | None, method: str, params: dict[str, Any]) -> None:
        """A call; without a number it wants no reply."""
        log.debug("%s: %s calls %s", self._device.name, self.name, method)
        known = TO_SERVER.get(method)
        if known is None:
            there = ", ".join(TO_SERVER)
            return self._fail(number, METHOD_NOT_FOUND, f"there is no method {method[:40]!r}; there are {there}")
        try:
            given = known.params.model_validate(params)
        except ValidationError as error:
            return self._fail(number, INVALID_PARAMS, f"{method}: {sentence_of(error)}")
        if not self._holding:
            return self._fail(number, INVALID_REQUEST, "the device is not yours yet: wait for `ready`")
        if number is not None and number in self._calls.values():
            return self._fail(number, INVALID_REQUEST, "a call with this id is under way")
        if len(self._calls) >= MOST_CALLS:
            return self._fail(number, INVALID_REQUEST, f"{MOST_CALLS} calls are under way: wait for a result")
        try:
            if method == "link":
                state = await self._device.link()
                if number is not None:
                    self._outbox.put(Result(number, state).encode())
            elif self._device.gone:
                self._fail(number, NO_ANSWER, ERRORS[NO_ANSWER], {"reason": Silence.PORT_GONE})
            else:
                operation = operation_of(method, given)
                operation.encode()  # what cannot be is our mistake, and must not be the line's
                self._calls[self._device.call(operation)] = number
        except PumpStopped:
            self._fail(number, INTERNAL_ERROR, "the line has ended")
        except Exception:
            log.exception("%s: a bug in kkm-sim", method)
            self._fail(number, INTERNAL_ERROR, "a bug in kkm-sim; its log says more")

    def _answer(self, response: Result | Failure) -> None:
        """The client's answer to the till."""
        request = self._questions.pop(response.id, None) if isinstance(response.id, int) else None
        if request is None:
            log.info("%s: %s answers what nobody asked", self._device.name, self.name)
            return
        answer, complaint = reply_of(request, response)
        if complaint:
            log.warning("%s: %s: %s", self._device.name, self.name, complaint)
        self._device.answer(request, answer)

    def _fail(self, number: Id | None, code: int, told: str, data: Any = None) -> None:
        if number is not None:
            self._outbox.put(Failure(number, code, told, data).encode())


def _response(number: Id, outcome: Outcome) -> Result | Failure:
    """What a caller hears of its call."""
    match outcome:
        case Answered(_, answer):
            return Result(number, fields_of(answer))
        case Declined(_, result):
            return Failure(number, DECLINED, f"{ERRORS[DECLINED]}: {result}", {"result": result})
        case Unanswered(_, why):
            return Failure(number, NO_ANSWER, ERRORS[NO_ANSWER], {"reason": why})
        case Garbled():
            return Failure(number, LINE_DATA_ERROR, ERRORS[LINE_DATA_ERROR])
        case Premature():
            return Failure(number, INVALID_REQUEST, "a sale is under way: wait for its result")
        case _:
            assert_never(outcome)


def reason_of(closed: ConnectionClosed) -> str:
    """Why a connection is over, for the log."""
    if closed.rcvd is not None and closed.rcvd_then_sent is not False:
        return f"the client closed ({closed.rcvd.code:d})"
    if closed.sent is not None:
        return f"closed ({closed.sent.code:d} {closed.sent.reason})".replace(" )", ")")
    return "the connection was lost"

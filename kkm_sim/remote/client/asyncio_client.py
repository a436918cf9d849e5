"""The till of a remote access server, for asyncio programs."""

import asyncio
import contextlib
import itertools
import ssl as tls
from typing import Any, Unpack

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from kkm_sim.remote.client.connecting import open_connection
from kkm_sim.remote.client.handlers import Handlers, check_names, hear, response_to
from kkm_sim.remote.client.held_till import HeldTill
from kkm_sim.remote.client.pending import Pending
from kkm_sim.remote.protocol.addresses import TIMEOUT_S
from kkm_sim.remote.protocol.errors import NotConnected, error_of
from kkm_sim.remote.protocol.jsonrpc import Failure, Id, Malformed, Notification, Request, Result, parse


def connect_async(
    server: str,
    device: str | None = None,
    *,
    timeout: float = TIMEOUT_S,
    token: str | None = None,
    ssl: tls.SSLContext | None = None,
    client: str | None = None,
    **handlers: "Unpack[Handlers]",
) -> "Pending[Client]":
    """Takes hold of a device of the server at `HOST:19524`, `ws://…` or `wss://…`.

    `async with connect_async(…) as till` lets go of it at the end; `till = await connect_async(…)` is closed by hand.

    `device` None: the server's only one. `timeout`: seconds, for the server's first answer and for a device that
    somebody else holds; a slow network may take 2 s more. `ssl`: how to trust a wss:// server that the system does not
    know. `client`: what others, who wait, are told of us. Raises DeviceBusy, NotConnected, RemoteError, ValueError.

    Handlers are those of `connect`, plain functions or `async` ones, which may call the till. What goes wrong in one is
    told to the loop's exception handler as a HandlerFailed.
    """
    check_names(handlers)

    async def opened() -> Client:
        connection = await open_connection(server, device, timeout=timeout, token=token, ssl=ssl, client=client)
        return Client(connection, handlers)

    return Pending(opened())


class Client(HeldTill):
    """A device held over a connection that is ready."""

    def __init__(self, connection: ClientConnection, handlers: Handlers) -> None:
        super().__init__()
        self._connection = connection
        self._handlers = handlers
        self._numbers = itertools.count(1)
        self._waiting: dict[Id, asyncio.Future[Any]] = {}
        self._deserted: set[Id] = set()  # sales whose caller waits no more
        self._over: NotConnected | None = None
        self._reader = asyncio.create_task(self._read())

    async def close(self) -> None:
        self._closers.add(asyncio.current_task())
        self._end("this program has closed the connection")
        await self._connection.close()
        await asyncio.wait([self._reader])

    async def _call(self, method: str, params: dict[str, Any]) -> Any:
        if self._over is not None:
            raise _again(self._over)
        number = next(self._numbers)
        future = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            await self._send(Request(number, method, params))
            return await future
        except asyncio.CancelledError:
            if method == "sale":
                self._deserted.add(number)
            raise
        finally:
            self._waiting.pop(number, None)

    async def _send(self, message: Request | Result | Failure) -> None:
        # Whoever reads hears of the end too, and tells those who wait.
        with contextlib.suppress(ConnectionClosed):
            await self._connection.send(message.encode())

    async def _read(self) -> None:
        reason = "the server closed it"
        try:
            while True:
                text = await self._connection.recv()
                if isinstance(text, str):
                    self._take(text)
        except ConnectionClosed as closed:
            if closed.rcvd is None:
                reason = "the network or the server is gone"
            elif closed.rcvd.reason:
                reason = f"the server closed it: {closed.rcvd.reason}"
        finally:
            self._end(f"the connection to the server is lost ({reason}): connect again")
            self._end_tasks()

    def _take(self, text: str) -> None:
        match parse(text):
            case Result(number, result):
                self._answered(number, result)
            case Failure(number) as failure if number is not None:
                self._deserted.discard(number)
                future = self._waiting.get(number)
                if future is not None and not future.done():
                    future.set_exception(error_of(failure))
            case Request() as request:
                self._begin(self._respond(request))
            case Notification() as notification:
                self._begin(hear(notification, self._handlers))
            case Malformed() | Failure():
                pass  # an answer to nothing that we asked: nobody waits for it

    def _answered(self, number: Id, result: Any) -> None:
        future = self._waiting.get(number)
        if future is not None and not future.done():
            future.set_result(result)
        elif number in self._deserted:
            self._deserted.discard(number)
            self._begin(hear(Notification("sale_answer", result), self._handlers))

    async def _respond(self, request: Request) -> None:
        await self._send(await response_to(request, self._handlers))

    def _end(self, reason: str) -> None:
        if self._over is not None:
            return
        self._over = NotConnected(reason)
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(_again(self._over))


def _again(error: NotConnected) -> NotConnected:
    """Each caller gets its own: a raised exception carries where it was raised."""
    return NotConnected(str(error))

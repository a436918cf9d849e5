"""The same for programs without an event loop: each call waits for its answer."""

import asyncio
import functools
import ssl as tls
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import CancelledError
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar, Unpack, cast

from kkm_sim.remote.client.asyncio_client import connect_async
from kkm_sim.remote.client.handler_thread import HandlerThread
from kkm_sim.remote.client.handlers import Handlers, check_names
from kkm_sim.remote.client.held_till import HeldTill
from kkm_sim.remote.client.loop_thread import LoopClosed, LoopThread
from kkm_sim.remote.protocol.addresses import TIMEOUT_S
from kkm_sim.remote.protocol.errors import HandlerFailed, NotConnected, RemoteError

P = ParamSpec("P")
T = TypeVar("T")


def connect(
    server: str,
    device: str | None = None,
    *,
    timeout: float = TIMEOUT_S,
    token: str | None = None,
    ssl: tls.SSLContext | None = None,
    client: str | None = None,
    **handlers: "Unpack[Handlers]",
) -> "BlockingTill":
    """Takes hold of a device of the server at `HOST:19524`, `ws://…` or `wss://…`; use it with `with`.

    `device` None: the server's only one. `timeout`: seconds, for the server's first answer and for a device that
    somebody else holds; a slow network may take 2 s more. `ssl`: how to trust a wss:// server that the system does not
    know. `client`: what others, who wait, are told of us. Raises DeviceBusy, NotConnected, RemoteError, ValueError.

    When the till wants or tells something it is handed to
        on_close(CloseRequest)          gives 0: the receipt may be closed; another result, or a Closed: it may not
        on_identifier(receipt, block)   gives that block: a str for a text, an Identifier for a picture as a QR code is;
                                        None: there are no more. Blocks begin at 1
        on_done(result)                 the receipt is printed to its end
        on_sale_answer(SaleAnswer)      the answer to a sale that nobody waits for any more
    one at a time, in a thread of their own: they may take their time, and may call the till. What goes wrong in one is
    told to `threading.excepthook` as a HandlerFailed; the till hears that the receipt may not be closed, result 27, of
    an identifier it hears nothing and asks again.
    """
    return BlockingTill(
        lambda own: connect_async(server, device, timeout=timeout, token=token, ssl=ssl, client=client, **own),
        handlers,
    )


def _waiting(
    method: Callable[Concatenate[HeldTill, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate["BlockingTill", P], T]:
    """The same method, but that it waits for its answer."""

    @functools.wraps(method)
    def call(till: "BlockingTill", /, *given: P.args, **named: P.kwargs) -> T:
        return till._run(method(till._till, *given, **named))

    return call


class BlockingTill:
    """A till whose methods wait. They may be called in any thread, in several at once."""

    def __init__(self, opening: Callable[[Handlers], Coroutine[Any, Any, HeldTill]], handlers: Handlers) -> None:
        check_names(handlers)
        self._lock = threading.Lock()
        self._closed = False
        self._loop = LoopThread("kkm-sim remote")
        self._loop.loop.set_exception_handler(self._tell)
        self._handling = HandlerThread("kkm-sim remote handlers")
        try:
            self._till = self._border(opening(self._in_their_thread(handlers)))
        except BaseException:
            self._loop.close()
            self._handling.close()
            raise

    ping = _waiting(HeldTill.ping)
    sale = _waiting(HeldTill.sale)
    message = _waiting(HeldTill.message)
    annul = _waiting(HeldTill.annul)
    link = _waiting(HeldTill.link)

    def close(self) -> None:
        """Lets go of the till, and ends both threads. Calls that wait elsewhere fail with NotConnected.

        Waits for a handler that works, unless the program is on its way out by Ctrl-C or `sys.exit`.
        """
        with self._lock:
            if self._closed:
                return
            self._closed = True
        try:
            self._loop.run(self._till.close())
        finally:
            self._loop.close()
            self._handling.close(wait=not isinstance(sys.exc_info()[1], (KeyboardInterrupt, SystemExit)))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        if self._closed:
            work.close()
            raise NotConnected("this program has closed the connection")
        try:
            return self._border(work)
        except (LoopClosed, CancelledError):
            raise NotConnected("this program has closed the connection") from None

    def _border(self, work: Coroutine[Any, Any, T]) -> T:
        """What we have to say is said here: where in our threads it was found out helps nobody."""
        try:
            return self._loop.run(work)
        except (RemoteError, ValueError) as error:
            raise error.with_traceback(None) from None

    def _in_their_thread(self, handlers: Handlers) -> Handlers:
        def moved(handler: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
            async def call(*values: Any) -> Any:
                return await self._handling.call(handler, *values)

            return call

        given = {name: one for name, one in handlers.items() if one is not None}
        return cast(Handlers, {name: moved(cast(Callable[..., Any], one)) for name, one in given.items()})

    def _tell(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """A handler's failure, to whoever hears of those of threads."""
        error = context.get("exception")
        if isinstance(error, HandlerFailed):
            told = (type(error), error, error.__traceback__, self._handling.thread)
            threading.excepthook(threading.ExceptHookArgs(told))
        else:
            loop.default_exception_handler(context)

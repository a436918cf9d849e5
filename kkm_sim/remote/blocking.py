"""The same for programs without an event loop: each call waits for its answer."""

import functools
import ssl as tls
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import CancelledError, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack, cast

from kkm_sim.messages.codes import CodeType, Operation
from kkm_sim.messages.records import PingAnswer, SaleAnswer
from kkm_sim.remote.access import TillAccess
from kkm_sim.remote.client import connect_async
from kkm_sim.remote.errors import NotConnected
from kkm_sim.remote.handlers import Handlers
from kkm_sim.remote.leases import TIMEOUT_S
from kkm_sim.remote.loop_thread import LoopClosed, LoopThread
from kkm_sim.remote.operations import Link

T = TypeVar("T")


def connect(
    server: str,
    device: str | None = None,
    *,
    timeout: float = TIMEOUT_S,
    token: str | None = None,
    ssl: tls.SSLContext | None = None,
    client: str | None = None,
    **handlers: Unpack[Handlers],
) -> "BlockingTill":
    """Takes hold of a device of the server at `HOST:19524`, `ws://…` or `wss://…`; use it with `with`.

    All is as with `connect_async`, but that handlers are plain functions, called one at a time in a thread of their
    own: they may take their time, and may call the till.
    """
    return BlockingTill(
        lambda own: connect_async(server, device, timeout=timeout, token=token, ssl=ssl, client=client, **own),
        handlers,
    )


class BlockingTill:
    """A till whose methods wait. They may be called in any thread, in several at once."""

    def __init__(self, opening: Callable[[Handlers], Coroutine[Any, Any, TillAccess]], handlers: Handlers) -> None:
        self._lock = threading.Lock()
        self._closed = False
        self._loop = LoopThread("kkm-sim remote")
        self._handling = ThreadPoolExecutor(1, thread_name_prefix="kkm-sim remote handlers")
        try:
            self._till = self._loop.run(opening(self._in_their_thread(handlers)))
        except BaseException:
            self._loop.close()
            self._handling.shutdown()
            raise

    def ping(self) -> PingAnswer:
        """The till's state, function 5."""
        return self._run(self._till.ping())

    def sale(
        self,
        code_type: int = CodeType.PDF,
        barcode: int = 0,
        *,
        operation: int = Operation.SALE,
        item_code: int = 0,
        quantity: int = 0,
        price: int = 0,
        name: str = "",
        section: int = 0,
        tax: int = 0,
    ) -> SaleAnswer:
        """Sells a bottle, function 1. Returns when the operator is done, which takes as long as he does.

        Money in kopecks, quantity in thousandths. Whoever stops waiting (Ctrl-C) gets the answer with `on_sale_answer`.
        """
        return self._run(
            self._till.sale(
                code_type,
                barcode,
                operation=operation,
                item_code=item_code,
                quantity=quantity,
                price=price,
                name=name,
                section=section,
                tax=tax,
            )
        )

    def message(self, code: int) -> None:
        """Shows the operator 1 SCAn EAN, 2 SCAn PdF or 3 ПОВtОР, function 6."""
        self._run(self._till.message(code))

    def annul(self) -> None:
        """Annuls the open receipt, function 7."""
        self._run(self._till.annul())

    def link(self) -> Link:
        """What passed on the line to the till. Asks the till nothing."""
        return self._run(self._till.link())

    def close(self) -> None:
        """Lets go of the till, and ends both threads. Calls that wait elsewhere fail with NotConnected."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        try:
            self._loop.run(self._till.close())
        finally:
            self._loop.close()
            self._handling.shutdown(wait=not _in_handler.here)

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
            return self._loop.run(work)
        except (LoopClosed, CancelledError):
            raise NotConnected("this program has closed the connection") from None

    def _in_their_thread(self, handlers: Handlers) -> Handlers:
        def moved(handler: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
            async def call(*values: Any) -> Any:
                return await self._loop.loop.run_in_executor(
                    self._handling, functools.partial(_in_handler, handler), *values
                )

            return call

        return cast(Handlers, {name: moved(cast(Callable[..., Any], one)) for name, one in handlers.items()})


class _InHandler(threading.local):
    """Whether this thread is the handlers'."""

    here = False

    def __call__(self, handler: Callable[..., Any], *values: Any) -> Any:
        self.here = True
        return handler(*values)


_in_handler = _InHandler()

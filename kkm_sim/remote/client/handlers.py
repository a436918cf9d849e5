"""What a program does when the till wants or tells something: its functions, called with the document's messages.

Each may be a plain function or an `async` one. Without a function for it the till hears nothing, and goes on as it does
when a SmartBox is silent.

Where a function raises, or gives what no answer can be, the program hears a `HandlerFailed` that names it: from its
event loop's exception handler (`loop.set_exception_handler`; asyncio's own logs it), and with `connect` and `open_port`
from `threading.excepthook`, as of any thread (Python's own prints it). The till hears that the receipt must not be
closed, result 27. For an identifier the document has no such answer: the only other one says that there is no more of
it, and the receipt would be complete without. So the till hears nothing, and asks for it again [D-24].
"""

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, TypedDict

from pydantic import ValidationError

from kkm_sim.messages.records import CloseRequest, SaleAnswer
from kkm_sim.refused_values import sentence_of
from kkm_sim.remote.protocol.errors import HandlerFailed
from kkm_sim.remote.protocol.jsonrpc import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    Failure,
    Notification,
    Request,
    Result,
)
from kkm_sim.remote.protocol.message_json import Unexpected, block_of, close_of, done_of, sold_of, told_of
from kkm_sim.remote.protocol.operations import Closed, Identifier

log = logging.getLogger(__name__)


OnClose = Callable[[CloseRequest], Closed | int | Awaitable[Closed | int]]
OnIdentifier = Callable[[int, int], Awaitable[Identifier | str | None] | Identifier | str | None]
OnDone = Callable[[int], object]
OnSaleAnswer = Callable[[SaleAnswer], object]


class Handlers(TypedDict, total=False):
    """The functions, by the names of the keywords that take them."""

    on_close: OnClose | None
    """May the receipt be closed? 0 allows it, another result («Коды ошибок») does not. The till is asked to wait
    meanwhile for its `close_timeout` [D-4], after which it waits that long once more."""
    on_identifier: OnIdentifier | None
    """(receipt, block) → that block of its identifier, a str for a text; None: there are no more. Blocks begin at 1."""
    on_done: OnDone | None
    """The receipt is printed to its end, with this result."""
    on_sale_answer: OnSaleAnswer | None
    """The answer to a sale that nobody waits for any more: its caller is gone, or has given up [D-55]."""


class _NoSuchAnswer(Exception):
    """A function gave what is no answer."""


def check_names(handlers: Handlers) -> None:
    """Raises TypeError where one is a keyword of another name, as any function does that is called with one."""
    for name in handlers:
        if name not in Handlers.__annotations__:
            there = ", ".join(Handlers.__annotations__)
            raise TypeError(f"unexpected keyword argument {name!r}: handlers are {there}")


async def response_to(request: Request, handlers: Handlers) -> Result | Failure:
    """What the till, or the server, hears of a request."""
    try:
        match request.method:
            case "close" if (on_close := handlers.get("on_close")) is not None:
                close = close_of(request.params)
                answer: Closed | Identifier = _closed(await _outcome(on_close(close)), close.receipt_number)
            case "identifier" if (on_identifier := handlers.get("on_identifier")) is not None:
                wanted = block_of(request.params)
                answer = _identifier(await _outcome(on_identifier(wanted.receipt_number, wanted.block)))
            case "close" | "identifier" as method:
                return Failure(request.id, METHOD_NOT_FOUND, f"this client does not answer {method!r}")
            case method:
                return Failure(request.id, METHOD_NOT_FOUND, f"there is no method {method!r} here")
        return Result(request.id, told_of(answer))
    except Unexpected as error:
        log.warning("%s of the server: %s", request.method, error)
        return Failure(request.id, INVALID_PARAMS, str(error))
    except (Exception, SystemExit, asyncio.CancelledError) as error:
        _tell(f"on_{request.method}", error)
        return Failure(request.id, INTERNAL_ERROR, f"the client's on_{request.method} failed: {type(error).__name__}")


async def hear(notification: Notification, handlers: Handlers) -> None:
    """Hands on what the server tells; what nobody wants to hear is dropped."""
    try:
        match notification.method:
            case "done" if (on_done := handlers.get("on_done")) is not None:
                await _outcome(on_done(done_of(notification.params).result))
            case "sale_answer" if (on_sale_answer := handlers.get("on_sale_answer")) is not None:
                await _outcome(on_sale_answer(sold_of(notification.params)))
    except Unexpected as error:
        log.warning("%s of the server: %s", notification.method, error)
    except (Exception, SystemExit, asyncio.CancelledError) as error:
        _tell(f"on_{notification.method}", error)


def _closed(answer: Closed | int, receipt: int) -> Closed:
    if isinstance(answer, Closed):
        return answer
    if isinstance(answer, int) and not isinstance(answer, bool):  # True would refuse: its result would be 1
        return Closed(result=int(answer), receipt=receipt)
    raise _NoSuchAnswer(f"it gave {answer!r}: 0 allows the close, another result does not")


def _identifier(answer: Identifier | str | None) -> Identifier:
    match answer:
        case Identifier():
            return answer
        case str():
            return Identifier(kind="text", text=answer)
        case None:
            return Identifier(result=1)
        case _:
            raise _NoSuchAnswer(f"it gave {answer!r}: a block is a str or an Identifier, None: there are no more")


def _tell(handler: str, error: BaseException) -> None:
    """Whoever runs the loop hears of it. Raises a CancelledError again that is not of the handler's own making."""
    match error:
        case asyncio.CancelledError() if (task := asyncio.current_task()) is not None and task.cancelling():
            raise error
        case ValidationError():
            failed = HandlerFailed(handler, sentence_of(error))
        case _NoSuchAnswer():
            failed = HandlerFailed(handler, str(error))
        case _:
            failed = HandlerFailed(handler, f"{type(error).__name__}: {error}".removesuffix(": "))
            failed.__cause__ = error.with_traceback(_theirs(error.__traceback__))
    asyncio.get_running_loop().call_exception_handler({"message": str(failed), "exception": failed})


def _theirs(trace: TracebackType | None) -> TracebackType | None:
    """What of a traceback is the function's own."""
    while trace is not None and str(trace.tb_frame.f_globals.get("__name__")).startswith("kkm_sim.remote."):
        trace = trace.tb_next
    return trace


async def _outcome(given: Any) -> Any:
    """What a function gave, or what its coroutine gives."""
    return await given if inspect.isawaitable(given) else given

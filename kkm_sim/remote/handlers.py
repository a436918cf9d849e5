"""What a program does when the till wants or tells something: its functions, called with the document's messages.

Each may be a plain function or an `async` one. Without a function for it the till hears nothing, and goes on as it does
when a SmartBox is silent; the same where a function raises, which is logged.
"""

import inspect
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypedDict, assert_never

from kkm_sim.messages.records import CloseRequest, SaleAnswer
from kkm_sim.remote.answers import Unexpected, block_of, close_of, done_of, sold_of, told_of
from kkm_sim.remote.jsonrpc import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    Failure,
    Notification,
    Request,
    Result,
)
from kkm_sim.remote.operations import Closed, Identifier

log = logging.getLogger(__name__)


class Handlers(TypedDict, total=False):
    """The functions, by the names of the keywords that take them."""

    on_close: Callable[[CloseRequest], Closed | int | Awaitable[Closed | int]]
    """May the receipt be closed? 0 allows it, another result («Коды ошибок») does not. The till is asked to wait
    meanwhile for its `close_timeout` [D-4], after which it waits that long once more."""
    on_identifier: Callable[[int, int], Awaitable[Identifier | str | None] | Identifier | str | None]
    """(receipt, block) → that block of its identifier, a str for a text; None: there are no more. Blocks begin at 1."""
    on_done: Callable[[int], object]
    """The receipt is printed to its end, with this result."""
    on_sale_answer: Callable[[SaleAnswer], object]
    """The answer to a sale that nobody waits for any more: its caller is gone, or has given up [D-55]."""


async def response_to(request: Request, handlers: Handlers) -> Result | Failure:
    """What the till, or the server, hears of a request."""
    if request.method not in ("close", "identifier"):
        return Failure(request.id, METHOD_NOT_FOUND, f"there is no method {request.method!r} here")
    if f"on_{request.method}" not in handlers:
        return Failure(request.id, METHOD_NOT_FOUND, f"this client does not answer {request.method!r}")
    try:
        return Result(request.id, told_of(await _answer(request, handlers)))
    except Unexpected as error:
        log.warning("%s of the server: %s", request.method, error)
        return Failure(request.id, INVALID_PARAMS, str(error))
    except Exception as error:
        log.exception("on_%s failed: the till hears nothing", request.method)
        return Failure(request.id, INTERNAL_ERROR, f"the client's on_{request.method} failed: {type(error).__name__}")


async def hear(notification: Notification, handlers: Handlers) -> None:
    """Hands on what the server tells; what nobody wants to hear is dropped."""
    try:
        match notification.method:
            case "done" if "on_done" in handlers:
                await _outcome(handlers["on_done"](done_of(notification.params).result))
            case "sale_answer" if "on_sale_answer" in handlers:
                await _outcome(handlers["on_sale_answer"](sold_of(notification.params)))
    except Unexpected as error:
        log.warning("%s of the server: %s", notification.method, error)
    except Exception:
        log.exception("on_%s failed", notification.method)


async def _answer(request: Request, handlers: Handlers) -> Closed | Identifier:
    if request.method == "close":
        close = close_of(request.params)
        return _closed(await _outcome(handlers["on_close"](close)), close.receipt_number)
    wanted = block_of(request.params)
    return _identifier(await _outcome(handlers["on_identifier"](wanted.receipt_number, wanted.block)))


def _closed(answer: Closed | int, receipt: int) -> Closed:
    if isinstance(answer, Closed):
        return answer
    if isinstance(answer, int):
        return Closed(result=int(answer), receipt=receipt)
    raise TypeError(f"on_close gave {answer!r}: 0 allows the close, another result does not")


def _identifier(answer: Identifier | str | None) -> Identifier:
    match answer:
        case Identifier():
            return answer
        case str():
            return Identifier(kind="text", text=answer)
        case None:
            return Identifier(result=1)
        case _:
            assert_never(answer)


async def _outcome(given: Any) -> Any:
    """What a function gave, or what its coroutine gives."""
    return await given if inspect.isawaitable(given) else given

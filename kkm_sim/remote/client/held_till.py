"""What whoever holds a till may ask of it, the same whether it is over the network or at a port of this machine."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

from pydantic import ValidationError

from kkm_sim.messages.codes import CodeType, Operation
from kkm_sim.messages.records import PingAnswer, SaleAnswer
from kkm_sim.refused_values import sentence_of
from kkm_sim.remote.protocol.errors import RemoteError
from kkm_sim.remote.protocol.message_json import Unexpected, link_of, sold_of, status_of
from kkm_sim.remote.protocol.operations import TO_SERVER, Link

T = TypeVar("T")


class HeldTill(ABC):
    """The till, in this program's hands until `close`. Everything in it belongs to one event loop.

    Calls may be made while others wait. Each raises NoAnswer, LineDataError, Declined, NotConnected or RemoteError
    (`kkm_sim.remote.protocol.errors`), and ValueError for a field that no request can have.
    """

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._closers: set[asyncio.Task[None] | None] = set()  # who has called `close`, a handler's task perhaps

    async def ping(self) -> PingAnswer:
        """The till's state, function 5."""
        return _understood(status_of, await self._checked("ping", {}))

    async def sale(
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

        Money in kopecks, quantity in thousandths. Whoever stops waiting, by Ctrl-C or as a task that is
        cancelled, gets the answer with `on_sale_answer`.
        """
        given = {
            **{"code_type": int(code_type), "barcode": barcode, "operation": int(operation), "item_code": item_code},
            **{"quantity": quantity, "price": price, "name": name, "section": section, "tax": tax},
        }
        return _understood(sold_of, await self._checked("sale", given))

    async def message(self, code: int) -> None:
        """Shows the operator 1 SCAn EAN, 2 SCAn PdF or 3 ПОВtОР, function 6."""
        await self._checked("message", {"code": int(code)})

    async def annul(self) -> None:
        """Annuls the open receipt, function 7."""
        await self._checked("annul", {})

    async def link(self) -> Link:
        """What passed on the line to the till. Asks the till nothing."""
        return _understood(link_of, await self._checked("link", {}))

    @abstractmethod
    async def close(self) -> None:
        """Lets go of the till, for the next one. Calls that wait fail with NotConnected. Again does nothing."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _checked(self, method: str, params: dict[str, Any]) -> Any:
        try:
            shape = TO_SERVER[method].params.model_validate(params)
        except ValidationError as error:
            raise ValueError(f"{method}: {sentence_of(error)}") from None
        return await self._call(method, shape.model_dump(exclude_defaults=True))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        """A task for each thing that the till wants or tells: a handler may take its time, and may call the till."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _end_tasks(self) -> None:
        """But for a handler that closes the till itself: it comes to its end."""
        for task in self._tasks - self._closers:
            task.cancel()

    @abstractmethod
    async def _call(self, method: str, params: dict[str, Any]) -> Any:
        """Carries out a method of `TO_SERVER`; returns its result's fields."""


def _understood(read: Callable[[Any], T], result: Any) -> T:
    try:
        return read(result)
    except Unexpected as error:
        raise RemoteError(f"the server's answer is not understood, is it of another version? {error}") from None

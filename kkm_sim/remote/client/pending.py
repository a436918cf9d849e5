"""A till that a program is about to take hold of: `async with` it, or `await` it and close it itself."""

from collections.abc import Coroutine, Generator
from types import TracebackType
from typing import Any, TypeVar

from kkm_sim.remote.client.held_till import HeldTill

T = TypeVar("T", bound=HeldTill)


class Pending(Coroutine[Any, Any, T]):
    """What opens a till, as a coroutine for whoever wants one; `async with` closes the till, too."""

    def __init__(self, opening: Coroutine[Any, Any, T]) -> None:
        self._opening = opening
        self._till: T | None = None

    async def __aenter__(self) -> T:
        self._till = await self
        return self._till

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._till is not None:
            await self._till.close()

    # A coroutine

    def __await__(self) -> Generator[Any, Any, T]:
        return self._opening.__await__()

    def send(self, value: Any) -> Any:
        return self._opening.send(value)

    def throw(self, *error: Any) -> Any:
        return self._opening.throw(*error)

    def close(self) -> None:
        """Opens nothing."""
        self._opening.close()

"""Events on their way from the line's thread to one client, never more than a fixed number."""

import asyncio
import contextlib
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")

CAPACITY = 10_000
"""Events that may wait for a client, more than the keys of one call make; one above and it is too slow."""


class Mailbox(Generic[T]):
    """`put` from any thread, never waiting; `take` in the event loop it was made in.

    When it is full it forgets everything and takes nothing more: `too_slow` is set, for good.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.too_slow = asyncio.Event()
        self.capacity = capacity
        self._loop = asyncio.get_running_loop()
        self._filled = asyncio.Event()
        self._items: deque[T] = deque()
        self._overflown = False

    def put(self, item: T) -> None:
        """Adds an item. One thread at a time."""
        if self._overflown:
            return
        self._overflown = len(self._items) >= self.capacity
        if self._overflown:
            self._items.clear()
        else:
            self._items.append(item)
        # The loop may have ended: then nobody waits for anything.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe((self.too_slow if self._overflown else self._filled).set)

    async def take(self) -> T:
        """The oldest item, as soon as there is one."""
        while True:
            self._filled.clear()
            with contextlib.suppress(IndexError):
                return self._items.popleft()
            await self._filled.wait()

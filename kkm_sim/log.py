"""A bounded, numbered list of what happened: whoever watches asks for what is new since a number."""

from collections import deque
from itertools import islice
from typing import Generic, TypeVar

T = TypeVar("T")

DEFAULT_SIZE = 10_000


class Log(Generic[T]):
    """Entries numbered from 1 up, for ever; only the newest `size` are kept, so memory stays flat."""

    def __init__(self, size: int = DEFAULT_SIZE) -> None:
        self._entries: deque[T] = deque(maxlen=size)
        self._last = 0

    @property
    def last(self) -> int:
        """Number of the newest entry ever; 0 before the first."""
        return self._last

    def append(self, entry: T) -> None:
        self._last += 1
        self._entries.append(entry)

    def since(self, number: int = 0) -> list[tuple[int, T]]:
        """The kept entries with numbers above `number`, oldest first."""
        count = min(self._last - max(number, 0), len(self._entries))
        newest = list(islice(reversed(self._entries), max(count, 0)))  # from the end: who watches asks for few of many
        return list(enumerate(reversed(newest), self._last - len(newest) + 1))

    def clear(self) -> None:
        """Forgets the entries; numbers go on."""
        self._entries.clear()

"""The paper: text lines, bitmaps and cuts, in the order they were printed (till, section 5)."""

from dataclasses import dataclass

COLUMNS = 24
DOTS = 384
"""Printed dots across the paper."""
LINE_DOTS = 24
"""Height of a text line, in dots."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of at most 24 characters, without padding at its end."""

    text: str


@dataclass(frozen=True, slots=True)
class Bitmap:
    """A picture in modules, unscaled: each row is ⌈width / 8⌉ bytes, leftmost in the high bit, 1 = black."""

    width: int
    height: int
    rows: tuple[bytes, ...]

    @property
    def scale(self) -> int:
        """Dots a module: the largest that leaves four modules white on each side."""
        return DOTS // (self.width + 8)

    @property
    def lines(self) -> int:
        """How many text lines it is high."""
        return -(-self.scale * self.height // LINE_DOTS)


@dataclass(frozen=True, slots=True)
class Cut:
    """The end of a document."""


TapeEntry = TextLine | Bitmap | Cut


class Tape:
    """What has been printed; entries are numbered from 1 and never change."""

    def __init__(self) -> None:
        self._entries: list[TapeEntry] = []

    def __len__(self) -> int:
        return len(self._entries)

    def append(self, entry: TapeEntry) -> None:
        self._entries.append(entry)

    @property
    def entries(self) -> tuple[TapeEntry, ...]:
        return tuple(self._entries)

    def since(self, number: int) -> tuple[tuple[int, TapeEntry], ...]:
        """Entries after entry `number` (0: all), each with its number."""
        start = max(number, 0)
        return tuple(enumerate(self._entries[start:], start=start + 1))

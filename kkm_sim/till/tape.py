"""The paper: text lines, bitmaps and cuts, in the order they were printed (till, section 5)."""

from kkm_sim.log import Log
from kkm_sim.value import Value

COLUMNS = 24
DOTS = 384
"""Printed dots across the paper."""
LINE_DOTS = 24
"""Height of a text line, in dots."""
ENTRIES_KEPT = 10_000


class TextLine(Value):
    """A line of at most 24 characters, without padding at its end."""

    text: str


class Bitmap(Value):
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


class Cut(Value):
    """The end of a document."""


TapeEntry = TextLine | Bitmap | Cut


class Tape:
    """What has been printed; entries are numbered from 1 and never change.

    The newest 10,000 are kept, the 300 to 500 receipts of a shop's day: a till that runs for weeks does not grow.
    """

    def __init__(self) -> None:
        self._log: Log[TapeEntry] = Log(ENTRIES_KEPT)

    @property
    def last(self) -> int:
        """Number of the newest entry ever; 0 before the first."""
        return self._log.last

    def append(self, entry: TapeEntry) -> None:
        self._log.append(entry)

    @property
    def entries(self) -> tuple[TapeEntry, ...]:
        """Those that are kept, oldest first."""
        return tuple(entry for _, entry in self._log.since())

    def since(self, number: int) -> tuple[tuple[int, TapeEntry], ...]:
        """Those of the entries after entry `number` (0: all) that are kept, each with its number."""
        return tuple(self._log.since(number))

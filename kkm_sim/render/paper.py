"""The paper the tape is printed on: 58 mm at 8 dots a millimetre, torn off after each document.

From top to bottom a piece is a torn edge, blank paper, what was printed, blank paper, and a torn edge again. A tape
that does not end with a cut is still in the machine: its last edge is not torn. Between two pieces nothing is seen.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import assert_never

from kkm_sim.render.text import QUIET_MODULES
from kkm_sim.till.tape import DOTS, LINE_DOTS, Bitmap, Cut, TapeEntry, TextLine

MARGIN = 40
"""Dots at each side that the printer does not reach: 5 mm."""
WIDTH = DOTS + 2 * MARGIN
CELL = 16
"""Dots across that a character takes."""
HEAD, FOOT = 24, 48
"""Blank dots before and after what was printed; the knife stands behind the printer's head."""
TOOTH = 8
"""A torn edge goes up and down by so many dots, at 45 degrees."""
GAP = 16
"""Dots between two pieces."""

PAPER, INK, EDGE = "#fdfcf7", "#1b1b1f", "#c9c6bb"

Printed = TextLine | Bitmap


@dataclass(frozen=True, slots=True)
class Piece:
    """A document's paper, or what there is of it yet."""

    entries: tuple[Printed, ...]
    torn: bool

    @property
    def height(self) -> int:
        """In dots, with both edges."""
        return TOOTH + HEAD + sum(height(entry) for entry in self.entries) + FOOT + TOOTH


def pieces(entries: Iterable[TapeEntry]) -> list[Piece]:
    """The tape in pieces: one at least, for no tape at all is blank paper."""
    done: list[Piece] = []
    printed: list[Printed] = []
    for entry in entries:
        match entry:
            case Cut():
                done.append(Piece(tuple(printed), torn=True))
                printed = []
            case TextLine() | Bitmap():
                printed.append(entry)
            case _:
                assert_never(entry)
    return [*done, Piece(tuple(printed), torn=False)] if printed or not done else done


def total_height(tape: Sequence[Piece]) -> int:
    """The height of all of them with the gaps between, in dots."""
    return sum(piece.height for piece in tape) + GAP * (len(tape) - 1)


def height(entry: Printed) -> int:
    """Dots that an entry takes; a bitmap has its quiet zone above and below too."""
    return LINE_DOTS if isinstance(entry, TextLine) else (entry.height + 2 * QUIET_MODULES) * entry.scale


def left(bitmap: Bitmap) -> int:
    """Dots from the paper's left edge to a bitmap, which stands in the middle."""
    return (WIDTH - bitmap.width * bitmap.scale) // 2


def depth(x: int) -> int:
    """How far down the torn edge is at dot `x`."""
    return abs((x + TOOTH) % (2 * TOOTH) - TOOTH)

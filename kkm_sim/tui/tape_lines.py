"""The paper as lines for a screen: text in its 24 columns, pictures in half blocks, a tear where a document ends."""

from collections.abc import Sequence
from typing import assert_never

from kkm_sim.control.models import BitmapEntry, CutEntry, TapeEntryView, TextEntry
from kkm_sim.render.text import QUIET_MODULES, half_blocks
from kkm_sim.till.tape import COLUMNS, Bitmap
from kkm_sim.tui.catalogue import Words

TEAR = "╌" * COLUMNS


def entry_lines(entry: TapeEntryView, width: int, words: Words) -> list[str]:
    """The lines of one entry, each in the middle of a paper `width` characters wide.

    A picture that has no room with its quiet zone is a line that says where to see it.
    """
    match entry:
        case TextEntry():
            lines = [entry.text.ljust(COLUMNS)]
        case CutEntry():
            lines = ["", TEAR, ""]
        case BitmapEntry():
            if entry.width + 2 * QUIET_MODULES <= width:
                lines = picture_lines(entry)
            else:
                lines = [f"[{words.picture_here.format(width=entry.width, height=entry.height)}]"]
        case _:
            assert_never(entry)
    return [line.center(width)[:width] for line in lines]


def picture_lines(entry: BitmapEntry, quiet: int = QUIET_MODULES) -> list[str]:
    """A picture in half blocks with `quiet` white modules on each side, to be shown black on white."""
    return half_blocks(Bitmap(entry.width, entry.height, tuple(map(bytes.fromhex, entry.rows))), quiet)


def newest_picture(entries: Sequence[TapeEntryView]) -> BitmapEntry | None:
    """The picture printed last, if any."""
    return next((entry for entry in reversed(entries) if isinstance(entry, BitmapEntry)), None)

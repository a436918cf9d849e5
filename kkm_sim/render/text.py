"""The tape as text: 24 columns, pictures in half blocks that a phone can read off a screen."""

from collections.abc import Iterable
from typing import assert_never

from kkm_sim.till.tape import COLUMNS, Bitmap, Cut, TapeEntry, TextLine

QUIET_MODULES = 4
"""White modules around a QR code, without which decoders do not find it."""

CUT_LINE = "- " * (COLUMNS // 2 - 1) + "-"

_BLOCKS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
# Black and white of the 256-colour cube: the first sixteen colours are the theme's to change.
_BLACK_ON_WHITE = "\x1b[38;5;16;48;5;231m"
_RESET = "\x1b[0m"


def half_blocks(bitmap: Bitmap, quiet: int = QUIET_MODULES, *, ansi: bool = False) -> list[str]:
    """The bitmap, two modules a character, one above the other; `quiet` white modules on each side.

    Blocks are the black modules: to be read on a light ground. `ansi` says so to the terminal, whatever its
    theme is.
    """
    width = bitmap.width + 2 * quiet
    blank = [False] * width
    rows = [blank] * quiet + [_modules(row, bitmap.width, quiet) for row in bitmap.rows] + [blank] * quiet
    if len(rows) % 2:
        rows.append(blank)
    lines = [
        "".join(_BLOCKS[pair] for pair in zip(*pair, strict=True)) for pair in zip(rows[::2], rows[1::2], strict=True)
    ]
    return [f"{_BLACK_ON_WHITE}{line}{_RESET}" for line in lines] if ansi else lines


def _modules(row: bytes, width: int, quiet: int) -> list[bool]:
    side = [False] * quiet
    return side + [bool(row[x // 8] & 0x80 >> x % 8) for x in range(width)] + side


def tape_text(entries: Iterable[TapeEntry], *, ansi: bool = False) -> str:
    """The entries from top to bottom, a line each; a picture takes its half blocks. Ends with a line break."""
    return "".join(f"{line}\n" for entry in entries for line in _lines(entry, ansi))


def _lines(entry: TapeEntry, ansi: bool) -> list[str]:
    match entry:
        case TextLine(text):
            return [text]
        case Bitmap():
            return half_blocks(entry, ansi=ansi)
        case Cut():
            return [CUT_LINE]
        case _:
            assert_never(entry)

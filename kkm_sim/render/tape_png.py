"""The tape as a PNG picture, a dot a pixel."""

from collections.abc import Iterable, Iterator
from functools import cache

from kkm_sim.render.font import tape_font
from kkm_sim.render.paper import (
    CELL,
    EDGE,
    FOOT,
    GAP,
    HEAD,
    INK,
    MARGIN,
    PAPER,
    TOOTH,
    WIDTH,
    Piece,
    depth,
    left,
    pieces,
    total_height,
)
from kkm_sim.render.png import png, row_bytes
from kkm_sim.render.text import QUIET_MODULES
from kkm_sim.till.tape import COLUMNS, LINE_DOTS, Bitmap, TapeEntry, TextLine

DOTS_PER_METRE = 8000

_PALETTE = ((PAPER, 255), (INK, 255), (EDGE, 255), (EDGE, 0))
# Pixels as they are packed, two bits each.
_PAPER, _INK, _EDGE, _NOTHING = "00", "01", "10", "11"


def tape_png(entries: Iterable[TapeEntry]) -> bytes:
    """The entries as a picture 464 dots wide, at 8 dots a millimetre; nothing printed is blank paper."""
    tape = pieces(entries)
    return png(WIDTH, total_height(tape), _PALETTE, _rows(tape), DOTS_PER_METRE)


def _rows(tape: list[Piece]) -> Iterator[bytes]:
    for number, piece in enumerate(tape):
        if number:
            yield _packed(_NOTHING * WIDTH) * GAP
        yield _torn(below=True) + _blank(HEAD)
        for entry in piece.entries:
            yield _text_rows(entry) if isinstance(entry, TextLine) else _bitmap_rows(entry)
        yield _blank(FOOT) + (_torn(below=False) if piece.torn else _blank(TOOTH))


def _packed(pixels: str) -> bytes:
    """A row of pixels with the byte before it."""
    return int(pixels, 2).to_bytes(row_bytes(WIDTH), "big")


def _on_paper(pixels: str) -> bytes:
    """A row that is all paper; its ends are its edges."""
    return _packed(_EDGE + pixels[2:-2] + _EDGE)


def _blank(rows: int) -> bytes:
    return _on_paper(_PAPER * WIDTH) * rows


@cache
def _torn(*, below: bool) -> bytes:
    """A torn edge with the paper below it, or above."""
    rows = []
    for y in range(TOOTH):
        pixels = ""
        for x in range(WIDTH):
            at = min(depth(x), TOOTH - 1) if below else depth(x) - 1
            inside = y > at if below else y < at
            side = x in (0, WIDTH - 1)
            pixels += _EDGE if y == at or (inside and side) else _PAPER if inside else _NOTHING
        rows.append(_packed(pixels))
    return b"".join(rows)


def _text_rows(line: TextLine) -> bytes:
    cells = _cells()
    text = tape_font().printed(line.text[:COLUMNS]).ljust(COLUMNS)
    # Row by row across the line: the left edge, 24 cells, the right edge.
    return b"".join(map(b"".join, zip(_LEFT, *(cells[character] for character in text), _RIGHT, strict=True)))


_MARGIN_BYTES = MARGIN * 2 // 8
_LEFT = (b"\0" + int((_EDGE + _PAPER * (MARGIN - 1)), 2).to_bytes(_MARGIN_BYTES, "big"),) * LINE_DOTS
_RIGHT = (int((_PAPER * (MARGIN - 1) + _EDGE), 2).to_bytes(_MARGIN_BYTES, "big"),) * LINE_DOTS


@cache
def _cells() -> dict[str, tuple[bytes, ...]]:
    """Each character's rows in its cell, packed."""
    font = tape_font()
    beside = CELL - font.width
    return {
        character: tuple(
            int(_pixels(f"{row << beside // 2:0{CELL}b}"), 2).to_bytes(CELL * 2 // 8, "big") for row in glyph
        )
        for character, glyph in font.glyphs.items()
    }


def _pixels(bits: str, scale: int = 1) -> str:
    return bits.replace("0", "p").replace("1", "i").replace("p", _PAPER * scale).replace("i", _INK * scale)


def _bitmap_rows(bitmap: Bitmap) -> bytes:
    scale, before = bitmap.scale, left(bitmap)
    after = WIDTH - before - bitmap.width * scale
    rows = []
    for row in bitmap.rows:
        bits = f"{int.from_bytes(row, 'big'):0{len(row) * 8}b}"[: bitmap.width]
        rows.append(_on_paper(_PAPER * before + _pixels(bits, scale) + _PAPER * after) * scale)
    quiet = _blank(QUIET_MODULES * scale)
    return quiet + b"".join(rows) + quiet

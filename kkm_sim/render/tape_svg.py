"""The tape as an SVG picture of the same size as its PNG: the same dots, sharp at any scale."""

from collections.abc import Iterable, Iterator
from functools import cache
from xml.sax.saxutils import quoteattr

from kkm_sim.render.font import tape_font
from kkm_sim.render.outline import outline
from kkm_sim.render.paper import (
    CELL,
    EDGE,
    GAP,
    HEAD,
    INK,
    MARGIN,
    PAPER,
    TOOTH,
    WIDTH,
    Piece,
    height,
    left,
    pieces,
    total_height,
)
from kkm_sim.render.text import QUIET_MODULES
from kkm_sim.till.tape import COLUMNS, Bitmap, TapeEntry, TextLine


def tape_svg(entries: Iterable[TapeEntry]) -> str:
    """The entries as a picture 464 units wide, a unit a dot; nothing printed is blank paper.

    Letters are drawn, so that it needs no font; each line has its text as a label.
    """
    tape = pieces(entries)
    lines = [entry.text[:COLUMNS] for piece in tape for entry in piece.entries if isinstance(entry, TextLine)]
    used = sorted(set(tape_font().printed("".join(lines))) - {" "})
    tall = total_height(tape)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{tall}" viewBox="0 0 {WIDTH} {tall}">',
            "<defs>",
            *(f'<path id="{_name(character)}" d="{_letter(character)}"/>' for character in used),
            "</defs>",
            *_drawn(tape),
            "</svg>\n",
        ]
    )


def _name(character: str) -> str:
    return f"u{ord(character):x}"


@cache
def _letter(character: str) -> str:
    font = tape_font()
    return outline(font.glyphs[character], font.width)


def _drawn(tape: list[Piece]) -> Iterator[str]:
    top = 0
    for piece in tape:
        yield f'<path fill="{PAPER}" stroke="{EDGE}" d="{_paper(piece, top)}"/>'
        yield f'<g fill="{INK}" fill-rule="evenodd">'
        y = top + TOOTH + HEAD
        for entry in piece.entries:
            yield _text(entry, y) if isinstance(entry, TextLine) else _bitmap(entry, y)
            y += height(entry)
        yield "</g>"
        top += piece.height + GAP


def _paper(piece: Piece, top: int) -> str:
    """Round a piece, clockwise."""
    teeth = WIDTH // (2 * TOOTH)
    down, up = f"l{TOOTH} {TOOTH}l{TOOTH} -{TOOTH}", f"l-{TOOTH} {TOOTH}l-{TOOTH} -{TOOTH}"
    bottom = top + piece.height - (TOOTH if piece.torn else 0)
    return f"M0 {top}{down * teeth}V{bottom}{up * teeth if piece.torn else 'H0'}z"


def _text(line: TextLine, y: int) -> str:
    text = tape_font().printed(line.text[:COLUMNS])
    if not text.strip():
        return f'<g transform="translate({MARGIN} {y})"/>'
    beside = (CELL - tape_font().width) // 2
    letters = "".join(
        f'<use href="#{_name(character)}" x="{column * CELL + beside}"/>'
        for column, character in enumerate(text)
        if character != " "
    )
    return f'<g transform="translate({MARGIN} {y})" aria-label={quoteattr(text)}>{letters}</g>'


def _bitmap(bitmap: Bitmap, y: int) -> str:
    rows = tuple(int.from_bytes(row, "big") >> len(row) * 8 - bitmap.width for row in bitmap.rows)
    path = outline(rows, bitmap.width, bitmap.scale)
    return f'<path transform="translate({left(bitmap)} {y + QUIET_MODULES * bitmap.scale})" d="{path}"/>'

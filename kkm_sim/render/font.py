"""The printer's letters: a bitmap font of 12 x 24 dots with every character of Windows-1251."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

FONT_FILE = "fonts/kkm-tape.bdf"


@dataclass(frozen=True, slots=True)
class Font:
    """A font whose characters all have one size.

    A glyph is `height` rows, each an int of `width` bits, leftmost high.
    """

    width: int
    height: int
    glyphs: Mapping[str, tuple[int, ...]]
    default: str

    def printed(self, text: str) -> str:
        """The text as it comes out: the default character for what the font has not [D-36]."""
        return "".join(character if character in self.glyphs else self.default for character in text)


def parse_bdf(text: str) -> Font:
    """A font from its BDF (Glyph Bitmap Distribution Format 2.1).

    Raises ValueError where a glyph does not fill the whole cell: a font with smaller boxes is not for this printer.
    """
    lines = iter(text.splitlines())
    box: tuple[int, ...] = ()
    default = "?"
    glyphs: dict[str, tuple[int, ...]] = {}
    code = -1
    for line in lines:
        match line.split(" "):
            case ["FONTBOUNDINGBOX", *numbers]:
                box = tuple(map(int, numbers))
            case ["DEFAULT_CHAR", number]:
                default = chr(int(number))
            case ["ENCODING", number]:
                code = int(number)
            case ["BBX", *numbers] if tuple(map(int, numbers)) != box:
                raise ValueError(f"the glyph of {code} does not fill its cell: {line}")
            case ["BITMAP"]:
                width, height = box[:2]
                glyphs[chr(code)] = tuple(_rows(lines, width, height))
    return Font(box[0], box[1], glyphs, default)


def _rows(lines: Iterator[str], width: int, height: int) -> Iterator[int]:
    """The bitmap of one glyph: rows in hex, filled up to whole bytes on the right."""
    for _ in range(height):
        row = next(lines)
        yield int(row, 16) >> 4 * len(row) - width


@cache
def tape_font() -> Font:
    """The font of the tape, read once."""
    return parse_bdf(files("kkm_sim.render").joinpath(FONT_FILE).read_text(encoding="ascii"))

"""The operator's indicator: ten seven-segment cells, each with its own point (till, section 2)."""

from kkm_sim.value import Value

WIDTH = 10

# fmt: off
GLYPHS: dict[str, str] = {
    " ": "", "-": "g", "_": "d", "?": "abeg",
    "0": "abcdef", "1": "bc", "2": "abdeg", "3": "abcdg", "4": "bcfg",
    "5": "acdfg", "6": "acdefg", "7": "abc", "8": "abcdefg", "9": "abcdfg",
    # Latin
    "t": "defg", "n": "ceg", "d": "bcdeg", "l": "ef", "c": "deg", "o": "cdeg", "r": "eg",
    "S": "acdfg", "E": "adefg", "F": "aefg", "U": "bcdef", "P": "abefg",
    "A": "abcefg", "C": "adef", "N": "abcef",
    # Cyrillic
    "А": "abcefg", "Б": "acdefg", "В": "abcdefg", "Г": "aef", "Е": "adefg", "З": "abcdg", "И": "bcdef",
    "К": "acefg", "Л": "abce", "Н": "bcefg", "О": "abcdef", "П": "abcef", "Р": "abefg", "С": "adef",
    "У": "bcdfg", "Ч": "bcfg", "Ь": "cdefg",
}
"""Lit segments of each character: a top, b and c right, d bottom, e and f left, g middle."""
# fmt: on


class Cell(Value):
    """One cell: its character and its point."""

    char: str = " "
    point: bool = False

    @property
    def segments(self) -> str:
        """Lit segments, in alphabetical order."""
        return GLYPHS[self.char]


class Indicator(Value):
    """What is shown: exactly ten cells."""

    cells: tuple[Cell, ...]

    @property
    def text(self) -> str:
        """A cell is its character, then `.` where the point is lit; blanks at the ends dropped."""
        return "".join(cell.char + "." * cell.point for cell in self.cells).strip()


def show(left: str = "", right: str = "") -> Indicator:
    """Texts stand left, numbers right; a number too long for its place covers the text, its end stays seen."""
    number = _cells(right)[-WIDTH:]
    text = _cells(left)[: WIDTH - len(number)]
    blanks = [Cell()] * (WIDTH - len(text) - len(number))
    return Indicator((*text, *blanks, *number))


def _cells(text: str) -> list[Cell]:
    cells: list[Cell] = []
    for char in text:
        if char == "." and cells and not cells[-1].point:
            cells[-1] = Cell(cells[-1].char, point=True)
        else:
            cells.append(Cell(char))
    return cells


BLANK = show()

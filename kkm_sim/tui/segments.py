"""Seven-segment cells as box-drawing characters.

A cell is five columns by five rows: four columns of segments, then the column of its point. Horizontal segments are
two characters long, vertical ones one character high, and whatever meets in a corner is joined there.

    ┏━━┓     a
    ┃  ┃    f b
    ┣━━┫     g
    ┃  ┃    e c
    ┗━━┛▄    d, point
"""

from collections.abc import Iterable

CELL_HEIGHT = 5
POINT = "▄"

# By what goes on from the corner: up, down, left, right.
_JOINTS = {
    "": " ",
    "u": "╹",
    "d": "╻",
    "l": "╸",
    "r": "╺",
    "ud": "┃",
    "lr": "━",
    "dr": "┏",
    "dl": "┓",
    "ur": "┗",
    "ul": "┛",
    "udr": "┣",
    "udl": "┫",
    "dlr": "┳",
    "ulr": "┻",
    "udlr": "╋",
}

# Row and column of each corner: which segment leaves it in which direction.
_CORNERS = {
    (0, 0): {"d": "f", "r": "a"},
    (0, 3): {"d": "b", "l": "a"},
    (2, 0): {"u": "f", "d": "e", "r": "g"},
    (2, 3): {"u": "b", "d": "c", "l": "g"},
    (4, 0): {"u": "e", "r": "d"},
    (4, 3): {"u": "c", "l": "d"},
}
_HORIZONTAL = {0: "a", 2: "g", 4: "d"}
_VERTICAL = {1: ("f", "b"), 3: ("e", "c")}


def cell(segments: str, point: bool) -> list[str]:
    """The five rows of one cell; `segments` are the lit ones of a–g."""
    rows = []
    for row in range(CELL_HEIGHT):
        if row in _VERTICAL:
            left, right = ("┃" if segment in segments else " " for segment in _VERTICAL[row])
            middle = "  "
        else:
            left, right = _joint(row, 0, segments), _joint(row, 3, segments)
            middle = "━━" if _HORIZONTAL[row] in segments else "  "
        lit = POINT if point and row == CELL_HEIGHT - 1 else " "
        rows.append(f"{left}{middle}{right}{lit}")
    return rows


def cells(lit: Iterable[tuple[str, bool]]) -> list[str]:
    """The five rows of a whole indicator: the lit segments and the point of each cell."""
    drawn = [cell(segments, point) for segments, point in lit]
    return ["".join(parts) for parts in zip(*drawn, strict=True)]


def _joint(row: int, column: int, segments: str) -> str:
    going = _CORNERS[row, column]
    return _JOINTS["".join(direction for direction in "udlr" if going.get(direction, "-") in segments)]

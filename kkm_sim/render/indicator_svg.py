"""The operator's indicator as an SVG picture: ten seven-segment cells with their points, lit and unlit."""

from xml.sax.saxutils import quoteattr

from kkm_sim.till.indicator import WIDTH, Cell, Indicator

PITCH = 56
"""From one cell to the next."""
HEIGHT = 112
_LEFT, _TOP = 28, 20

GLASS, UNLIT, LIT = "#0d1412", "#1a2723", "#4dffb0"


def _across(y: int) -> str:
    return f"M5 {y}l4 -4h22l4 4l-4 4h-22z"


def _down(x: int, y: int) -> str:
    return f"M{x} {y}l4 4v22l-4 4l-4 -4v-22z"


SEGMENTS = {
    "a": _across(4),
    "b": _down(36, 5),
    "c": _down(36, 37),
    "d": _across(68),
    "e": _down(4, 37),
    "f": _down(4, 5),
    "g": _across(36),
    "point": "M43 68a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
}
"""The path of each segment in a cell 40 wide and 72 high, its point beside it."""


def indicator_svg(indicator: Indicator) -> str:
    """The indicator as a picture of 604 x 112.

    Its text is the picture's label; the class of each cell names its lit segments.
    """
    wide = 2 * _LEFT + (WIDTH - 1) * PITCH + 44
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{HEIGHT}" viewBox="0 0 {wide} {HEIGHT}"'
            f' role="img" aria-label={quoteattr(indicator.text)}>',
            f'<rect width="{wide}" height="{HEIGHT}" rx="8" fill="{GLASS}"/>',
            *(_cell(cell, number) for number, cell in enumerate(indicator.cells)),
            "</svg>\n",
        ]
    )


def _cell(cell: Cell, number: int) -> str:
    """One cell: what is not lit, and over it what is. It leans a little, as such digits do."""
    lit = [*cell.segments, *(["point"] if cell.point else [])]
    off, on = ("".join(path for name, path in SEGMENTS.items() if (name in lit) is state) for state in (False, True))
    return (
        f'<g transform="translate({_LEFT + number * PITCH} {_TOP}) skewX(-5)" class={quoteattr(" ".join(lit))}>'
        f'<path fill="{UNLIT}" d="{off}"/><path fill="{LIT}" d="{on}"/></g>'
    )

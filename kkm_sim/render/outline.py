"""The outline of a bitmap as an SVG path, so that no seam shows between its dots at any size."""

from collections.abc import Sequence


def outline(rows: Sequence[int], width: int, scale: int = 1) -> str:
    """The path round the black dots of a picture, its upper left corner at 0, 0; empty where there are none.

    `rows` are ints of `width` bits, leftmost high; a dot is `scale` units. To be filled with the rule evenodd.
    """
    ends = _edges(rows, width)
    path = []
    while ends:
        x, y = start = next(iter(ends))
        path.append(f"M{x * scale} {y * scale}")
        while True:
            # At a corner where four edges meet either way on closes a loop: evenodd does not mind.
            turns = ends[x, y]
            to_x, to_y = turns.pop()
            if not turns:
                del ends[x, y]
            if (to_x, to_y) == start:
                path.append("z")
                break
            path.append(f"h{(to_x - x) * scale}" if to_y == y else f"v{(to_y - y) * scale}")
            x, y = to_x, to_y
    return "".join(path)


Corner = tuple[int, int]


def _edges(rows: Sequence[int], width: int) -> dict[Corner, list[Corner]]:
    """Where one may go from each corner, with the black on the right hand, as far as the edge is straight."""
    ends: dict[Corner, list[Corner]] = {}
    # Across: the upper edges rightwards, the lower ones leftwards.
    for y in range(len(rows) + 1):
        above = rows[y - 1] if y else 0
        below = rows[y] if y < len(rows) else 0
        for first, last in _runs(below & ~above, width):
            ends.setdefault((first, y), []).append((last, y))
        for first, last in _runs(above & ~below, width):
            ends.setdefault((last, y), []).append((first, y))
    # Down: the right edges downwards, the left ones upwards.
    columns = [sum((row >> width - 1 - x & 1) << len(rows) - 1 - y for y, row in enumerate(rows)) for x in range(width)]
    for x in range(width + 1):
        before = columns[x - 1] if x else 0
        after = columns[x] if x < width else 0
        for first, last in _runs(before & ~after, len(rows)):
            ends.setdefault((x, first), []).append((x, last))
        for first, last in _runs(after & ~before, len(rows)):
            ends.setdefault((x, last), []).append((x, first))
    return ends


def _runs(bits: int, width: int) -> list[tuple[int, int]]:
    """Where the ones begin and where they have ended, from the left."""
    text, runs, at = f"{bits:0{width}b}", [], 0
    while (first := text.find("1", at)) >= 0:
        at = text.find("0", first)
        at = width if at < 0 else at
        runs.append((first, at))
    return runs

"""What a path of straight lines fills by the rule evenodd, dot by dot."""

import re


def filled(path: str, width: int, height: int) -> list[list[int]]:
    """1 where the middle of the dot is inside. Takes M, h, v and z with whole numbers."""
    crossed = [[0] * (width + 1) for _ in range(height)]
    x = y = start = 0
    first = (0, 0)
    for letter, numbers in re.findall(r"([Mhvz])([-\d ]*)", path):
        values = [int(number) for number in numbers.split()]
        start = y
        match letter, values:
            case "M", [across, down]:
                x, y = first = (across, down)
                continue
            case "h", [by]:
                x += by
            case "v", [by]:
                y += by
            case "z", []:
                assert x == first[0] or y == first[1]
                x, y = first
            case _:
                raise AssertionError(f"{letter}{numbers}")
        for row in range(min(start, y), max(start, y)):
            crossed[row][x] ^= 1
    rows = []
    for marks in crossed:
        inside, row_dots = 0, []
        for mark in marks[:width]:
            inside ^= mark
            row_dots.append(inside)
        rows.append(row_dots)
    return rows

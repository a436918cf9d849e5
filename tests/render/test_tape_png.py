import tracemalloc
from collections.abc import Sequence
from typing import Literal

import pytest
from hypothesis import given

from kkm_sim.render.tape_png import tape_png
from kkm_sim.smartbox.receipt_identifier import qr_rows
from kkm_sim.till.tape import Bitmap, Cut, TapeEntry, TextLine
from tests.render.matrix import decode_qr
from tests.render.png_reader import dotted, read_png
from tests.render.tapes import TAPES

URL = "http://check.egais.ru?id=6b20cf23-5c1f-4c2e-8f4b-9d0e7c1a2b3d&dt=0107161200&cn=020000123456"
TOP = 8 + 24
"""The torn edge and the blank paper before the first line."""

LINE = """\
....##....##....................................
....##....##....................................
.....######.....................................
................................................
...##......##..........##.......................
...##......##.........###.......................
...##......##........####.......................
...##......##.......##.##.......................
...##.....###..........##............########...
...##....####..........##...........##.....##...
...##...##.##..........##..........##......##...
...##..##..##..........##..........##......##...
...##.##...##..........##..........##......##...
...####....##..........##..........##......##...
...###.....##..........##..........##......##...
...##......##..........##..........##......##...
...##......##..........##..........##......##...
...##......##..........##...........##.....##...
...##......##.......########.........########...
...........................................##...
...........................................##...
...........................................##...
...........................................##...
................................................
"""
"""Й1q in cells of 16 x 24."""


def test_a_line() -> None:
    picture = read_png(tape_png([TextLine("ООО"), TextLine("  Й1q")]))
    assert dotted(picture.black(40 + 2 * 16, TOP + 24, 48, 24)) == LINE.splitlines()
    ink = dotted(picture.black(0, TOP + 24, 464, 24))
    assert {row[: 40 + 2 * 16] + row[40 + 5 * 16 :] for row in ink} == {"." * 416}


def test_a_line_of_24_characters_ends_at_the_margin() -> None:
    ink = dotted(read_png(tape_png([TextLine("q" * 24)])).black(0, TOP, 464, 24))
    assert {row[:40] + row[-40:] for row in ink} == {"." * 80}
    assert {row[40:-40] for row in ink} == {row[32:] * 24 for row in LINE.splitlines()[3:4] + LINE.splitlines()[8:]}


def test_what_does_not_fit_is_not_printed() -> None:
    assert tape_png([TextLine("q" * 25)]) == tape_png([TextLine("q" * 24)])


@pytest.mark.parametrize(("side", "level"), [(37, "L"), (41, "M")])
def test_a_qr_code_can_be_read(side: int, level: Literal["L", "M"]) -> None:
    entries: list[TapeEntry] = [TextLine("ИТОГ"), Bitmap(side, side, qr_rows(URL, level)), TextLine("ЭКЛЗ"), Cut()]
    picture = read_png(tape_png(entries))
    assert decode_qr(picture.black(0, 0, 464, len(picture.pixels)), scale=1) == URL


def test_a_bitmap_in_the_middle() -> None:
    scale = 384 // 11
    ink = dotted(read_png(tape_png([Bitmap(3, 2, (b"\xbf", b"\x40"))])).black(0, TOP, 464, 10 * scale))
    before = (464 - 3 * scale) // 2
    after = 464 - before - 3 * scale
    blank, upper, lower = (
        "." * before + "".join(module * scale for module in modules) + "." * after for modules in ("...", "#.#", ".#.")
    )
    assert ink == [blank] * 4 * scale + [upper] * scale + [lower] * scale + [blank] * 4 * scale


def look(entries: Sequence[TapeEntry], top: int, height: int) -> list[str]:
    """The first 17 dots of some rows: paper as a point, its edge as |, nothing as a blank."""
    return ["".join(".#| "[dot] for dot in row[:17]) for row in read_png(tape_png(entries)).pixels[top : top + height]]


def test_a_torn_edge() -> None:
    bottom = 8 + 24 + 48
    assert look([Cut(), TextLine("")], bottom, 8) == [
        " |.............| ",
        "  |...........|  ",
        "   |.........|   ",
        "    |.......|    ",
        "     |.....|     ",
        "      |...|      ",
        "       |.|       ",
        "        |        ",
    ]
    assert set(look([Cut(), TextLine("")], bottom + 8, 16)) == {" " * 17}
    assert look([Cut(), TextLine("")], bottom + 8 + 16, 9) == [
        "|               |",
        "||             |.",
        "|.|           |..",
        "|..|         |...",
        "|...|       |....",
        "|....|     |.....",
        "|.....|   |......",
        "|......|||.......",
        "|................",
    ]


def test_what_is_still_in_the_machine_is_not_torn() -> None:
    assert set(look([TextLine("")], 8, 24 + 24 + 48 + 8)) == {"|................"}


def test_colours_and_size() -> None:
    picture = read_png(tape_png([TextLine("")]))
    assert [len(row) for row in picture.pixels] == [464] * (8 + 24 + 24 + 48 + 8)
    assert [opacity for *_, opacity in picture.palette] == [255, 255, 255, 0]
    assert picture.dots_per_metre == 8000


def test_no_tape_is_a_small_picture() -> None:
    assert len(read_png(tape_png([])).pixels) == 88


@given(TAPES)
def test_any_tape(entries: list[TapeEntry]) -> None:
    data = tape_png(entries)
    read_png(data)
    assert tape_png(entries) == data


def test_a_long_tape_is_never_in_memory_as_pixels() -> None:
    entries = [TextLine(f"{number:06d}") for number in range(3000)]
    tape_png([])
    tracemalloc.start()
    try:
        data = tape_png(entries)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3000 * 24 * 464 // 8 // 2
    assert len(data) < peak

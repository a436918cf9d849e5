import re
from collections.abc import Sequence
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from kkm_sim.render.tape_png import tape_png
from kkm_sim.render.tape_svg import tape_svg
from kkm_sim.smartbox.receipt_identifier import qr_rows
from kkm_sim.till.tape import Bitmap, Cut, TapeEntry, TextLine
from tests.render.matrix import decode_qr
from tests.render.paths import filled
from tests.render.png_reader import read_png
from tests.render.tapes import TAPES

NS = "{http://www.w3.org/2000/svg}"
URL = "http://check.egais.ru?id=6b20cf23-5c1f-4c2e-8f4b-9d0e7c1a2b3d&dt=0107161200&cn=020000123456"


def ink(svg: str) -> list[list[int]]:
    """What is printed, dot by dot: letters where they are used and bitmaps where they stand."""
    picture = ElementTree.fromstring(svg)
    width, height = int(picture.attrib["width"]), int(picture.attrib["height"])
    letters = {
        f"#{path.attrib['id']}": filled(path.attrib["d"], 12, 24)
        for path in picture.iter(f"{NS}path")
        if "id" in path.attrib
    }
    dots = [[0] * width for _ in range(height)]

    def put(rows: Sequence[Sequence[int]], left: int, top: int) -> None:
        for y, row in enumerate(rows):
            for x, dot in enumerate(row):
                dots[top + y][left + x] |= dot

    for element in picture.findall(f"{NS}g/*"):
        place = re.fullmatch(r"translate\((\d+) (\d+)\)", element.attrib["transform"])
        assert place
        left, top = map(int, place.groups())
        if element.tag == f"{NS}path":
            put(filled(element.attrib["d"], width - left, height - top), left, top)
        for letter in element.findall(f"{NS}use"):
            put(letters[letter.attrib["href"]], left + int(letter.attrib["x"]), top)
    return dots


def same_as_png(entries: Sequence[TapeEntry]) -> bool:
    picture = read_png(tape_png(entries))
    return ink(tape_svg(entries)) == picture.black(0, 0, 464, len(picture.pixels))


def test_the_same_dots_as_the_png() -> None:
    bitmap = Bitmap(41, 41, qr_rows(URL, "M"))
    assert same_as_png([TextLine("Ёж <&> \"№1\" '€'"), TextLine(""), bitmap, Cut(), TextLine("q" * 30), Cut(), Cut()])


@given(TAPES)
@settings(max_examples=20)  # a slow reader of paths
def test_any_tape(entries: list[TapeEntry]) -> None:
    assert same_as_png(entries)
    assert tape_svg(entries) == tape_svg(entries)


def test_a_qr_code_can_be_read() -> None:
    assert decode_qr(ink(tape_svg([Bitmap(41, 41, qr_rows(URL, "M"))])), scale=1) == URL


def test_a_line_can_be_found_by_its_text() -> None:
    picture = ElementTree.fromstring(tape_svg([TextLine('ИТОГ <"&> 1.00'), TextLine(""), TextLine("а\x01б")]))
    assert [line.get("aria-label") for line in picture.findall(f"{NS}g/{NS}g")] == ['ИТОГ <"&> 1.00', None, "а?б"]


def test_only_letters_that_are_used() -> None:
    picture = ElementTree.fromstring(tape_svg([TextLine("АБ А"), Cut(), TextLine("Б")]))
    assert [path.get("id") for path in picture.findall(f"{NS}defs/{NS}path")] == ["u410", "u411"]


@pytest.mark.parametrize(
    ("entries", "papers"),
    [
        ([], [f"M0 0{'l8 8l8 -8' * 29}V88H0z"]),
        (
            [Cut(), TextLine("")],
            [
                f"M0 0{'l8 8l8 -8' * 29}V80{'l-8 8l-8 -8' * 29}z",
                f"M0 104{'l8 8l8 -8' * 29}V216H0z",
            ],
        ),
    ],
)
def test_paper_is_torn(entries: list[TapeEntry], papers: list[str]) -> None:
    picture = ElementTree.fromstring(tape_svg(entries))
    assert [path.get("d") for path in picture.findall(f"{NS}path")] == papers


def test_size() -> None:
    attributes = ElementTree.fromstring(tape_svg([TextLine("")])).attrib
    assert attributes == {"width": "464", "height": "112", "viewBox": "0 0 464 112"}

from collections.abc import Sequence
from xml.etree import ElementTree

import pytest

from kkm_sim.render.indicator_svg import LIT, SEGMENTS, UNLIT, indicator_svg
from kkm_sim.till.indicator import GLYPHS, show

NS = "{http://www.w3.org/2000/svg}"


def cells(left: str = "", right: str = "") -> list[ElementTree.Element]:
    return ElementTree.fromstring(indicator_svg(show(left, right))).findall(f"{NS}g")


def segments(cell: ElementTree.Element, colour: str) -> list[str]:
    """The names of those that have a colour, found by their shapes."""
    (path,) = (path.attrib["d"] for path in cell if path.get("fill") == colour)
    return [name for name, shape in SEGMENTS.items() if shape in path]


def test_ten_cells() -> None:
    assert len(cells()) == 10
    assert [segments(cell, LIT) for cell in cells()] == [[]] * 10


@pytest.mark.parametrize("character", sorted(GLYPHS))
def test_segments_are_lit_or_not(character: str) -> None:
    cell = cells(character)[0]
    assert segments(cell, LIT) == sorted(GLYPHS[character])
    assert segments(cell, UNLIT) == [name for name in SEGMENTS if name not in GLYPHS[character]]


def test_a_point_takes_no_cell() -> None:
    lit = [segments(cell, LIT) for cell in cells(right="1.7")]
    assert lit[8:] == [["b", "c", "point"], ["a", "b", "c"]]
    assert cells(right="1.7")[8].get("class") == "b c point"


def middle(shape: str) -> Sequence[int]:
    """Where a segment's path begins: its left or upper tip."""
    return [int(number) for number in shape[1 : shape.index("a" if "a" in shape else "l")].split()]


def test_segments_stand_where_they_should() -> None:
    """a above g above d; f and b beside each other above e and c; the point at the lower right."""
    at = {name: middle(shape) for name, shape in SEGMENTS.items()}
    assert at["a"][1] < at["g"][1] < at["d"][1]
    assert at["f"][0] == at["e"][0] < at["a"][0] < at["b"][0] == at["c"][0] < at["point"][0]
    assert at["f"][1] == at["b"][1] < at["g"][1] < at["e"][1] == at["c"][1]
    assert at["point"][1] == at["d"][1]


def test_its_text_is_its_label() -> None:
    picture = ElementTree.fromstring(indicator_svg(show("А", "0.00")))
    assert picture.attrib == {
        "width": "604",
        "height": "112",
        "viewBox": "0 0 604 112",
        "role": "img",
        "aria-label": "А      0.00",
    }

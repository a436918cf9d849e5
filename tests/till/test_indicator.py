import pytest

from kkm_sim.till.indicator import GLYPHS, Cell, show
from kkm_sim.till.menu import Place

TEXTS = [
    *("SCAn EAN", "SCAn PdF", "ПОВtОР", "ОtКАЗАНО", "Err Alco", "АННУЛИРОВА", "ВЗ", "АН", "SCAn", "ЗАПРОС"),
    *(
        "ПЕЧАtЬ",
        "НЕt СВ",
        "Err 20",
        "П?______",
        "-0123456789",
        *(p.value for p in Place if p.value < "a" or p.value > "а"),
    ),
]


def test_request_mark_and_zero() -> None:
    """А, six blanks, `0.`, `0`, `0` [D-43]."""
    shown = show("А", "0.00")
    assert shown.cells == (Cell("А"), *[Cell()] * 6, Cell("0", point=True), Cell("0"), Cell("0"))
    assert shown.text == "А      0.00"


def test_zero_stands_in_the_last_three_cells() -> None:
    assert show(right="0.00").cells[6:] == (Cell(), Cell("0", point=True), Cell("0"), Cell("0"))
    assert show(right="0.00").text == "0.00"


def test_texts_stand_left() -> None:
    assert [cell.char for cell in show("SCAn EAN").cells] == list("SCAn EAN  ")


def test_largest_total_fills_all_cells() -> None:
    assert show(right="99999999.99").text == "99999999.99"


def test_long_number_covers_the_mark_and_keeps_its_end() -> None:
    assert show("А", "12345678.123").text == "2345678.123"


@pytest.mark.parametrize("text", TEXTS)
def test_every_text_can_be_drawn(text: str) -> None:
    assert all(char in GLYPHS for char in text if char != ".")


@pytest.mark.parametrize(("char", "segments"), [("8", "abcdefg"), ("1", "bc"), (" ", ""), ("Г", "aef"), ("П", "abcef")])
def test_segments(char: str, segments: str) -> None:
    assert Cell(char).segments == segments


def test_segments_are_known_and_in_order() -> None:
    for char, segments in GLYPHS.items():
        assert "".join(sorted(set(segments) & set("abcdefg"))) == segments, char

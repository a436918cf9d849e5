import pytest

from kkm_sim.till.indicator import GLYPHS, show
from kkm_sim.tui.segments import cell, cells


def test_all_segments_with_the_point() -> None:
    assert cell("abcdefg", point=True) == [
        "┏━━┓ ",
        "┃  ┃ ",
        "┣━━┫ ",
        "┃  ┃ ",
        "┗━━┛▄",
    ]


def test_segments_end_where_nothing_goes_on() -> None:
    assert cell("bc", point=False) == ["   ╻ ", "   ┃ ", "   ┃ ", "   ┃ ", "   ╹ "]
    assert cell("g", point=False)[2] == "╺━━╸ "


def test_a_dark_cell_with_its_point_alone() -> None:
    assert cell("", point=True) == ["     "] * 4 + ["    ▄"]


@pytest.mark.parametrize("char", GLYPHS)
def test_each_glyph_can_be_told_by_its_segments(char: str) -> None:
    drawn = cell(GLYPHS[char], point=False)
    lit = {
        "a": drawn[0][1] == "━",
        "b": drawn[1][3] == "┃",
        "c": drawn[3][3] == "┃",
        "d": drawn[4][1] == "━",
        "e": drawn[3][0] == "┃",
        "f": drawn[1][0] == "┃",
        "g": drawn[2][1] == "━",
    }
    assert "".join(segment for segment, is_lit in lit.items() if is_lit) == GLYPHS[char]


def test_cells_stand_side_by_side_and_points_take_none() -> None:
    rows = cells((cell.segments, cell.point) for cell in show("", "1.0").cells)
    assert [len(row) for row in rows] == [50] * 5
    assert rows[4].endswith("╹▄┗━━┛ ")

import pytest

from kkm_sim.render.paper import GAP, WIDTH, Piece, depth, height, left, pieces, total_height
from kkm_sim.till.tape import Bitmap, Cut, TextLine

A, B = TextLine("А"), TextLine("Б")
BLANK = 8 + 24 + 48 + 8


def bitmap(side: int) -> Bitmap:
    return Bitmap(side, side, (b"\xff" * (-(-side // 8)),) * side)


def test_paper_is_58_mm_wide() -> None:
    assert WIDTH == 58 * 8


def test_a_piece_ends_with_its_cut() -> None:
    assert pieces([A, B, Cut(), B]) == [Piece((A, B), torn=True), Piece((B,), torn=False)]
    assert pieces([A, Cut()]) == [Piece((A,), torn=True)]
    assert pieces([Cut(), Cut()]) == [Piece((), torn=True)] * 2


def test_no_tape_is_blank_paper() -> None:
    assert pieces([]) == [Piece((), torn=False)]


def test_heights() -> None:
    assert total_height(pieces([])) == BLANK
    assert total_height(pieces([A, B, Cut(), B])) == BLANK + 2 * 24 + GAP + BLANK + 24


@pytest.mark.parametrize(("side", "scale"), [(41, 7), (57, 5), (64, 5), (8, 24)])
def test_a_bitmap_has_four_modules_white_all_round(side: int, scale: int) -> None:
    picture = bitmap(side)
    assert height(picture) == (side + 8) * scale
    assert left(picture) - 40 >= 4 * scale
    assert abs(WIDTH - 2 * left(picture) - side * scale) <= 1


def test_teeth() -> None:
    assert [depth(x) for x in range(17)] == [0, 1, 2, 3, 4, 5, 6, 7, 8, 7, 6, 5, 4, 3, 2, 1, 0]

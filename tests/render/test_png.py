import pytest

from kkm_sim.render.png import png, row_bytes
from tests.render.png_reader import read_png

PALETTE = (("#fffefd", 255), ("#010203", 255), ("#808080", 7), ("#000000", 0))


@pytest.mark.parametrize(("width", "size"), [(1, 2), (4, 2), (5, 3), (464, 117)])
def test_a_row_is_filled_up_to_bytes(width: int, size: int) -> None:
    assert row_bytes(width) == size


def test_a_picture_can_be_read() -> None:
    picture = read_png(png(5, 3, PALETTE, [b"\0\x1b\x40\0\x00\x00", b"\0\xff\xc0"], 8000))
    assert picture.pixels == [bytes((0, 1, 2, 3, 1)), bytes(5), b"\3" * 5]
    assert picture.palette == [(255, 254, 253, 255), (1, 2, 3, 255), (128, 128, 128, 7), (0, 0, 0, 0)]
    assert picture.dots_per_metre == 8000


def test_rows_that_are_not_the_height() -> None:
    with pytest.raises(ValueError, match="6 bytes of pixels, 3 rows of 3 make 9"):
        png(5, 3, PALETTE, [b"\0" * 6], 8000)

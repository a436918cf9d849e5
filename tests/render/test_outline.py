from hypothesis import given
from hypothesis import strategies as st

from kkm_sim.render.outline import outline
from tests.render.paths import filled


def test_a_square_is_four_corners() -> None:
    assert outline([0b000, 0b011, 0b011], 3, scale=5) == "M5 5h10v10h-10z"


def test_nothing_black() -> None:
    assert outline([0, 0], 4) == ""
    assert outline([], 4) == ""


def test_a_hole() -> None:
    assert filled(outline([0b111, 0b101, 0b111], 3), 3, 3) == [[1, 1, 1], [1, 0, 1], [1, 1, 1]]


@given(
    st.integers(min_value=1, max_value=20).flatmap(
        lambda width: st.tuples(
            st.just(width), st.lists(st.integers(min_value=0, max_value=(1 << width) - 1), max_size=12)
        )
    ),
    st.integers(min_value=1, max_value=3),
)
def test_any_picture_is_filled_as_it_is(picture: tuple[int, list[int]], scale: int) -> None:
    width, rows = picture
    dots = [[int(bit) for bit in f"{row:0{width}b}" for _ in range(scale)] for row in rows for _ in range(scale)]
    assert filled(outline(rows, width, scale), width * scale, len(rows) * scale) == dots

"""Tapes for tests: any that a till can print."""

from hypothesis import strategies as st

from kkm_sim.till.tape import Bitmap, Cut, TapeEntry, TextLine


def _bitmaps(width: int) -> st.SearchStrategy[Bitmap]:
    size = -(-width // 8)
    rows = st.lists(st.binary(min_size=size, max_size=size), max_size=64)
    return rows.map(lambda rows: Bitmap(width, len(rows), tuple(rows)))


TEXTS = st.text(st.characters(codec="cp1251"), max_size=24)
ENTRIES: st.SearchStrategy[TapeEntry] = st.one_of(
    st.builds(TextLine, TEXTS | st.text(max_size=30)),
    st.integers(min_value=1, max_value=64).flatmap(_bitmaps),
    st.just(Cut()),
)
TAPES = st.lists(ENTRIES, max_size=12)

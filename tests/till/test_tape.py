"""The tape's entries and their numbers."""

import pytest

from kkm_sim.till.tape import Bitmap, Cut, Tape, TextLine


def test_entries_are_numbered_from_one() -> None:
    tape = Tape()
    assert (tape.last, tape.since(0)) == (0, ())
    for entry in (TextLine("A"), Cut(), TextLine("B")):
        tape.append(entry)
    assert tape.entries == (TextLine("A"), Cut(), TextLine("B"))
    assert tape.since(0) == tape.since(-1) == ((1, TextLine("A")), (2, Cut()), (3, TextLine("B")))
    assert tape.since(2) == ((3, TextLine("B")),)
    assert tape.since(3) == tape.since(9) == ()
    assert tape.last == 3


def test_old_entries_are_forgotten_and_numbers_go_on() -> None:
    tape = Tape()
    for n in range(1, 10_003):
        tape.append(TextLine(str(n)))
    assert tape.last == 10_002
    assert len(tape.entries) == 10_000
    assert tape.entries[0] == TextLine("3")
    assert tape.since(0)[0] == tape.since(2)[0] == (3, TextLine("3"))
    assert tape.since(10_000) == ((10_001, TextLine("10001")), (10_002, TextLine("10002")))


@pytest.mark.parametrize(
    ("width", "scale", "lines"),
    [
        (37, 8, 13),  # (37 + 8) · 8 = 360 dots of 384; 296 dots high
        (53, 6, 14),
        (64, 5, 14),
        (1, 42, 2),
    ],
)
def test_bitmap_is_as_large_as_the_paper_lets_it_be(width: int, scale: int, lines: int) -> None:
    bitmap = Bitmap(width, width, (b"",) * width)
    assert (bitmap.scale, bitmap.lines) == (scale, lines)
    assert (width + 8) * scale <= 384 < (width + 8) * (scale + 1)

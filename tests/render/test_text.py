"""The tape as text."""

import pytest

from kkm_sim.render.text import half_blocks, tape_text
from kkm_sim.smartbox.receipt_identifier import qr_rows
from kkm_sim.till.tape import Bitmap, Cut, TapeEntry, TextLine
from tests.render.matrix import decode_qr, modules_of

URL = "http://check.egais.ru?id=6b20cf23-5c1f-4c2e-8f4b-9d0e7c1a2b3d&dt=0107161200&cn=020000123456"
CORNER = Bitmap(3, 3, (b"\x80", b"\xe0", b"\x20"))


def test_two_modules_a_character() -> None:
    assert half_blocks(CORNER, quiet=0) == ["█▄▄", "  ▀"]


def test_quiet_zone_all_round() -> None:
    lines = half_blocks(CORNER, quiet=2)
    assert lines == ["       ", "  █▄▄  ", "    ▀  ", "       "]


def test_rows_of_more_than_a_byte() -> None:
    assert half_blocks(Bitmap(10, 1, (b"\x01\x40",)), quiet=0) == ["       ▀ ▀"]


@pytest.mark.parametrize("side", [37, 41])
def test_a_qr_code_can_be_read(side: int) -> None:
    rows = qr_rows(URL, "L" if side == 37 else "M")
    lines = half_blocks(Bitmap(side, side, rows))
    assert {len(line) for line in lines} == {side + 8}
    assert decode_qr(modules_of(lines)) == URL


def test_ansi_is_black_on_white_line_by_line() -> None:
    plain, coloured = half_blocks(CORNER), half_blocks(CORNER, ansi=True)
    assert coloured == [f"\x1b[38;5;16;48;5;231m{line}\x1b[0m" for line in plain]


def test_a_tape() -> None:
    entries: list[TapeEntry] = [
        TextLine("ООО РОМАШКА"),
        TextLine(""),
        TextLine("ИТОГ              150.00"),
        Cut(),
        TextLine("Х"),
    ]
    assert tape_text(entries) == ("ООО РОМАШКА\n\nИТОГ              150.00\n- - - - - - - - - - - -\nХ\n")


def test_a_bitmap_on_the_tape_has_its_quiet_zone() -> None:
    assert tape_text([CORNER, Cut()]).splitlines()[:-1] == half_blocks(CORNER, quiet=4)
    assert "\x1b" not in tape_text([CORNER])
    assert "\x1b" in tape_text([CORNER], ansi=True)


def test_no_tape() -> None:
    assert tape_text([]) == ""

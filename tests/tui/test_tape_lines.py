from kkm_sim.control.models import CutEntry
from kkm_sim.tui.catalogue import ENGLISH, RUSSIAN
from kkm_sim.tui.tape_lines import TEAR, entry_lines, newest_picture, picture_lines
from tests.render.matrix import decode_qr, modules_of
from tests.tui.support import LINK, a_receipt, picture, text


def test_text_stands_in_its_columns_in_the_middle_of_the_paper() -> None:
    assert entry_lines(text(1, "ИТОГ              150.50"), 24, ENGLISH) == ["ИТОГ              150.50"]
    assert entry_lines(text(1, "ТОВАР"), 30, ENGLISH) == ["   ТОВАР".ljust(30)]


def test_a_document_is_torn_off() -> None:
    assert entry_lines(CutEntry(n=1), 24, ENGLISH) == [" " * 24, TEAR, " " * 24]


def test_a_picture_with_its_quiet_zone_is_read_off_the_paper() -> None:
    code = picture(1)
    lines = entry_lines(code, code.width + 8, RUSSIAN)
    assert {len(line) for line in lines} == {code.width + 8}
    assert lines[:2] == [" " * (code.width + 8)] * 2
    assert decode_qr(modules_of(lines)) == LINK


def test_a_picture_without_room_says_where_it_is_seen() -> None:
    code = picture(1)
    (line,) = entry_lines(code, code.width + 7, RUSSIAN)
    assert line.strip() == f"[QR {code.width}×{code.height}: Q]"


def test_a_narrower_quiet_zone() -> None:
    lines = picture_lines(picture(1), quiet=2)
    assert decode_qr(modules_of(lines)) == LINK


def test_the_picture_printed_last() -> None:
    assert newest_picture([]) is None
    assert newest_picture(a_receipt()) == picture(4)
    assert newest_picture([*a_receipt(), picture(9, "http://one.more"), text(10, "…")]) == picture(9, "http://one.more")

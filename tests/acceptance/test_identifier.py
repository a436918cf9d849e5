"""Document, «3. После закрытия чека ККМ запрашивает данные» and «4. Пакет подтверждения»."""

import pytest

from tests.acceptance.master import Master
from tests.acceptance.selling import finish, until_identifier
from tests.acceptance.tables import DONE, PING, graphics, identifier_request, no_more, words
from tests.acceptance.till_process import TillProcess

URL = "http://check.egais.ru?id=6b20cf23-5c1f-4c2e-8f4b-9d0e7c1a2b3d&dt=0107161200&cn=020000123456"


def square(side: int) -> list[bytes]:
    """A bitmap that no symmetry hides: every row differs, bytes of 7F among them, the bits past `side` zero."""
    width = (side + 7) // 8
    spare = width * 8 - side
    rows = []
    for y in range(side):
        bits = int.from_bytes(bytes((y * 37 + x * 101 + 0x7F) & 0xFF for x in range(width)), "big")
        rows.append((bits >> spare << spare).to_bytes(width, "big"))
    return rows


def bitmaps(till: TillProcess) -> list[dict[str, object]]:
    return [entry for entry in till.tape() if entry["kind"] == "bitmap"]


@pytest.mark.parametrize("rdy_between", [False, True], ids=["frames at once", "RDY between frames"])
def test_qr_then_text_then_end(till: TillProcess, master: Master, rdy_between: bool) -> None:
    rows = square(37)
    assert any(0x7F in row for row in rows)
    receipt = until_identifier(till, master)
    master.post(graphics(1, rows, 37, receipt), ready=False, rdy_between=rdy_between)
    assert master.fetch() == identifier_request(receipt, 2)
    master.post(words(2, URL + "\r" + "0123456789ABCDEF" * 8), ready=False, rdy_between=rdy_between)
    assert master.fetch() == identifier_request(receipt, 3)
    finish(till, master, 3)
    assert [(entry["width"], entry["height"], entry["rows"]) for entry in bitmaps(till)] == [
        (37, 37, [row.hex() for row in rows])
    ]
    printed = till.printed()
    at = printed.index(URL[:24])
    assert printed[at : at + 4] == [URL[:24], URL[24:48], URL[48:72], URL[72:]]
    signature = ("0123456789ABCDEF" * 8)[:24]
    assert printed[at + 4] == signature


@pytest.mark.parametrize("side", [1, 8, 53, 57, 64])
def test_a_square_of_any_size(till: TillProcess, master: Master, side: int) -> None:
    rows = square(side)
    receipt = until_identifier(till, master)
    master.answer(graphics(1, rows, side))
    assert master.fetch() == identifier_request(receipt, 2)
    finish(till, master, 2)
    assert [entry["rows"] for entry in bitmaps(till)] == [[row.hex() for row in rows]]


def test_no_count_of_bits_means_whole_bytes(till: TillProcess, master: Master) -> None:
    until_identifier(till, master)
    master.answer(graphics(1, [b"\xa5\x5a"] * 3, 0))
    master.fetch()
    finish(till, master, 2)
    assert [(entry["width"], entry["height"]) for entry in bitmaps(till)] == [(16, 3)]


@pytest.mark.parametrize("counts_zero", [True, False], ids=["length with the 00", "without"])
def test_text_in_lines_of_24(till: TillProcess, master: Master, counts_zero: bool) -> None:
    until_identifier(till, master)
    master.answer(words(1, "ТРИ СЛОВА\r" + "АБВГ" * 7, counts_zero=counts_zero))
    master.fetch()
    finish(till, master, 2)
    printed = till.printed()
    at = printed.index("ТРИ СЛОВА")
    assert printed[at + 1 : at + 3] == ["АБВГ" * 6, "АБВГ"]


def test_a_text_longer_than_its_length_byte(till: TillProcess, master: Master) -> None:
    until_identifier(till, master)
    value = "0123456789" * 40
    message = bytearray(words(1, "") + b"")
    message[11] = 0
    master.answer(bytes(message[:13]) + value.encode("cp1251") + b"\0")
    master.fetch()
    finish(till, master, 2)
    assert "".join(line for line in till.printed() if line.isdecimal() and line in value) == value


@pytest.mark.parametrize("size", [3, 13])
def test_the_end_may_be_short(till: TillProcess, master: Master, size: int) -> None:
    until_identifier(till, master)
    master.answer(no_more(1, size))
    assert master.fetch() == DONE
    assert till.state == "idle"


def test_the_frames_may_be_small(till: TillProcess, master: Master) -> None:
    rows = square(41)
    receipt = until_identifier(till, master)
    master.post(graphics(1, rows, 41), ready=False, size=10)
    assert master.fetch() == identifier_request(receipt, 2)
    finish(till, master, 2)
    assert [entry["rows"] for entry in bitmaps(till)] == [[row.hex() for row in rows]]


def test_ping_is_served_meanwhile(till: TillProcess, master: Master) -> None:
    until_identifier(till, master)
    assert master.command(PING)[2] == 0
    assert till.state == "qr_print"
    master.post(no_more(1))
    assert master.fetch() == DONE


def test_the_receipt_is_done_once_and_the_next_may_begin(till: TillProcess, master: Master) -> None:
    until_identifier(till, master)
    master.answer(no_more(1))
    till.press("1 ПИ")
    assert master.fetch() == DONE, "it waits for RDY through later receipts"
    assert master.nothing_to_fetch()


def test_cut_after_the_identifier(till: TillProcess, master: Master) -> None:
    until_identifier(till, master)
    master.answer(graphics(1, square(37), 37))
    master.fetch()
    finish(till, master, 2)
    kinds = [entry["kind"] for entry in till.tape()]
    assert kinds.index("bitmap") < len(kinds) - 1 - kinds[::-1].index("cut")


# Answers that do not fit: dropped, the wait goes on


@pytest.mark.parametrize("block", [0, 2, 0xFFFF])
def test_another_block(till: TillProcess, master: Master, block: int) -> None:
    till.expect_findings("block-out-of-order")
    until_identifier(till, master)
    master.answer(graphics(block, square(8), 8))
    assert master.nothing_to_fetch()
    assert bitmaps(till) == []
    master.post(no_more(1))
    assert master.fetch() == DONE


@pytest.mark.parametrize(
    ("rows", "bits"),
    [([b"\1"] * 65, 8), ([b"\1" * 9] * 2, 72), ([b"\1"] * 8, 9)],
    ids=["65 rows", "9 bytes a row", "more bits than bytes"],
)
def test_a_bitmap_over_64_by_64(till: TillProcess, master: Master, rows: list[bytes], bits: int) -> None:
    till.expect_findings("bitmap-too-large")
    until_identifier(till, master)
    master.answer(graphics(1, rows, bits))
    assert master.nothing_to_fetch()
    assert bitmaps(till) == []
    master.post(no_more(1))
    assert master.fetch() == DONE


def test_an_identifier_for_another_receipt_is_printed(till: TillProcess, master: Master) -> None:
    till.expect_findings("foreign-receipt")
    receipt = until_identifier(till, master)
    master.answer(graphics(1, square(8), 8, receipt + 1))
    assert master.fetch() == identifier_request(receipt, 2)
    finish(till, master, 2)
    assert len(bitmaps(till)) == 1


def test_a_byte_that_is_no_character(till: TillProcess, master: Master) -> None:
    till.expect_findings("bad-text")
    until_identifier(till, master)
    message = bytearray(words(1, "АБВ"))
    message[14] = 0x98
    master.answer(bytes(message))
    master.fetch()
    finish(till, master, 2)
    assert "А?В" in till.printed()


def test_control_characters_are_not_printed(till: TillProcess, master: Master) -> None:
    till.expect_findings("bad-text")
    until_identifier(till, master)
    master.answer(words(1, "АБ\a\tВ\nГ\rД"))
    master.fetch()
    finish(till, master, 2)
    printed = till.printed()
    assert printed[printed.index("АБВГ") + 1] == "Д"


def test_an_unasked_identifier(till: TillProcess, master: Master) -> None:
    till.expect_findings("unasked-answer")
    master.post(no_more(1))
    assert master.nothing_to_fetch()

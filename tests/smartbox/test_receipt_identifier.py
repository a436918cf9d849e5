"""The blocks of function 3."""

from bisect import bisect_left

import pytest

from kkm_sim.settings import Settings
from kkm_sim.smartbox.receipt_identifier import QrLevel, identifier_blocks, no_block, qr_rows
from kkm_sim.smartbox.utm import Identifier
from tests.render.matrix import decode_qr, modules_of_packed, with_quiet_zone

URL = "http://check.egais.ru?id=6b20cf23-5c1f-4c2e-8f4b-9d0e7c1a2b3d&dt=0107161200&cn=020000123456"
LONG_URL = URL + "&sign=" + "0123456789abcdef" * 16
IDENTIFIER = Identifier(URL, "0123456789ABCDEF" * 8)

LEVELS: list[tuple[QrLevel, int, int, int, int]] = [
    # level, side, bytes a row, bytes of the answer, frames
    ("L", 37, 5, 198, 2),
    ("M", 41, 6, 259, 3),
    ("Q", 49, 7, 356, 3),
    ("H", 53, 7, 384, 4),
]


@pytest.mark.parametrize(("level", "side", "row_bytes", "size", "frames"), LEVELS)
def test_size_by_level(level: QrLevel, side: int, row_bytes: int, size: int, frames: int) -> None:
    graphics, _ = identifier_blocks(IDENTIFIER, 7, Settings(), level)
    assert graphics[:9] == bytes.fromhex("03 03 00 07 00 00 00 01 00")
    assert graphics[9:13] == bytes((1, side, row_bytes, side))
    assert len(graphics) == size
    assert -(-len(graphics) // 127) == frames


@pytest.mark.parametrize("level", ["L", "M", "Q", "H"])
def test_a_decoder_reads_the_url(level: QrLevel) -> None:
    rows = qr_rows(URL, level)
    assert decode_qr(with_quiet_zone(modules_of_packed(rows, len(rows)))) == URL


@pytest.mark.parametrize("side", range(21, 65, 4))
@pytest.mark.parametrize(("level", "most"), [("L", 321), ("M", 251), ("Q", 177), ("H", 137)])
def test_a_decoder_reads_a_link_in_a_code_of_any_size(side: int, level: QrLevel, most: int) -> None:
    lengths = range(1, most + 1)
    shortest = bisect_left(lengths, side, key=lambda length: len(qr_rows(LONG_URL[:length], level)))
    link = LONG_URL[: lengths[shortest]]
    rows = qr_rows(link, level)
    assert len(rows) == side
    assert decode_qr(with_quiet_zone(modules_of_packed(rows, len(rows)))) == link


def test_spare_bits_are_white() -> None:
    assert all(row[-1] & 0b0000_0111 == 0 for row in qr_rows(URL, "L"))


def test_bits_the_other_way_round() -> None:
    turned = tuple(bytes(int(f"{byte:08b}"[::-1], 2) for byte in row) for row in qr_rows(URL, "M"))
    assert qr_rows(URL, "M", "lsb") == turned
    graphics, _ = identifier_blocks(IDENTIFIER, 7, Settings(bitmap_order="lsb"))
    assert graphics[13:] == b"".join(turned)


def test_more_than_64_by_64_is_our_mistake() -> None:
    assert len(qr_rows("a" * 321, "L")) == 61
    with pytest.raises(ValueError, match="65x65"):
        qr_rows("a" * 322, "L")


def test_the_text() -> None:
    _, text = identifier_blocks(IDENTIFIER, 7, Settings())
    assert text[:13] == bytes.fromhex("03 03 00 07 00 00 00 02 00 00 00 dd 00")
    assert text[13:] == (URL + "\r" + "0123456789ABCDEF" * 8).encode() + b"\x00"


def test_a_text_whose_length_no_byte_can_hold() -> None:
    _, text = identifier_blocks(Identifier(URL, "F" * 163), 7, Settings())
    assert text[11] == 0
    assert len(text) == 13 + 256


def test_no_more_blocks() -> None:
    assert no_block(12, 3) == bytes.fromhex("03 03 01 12 00 00 00 03 00 00 00 00 00")

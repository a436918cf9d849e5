"""The independent master against bytes printed in the document or worked out by hand."""

import pytest

from tests.acceptance import tables
from tests.acceptance.master import after, checksum, control_packet, data_packet


def test_rdy_to_till_one() -> None:
    assert control_packet(0x5) == bytes.fromhex("7F 02 01 C5 3A")


def test_ping_with_handshake() -> None:
    assert data_packet(tables.PING, 1) == bytes.fromhex("7F 02 01 81 7E 00 03 05 7F 03 F8")


def test_ping_without_handshake() -> None:
    assert data_packet(tables.PING, 2, hs=1) == bytes.fromhex("7F 02 01 92 6D 00 03 05 7F 03 F8")


def test_128_bytes_of_7f_as_the_document_counts_them() -> None:
    raw = data_packet(b"\x7f" * 128, 1)
    assert len(raw) == 6 + 256 + 3
    assert raw[-1] == 0x80


def test_busy_of_till_98_has_7f_for_a_checksum() -> None:
    assert control_packet(0x9, address=0x98, direction=1)[4] == checksum(bytes([0x98, 0xE9])) == 0x7F


def test_frame_numbers_wrap_from_seven_to_one() -> None:
    assert [after(number) for number in range(1, 8)] == [2, 3, 4, 5, 6, 7, 1]


@pytest.mark.parametrize(("number", "raw"), [(0, "00 00"), (1234, "34 12"), (7, "07 00")])
def test_bcd_is_little_endian(number: int, raw: str) -> None:
    assert tables.bcd(number, 2) == bytes.fromhex(raw)
    assert tables.from_bcd(bytes.fromhex(raw)) == number

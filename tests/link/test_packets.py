"""Packets against bytes typed by hand from the document («Пакеты управления», «Пакеты с данными»)."""

import pytest

from kkm_sim.link.packets import ControlCode, ControlPacket, DataPacket, Direction, Packet, bcd_address, data_checksum
from tests.support import master, master_data, till, till_data

# fmt: off
GOLDEN: list[tuple[Packet, str]] = [
    (master(ControlCode.RDY),                        "7F 02 01 C5 3A"),
    (master(ControlCode.SYN, address=12),            "7F 02 12 CC 22"),
    (master(ControlCode.SYN, address=99),            "7F 02 99 CC 9B"),
    (master(ControlCode.ACK),                        "7F 02 01 CA 35"),
    (master(ControlCode.ACK, hs=True),               "7F 02 01 DA 25"),
    (master(ControlCode.NAK),                        "7F 02 01 C6 39"),
    (master(ControlCode.WAIT),                       "7F 02 01 C7 38"),
    (master(ControlCode.RST),                        "7F 02 01 CF 30"),
    (till(ControlCode.RDY),                          "7F 02 01 E5 1A"),
    (till(ControlCode.ACK),                          "7F 02 01 EA 15"),
    (till(ControlCode.DISC),                         "7F 02 01 E0 1F"),
    (till(ControlCode.REJ),                          "7F 02 01 E3 1C"),
    (till(ControlCode.RDY, address=0),               "7F 02 00 E5 1B"),
    (till(ControlCode.BUSY, address=98),             "7F 02 98 E9 7F"),  # FCRC is 7F and not stuffed
    (master(0x4),                                    "7F 02 01 C4 3B"),  # no such code
    (master_data(1, b"\x03\x05"),                    "7F 02 01 81 7E 00 03 05 7F 03 F8"),
    (master_data(7, b"\x03\x05", hs=True),           "7F 02 01 97 68 00 03 05 7F 03 F8"),
    (till_data(2, b"\x03\x04\x00\x00"),              "7F 02 01 A2 5D 00 03 04 00 00 7F 03 F9"),
    (till_data(3, b"\x7f", hs=True),                 "7F 02 01 B3 4C 00 7F 10 7F 03 81"),
    (master_data(2, b"\x7f\x10\x7f\x02\x7f\x03"),    "7F 02 01 82 7D 00 7F 10 10 7F 10 02 7F 10 03 7F 03 6E"),
    (master_data(1, b"\x81"),                        "7F 02 01 81 7E 00 81 7F 03 7F"),  # DCRC is 7F and not stuffed
    (master_data(1, b"\x05", address=0),             "7F 02 00 81 7F 00 05 7F 03 FB"),
    (till_data(7, b""),                              "7F 02 01 A7 58 00 7F 03 00"),
]
# fmt: on


@pytest.mark.parametrize(("packet", "raw"), GOLDEN, ids=lambda value: value if isinstance(value, str) else "")
def test_encodes_to_the_bytes_of_the_document(packet: Packet, raw: str) -> None:
    assert packet.encode() == bytes.fromhex(raw)


def test_128_bytes_of_7f_travel_as_6_256_and_3_bytes() -> None:
    raw = till_data(1, b"\x7f" * 128).encode()
    assert raw == bytes.fromhex("7F 02 01 A1 5E 00") + bytes.fromhex("7F 10") * 128 + bytes.fromhex("7F 03 80")
    assert len(raw) == 6 + 256 + 3


def test_a_ping_exchange_in_asynchronous_mode_has_84_bytes() -> None:
    exchange: list[Packet] = [
        master(ControlCode.RDY),
        till(ControlCode.RDY),
        master_data(1, b"\x03\x05", hs=True),
        till(ControlCode.ACK),
        till_data(1, b"\x03\x05" + bytes(42)),
        master(ControlCode.ACK),
    ]
    assert [len(packet.encode()) for packet in exchange] == [5, 5, 11, 5, 53, 5]


def test_the_checksum_completes_the_sum_to_zero() -> None:
    assert data_checksum(b"") == 0
    assert data_checksum(b"\x80\x80") == 0
    assert data_checksum(b"\x01") == 0xFF


@pytest.mark.parametrize(("address", "byte"), [(0, 0x00), (1, 0x01), (9, 0x09), (10, 0x10), (98, 0x98), (99, 0x99)])
def test_an_address_is_one_bcd_byte(address: int, byte: int) -> None:
    assert bcd_address(address) == byte


def test_packets_are_named_for_people() -> None:
    assert str(master(ControlCode.ACK, hs=True)) == "ACK HS=1"
    assert str(ControlPacket(1, Direction.TO_TILL, 0x4)) == "control 4"
    assert str(DataPacket(1, Direction.TO_TILL, 3, b"abc", hs=True)) == "DATA 3 HS=1 [3]"

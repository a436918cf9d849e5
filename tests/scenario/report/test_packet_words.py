"""Packets in words."""

import pytest

from kkm_sim.clock import Instant
from kkm_sim.link.events import PacketSeen
from kkm_sim.link.packets import ControlCode, Packet
from kkm_sim.scenario.report.packet_words import bytes_words, line_of, moment_words, packet_words
from tests.support import master, master_data, till, till_data


@pytest.mark.parametrize(
    ("nanoseconds", "words"),
    [(0, "0.000 ms"), (1_000, "0.001 ms"), (10_868_055, "10.868 ms"), (3_600_000_000_000, "3600000.000 ms")],
)
def test_moments(nanoseconds: int, words: str) -> None:
    assert moment_words(nanoseconds) == words


@pytest.mark.parametrize(
    ("packet", "words"),
    [
        (till(ControlCode.ACK, hs=True), "ACK HS=1; 7f 02 01 fa 05"),
        (master(4), "control 4; 7f 02 01 c4 3b"),
        (master_data(3, b"\x03\x05", hs=True), "DATA 3 HS=1 [2]: PingRequest; 7f 02 01 93 6c 00 03 05 7f 03 f8"),
        (
            till_data(1, b"\x03\x06\x1b\x00"),
            "DATA 1 [4]: ShortAnswer result=27; 7f 02 01 a1 5e 00 03 06 1b 00 7f 03 dc",
        ),
        (
            till_data(1, b"\x03\x01"),
            "DATA 1 [2]: a part of a message, or none of the document's; 7f 02 01 a1 5e 00 03 01 7f 03 fc",
        ),
    ],
)
def test_packets(packet: Packet, words: str) -> None:
    assert packet_words(packet, packet.encode(), "listed") == words


def test_bytes() -> None:
    assert bytes_words(b"") == "no bytes"
    assert bytes_words(bytes(3)) == "00 00 00"
    assert bytes_words(bytes(3), 3) == "00 00 00"
    assert bytes_words(bytes(4), 3) == "00 00 00 … (4 bytes)"


def test_a_line_of_many() -> None:
    packet = master_data(3, bytes(20), address=12)
    line = line_of(PacketSeen(packet, packet.encode(), Instant(5_000_000)), "listed")
    assert line == (
        "      5.000 ms  master → till 12  DATA 3 [20]: a part of a message, or none of the document's; "
        "7f 02 12 83 6b 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 … (29 bytes)"
    )

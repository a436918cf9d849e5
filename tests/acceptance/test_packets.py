"""Document, «Пакеты управления» and «Пакеты с данными»: what the till makes of bytes on the line."""

import pytest

from tests.acceptance.master import Master, control_packet, data_packet
from tests.acceptance.tables import PDF, PING, sale_request, show_message
from tests.acceptance.till_process import TillProcess

RDY = control_packet(0x5)


def hears_rdy(master: Master) -> bool:
    """RDY is answered RDY, and nothing else was said before it."""
    return master.ask("RDY").kind == "RDY"


# Checksums


@pytest.mark.parametrize("fcrc", [0x00, 0x3B, 0x7F])
def test_a_bad_fcrc_hears_silence(till: TillProcess, master: Master, fcrc: int) -> None:
    till.expect_findings("bad-fcrc")
    master.write(RDY[:4] + bytes([fcrc]))
    assert master.quiet()
    assert hears_rdy(master)


def test_a_bad_fcrc_of_a_data_packet_hears_silence(till: TillProcess, master: Master) -> None:
    master.ready()
    good = data_packet(PING, master.outgoing)
    master.write(good[:4] + b"\0" + good[5:])
    assert master.quiet()
    assert "bad-fcrc" in till.findings()
    till.expected = till.findings()
    assert hears_rdy(master)


def test_a_bad_dcrc_hears_nak_and_the_repeat_is_taken(till: TillProcess, master: Master) -> None:
    till.expect_findings("bad-dcrc")
    master.ready()
    good = data_packet(PING, master.outgoing)
    master.write(good[:-1] + bytes([good[-1] ^ 0x55]))
    assert master.receive().kind == "NAK"
    assert master.try_data(PING).kind == "ACK"
    assert master.fetch()[1] == 5


def test_after_nak_only_the_same_frame(till: TillProcess, master: Master) -> None:
    till.expect_findings("bad-dcrc", "no-repeat-after-nak")
    master.ready()
    good = data_packet(PING, master.outgoing)
    master.write(good[:-1] + b"\0")
    assert master.receive().kind == "NAK"
    assert hears_rdy(master)


# Stuffing


def test_7f_in_data_both_ways(till: TillProcess, master: Master) -> None:
    till.expect_findings("bad-bcd", "bad-text")
    request = bytearray(sale_request(PDF, quantity=0x7F7F7F7F7F, price=0x7F0310027F))
    request[4:15] = bytes.fromhex("7F 02 7F 03 7F 10 7F 7F 10 10 7F")
    request[25:57] = b"\x7f\x02\x7f\x03\x7f\x10" + b"\x7f" * 26
    master.post(bytes(request))
    till.press("5 ПИ")
    raw = master.fetch()
    assert raw[11:22] == request[4:15]
    assert raw[37:69] == request[25:57]


def test_7f_before_anything_but_02_03_10_is_an_error(till: TillProcess, master: Master) -> None:
    till.expect_findings("bad-stuffing")
    master.ready()
    good = data_packet(PING, master.outgoing)
    master.write(good[:6] + b"\x03\x7f\x05\x7f\x03\x79")
    assert master.quiet()
    till.expected |= till.findings()
    assert hears_rdy(master)


def test_sync_must_be_zero(till: TillProcess, master: Master) -> None:
    master.ready()
    good = data_packet(PING, master.outgoing)
    master.write(good[:5] + b"\x01" + good[6:])
    assert master.quiet()
    assert "bad-sync" in till.findings()
    till.expected = till.findings()
    assert hears_rdy(master)


def test_flc_must_have_bit_7(till: TillProcess, master: Master) -> None:
    till.expect_findings("bad-flc")
    master.write(bytes.fromhex("7F 02 01 45 BA"))
    assert master.quiet()
    assert hears_rdy(master)


def test_bit_3_of_a_data_packet_is_ignored(till: TillProcess, master: Master) -> None:
    master.ready()
    flc = 0x88 | master.outgoing
    master.write(bytes([0x7F, 2, 1, flc, -(1 + flc) & 0xFF, 0]) + data_packet(PING, 1)[6:])
    assert master.receive().kind == "ACK"
    master.accepted()
    assert master.fetch()[1] == 5


# Lengths


def test_127_bytes_are_taken(till: TillProcess, master: Master) -> None:
    till.expect_findings("bad-vector")
    assert master.command(b"\x7f" * 127) == bytes.fromhex("03 7F 01 00")


@pytest.mark.parametrize("frame", [bytes(128), b"\x7f" * 128, bytes(513)], ids=["128 zeros", "128 of 7F", "513"])
def test_128_bytes_are_not(till: TillProcess, master: Master, frame: bytes) -> None:
    till.expect_findings("frame-too-long")
    master.ready()
    for _ in range(3):
        assert master.try_data(frame).kind == "NAK"
    till.expect_findings("frame-too-long", "no-repeat-after-nak")
    assert hears_rdy(master)


# Noise


@pytest.mark.parametrize("noise", ["00", "FF 55 03", "7F", "7F 7F", "7F 10", "7F 03 00", "02 01 C5 3A"])
def test_noise_before_a_packet(till: TillProcess, master: Master, noise: str) -> None:
    till.expect_findings("stray-bytes")
    master.write(bytes.fromhex(noise) + RDY)
    assert master.receive().kind == "RDY"
    assert hears_rdy(master)


@pytest.mark.parametrize("size", range(2, 5))
def test_half_a_control_packet_before_a_good_one(till: TillProcess, master: Master, size: int) -> None:
    master.write(RDY[:size] + RDY)
    assert master.receive().kind == "RDY"
    assert hears_rdy(master)
    assert till.findings()
    till.expected = till.findings()


@pytest.mark.parametrize("size", range(5, 35))
def test_half_a_data_packet_before_a_good_one(till: TillProcess, master: Master, size: int) -> None:
    half = data_packet(b"\x03\x06\x7f\x01\x7f\x7f" + bytes(20), 1)[:size]
    master.write(half + RDY)
    assert master.receive().kind == "RDY"
    assert hears_rdy(master)
    assert till.findings()
    till.expected = till.findings()


def test_a_packet_without_its_last_byte_loses_no_packet_after_it(till: TillProcess, master: Master) -> None:
    """The next packet's 7F stands where DCRC should: NAK is lawful, losing RDY is not."""
    master.write(data_packet(show_message(1), 1)[:-1] + RDY)
    packet = master.receive()
    if packet.kind == "NAK":
        packet = master.receive()
    assert packet.kind == "RDY"
    till.expected = till.findings()
    master.synchronise()


@pytest.mark.parametrize("chunk", [1, 2, 3, 7])
def test_packets_in_pieces(till: TillProcess, master: Master, chunk: int) -> None:
    raw = data_packet(PING, master.outgoing)
    master.ready()
    for at in range(0, len(raw), chunk):
        master.write(raw[at : at + chunk])
    assert master.receive().kind == "ACK"
    master.accepted()
    assert master.fetch()[1] == 5


def test_a_thousand_bytes_of_noise(till: TillProcess, master: Master) -> None:
    master.write(bytes((n * 89 + 17) & 0xFF for n in range(5000)).replace(b"\x7f\x02", b"\x7f\x00"))
    assert hears_rdy(master)
    till.expected = till.findings()


def test_a_data_packet_that_never_ends(till: TillProcess, master: Master) -> None:
    till.expect_findings("oversized")
    master.ready()
    master.write(data_packet(b"", master.outgoing)[:6] + bytes(4000))
    assert master.quiet()
    till.expected |= till.findings()
    assert hears_rdy(master)


# Addresses and DIR


def test_another_till_is_none_of_ours(till: TillProcess, master: Master) -> None:
    for address in (0x02, 0x10, 0x98, 0x00):
        master.write(control_packet(0x5, address=address))
        master.write(data_packet(sale_request(PDF), 1, address=address))
    assert master.quiet()
    assert till.state == "idle"
    assert hears_rdy(master)


def test_broadcast_syn_acts_and_is_not_answered(till: TillProcess, master: Master) -> None:
    master.command(PING)
    assert master.outgoing != master.first
    resynchronised = master.resynchronised
    master.write(control_packet(0xC, address=0x99))
    assert master.quiet()
    master.outgoing = master.incoming = master.first
    assert master.command(PING)[1] == 5
    assert master.resynchronised == resynchronised


@pytest.mark.parametrize(
    "packet",
    [control_packet(0x5, address=0x99), control_packet(0xF, address=0x99), data_packet(PING, 1, address=0x99)],
    ids=["RDY", "RST", "DATA"],
)
def test_broadcast_of_anything_else_is_ignored(till: TillProcess, master: Master, packet: bytes) -> None:
    till.expect_findings("broadcast-not-syn")
    master.write(packet)
    assert master.quiet()
    assert hears_rdy(master)


@pytest.mark.parametrize(
    "packet", [control_packet(0x5, direction=1), data_packet(PING, 1, direction=1)], ids=["RDY", "DATA"]
)
def test_dir_of_a_till_is_ignored(till: TillProcess, master: Master, packet: bytes) -> None:
    till.expect_findings("wrong-direction")
    master.write(packet)
    assert master.quiet()
    assert hears_rdy(master)


@pytest.mark.parametrize("code", [0x1, 0x2, 0x4, 0x8, 0xB, 0xD, 0xE])
def test_undefined_codes_are_ignored(till: TillProcess, master: Master, code: int) -> None:
    till.expect_findings("undefined-control")
    master.write(control_packet(code))
    assert hears_rdy(master)

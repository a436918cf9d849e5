"""Bytes in, packets out: golden bytes both ways, each kind of damage, and that no good packet is ever lost."""

from collections.abc import Iterable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kkm_sim.findings import FindingCode
from kkm_sim.link.decoder import MAX_RAW, Damage, PacketDecoder, Received
from kkm_sim.link.packets import CONTROL_CODES, ControlCode, ControlPacket, DataPacket, Direction, Packet
from tests.link.test_packets import GOLDEN
from tests.support import master, master_data

RDY = master(ControlCode.RDY)
RDY_BYTES = bytes.fromhex("7F 02 01 C5 3A")

# What packets are made of, and what they are confused with.
TELLING = bytes.fromhex("7F 02 03 10 00 81 C5 01 7E 3A")


def telling(choices: bytes, others: bytes) -> bytes:
    """Bytes of which three in four are telling ones."""
    pairs = zip(choices, others, strict=False)
    return bytes(TELLING[choice % len(TELLING)] if choice < 192 else other for choice, other in pairs)


junk = payloads = st.builds(telling, st.binary(max_size=40), st.binary(max_size=40))
packets = st.builds(
    ControlPacket,
    st.integers(0, 99),
    st.sampled_from(Direction),
    st.integers(0, 15).map(lambda code: CONTROL_CODES.get(code, code)),
    st.booleans(),
) | st.builds(DataPacket, st.integers(0, 99), st.sampled_from(Direction), st.integers(0, 7), payloads, st.booleans())


def drain(decoder: PacketDecoder) -> list[Received | Damage]:
    found = []
    while (one := decoder.next()) is not None:
        found.append(one)
    return found


def decode(chunks: Iterable[bytes]) -> list[Received | Damage]:
    decoder = PacketDecoder()
    found = []
    for chunk in chunks:
        decoder.feed(chunk)
        found += drain(decoder)
    return found


def one_by_one(raw: bytes) -> list[bytes]:
    return [raw[n : n + 1] for n in range(len(raw))]


def packets_of(found: list[Received | Damage]) -> list[Packet]:
    return [one.packet for one in found if isinstance(one, Received)]


def codes_of(found: list[Received | Damage]) -> list[FindingCode]:
    return [one.code for one in found if isinstance(one, Damage)]


# The document's packets


@pytest.mark.parametrize(("packet", "text"), GOLDEN, ids=lambda value: value if isinstance(value, str) else "")
def test_reads_the_bytes_of_the_document(packet: Packet, text: str) -> None:
    raw = bytes.fromhex(text)
    expected = [Received(packet, raw)]
    assert decode([raw]) == expected
    assert decode(one_by_one(raw)) == expected
    assert decode([raw + RDY_BYTES]) == [*expected, Received(RDY, RDY_BYTES)]
    assert decode([raw + RDY_BYTES[:4]]) == expected


def test_bit_3_of_a_data_packet_is_ignored() -> None:
    raw = bytes.fromhex("7F 02 01 89 76 00 03 05 7F 03 F8")
    assert decode([raw]) == [Received(master_data(1, b"\x03\x05"), raw)]


# Damage

# fmt: off
DAMAGED: list[tuple[FindingCode, str]] = [
    (FindingCode.STRAY_BYTES,  "00 55 AA"),
    (FindingCode.STRAY_BYTES,  "02 01 C5 3A"),                            # its 7F was lost
    (FindingCode.STRAY_BYTES,  "7F"),
    (FindingCode.STRAY_BYTES,  "7F 01 C5 3A"),                            # its 02 was lost
    (FindingCode.BAD_FCRC,     "7F 02 01 C5 3B"),
    (FindingCode.BAD_FCRC,     "7F 02 01 85 3A"),
    (FindingCode.BAD_FLC,      "7F 02 01 45 BA"),
    (FindingCode.BAD_ADDRESS,  "7F 02 1A C5 21"),
    (FindingCode.BAD_ADDRESS,  "7F 02 A1 C5 9A"),
    (FindingCode.BAD_SYNC,     "7F 02 01 81 7E 01 03 05 7F 03 F8"),
    (FindingCode.BAD_STUFFING, "7F 02 01 81 7E 00 03 7F 11 05 7F 03 F8"),
    (FindingCode.BAD_STUFFING, "7F 02 01 81 7E 00 03 7F"),                # the next 7F follows this one
    (FindingCode.BAD_DCRC,     "7F 02 01 81 7E 00 03 05 7F 03 F9"),
    (FindingCode.BAD_DCRC,     "7F 02 01 81 7E 00 03 05 7F 03"),          # the next 7F is taken for DCRC
    (FindingCode.BROKEN_OFF,   "7F 02 01 81 7E 00"),
    (FindingCode.BROKEN_OFF,   "7F 02 01 81 7E 00 03 05"),
]
# fmt: on


@pytest.mark.parametrize(("code", "text"), DAMAGED)
def test_damage_is_named_once_and_the_packet_after_it_found(code: FindingCode, text: str) -> None:
    for tail in (RDY_BYTES, bytes.fromhex("7F 02 01 81 7E 00 03 05 7F 03 F8")):
        raw = bytes.fromhex(text) + tail
        for found in (decode([raw]), decode(one_by_one(raw))):
            assert codes_of(found) == [code]
            assert found[-1] == Received(packets_of(decode([tail]))[0], tail)


def test_two_damaged_packets_are_two_damages() -> None:
    bad_header, bad_data = bytes.fromhex("7F 02 01 C5 3B"), bytes.fromhex("7F 02 01 81 7E 00 03 05 7F 03 F9")
    assert codes_of(decode([bad_header + bad_data])) == [FindingCode.BAD_FCRC, FindingCode.BAD_DCRC]
    assert codes_of(decode([bad_header + RDY_BYTES + bad_header])) == [FindingCode.BAD_FCRC] * 2


def test_stray_bytes_after_a_good_packet_are_named_though_damage_came_before_it() -> None:
    lost_dcrc = bytes.fromhex("7F 02 01 81 7E 00 03 05 7F 03")
    found = decode([lost_dcrc + RDY_BYTES + b"\x55"])
    assert codes_of(found) == [FindingCode.BAD_DCRC, FindingCode.STRAY_BYTES]


def test_a_bad_dcrc_still_tells_whose_packet_it_was() -> None:
    raw = bytes.fromhex("7F 02 01 92 6D 00 03 05 7F 03 F9")
    assert decode([raw]) == [Damage(FindingCode.BAD_DCRC, raw, master_data(2, b"\x03\x05", hs=True))]


@pytest.mark.parametrize("text", ["7F 02 98 C9", "7F 02 01 81 7E 00 81 7F 03"])
def test_a_lost_last_byte_7f_is_not_taken_from_the_packet_that_follows(text: str) -> None:
    raw = bytes.fromhex(text) + RDY_BYTES
    assert packets_of(decode([raw]))[-1] == RDY
    assert packets_of(decode(one_by_one(raw)))[-1] == RDY


def test_2048_raw_bytes_without_an_end_are_dropped() -> None:
    head = bytes.fromhex("7F 02 01 81 7E 00")
    longest = head + bytes(MAX_RAW - len(head)) + bytes.fromhex("7F 03 00")
    assert codes_of(decode([longest])) == [FindingCode.OVERSIZED]
    assert codes_of(decode(one_by_one(longest))) == [FindingCode.OVERSIZED]
    within = head + bytes(MAX_RAW - len(head) - 1) + bytes.fromhex("7F 03 00")
    assert len(packets_of(decode([within]))) == 1
    assert decode([within]) == decode(one_by_one(within))


# Silence


def test_silence_ends_a_packet_that_has_begun() -> None:
    decoder = PacketDecoder()
    decoder.feed(bytes.fromhex("7F 02 01 81 7E 00 03"))
    assert decoder.next() is None
    assert decoder.partial
    assert decoder.give_up() == Damage(FindingCode.BROKEN_OFF, bytes.fromhex("7F 02 01 81 7E 00 03"))
    assert not decoder.partial
    decoder.feed(RDY_BYTES)
    assert drain(decoder) == [Received(RDY, RDY_BYTES)]


def test_silence_after_a_packet_that_ends_with_7f_ends_nothing() -> None:
    decoder = PacketDecoder()
    decoder.feed(bytes.fromhex("7F 02 98 E9 7F"))
    assert len(packets_of(drain(decoder))) == 1
    assert not decoder.partial
    assert decoder.give_up() is None


def test_silence_after_a_lone_7f() -> None:
    decoder = PacketDecoder()
    decoder.feed(b"\x7f")
    assert decoder.next() is None
    assert decoder.partial
    assert decoder.give_up() == Damage(FindingCode.STRAY_BYTES, b"\x7f")


# Whatever comes


@given(st.lists(packets, max_size=6))
def test_packets_come_back_as_they_were(sent: list[Packet]) -> None:
    found = decode([b"".join(packet.encode() for packet in sent)])
    assert found == [Received(packet, packet.encode()) for packet in sent]


@settings(max_examples=400)
@given(st.lists(junk | packets.map(lambda packet: packet.encode()), max_size=6).map(b"".join), st.data())
@example(bytes.fromhex("7F 02 98 E9 7F 02 01 C5 3A"), None)
def test_how_the_bytes_are_cut_does_not_matter(raw: bytes, data: st.DataObject | None) -> None:
    whole = decode([raw])
    if data is not None:
        cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=5)))
        chunks = [raw[a:b] for a, b in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
        assert packets_of(decode(chunks)) == packets_of(whole)
    assert packets_of(decode(one_by_one(raw))) == packets_of(whole)


@settings(max_examples=600)
@given(junk, packets)
def test_no_damage_costs_the_packet_after_it(damage: bytes, packet: Packet) -> None:
    assert packets_of(decode([damage + packet.encode()]))[-1:] == [packet]


@settings(max_examples=400)
@given(packets, st.data())
def test_a_packet_cut_short_does_not_cost_the_next(before: Packet, data: st.DataObject) -> None:
    raw = before.encode()
    cut = data.draw(st.integers(0, len(raw) - 1) | st.just(len(raw) - 1))
    packet = data.draw(packets)
    assert packets_of(decode([raw[:cut] + packet.encode()]))[-1:] == [packet]


@settings(max_examples=400)
@given(st.lists(junk | packets, max_size=8))
def test_every_good_packet_is_found_in_order(stream: list[bytes | Packet]) -> None:
    raw = b"".join(part if isinstance(part, bytes) else part.encode() for part in stream)
    found = iter(packets_of(decode(one_by_one(raw))))
    for part in stream:
        assert isinstance(part, bytes) or part in found


@settings(max_examples=60)
@given(st.lists(st.sampled_from([b"\x7f\x02\x01\x81\x7e\x00", b"\x7f\x10", b"\x00" * 50, b"\x55" * 700]), max_size=40))
def test_memory_is_bounded_by_a_packet(chunks: list[bytes]) -> None:
    decoder = PacketDecoder()
    for chunk in chunks:
        decoder.feed(chunk)
        drain(decoder)
        assert len(decoder._buffer) <= MAX_RAW + len(b"\x7f\x03\x00")

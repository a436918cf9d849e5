"""The master that says what it is told to. Bytes take 173,612 ns, ten bits at 57600 baud."""

from kkm_sim.clock import MS, Instant
from kkm_sim.findings import FindingCode
from kkm_sim.link.packets import ControlCode, Packet
from kkm_sim.scenario.play.wire_master import Heard, WireMaster
from tests.support import master, master_data, till, till_data

BYTE = 173_612
RDY = master(ControlCode.RDY)
SYN = master(ControlCode.SYN)
TILL_RDY = bytes.fromhex("7f 02 01 e5 1a")
TILL_ACK = bytes.fromhex("7f 02 01 ea 15")


def at(moment: int) -> Instant:
    return Instant(moment)


def hear(wire: WireMaster, raw: bytes, begun: int) -> None:
    """The till's bytes, whole."""
    until = at(begun + len(raw) * wire.byte_time)
    wire.line_taken(at(begun), until)
    wire.receive(raw, until)


def packets(wire: WireMaster) -> list[Packet | None]:
    return [heard.packet for heard in wire.heard]


# What is said


def test_nothing_is_said_by_itself() -> None:
    wire = WireMaster(BYTE)
    assert (wire.deadline(), wire.speaks, wire.poll(at(60_000 * MS))) == (None, False, b"")


def test_the_first_packet_finds_a_quiet_line() -> None:
    wire = WireMaster(BYTE)
    wire.say(RDY, at(0), after=10 * MS)
    assert wire.speaks
    assert wire.deadline() == 0
    assert wire.poll(at(0)) == bytes.fromhex("7f 02 01 c5 3a")
    assert (wire.speaks, wire.line_quiet_since, wire.deadline()) == (False, 868_060, None)


def test_packets_keep_their_order_and_their_quiet() -> None:
    wire = WireMaster(BYTE)
    wire.say(SYN, at(0), after=10 * MS)
    wire.say(b"\x00\x01", at(0), after=3 * MS)
    wire.say(RDY, at(0), after=0)
    assert wire.poll(at(0)) == bytes.fromhex("7f 02 01 cc 33")
    assert wire.deadline() == 3_868_060
    assert wire.poll(at(3_868_059)) == b""
    assert wire.poll(at(3_868_060)) == b"\x00\x01"
    assert wire.deadline() == 4_215_284
    assert wire.poll(at(4_215_284)) == bytes.fromhex("7f 02 01 c5 3a")


def test_quiet_is_counted_from_the_last_byte_of_anybody() -> None:
    wire = WireMaster(BYTE)
    wire.say(RDY, at(0), after=10 * MS)
    wire.poll(at(0))
    wire.say(RDY, at(1 * MS), after=10 * MS)
    assert wire.deadline() == 10_868_060
    wire.line_taken(at(10 * MS), at(15 * MS))
    assert wire.deadline() == 25 * MS
    wire.line_taken(at(12 * MS), at(14 * MS))  # somebody else, shorter
    assert wire.deadline() == 25 * MS


def test_nothing_goes_out_before_it_was_said() -> None:
    wire = WireMaster(BYTE)
    wire.say(RDY, at(700 * MS), after=10 * MS)
    assert wire.deadline() == 700 * MS
    assert wire.poll(at(700 * MS)) != b""


def test_without_pace_there_is_no_quiet() -> None:
    wire = WireMaster()
    wire.say(SYN, at(5), after=10 * MS)
    wire.say(RDY, at(5), after=10 * MS)
    assert (wire.poll(at(5)), wire.deadline(), wire.poll(at(5))) == (SYN.encode(), 5, RDY.encode())


# What is heard


def test_a_packet_with_its_moments() -> None:
    wire = WireMaster(BYTE)
    wire.say(RDY, at(0), after=10 * MS)
    wire.poll(at(0))
    hear(wire, TILL_RDY, 10_868_060)
    assert list(wire.heard) == [
        Heard(till(ControlCode.RDY), TILL_RDY, None, at(10_868_060), at(11_736_120), 10_000_000)
    ]
    assert wire.line_quiet_since == 11_736_120


def test_who_speaks_into_another_leaves_no_quiet() -> None:
    wire = WireMaster(BYTE)
    wire.say(RDY, at(0), after=10 * MS)
    wire.poll(at(0))
    hear(wire, TILL_RDY, 100_000)
    assert wire.heard[0].quiet == 0


def test_a_master_is_not_heard() -> None:
    wire = WireMaster(BYTE)
    hear(wire, RDY.encode(), 0)
    assert not wire.heard


def test_a_packet_that_breaks_off_is_over_after_ten_milliseconds() -> None:
    wire = WireMaster(BYTE)
    hear(wire, TILL_RDY[:3], 5 * MS)
    assert not wire.heard
    assert wire.deadline() == 15_520_836
    assert wire.poll(at(15_520_835)) == b""
    assert not wire.heard
    wire.poll(at(15_520_836))
    assert list(wire.heard) == [
        Heard(None, TILL_RDY[:3], FindingCode.BROKEN_OFF, at(5 * MS), at(5_520_836), 15_000_000)
    ]
    assert wire.deadline() is None


def test_damage_is_heard_with_its_reason() -> None:
    wire = WireMaster(BYTE)
    hear(wire, bytes.fromhex("7f 02 01 e5 1b"), 0)
    hear(wire, TILL_RDY, 20 * MS)
    damaged, good = wire.heard
    assert (damaged.packet, damaged.damage, damaged.begun, damaged.ended) == (None, FindingCode.BAD_FCRC, 0, 868_060)
    assert (good.packet, good.quiet) == (till(ControlCode.RDY), 19_131_940)


def test_data_with_a_bad_checksum_are_no_packet() -> None:
    wire = WireMaster(BYTE)
    raw = till_data(1, b"\x03\x05").encode()
    hear(wire, raw[:-1] + b"\x00", 0)
    (heard,) = wire.heard
    assert (heard.packet, heard.damage) == (None, FindingCode.BAD_DCRC)


def test_several_packets_in_one_go_where_nobody_paces() -> None:
    wire = WireMaster()
    hear(wire, TILL_ACK + TILL_RDY, 7)
    assert packets(wire) == [till(ControlCode.ACK), till(ControlCode.RDY)]
    assert [heard.quiet for heard in wire.heard] == [10 * MS + 7, 0]


# Frame numbers


def said(wire: WireMaster, packet: Packet | bytes, now: int) -> None:
    wire.say(packet, at(now), after=0)
    wire.poll(at(now))


def test_numbers_go_on_with_each_acknowledgement() -> None:
    wire = WireMaster()
    now = 0
    numbers = []
    for _ in range(9):
        now += 1
        numbers.append(wire.number(1))
        said(wire, master_data(wire.number(1), b"\x03\x05"), now)
        hear(wire, TILL_ACK, now)
    assert numbers == [1, 2, 3, 4, 5, 6, 7, 1, 2]
    hear(wire, TILL_ACK, now)  # acknowledges nothing
    hear(wire, TILL_RDY, now)
    assert wire.number(1) == 3


def test_what_was_not_acknowledged_keeps_its_number() -> None:
    wire = WireMaster()
    said(wire, master_data(1, b"\x03\x05"), 1)
    hear(wire, till(ControlCode.NAK).encode(), 1)
    assert wire.number(1) == 1
    hear(wire, till(ControlCode.ACK, address=2).encode(), 1)
    assert wire.number(1) == 1


def test_a_number_that_was_named_counts_on_from_there() -> None:
    wire = WireMaster()
    said(wire, master_data(5, b"\x03\x05"), 1)
    hear(wire, TILL_ACK, 1)
    assert wire.number(1) == 6


def test_syn_begins_again_as_soon_as_it_is_said() -> None:
    wire = WireMaster()
    for address in (1, 2):
        said(wire, master_data(3, b"\x03\x05", address=address), 1)
        hear(wire, till(ControlCode.ACK, address=address).encode(), 1)
    assert (wire.number(1), wire.number(2), wire.number(3)) == (4, 4, 1)
    wire.say(SYN, at(2), after=0)
    assert (wire.number(1), wire.number(2)) == (1, 4)
    said(wire, master(ControlCode.SYN, address=99).encode(), 2)  # as bytes it is the same
    assert (wire.number(1), wire.number(2)) == (1, 1)


def test_an_acknowledgement_before_syn_is_of_no_use_after_it() -> None:
    wire = WireMaster()
    said(wire, master_data(1, b"\x03\x05"), 1)
    said(wire, SYN, 1)
    hear(wire, TILL_ACK, 1)
    assert wire.number(1) == 1


# Handing over


def test_taking_the_line_over_and_leaving_it() -> None:
    wire = WireMaster(BYTE)
    wire.line_taken(at(0), at(30 * MS))
    wire.take_line(1, 5)
    assert (wire.number(1), wire.line_quiet_since) == (5, 30 * MS)
    wire.say(RDY, at(0), after=10 * MS)
    hear(wire, TILL_RDY + TILL_RDY[:2], 31 * MS)
    wire.leave_line()
    assert (wire.speaks, list(wire.heard), wire.deadline()) == (False, [], None)

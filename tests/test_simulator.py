"""The line, the clock and the surroundings of a whole simulator: gaps, speeds, addresses, findings."""

from datetime import datetime

import pytest

from kkm_sim.clock import MS, SECOND, Instant
from kkm_sim.findings import FindingCode
from kkm_sim.link.packets import BROADCAST_ADDRESS, ControlCode, DataPacket
from kkm_sim.settings import Settings
from kkm_sim.simulator import Simulator
from kkm_sim.till.machine import ReceiptOpen
from tests.support import master, packets_in, till, till_data
from tests.wire_bench import ANNUL, GAP, NOON, PING, RDY, SYN, WireBench, codes, sale, show

C = FindingCode


# Time on the line


@pytest.mark.parametrize(
    ("value", "baud", "byte_time"),
    [(0, 9600, 1_041_667), (1, 19200, 520_834), (2, 38400, 260_417), (3, 57600, 173_612)],
)
def test_speeds_of_option_29(value: int, baud: int, byte_time: int) -> None:
    simulator = Simulator(Settings(option_29=value), wall=NOON, now=Instant(0))
    assert (simulator.baud, simulator.byte_time) == (baud, byte_time)


def test_unpaced_bytes_take_no_time_and_no_gap_is_kept() -> None:
    bench = WireBench(paced=False)
    assert bench.simulator.byte_time == 0
    bench.hear(RDY.encode())
    assert bench.now == 0
    assert [at for at, _ in bench.log] == [0]


def test_unpaced_exchange_in_one_read() -> None:
    bench = WireBench(paced=False)
    ping, ack = bench.frame(PING, hs=True), master(ControlCode.ACK)
    bench.hear(RDY.encode() + ping.encode())
    bench.hear(ack.encode() + RDY.encode())
    said = packets_in(b"".join(raw for _, raw in bench.log))
    assert codes(said) == [ControlCode.RDY, ControlCode.ACK, "DATA", ControlCode.RDY]
    assert bench.findings == []


def test_gap_after_the_last_byte_on_the_line() -> None:
    bench = WireBench()
    bench.hear(RDY.encode())
    end = bench.now
    bench.run(5 * MS)
    bench.hear(b"\x55")  # noise: the line is not quiet yet
    noise = bench.now
    bench.run(SECOND)
    assert noise > end
    assert [at for at, _ in bench.log] == [noise + GAP]
    assert bench.findings == [C.STRAY_BYTES]


def test_answer_and_data_are_a_gap_apart() -> None:
    bench = WireBench()
    bench.say(RDY)
    since = len(bench.log)
    bench.say(bench.frame(PING, hs=True))
    (acked, ack), (sent, _) = bench.log[since:]
    assert sent == acked + len(ack) * bench.simulator.byte_time + GAP


def test_master_that_breaks_the_gap() -> None:
    bench = WireBench()
    bench.say(RDY)
    bench.run(GAP)
    bench.hear(RDY.encode())
    bench.run(9 * MS)
    bench.hear(RDY.encode())
    assert bench.findings == [C.GAP_TOO_SHORT]


def test_read_in_pieces_with_the_moments_they_arrived() -> None:
    bench = WireBench()
    raw = RDY.encode()
    bench.run(SECOND)
    for n, byte in enumerate(raw):
        bench.simulator.receive(bytes([byte]), Instant(bench.now - 4 * bench.simulator.byte_time + n * 173_612))
    bench.run(30 * MS)
    assert [raw for _, raw in bench.log] == [bytes.fromhex("7F 02 01 E5 1A")]
    assert [seen.at for _, seen in bench.simulator.wire.since()] == [
        SECOND - 5 * bench.simulator.byte_time,
        SECOND + GAP,
    ]


# Findings

SINS = RDY.encode() + b"\x7f\x02\x01\xc5\x00" + master(0x4).encode() + RDY.encode()


def test_findings_about_time_are_dropped_unpaced() -> None:
    paced, unpaced = WireBench(), WireBench(paced=False)
    for bench in (paced, unpaced):
        bench.say_raw(SINS)
        bench.say(bench.frame(show(1)[:2], hs=True))
        bench.run(11 * SECOND)
        bench.say(bench.frame(PING))
        bench.say(bench.frame(PING))
        assert codes(bench.say(RDY)) == ["DATA"]
        bench.run(4 * SECOND)
    timed = {C.GAP_TOO_SHORT, C.TRANSFER_BROKEN_OFF, C.PING_TOO_OFTEN, C.NO_PACKET_IN_3S}
    assert timed <= set(paced.findings)
    assert unpaced.findings == [found for found in paced.findings if found not in timed]
    assert C.BAD_FCRC in unpaced.findings
    assert C.UNDEFINED_CONTROL in unpaced.findings


def test_finding_has_moment_and_bytes() -> None:
    bench = WireBench()
    bench.run(SECOND)
    bench.say_raw(b"\x7f\x02\x01\xc5\x00", listen=0)
    ((number, found),) = bench.simulator.findings.since()
    assert (number, found.code, found.raw) == (1, C.BAD_FCRC, b"\x7f\x02\x01\xc5\x00")
    assert found.at == SECOND + 5 * bench.simulator.byte_time


def test_wrong_speed() -> None:
    bench = WireBench()
    bench.simulator.wrong_speed(b"\xf0" * 100, bench.now)
    bench.run(SECOND)
    assert bench.findings == [C.WRONG_SPEED]
    assert [found.raw for _, found in bench.simulator.findings.since()] == [b"\xf0" * 64]
    assert bench.log == []


def test_watched_line_shows_every_packet_both_ways() -> None:
    bench = WireBench()
    bench.say(RDY)
    strange = master(ControlCode.RDY, address=7)
    bench.say(strange)
    seen = [(entry.packet, entry.raw) for _, entry in bench.simulator.wire.since()]
    assert seen == [(packet, packet.encode()) for packet in (RDY, till(ControlCode.RDY), strange)]


def test_unwatched_line_shows_nothing() -> None:
    simulator = Simulator(wall=NOON, now=Instant(0), watched=False)
    simulator.receive(RDY.encode(), Instant(MS))
    assert simulator.poll(Instant(MS + GAP)) == bytes.fromhex("7F 02 01 E5 1A")
    assert simulator.wire.last == 0


# Options


def test_option_30_acts_from_the_next_packet() -> None:
    bench = WireBench()
    bench.hear(RDY.encode())
    bench.simulator.set_option(30, 12, bench.now)
    assert bench.say() == [till(ControlCode.RDY)]  # the answer was given before
    assert bench.say(RDY) == []
    assert bench.say_raw(bytes.fromhex("7F 02 12 C5 29")) == [bytes.fromhex("7F 02 12 E5 09")]
    assert bench.simulator.till(12) is bench.simulator.till()


def test_options_at_the_keyboard() -> None:
    bench = WireBench(start="menu").press("РЕЖ РЕЖ РЕЖ ИТ 30 ИТ 5 ИТ 29 ИТ 0 ИТ 27 ИТ 0 ИТ РЕЖ РЕЖ")
    assert bench.simulator.baud == 9600
    assert bench.simulator.byte_time == 1_041_667
    assert bench.say(RDY) == []
    assert bench.say(master(ControlCode.RDY, address=5)) == [till(ControlCode.RDY, address=5)]


def test_option_29_paces_what_follows() -> None:
    bench = WireBench()
    bench.simulator.set_option(29, 0, bench.now)
    since = len(bench.log)
    bench.say(RDY)
    bench.say(bench.frame(PING, hs=True), listen=SECOND)
    (_, rdy), (acked, ack), (sent, _) = bench.log[since:]
    assert sent - acked == len(ack) * 1_041_667 + GAP
    assert len(rdy) == 5


def test_option_27_off() -> None:
    bench = WireBench(option_27=0)
    for message in (sale(), show(1), ANNUL):
        answer = bench.command(message)
        assert answer is not None
        assert answer[2] == 2
    answer = bench.command(PING)
    assert answer is not None
    assert answer[22] == 0x81
    bench.simulator.set_option(27, 1, bench.now)
    assert bench.command(sale()) is None


def test_options_rest_while_a_receipt_is_open() -> None:
    bench = WireBench().press("1 ПИ")
    with pytest.raises(ReceiptOpen):
        bench.simulator.set_option(30, 2, bench.now)
    assert bench.say(RDY) == [till(ControlCode.RDY)]


def test_answers_under_the_masters_address() -> None:
    bench = WireBench(reply_address="master")
    assert bench.say_raw(RDY.encode()) == [bytes.fromhex("7F 02 00 E5 1B")]
    assert bench.say(bench.frame(PING, hs=True))[0] == till(ControlCode.ACK, address=0)


# Several tills on the line


def line_of(*addresses: int) -> WireBench:
    return WireBench(*(Settings(option_30=address, print_lines_per_s=0) for address in addresses))


def test_tills_of_one_line_are_strangers() -> None:
    bench = line_of(3, 98)
    bench.press("150 ПИ", address=98)
    for address, operations in ((3, 0), (98, 1)):
        assert bench.say(master(ControlCode.RDY, address=address)) == [till(ControlCode.RDY, address=address)]
        bench._number = 1
        ack, answer = bench.say(bench.frame(PING, hs=True, address=address))
        assert ack == till(ControlCode.ACK, address=address)
        assert isinstance(answer, DataPacket)
        assert answer == till_data(1, answer.data, address=address)
        assert answer.data[35] == operations
        assert bench.say(master(ControlCode.ACK, address=address)) == []
    assert bench.findings == []


def test_lookup_by_address() -> None:
    simulator = line_of(3, 98).simulator
    assert simulator.till() is simulator.till(3)
    assert simulator.till(98) is not simulator.till(3)
    with pytest.raises(KeyError):
        simulator.till(1)


def test_power_paper_and_clock_are_each_tills_own() -> None:
    bench = line_of(1, 2)
    simulator, now = bench.simulator, bench.now
    simulator.power(False, now, 2)
    assert bench.say(RDY, master(ControlCode.RDY, address=2)) == [till(ControlCode.RDY)]
    simulator.paper(False, bench.now, 1)
    simulator.set_clock(datetime(2020, 1, 1), bench.now, 1)
    assert [each.till.paper_present for each in simulator.tills] == [False, True]
    assert [each.till.wall(bench.now).year for each in simulator.tills] == [2020, 2016]


def test_address_of_another_till_is_not_taken() -> None:
    bench = line_of(1, 2)
    bench.simulator.set_option(30, 2, bench.now, 1)
    assert bench.say(RDY) == [till(ControlCode.RDY)]
    bench.simulator.set_option(30, 3, bench.now, 2)  # free now
    assert bench.say(master(ControlCode.RDY, address=3)) == [till(ControlCode.RDY, address=3)]
    bench.press("С", address=1)
    assert bench.say(RDY) == []
    assert bench.say(master(ControlCode.RDY, address=2)) == [till(ControlCode.RDY, address=2)]


def test_broadcast() -> None:
    bench = line_of(1, 2)
    assert bench.say(master(ControlCode.SYN, address=BROADCAST_ADDRESS)) == []
    assert bench.findings == []
    assert bench.say(master(ControlCode.RDY, address=BROADCAST_ADDRESS)) == []
    assert bench.findings == [C.BROADCAST_NOT_SYN]
    assert bench.say(SYN) == [till(ControlCode.RDY)]


def test_the_gap_before_a_broadcast_and_a_damaged_packet_is_judged_too() -> None:
    bench = WireBench()
    bench.say(RDY, listen=11 * MS)
    bench.hear(master(ControlCode.SYN, address=99).encode())
    assert bench.new_findings() == [FindingCode.GAP_TOO_SHORT]
    bench.run(50 * MS)
    bench.say(RDY, listen=11 * MS)
    damaged = bytearray(bench.frame(PING).encode())
    damaged[-1] ^= 1
    bench.hear(bytes(damaged))
    assert set(bench.new_findings()) == {FindingCode.GAP_TOO_SHORT, FindingCode.BAD_DCRC}

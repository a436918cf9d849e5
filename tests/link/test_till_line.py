"""A line with its tills: addresses, broadcast, the quiet between packets, and what is found about the master."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkm_sim.availability import Availability
from kkm_sim.clock import MS, SECOND
from kkm_sim.findings import FindingCode
from kkm_sim.link.events import PacketSeen
from kkm_sim.link.packets import ControlCode, Direction
from kkm_sim.link.till_line import byte_time
from kkm_sim.settings import Settings
from tests.support import BYTE_TIME, LineBench, master, master_data, till, till_data

ACK, DISC, NAK, RDY, REJ = ControlCode.ACK, ControlCode.DISC, ControlCode.NAK, ControlCode.RDY, ControlCode.REJ
RST, SYN = ControlCode.RST, ControlCode.SYN
PING = b"\x03\x05"
SHORT = b"\x03\x04\x00\x00"
FROM_1 = Settings(frame_numbers="from-1")


def ready_bench() -> LineBench:
    """A till that has just answered RDY: data may come."""
    bench = LineBench(FROM_1)
    assert bench.ask(master(RDY)) == [till(RDY)]
    return bench


# Addresses


def test_each_till_answers_only_its_own_packets() -> None:
    bench = LineBench(FROM_1, addresses=(1, 12, 98))
    assert bench.ask(master(RDY, address=12)) == [till(RDY, address=12)]
    assert bench.ask(master_data(1, PING, address=98)) == [till(ACK, address=98)]
    assert bench.ask(master(RDY, address=2)) == []
    assert bench.ask(master_data(5, PING, address=2)) == []
    assert bench.findings == [FindingCode.DATA_WITHOUT_RDY]


def test_98_tills_on_one_line() -> None:
    bench = LineBench(FROM_1, addresses=tuple(range(1, 99)))
    for address in (1, 50, 98):
        assert bench.ask(master(RDY, address=address)) == [till(RDY, address=address)]


def test_option_30_acts_from_the_next_packet() -> None:
    bench = LineBench(FROM_1, addresses=(1, 2))
    bench.line.readdress(1, 5)
    assert bench.line.is_free(1)
    assert not bench.line.is_free(5)
    assert bench.ask(master(RDY)) == []
    assert bench.ask(master(RDY, address=5)) == [till(RDY, address=5)]
    bench.line.readdress(5, 5)
    with pytest.raises(ValueError, match="another till"):
        bench.line.readdress(5, 2)
    with pytest.raises(KeyError):
        bench.line.readdress(1, 7)


def test_a_line_that_nobody_watches_tells_no_packets() -> None:
    bench = LineBench(FROM_1, watched=False)
    assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.ask(master_data(1, PING)) == [till(ACK)]
    assert not any(isinstance(event, PacketSeen) for event in bench.events)
    assert [message.data for message in bench.messages] == [PING]


def test_syn_to_99_is_obeyed_by_all_and_unanswered() -> None:
    bench = LineBench(FROM_1, addresses=(1, 2, 3))
    bench.links[3].become(Availability.SILENT, bench.clock.now())
    for address in (1, 2):
        bench.ask(master(RDY, address=address))
        bench.ask(master_data(1, PING, address=address))
    assert bench.ask(master(SYN, address=99), listen=SECOND) == []
    assert bench.resets == 2
    for address in (1, 2):
        assert bench.ask(master(RDY, address=address)) == [till(RDY, address=address)]
        assert bench.ask(master_data(1, PING, address=address)) == [till(ACK, address=address)]
    assert bench.findings == []


@pytest.mark.parametrize("packet", [master(RDY, address=99), master_data(1, PING, address=99)])
def test_anything_else_to_99_is_ignored(packet: object) -> None:
    bench = LineBench(FROM_1, addresses=(1, 2))
    assert bench.ask(packet) == []  # type: ignore[arg-type]
    assert bench.findings == [FindingCode.BROADCAST_NOT_SYN]


def test_dir_1_is_ignored_and_found_only_with_a_tills_address() -> None:
    bench = LineBench(FROM_1)
    assert bench.ask(till(RDY)) == []
    assert bench.ask(till_data(1, PING)) == []
    assert bench.findings == [FindingCode.WRONG_DIRECTION] * 2
    assert bench.ask(till(RDY, address=2)) == []  # another till answers its master
    assert bench.ask(till(SYN, address=99)) == []
    assert bench.findings == [FindingCode.WRONG_DIRECTION] * 2


# Quiet


@pytest.mark.parametrize(("baud", "nanoseconds"), [(9600, 1_041_667), (57600, 173_612)])
def test_a_byte_is_ten_bit_times(baud: int, nanoseconds: int) -> None:
    """1 start, 8 data, 1 stop."""
    assert byte_time(baud) == nanoseconds


def test_it_answers_exactly_10_ms_after_the_last_byte() -> None:
    bench = LineBench(FROM_1)
    bench.ask(master(RDY))
    heard, said = [event for event in bench.events if isinstance(event, PacketSeen)]
    assert (heard.packet, said.packet) == (master(RDY), till(RDY))
    assert said.at - (heard.at + 5 * BYTE_TIME) == 10 * MS


def test_between_two_of_its_own_packets_there_are_10_ms_too() -> None:
    bench = ready_bench()
    bench.on_message = lambda message: bench.link.send(SHORT, "answer", at_once=True)
    bench.ask(master_data(1, PING, hs=True))
    ack, data = [event for event in bench.events if isinstance(event, PacketSeen)][-2:]
    assert (ack.packet, data.packet) == (till(ACK), till_data(1, SHORT))
    assert data.at - ack.at == 5 * BYTE_TIME + 10 * MS


@given(
    st.lists(st.tuples(st.integers(0, 12_000), st.sampled_from([b"\x55", b"\x7f", b"\x02", b"\x7f\x02"])), max_size=8)
)
def test_never_speaks_within_10_ms_of_anything(noise: list[tuple[int, bytes]]) -> None:
    bench = LineBench(FROM_1)  # the bench itself checks the gap
    bench.hear(master(RDY).encode())
    for microseconds, data in noise:
        bench.run_until_moment(bench.clock.now() + microseconds * 1000)
        bench.hear(data)
    bench.listen(4 * SECOND)


def test_bytes_that_come_while_the_till_speaks_do_not_shorten_its_own_gap() -> None:
    bench = LineBench(FROM_1, addresses=(1, 2))
    bench.link.send(bytes(500), "long")
    bench.hear(master(RDY).encode())
    bench.run_until_moment(bench.clock.now() + 12 * MS)  # the till has begun: 509 bytes, 88 ms
    bench.hear(master(RDY, address=2).encode())
    assert bench.listen(SECOND)[-1] == till(RDY, address=2)


@pytest.mark.parametrize(("quiet_us", "found"), [(10_000, False), (9_990, True), (0, True)])
def test_a_master_that_does_not_keep_the_gap_is_found(quiet_us: int, found: bool) -> None:
    bench = LineBench(FROM_1)
    bench.hear(master(SYN, address=99).encode())
    bench.run_until_moment(bench.clock.now() + quiet_us * 1000)
    bench.hear(master(RDY).encode())
    assert bench.listen() == [till(RDY)]
    assert bench.findings == ([FindingCode.GAP_TOO_SHORT] if found else [])


@pytest.mark.parametrize(("quiet_us", "found"), [(8_000, False), (7_990, True)])
def test_where_bytes_are_handed_in_late_the_gap_is_judged_with_that_allowance(quiet_us: int, found: bool) -> None:
    bench = LineBench(FROM_1, lateness=2 * MS)
    bench.hear(master(SYN, address=99).encode())
    bench.run_until_moment(bench.clock.now() + quiet_us * 1000)
    bench.hear(master(RDY).encode())
    assert bench.listen() == [till(RDY)]  # the till's own gap is the whole one: the bench checks
    assert bench.findings == ([FindingCode.GAP_TOO_SHORT] if found else [])


def test_answering_the_till_too_soon_is_found() -> None:
    bench = LineBench(FROM_1)
    bench.link.send(SHORT, "mine")
    assert bench.ask(master(RDY), listen=12 * MS) == [till_data(1, SHORT)]
    bench.run_until_moment(bench.clock.now() + 3 * MS)
    bench.hear(master(ACK).encode())
    assert bench.findings == [FindingCode.GAP_TOO_SHORT]
    assert bench.delivered == ["mine"]


# Damage


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (FindingCode.STRAY_BYTES, "55 AA"),
        (FindingCode.BAD_FCRC, "7F 02 01 C5 3B"),
        (FindingCode.BAD_FLC, "7F 02 01 45 BA"),
        (FindingCode.BAD_ADDRESS, "7F 02 1A C5 21"),
        (FindingCode.BAD_SYNC, "7F 02 01 81 7E 01 03 05 7F 03 F8"),
        (FindingCode.BAD_STUFFING, "7F 02 01 81 7E 00 03 7F 11 05 7F 03 F8"),
    ],
)
def test_damage_is_dropped_in_silence_and_found(code: FindingCode, text: str) -> None:
    bench = LineBench(FROM_1)
    assert bench.ask_raw(bytes.fromhex(text), listen=SECOND) == []
    assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.findings == [code]


def test_a_packet_that_breaks_off_is_dropped_after_three_seconds() -> None:
    bench = ready_bench()
    assert bench.ask_raw(master_data(1, PING).encode()[:-3], listen=2990 * MS) == []
    assert bench.findings == []
    bench.listen(20 * MS)
    assert bench.findings == [FindingCode.BROKEN_OFF]
    assert bench.ask(master(RDY)) == [till(RDY)]


def test_a_packet_that_breaks_off_is_dropped_when_the_next_begins() -> None:
    bench = ready_bench()
    assert bench.ask_raw(master_data(1, PING).encode()[:-3]) == []
    assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.findings == [FindingCode.BROKEN_OFF]


def test_damage_in_anothers_data_is_not_ours_to_answer() -> None:
    bench = LineBench(FROM_1)
    assert bench.ask_raw(master_data(1, PING, address=2).encode()[:-1] + b"\x00") == []
    assert bench.ask_raw(till_data(1, PING).encode()[:-1] + b"\x00") == []
    assert bench.findings == []


def test_silence_leaves_nothing_pending() -> None:
    bench = ready_bench()
    bench.listen(10 * SECOND)
    assert bench.line.deadline() is None


# The master watched


@pytest.mark.parametrize("code", [0x1, 0x2, 0x4, 0x8, 0xB, 0xD, 0xE])
def test_an_undefined_control_code_is_ignored(code: int) -> None:
    bench = LineBench(FROM_1)
    assert bench.ask(master(code)) == []
    assert bench.findings == [FindingCode.UNDEFINED_CONTROL]


@pytest.mark.parametrize("code", [ACK, NAK, DISC, REJ, ControlCode.BUSY])
def test_control_packets_that_answer_nothing(code: ControlCode) -> None:
    bench = LineBench(FROM_1)
    assert bench.ask(master(code)) == []
    assert bench.findings == [FindingCode.UNEXPECTED_CONTROL]


def test_data_without_rdy_are_taken_and_found() -> None:
    bench = LineBench(FROM_1)
    assert bench.ask(master_data(1, PING)) == [till(ACK)]
    assert bench.ask(master_data(2, PING)) == [till(ACK)]
    assert bench.findings == [FindingCode.DATA_WITHOUT_RDY] * 2


def test_a_command_right_after_the_ack_to_an_answer_is_data_without_rdy() -> None:
    bench = LineBench(FROM_1)
    bench.link.send(SHORT, "answer")
    assert bench.ask(master(RDY)) == [till_data(1, SHORT)]
    assert bench.ask(master(ACK), master_data(1, PING)) == [till(ACK)]
    assert bench.findings == [FindingCode.DATA_WITHOUT_RDY]


def test_data_right_after_syn_or_rst_are_lawful() -> None:
    bench = LineBench(FROM_1)
    assert bench.ask(master(SYN)) == [till(RDY)]
    assert bench.ask(master_data(1, PING)) == [till(ACK)]
    assert bench.ask(master(RST)) == []
    assert bench.ask(master_data(2, PING)) == [till(ACK)]
    assert bench.findings == []


def test_data_after_disc_without_waiting_for_rdy() -> None:
    bench = ready_bench()
    bench.link.become(Availability.ENTRY, bench.clock.now())
    assert bench.ask(master_data(1, PING)) == [till(DISC)]
    assert bench.ask(master_data(1, PING)) == [till(DISC)]
    assert bench.findings == [FindingCode.DATA_AFTER_DISC]


@pytest.mark.parametrize("packet", [master(RDY), master_data(2, PING), master(SYN)])
def test_after_nak_anything_but_that_frame_is_found(packet: object) -> None:
    bench = ready_bench()
    assert bench.ask_raw(master_data(1, PING).encode()[:-1] + b"\x00") == [till(NAK)]
    bench.ask(packet)  # type: ignore[arg-type]
    assert FindingCode.NO_REPEAT_AFTER_NAK in bench.findings
    assert bench.findings.count(FindingCode.NO_REPEAT_AFTER_NAK) == 1


def test_after_nak_the_frame_again_is_lawful_however_often() -> None:
    bench = ready_bench()
    for _ in range(2):
        assert bench.ask_raw(master_data(1, PING).encode()[:-1] + b"\x00") == [till(NAK)]
    assert bench.ask(master_data(1, PING)) == [till(ACK)]
    assert bench.findings == [FindingCode.BAD_DCRC] * 2


@pytest.mark.parametrize("packet", [master(RDY), master_data(1, PING)])
def test_after_rej_anything_but_syn_is_found(packet: object) -> None:
    bench = ready_bench()
    assert bench.ask(master_data(5, PING)) == [till(REJ)]
    bench.ask(packet)  # type: ignore[arg-type]
    assert bench.findings == [FindingCode.WRONG_FRAME_NUMBER, FindingCode.NO_SYN_AFTER_REJ]


@pytest.mark.parametrize("refused", [b"\x00", None])
def test_a_master_that_falls_silent_after_nak_or_rej_is_found(refused: bytes | None) -> None:
    bench = ready_bench()
    if refused:
        assert bench.ask_raw(master_data(1, PING).encode()[:-1] + refused) == [till(NAK)]
    else:
        assert bench.ask(master_data(5, PING)) == [till(REJ)]
    bench.listen(4 * SECOND)
    assert bench.findings[1:] == [FindingCode.NO_PACKET_IN_3S]


def test_a_command_repeated_after_a_lost_ack_is_executed_twice() -> None:
    bench = ready_bench()
    assert bench.ask(master_data(1, PING)) == [till(ACK)]
    assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.ask(master_data(1, PING)) == [till(REJ)]
    assert bench.ask(master(SYN)) == [till(RDY)]
    assert bench.ask(master_data(1, PING)) == [till(ACK)]
    assert [message.data for message in bench.messages] == [PING, PING]
    assert bench.findings == [FindingCode.WRONG_FRAME_NUMBER, FindingCode.EXECUTED_TWICE]


def test_the_same_command_again_under_the_next_number_is_lawful() -> None:
    bench = ready_bench()
    assert bench.ask(master_data(1, PING)) == [till(ACK)]
    assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.ask(master_data(2, PING)) == [till(ACK)]
    assert bench.findings == []


# Whatever comes


@given(
    st.lists(
        st.binary(max_size=20)
        | st.sampled_from(
            [master(code).encode() for code in ControlCode]
            + [master_data(number, PING, hs=hs).encode() for number in (0, 1, 2) for hs in (False, True)]
            + [master_data(1, b"\x03\x01").encode()[:-1], b""]
        ),
        max_size=20,
    ),
    st.sampled_from(Availability),
    st.booleans(),
)
def test_nothing_that_comes_raises_or_makes_the_till_speak_out_of_turn(
    chunks: list[bytes], availability: Availability, queued: bool
) -> None:
    bench = LineBench(Settings())
    bench.link.become(availability, bench.clock.now())
    if queued:
        bench.link.send(SHORT, "mine")
    for chunk in chunks:
        said = bench.ask_raw(chunk, listen=200 * MS)
        assert all(packet.direction is Direction.TO_MASTER and packet.address == 1 for packet in said)
    bench.listen(10 * SECOND)
    assert bench.line.deadline() is None


def test_a_finding_is_of_the_moment_its_packet_ended() -> None:
    bench = ready_bench()
    bench.listen(SECOND)
    bench.hear(master_data(1, PING).encode()[:-1] + b"\x00")
    assert [finding.at for finding in bench.all_findings] == [bench.clock.now()]


def test_nobody_is_accused_of_what_was_noticed_late() -> None:
    """Two packets in one read, after the system had let somebody else run."""
    bench = LineBench()
    both = [master(RDY).encode(), master(RDY).encode()]
    bench.line.late_by(12 * MS)
    for raw in both:
        bench.hear(raw)
    assert bench.findings == []
    bench.listen(100 * MS)
    bench.line.late_by(0)
    for raw in both:
        bench.hear(raw)
    assert bench.findings == [FindingCode.GAP_TOO_SHORT]  # of the second: the first came after a quiet that was sure


def test_what_was_noticed_late_excuses_no_more_than_that() -> None:
    bench = LineBench()
    bench.line.late_by(8 * MS)
    bench.hear(master(RDY).encode())
    bench.hear(master(RDY).encode())
    (found,) = bench.all_findings
    assert found.code is FindingCode.GAP_TOO_SHORT
    assert str(found.detail) == "8000 us"


def test_a_till_that_lost_power_no_longer_awaits_the_repeat_it_asked_for() -> None:
    bench = ready_bench()
    assert bench.ask_raw(master_data(1, PING).encode()[:-1] + b"\x00") == [till(NAK)]
    bench.link.power_lost(("answer", "mine"))
    assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.findings == [FindingCode.BAD_DCRC]

"""The end of a line's log: polls folded, findings where their bytes passed."""

from datetime import datetime

from kkm_sim.clock import MS, Instant
from kkm_sim.findings import Finding, FindingCode
from kkm_sim.link.events import PacketSeen
from kkm_sim.link.packets import ControlCode, Packet
from kkm_sim.reasons import Reason, ReasonCode
from kkm_sim.scenario.report.line_words import line_words
from kkm_sim.settings import Settings
from kkm_sim.simulator import Simulator
from tests.support import master, master_data, till, till_data

RDY, ACK, SYN, DISC = ControlCode.RDY, ControlCode.ACK, ControlCode.SYN, ControlCode.DISC
PING = bytes.fromhex("03 05")
DAMAGED = bytes.fromhex("7f 02 01 c5 3b")
BAD_FCRC = "finding bad-fcrc: the header's checksum is wrong: dropped in silence"
ALL = 100


def watched(*passed: tuple[int, Packet | Finding]) -> Simulator:
    """A line on which all that passed, packets and findings, at their ms."""
    simulator = Simulator((Settings(), Settings(option_30=2)), wall=datetime(2016, 7, 1), now=Instant(0))
    for ms, each in passed:
        if isinstance(each, Finding):
            simulator.findings.append(each)
        else:
            simulator.wire.append(PacketSeen(each, each.encode(), Instant(ms * MS)))
    return simulator


def found(code: FindingCode, ms: int, raw: bytes = b"", detail: Reason | None = None) -> tuple[int, Finding]:
    return ms, Finding(code, Instant(ms * MS), raw, detail)


def polls(times: int, since: int, answer: ControlCode = RDY, address: int = 1) -> list[tuple[int, Packet]]:
    """RDY every 20 ms, answered after 10."""
    return [
        each
        for ms in range(since, since + 20 * times, 20)
        for each in ((ms, master(RDY, address=address)), (ms + 10, till(answer, address=address)))
    ]


def told(*passed: tuple[int, Packet | Finding], lines: int = ALL) -> list[str]:
    return [line.strip() for line in line_words(watched(*passed), lines)]


def test_nothing_passed() -> None:
    assert line_words(watched(), ALL) == ()


def test_packets_are_lines() -> None:
    assert line_words(watched((0, master(SYN)), (10, till(RDY))), ALL) == (
        "      0.000 ms  master → till 1  SYN; 7f 02 01 cc 33",
        "     10.000 ms  till 1 → master  RDY; 7f 02 01 e5 1a",
    )


def test_idle_polls_are_one_line() -> None:
    assert told((0, master(SYN)), *polls(23, since=20), (500, master(SYN))) == [
        "0.000 ms  master → till 1  SYN; 7f 02 01 cc 33",
        "20.000 ms  master ⇄ till 1  RDY, answered RDY, 23 times",
        "500.000 ms  master → till 1  SYN; 7f 02 01 cc 33",
    ]


def test_a_single_poll_is_told_whole() -> None:
    assert [line.split("  ")[1:] for line in told(*polls(1, since=0))] == [
        ["master → till 1", "RDY; 7f 02 01 c5 3a"],
        ["till 1 → master", "RDY; 7f 02 01 e5 1a"],
    ]


def test_another_answer_is_another_line_and_so_is_another_till() -> None:
    lines = told(*polls(2, since=0), *polls(3, since=100, answer=DISC), *polls(2, since=200))
    assert [line.split("RDY, ", 1)[1] for line in lines] == [
        "answered RDY, 2 times",
        "answered DISC, 3 times",
        "answered RDY, 2 times",
    ]
    in_turn = [each for ms in range(0, 400, 40) for each in (*polls(1, ms), *polls(1, ms + 20, address=2))]
    assert told(*in_turn) == [
        "0.000 ms  master ⇄ till 1  RDY, answered RDY, 10 times",
        "20.000 ms  master ⇄ till 2  RDY, answered RDY, 10 times",
    ]


def test_polls_without_an_answer_and_with_data_are_not_idle() -> None:
    data = till_data(1, bytes.fromhex("03 04 00 00"))
    lines = told(*polls(2, since=0), (100, master(RDY)), (200, master(RDY)), (210, data), *polls(2, since=300))
    assert [line.split("  ")[1] for line in lines] == [
        "master ⇄ till 1",
        "master → till 1",
        "master → till 1",
        "till 1 → master",
        "master ⇄ till 1",
    ]


def test_only_the_last_lines() -> None:
    lines = told(*polls(1, since=0), (50, master(SYN)), (60, till(RDY)), lines=3)
    assert [line.split(" ms")[0] for line in lines] == ["10.000", "50.000", "60.000"]


def test_damaged_bytes_stand_at_their_time() -> None:
    damaged = found(FindingCode.BAD_FCRC, 30, DAMAGED)
    assert told((0, master(SYN)), (10, till(RDY)), (50, master(RDY)), damaged) == [
        "0.000 ms  master → till 1  SYN; 7f 02 01 cc 33",
        "10.000 ms  till 1 → master  RDY; 7f 02 01 e5 1a",
        f"30.000 ms  {BAD_FCRC}; 7f 02 01 c5 3b",
        "50.000 ms  master → till 1  RDY; 7f 02 01 c5 3a",
    ]
    assert told(damaged) == [f"30.000 ms  {BAD_FCRC}; 7f 02 01 c5 3b"]


def test_damaged_bytes_part_the_polls_and_count_when_they_come_again() -> None:
    damaged = [found(FindingCode.BAD_FCRC, ms, DAMAGED) for ms in (50, 70, 90)]
    assert told(*polls(2, since=0), *damaged, *polls(2, since=100)) == [
        "0.000 ms  master ⇄ till 1  RDY, answered RDY, 2 times",
        f"50.000 ms  {BAD_FCRC}; 7f 02 01 c5 3b, 3 times",
        "100.000 ms  master ⇄ till 1  RDY, answered RDY, 2 times",
    ]


def test_two_findings_about_the_same_bytes_show_them_once() -> None:
    gap = found(FindingCode.GAP_TOO_SHORT, 30, DAMAGED, Reason(ReasonCode.QUIET_FOR, us=3))
    first, second = told(gap, found(FindingCode.BAD_DCRC, 30, DAMAGED))
    assert first.endswith("(3 us); 7f 02 01 c5 3b")
    assert second.endswith("the checksum of the data is wrong: answered NAK")


def test_a_finding_about_a_packet_stands_after_it_without_bytes() -> None:
    ack = master(ACK)
    unexpected = found(FindingCode.UNEXPECTED_CONTROL, 1, ack.encode(), Reason(ReasonCode.UNAWAITED, packet="ACK"))
    lines = told((0, ack), unexpected, (20, master(SYN)), (30, till(RDY)))
    assert lines[1].startswith("1.000 ms  finding unexpected-control: ")
    assert lines[1].endswith("(ACK where nothing awaits it)")


def test_where_nobody_paces_a_finding_stands_before_the_answer_of_the_same_moment() -> None:
    ack, ping = master(ACK), master_data(1, PING)
    unexpected = found(FindingCode.UNEXPECTED_CONTROL, 5, ack.encode())
    lines = told((5, ack), unexpected, (5, ping), (5, till(ACK)))
    assert ["unexpected-control" in line for line in lines] == [False, True, False, False]
    damaged = found(FindingCode.BAD_FCRC, 5, DAMAGED)
    assert ["bad-fcrc" in line for line in told((5, ping), (5, till(ACK)), damaged)] == [False, True, False]


def test_a_finding_about_a_message_knows_its_packets() -> None:
    message = bytes.fromhex("03 05 00 00 07")
    bad = found(FindingCode.BAD_LENGTH, 40, message, Reason(ReasonCode.SIZE, size=5))
    whole = told((0, master_data(1, message)), bad)
    framed = told((0, master_data(1, message[:3], hs=True)), (10, till(ACK)), (20, master_data(2, message[3:])), bad)
    for lines in (whole, framed):
        assert lines[-1] == "40.000 ms  finding bad-length: the message is shorter or longer than its table (5 bytes)"


def test_bytes_like_those_of_an_older_packet_are_shown() -> None:
    syn = master(SYN)
    noise = found(FindingCode.WRONG_SPEED, 30, syn.encode())
    stray = found(FindingCode.STRAY_BYTES, 60, syn.encode())
    lines = told((0, syn), noise, (50, master(RDY)), stray)
    assert lines[1].endswith("; 7f 02 01 cc 33")
    assert lines[3].endswith("; 7f 02 01 cc 33")


def test_a_finding_without_bytes_is_told() -> None:
    silent = found(FindingCode.NO_PACKET_IN_3S, 3000, detail=Reason(ReasonCode.NO_ACK))
    last = told((0, till_data(1, PING)), silent)[-1]
    assert last.endswith("the master owed a packet and sent none for 3 s (no ACK to the till's data)")


def test_what_passes_for_true() -> None:
    simulator = Simulator(Settings(), wall=datetime(2016, 7, 1), now=Instant(0), paced=False)
    for ms, raw in enumerate(("7f 02 01 cc 33", "7f 02 01 c5 3b", "7f 02 01 ca 35"), 1):
        simulator.receive(bytes.fromhex(raw), Instant(ms * MS))
        simulator.poll(Instant(ms * MS))
    lines = [line.strip() for line in line_words(simulator, ALL)]
    assert lines == [
        "1.000 ms  master → till 1  SYN; 7f 02 01 cc 33",
        "1.000 ms  till 1 → master  RDY; 7f 02 01 e5 1a",
        f"2.000 ms  {BAD_FCRC}; 7f 02 01 c5 3b",
        "3.000 ms  master → till 1  ACK; 7f 02 01 ca 35",
        "3.000 ms  finding unexpected-control: "
        "the control packet answers nothing, or is not the master's to send: ignored (ACK where nothing awaits it)",
    ]

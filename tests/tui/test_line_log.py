from datetime import datetime

from kkm_sim.control.models import ControlPacketEntry
from kkm_sim.link.folded_polls import Poll
from kkm_sim.link.packets import ControlCode
from kkm_sim.messages.records import PingAnswer, PingRequest
from kkm_sim.tui.line_log import Found, LineLog, Passed, Ping
from tests.tui.support import Wire, finding

RDY, DISC, ACK, SYN = ControlCode.RDY, ControlCode.DISC, ControlCode.ACK, ControlCode.SYN
PING = PingRequest().encode()


def answer(total: int = 0, second: int = 0) -> bytes:
    return PingAnswer(
        model=1, serial_number="1", shift=7, moment=datetime(2016, 7, 1, 12, 0, second), total=total
    ).encode()


def say_ping(log: LineLog, wire: Wire, said: bytes) -> None:
    log.add_packet(wire.to_till(PING, hs=True))
    log.add_packet(wire.to_master(ACK))
    log.add_packet(wire.to_master(said))
    log.add_packet(wire.to_till(ACK))


def test_polls_that_hear_the_same_are_one_row() -> None:
    log, wire = LineLog(), Wire()
    for _ in range(3):
        log.add_packet(wire.to_till(RDY))
        log.add_packet(wire.to_master(RDY))
    (row,) = log
    assert isinstance(row, Poll)
    assert (row.times, row.asked.n, row.answer and row.answer.n) == (3, 5, 6)


def test_another_answer_is_another_row() -> None:
    log, wire = LineLog(), Wire()
    for heard in (RDY, RDY, DISC):
        log.add_packet(wire.to_till(RDY))
        log.add_packet(wire.to_master(heard))
    assert [(row.times, row.answer and row.answer.packet) for row in log if isinstance(row, Poll)] == [
        (2, "RDY"),
        (1, "DISC"),
    ]


def test_polls_that_nobody_answers_are_one_row() -> None:
    log, wire = LineLog(), Wire()
    for _ in range(4):
        log.add_packet(wire.to_till(RDY))
    assert [(row.times, row.answer) for row in log if isinstance(row, Poll)] == [(3, None), (1, None)]


def test_a_poll_that_hears_data_is_no_silence() -> None:
    log, wire = LineLog(), Wire()
    log.add_packet(wire.to_till(RDY))
    asked, heard = wire.to_till(RDY), wire.to_master(b"\x03\x04")
    for packet in (asked, heard):
        log.add_packet(packet)
    silent, *rest = log
    assert isinstance(silent, Poll)
    assert rest == [Passed(asked), Passed(heard)]


def test_polls_of_two_tills_are_apart() -> None:
    log, wire = LineLog(), Wire()
    for address in (1, 2):
        log.add_packet(wire.to_till(RDY, address=address))
        log.add_packet(wire.to_master(RDY, address=address))
    assert len(list(log)) == 2


def test_polls_of_two_tills_in_turn_are_two_rows() -> None:
    log, wire = LineLog(), Wire()
    for address in (1, 2, 1, 2, 1):
        log.add_packet(wire.to_till(RDY, address=address))
        log.add_packet(wire.to_master(RDY, address=address))
    assert [(row.till, row.times) for row in log if isinstance(row, Poll)] == [(1, 3), (2, 2)]


def test_other_packets_are_rows_of_their_own() -> None:
    log, wire = LineLog(), Wire()
    packets = [wire.to_till(SYN), wire.to_master(RDY), wire.to_till(b"\x03\x07"), wire.to_master(ACK)]
    for packet in packets:
        log.add_packet(packet)
    assert list(log) == [Passed(packet) for packet in packets]


def test_a_ping_is_one_row_and_counts_with_polls_between() -> None:
    log, wire = LineLog(), Wire()
    for second in range(3):
        log.add_packet(wire.to_till(RDY))
        log.add_packet(wire.to_master(RDY))
        say_ping(log, wire, answer(second=second))
    rows = list(log)
    assert [type(row) for row in rows] == [Poll, Ping, Poll]
    assert [row.times for row in rows if isinstance(row, Ping | Poll)] == [1, 3, 2]


def test_a_ping_that_tells_something_else_is_another_row() -> None:
    log, wire = LineLog(), Wire()
    say_ping(log, wire, answer(total=0))
    say_ping(log, wire, answer(total=15050))
    assert [row.times for row in log if isinstance(row, Ping)] == [1, 1]


def test_a_ping_with_a_handshake_takes_the_poll_before_its_answer() -> None:
    log, wire = LineLog(), Wire()
    log.add_packet(wire.to_till(PING))
    log.add_packet(wire.to_master(ACK))
    log.add_packet(wire.to_till(RDY))
    log.add_packet(wire.to_master(answer()))
    log.add_packet(wire.to_till(ACK))
    assert [type(row) for row in log] == [Ping]


def test_a_finding_stands_where_it_was_noticed() -> None:
    log, wire = LineLog(), Wire()
    log.add_packet(wire.to_till(RDY))
    log.add_packet(wire.to_master(RDY))
    log.add_finding(finding())
    log.add_packet(wire.to_till(RDY))
    assert [type(row) for row in log] == [Poll, Found, Poll]


def test_only_the_newest_rows_are_kept() -> None:
    log, wire = LineLog(rows_kept=2), Wire()
    for _ in range(5):
        log.add_packet(wire.to_till(SYN))
    kept = [row.packet for row in log if isinstance(row, Passed)]
    assert [packet.n for packet in kept if isinstance(packet, ControlPacketEntry)] == [4, 5]

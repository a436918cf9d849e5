"""Pacing in virtual time. One byte takes 100 ns here, so the sums can be done in the head."""

from kkm_sim.clock import Instant
from kkm_sim.drivers.wire import IncomingWire, OutgoingWire


def test_incoming_bytes_arrive_one_by_one_from_the_moment_they_were_read() -> None:
    wire = IncomingWire()
    wire.take(b"abc", Instant(1000), 100)
    assert wire.deadline() == 1300
    assert wire.due(Instant(1300)) == [(b"a", 1100), (b"b", 1200), (b"c", 1300)]
    assert wire.deadline() is None


def test_incoming_chunks_queue_up_behind_each_other() -> None:
    wire = IncomingWire()
    wire.take(b"ab", Instant(1000), 100)
    wire.take(b"c", Instant(1050), 100)
    assert wire.waiting == 3
    assert wire.due(Instant(1200)) == [(b"a", 1100), (b"b", 1200)]
    assert wire.deadline() == 1300
    assert wire.due(Instant(5000)) == [(b"c", 1300)]


def test_a_pause_between_incoming_chunks_is_kept() -> None:
    wire = IncomingWire()
    wire.take(b"a", Instant(1000), 100)
    wire.take(b"b", Instant(9000), 100)
    assert wire.due(Instant(9100)) == [(b"a", 1100), (b"b", 9100)]


def test_who_asks_in_the_middle_of_a_chunk_gets_what_is_there_once() -> None:
    wire = IncomingWire()
    wire.take(b"abc", Instant(0), 100)
    assert wire.due(Instant(99)) == []
    assert wire.due(Instant(200)) == [(b"a", 100), (b"b", 200)]
    assert wire.due(Instant(299)) == []
    assert (wire.waiting, wire.deadline()) == (1, 300)
    assert wire.due(Instant(300)) == [(b"c", 300)]
    assert wire.waiting == 0


def test_each_chunk_keeps_the_speed_it_was_taken_with() -> None:
    wire = IncomingWire()
    wire.take(b"ab", Instant(0), 100)
    wire.take(b"c", Instant(0), 600)
    assert wire.due(Instant(800)) == [(b"a", 100), (b"b", 200), (b"c", 800)]


def test_by_packet_an_answer_is_delivered_whole_at_its_end() -> None:
    wire = OutgoingWire(by_byte=False)
    wire.take(b"abc", Instant(1000), 100)
    assert wire.due(Instant(1299)) == b""
    assert wire.deadline() == 1300
    assert wire.due(Instant(1300)) == b"abc"
    assert wire.deadline() is None


def test_by_byte_an_answer_trickles() -> None:
    wire = OutgoingWire(by_byte=True)
    wire.take(b"abc", Instant(1000), 100)
    assert wire.deadline() == 1100
    assert wire.due(Instant(1099)) == b""
    assert wire.due(Instant(1100)) == b"a"
    assert wire.deadline() == 1200
    assert wire.due(Instant(1300)) == b"bc"
    assert wire.deadline() is None


def test_a_second_answer_waits_for_the_wire() -> None:
    wire = OutgoingWire(by_byte=False)
    wire.take(b"abc", Instant(0), 100)
    wire.take(b"de", Instant(100), 100)
    assert wire.due(Instant(300)) == b"abc"
    assert wire.deadline() == 500
    assert wire.due(Instant(500)) == b"de"


def test_a_late_wake_up_delivers_all_that_is_due() -> None:
    wire = OutgoingWire(by_byte=False)
    wire.take(b"abc", Instant(0), 100)
    wire.take(b"de", Instant(0), 100)
    assert wire.due(Instant(10_000)) == b"abcde"


def test_a_cut_line_forgets_what_was_under_way() -> None:
    wire = OutgoingWire(by_byte=True)
    wire.take(b"abc", Instant(0), 100)
    wire.clear()
    assert (wire.waiting, wire.deadline(), wire.due(Instant(1000))) == (0, None, b"")
    wire.take(b"d", Instant(50), 100)
    assert wire.due(Instant(150)) == b"d"

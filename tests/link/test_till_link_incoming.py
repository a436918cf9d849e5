"""The slave engine: the master's data, what the till refuses of them and how it joins frames, in virtual time."""

from typing import Any

import pytest

from kkm_sim.availability import Availability
from kkm_sim.clock import MS, SECOND
from kkm_sim.findings import FindingCode
from kkm_sim.link.packets import ControlCode
from kkm_sim.link.till_link import MAX_QUEUE
from kkm_sim.settings import BusyReply, Settings
from tests.support import LineBench, master, master_data, till, till_data

ACK, DISC, NAK, RDY, REJ = ControlCode.ACK, ControlCode.DISC, ControlCode.NAK, ControlCode.RDY, ControlCode.REJ
RST, SYN = ControlCode.RST, ControlCode.SYN
PING = b"\x03\x05"
SHORT = b"\x03\x04\x00\x00"
FROM_1 = Settings(frame_numbers="from-1")


def text_answer(length: int) -> bytes:
    """An identifier answer that declares a text of so many bytes."""
    return b"\x03\x03\x00\x00\x00\x00\x00\x01\x00\x00\x00" + bytes([length]) + b"\x00" + b"A" * length


# One frame


def test_frames_of_127_bytes_are_taken_and_128_refused() -> None:
    bench = LineBench(FROM_1)
    assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.ask(master_data(1, b"\x03\x09" + bytes(125))) == [till(ACK)]
    assert bench.ask(master(RDY)) == [till(RDY)]
    for _ in range(3):
        assert bench.ask(master_data(2, b"\x03\x09" + bytes(126))) == [till(NAK)]
    assert bench.findings == [FindingCode.FRAME_TOO_LONG] * 3
    assert [len(message.data) for message in bench.messages] == [127]


def test_a_wider_till_takes_longer_frames() -> None:
    bench = LineBench(Settings(frame_numbers="from-1", max_incoming=525))
    assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.ask(master_data(1, text_answer(255)), listen=SECOND) == [till(ACK)]


def test_7f_counts_once_in_the_length_of_a_frame() -> None:
    bench = LineBench(FROM_1)
    assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.ask(master_data(1, b"\x7f" * 127)) == [till(ACK)]


@pytest.mark.parametrize("number", [0, 2, 3, 7])
def test_a_wrong_number_is_refused_with_rej(number: int) -> None:
    bench = LineBench(FROM_1)
    assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.ask(master_data(number, PING)) == [till(REJ)]
    assert bench.messages == []
    assert bench.ask(master(SYN)) == [till(RDY)]
    assert bench.ask(master_data(1, PING)) == [till(ACK)]


def test_hs_decides_only_about_the_answer_once_the_message_is_complete() -> None:
    bench = LineBench(FROM_1)
    for number, hs in enumerate((True, False), 1):
        assert bench.ask(master(RDY)) == [till(RDY)]
        assert bench.ask(master_data(number, PING, hs=hs)) == [till(ACK)]
    assert [(message.data, message.hs) for message in bench.messages] == [(PING, True), (PING, False)]


def test_a_message_that_ends_short_is_still_a_message() -> None:
    bench = LineBench(FROM_1)
    assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.ask(master_data(1, b"\x03\x01\x00")) == [till(ACK)]
    assert [message.data for message in bench.messages] == [b"\x03\x01\x00"]


def test_an_empty_message_is_a_message() -> None:
    bench = LineBench(FROM_1)
    assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.ask(master_data(1, b"")) == [till(ACK)]
    assert [message.data for message in bench.messages] == [b""]


def test_a_master_that_never_fetches_its_answers_is_refused_in_the_end() -> None:
    bench = LineBench(FROM_1)
    bench.on_message = lambda message: bench.link.send(SHORT, "answer", at_once=message.hs)
    said = [bench.ask(master_data(n % 7 + 1, PING)) for n in range(20)]
    assert said == [[till(ACK)]] * MAX_QUEUE + [[till(DISC)]] * (20 - MAX_QUEUE)
    assert bench.ask(master(RDY)) == [till_data(1, SHORT)]
    assert bench.ask(master(ACK)) == []
    assert bench.ask(master_data(MAX_QUEUE % 7 + 1, PING)) == [till(ACK)]


# While the till cannot listen


@pytest.mark.parametrize("busy_reply", ["disc", "busy", "silent"])
@pytest.mark.parametrize("availability", [Availability.ENTRY, Availability.BUSY])
def test_data_are_refused_with_disc_and_the_number_is_not_consumed(
    availability: Availability, busy_reply: BusyReply
) -> None:
    bench = LineBench(Settings(frame_numbers="from-1", busy_reply=busy_reply))
    assert bench.ask(master(RDY)) == [till(RDY)]
    bench.link.become(availability, bench.clock.now())
    assert bench.ask(master_data(1, PING)) == [till(DISC)]
    bench.link.become(Availability.READY, bench.clock.now())
    assert bench.messages == []
    assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.ask(master_data(1, PING)) == [till(ACK)]
    assert [message.data for message in bench.messages] == [PING]
    assert bench.findings == []


def test_damaged_data_hear_disc_too_while_the_till_cannot_listen() -> None:
    bench = LineBench(FROM_1)
    assert bench.ask(master(RDY)) == [till(RDY)]
    bench.link.become(Availability.ENTRY, bench.clock.now())
    assert bench.ask_raw(master_data(1, PING).encode()[:-1] + b"\x00") == [till(DISC)]


# Several frames


def test_in_the_middle_of_the_masters_transfer_rdy_hears_rdy_though_data_are_queued() -> None:
    bench = LineBench(FROM_1)
    assert bench.ask(master(RDY)) == [till(RDY)]
    message = text_answer(40)
    assert bench.ask(master_data(1, message[:30], hs=True)) == [till(ACK, hs=True)]
    bench.link.send(SHORT, "mine")
    assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.ask(master_data(2, message[30:])) == [till(ACK)]
    assert bench.ask(master(RDY)) == [till_data(1, SHORT)]


def test_rst_with_nothing_of_our_own_drops_the_masters_transfer() -> None:
    bench = LineBench(FROM_1)
    message = text_answer(40)
    assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.ask(master_data(1, message[:30], hs=True)) == [till(ACK, hs=True)]
    assert bench.ask(master(RST), listen=SECOND) == []
    assert bench.ask(master_data(2, message[:30], hs=True)) == [till(ACK, hs=True)]
    assert bench.ask(master_data(3, message[30:])) == [till(ACK)]
    assert [received.data for received in bench.messages] == [message]
    assert bench.findings == []


def test_power_lost_forgets_the_masters_transfer_and_what_was_to_be_said() -> None:
    bench = LineBench(FROM_1)
    assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.ask(master_data(1, text_answer(40)[:30], hs=True)) == [till(ACK, hs=True)]
    bench.hear(master(RDY).encode())
    bench.link.power_lost(())
    assert bench.listen(4 * SECOND) == []
    assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.ask(master_data(1, PING)) == [till(ACK)]
    assert [message.data for message in bench.messages] == [PING]


def test_525_bytes_in_frames_of_127() -> None:
    bench = LineBench(FROM_1)
    message = b"\x03\x03\x00\x00\x00\x00\x00\x01\x00\x01\x40\x08\x40" + bytes(512)
    frames = [message[n : n + 127] for n in range(0, len(message), 127)]
    assert bench.ask(master(RDY)) == [till(RDY)]
    for number, frame in enumerate(frames, 1):
        last = number == len(frames)
        assert bench.ask(master_data(number, frame, hs=True)) == [till(ACK, hs=not last)]
    assert [received.data for received in bench.messages] == [message]
    assert bench.findings == []


def test_over_525_bytes_are_acknowledged_and_dropped() -> None:
    bench = LineBench(FROM_1)
    head = b"\x03\x03\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00"
    assert bench.ask(master(RDY)) == [till(RDY)]
    for number, frame in enumerate([head + b"A" * 114, b"A" * 127, b"A" * 127, b"A" * 127, b"A" * 127], 1):
        assert bench.ask(master_data(number, frame, hs=True)) == [till(ACK, hs=True)]
    assert bench.ask(master_data(6, b"A" * 10)) == [till(ACK)]
    assert bench.findings == [FindingCode.TRANSFER_TOO_LONG]
    assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.ask(master_data(7, PING)) == [till(ACK)]
    assert [message.data for message in bench.messages] == [PING]


def bench_in_a_transfer(message: bytes, **settings: Any) -> LineBench:
    """30 bytes of the message are taken."""
    bench = LineBench(Settings(frame_numbers="from-1", **settings))
    assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.ask(master_data(1, message[:30], hs=True)) == [till(ACK, hs=True)]
    return bench


@pytest.mark.parametrize("late", [2 * SECOND, 4 * SECOND, 9 * SECOND])
def test_a_frame_that_was_lost_is_taken_after_rdy_while_the_transfer_is_held(late: int) -> None:
    """[D-56]"""
    message = text_answer(40)
    bench = bench_in_a_transfer(message)
    assert bench.listen(late) == []
    assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.ask(master_data(2, message[30:])) == [till(ACK)]
    assert [received.data for received in bench.messages] == [message]
    assert bench.findings == [FindingCode.TRANSFER_BROKEN_OFF] * (late > 3 * SECOND)


@pytest.mark.parametrize("hold", [3, 10, 60])
def test_a_transfer_is_dropped_when_it_was_held_long_enough(hold: int) -> None:
    bench = bench_in_a_transfer(text_answer(40), transfer_hold=hold)
    assert bench.listen(hold * SECOND + 50 * MS) == []
    assert bench.findings == [FindingCode.TRANSFER_BROKEN_OFF]
    assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.ask(master_data(2, PING)) == [till(ACK)]
    assert [received.data for received in bench.messages] == [PING]


@pytest.mark.parametrize("ends", ["RST", "SYN", "power"])
def test_a_transfer_that_is_held_is_dropped_by_rst_syn_and_power(ends: str) -> None:
    bench = bench_in_a_transfer(text_answer(40))
    bench.listen(4 * SECOND)
    if ends == "power":
        bench.link.power_lost(())
    else:
        bench.ask(master(RST if ends == "RST" else SYN))
    assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.ask(master_data(2 if ends == "RST" else 1, PING)) == [till(ACK)]
    assert [received.data for received in bench.messages] == [PING]


@pytest.mark.parametrize("availability", [Availability.ENTRY, Availability.BUSY])
def test_the_wait_for_the_next_frame_stands_still_while_the_till_says_disc(availability: Availability) -> None:
    message = text_answer(40)
    bench = bench_in_a_transfer(message)
    bench.listen(SECOND)
    bench.link.become(availability, bench.clock.now())
    assert bench.ask(master_data(2, message[30:])) == [till(DISC)]
    assert bench.listen(60 * SECOND) == []
    bench.link.become(Availability.READY, bench.clock.now())
    bench.listen(1500 * MS)
    assert bench.findings == []
    assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.ask(master_data(2, message[30:])) == [till(ACK)]
    assert [received.data for received in bench.messages] == [message]
    assert bench.findings == []


# A text's closing 00, uncounted and alone [D-31]


def bench_with_a_text(*, hs: bool = True, uncounted: bool = True) -> LineBench:
    """A text is taken, whole by its length."""
    bench = LineBench(FROM_1, uncounted_end=lambda message: uncounted)
    assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.ask(master_data(1, text_answer(3), hs=hs)) == [till(ACK, hs=hs and uncounted)]
    assert [message.data for message in bench.messages] == [text_answer(3)]
    return bench


@pytest.mark.parametrize("rdy", [False, True])
def test_the_uncounted_end_of_a_text_is_no_message_and_needs_no_rdy(rdy: bool) -> None:
    bench = bench_with_a_text()
    if rdy:
        assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.ask(master_data(2, b"\x00")) == [till(ACK)]
    assert len(bench.messages) == 1
    assert bench.findings == []
    assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.ask(master_data(3, b"\x00")) == [till(ACK)]  # only once
    assert bench.messages[-1].data == b"\x00"


def test_after_such_a_text_another_message_needs_rdy() -> None:
    bench = bench_with_a_text()
    assert bench.ask(master_data(2, PING)) == [till(ACK)]
    assert bench.messages[-1].data == PING
    assert bench.findings == [FindingCode.DATA_WITHOUT_RDY]


@pytest.mark.parametrize(("hs", "uncounted"), [(False, True), (True, False)])
def test_where_no_frame_follows_a_lone_00_is_a_message(hs: bool, uncounted: bool) -> None:
    bench = bench_with_a_text(hs=hs, uncounted=uncounted)
    assert bench.ask(master_data(2, b"\x00")) == [till(ACK)]
    assert bench.messages[-1].data == b"\x00"
    assert bench.findings == [FindingCode.DATA_WITHOUT_RDY]


@pytest.mark.parametrize("ends", ["SYN", "power"])
def test_syn_and_power_end_the_wait_for_the_uncounted_end(ends: str) -> None:
    bench = bench_with_a_text()
    if ends == "SYN":
        bench.ask(master(SYN))
    else:
        bench.link.power_lost(())
    bench.ask(master(RDY))
    assert bench.ask(master_data(1, b"\x00")) == [till(ACK)]
    assert bench.messages[-1].data == b"\x00"


def test_a_damaged_frame_gives_the_transfer_three_seconds_more() -> None:
    bench = LineBench(FROM_1)
    message = text_answer(40)
    assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.ask(master_data(1, message[:30], hs=True)) == [till(ACK, hs=True)]
    bench.listen(2 * SECOND)
    assert bench.ask_raw(master_data(2, message[30:]).encode()[:-1] + b"\x00") == [till(NAK)]
    bench.listen(2 * SECOND)
    assert bench.ask(master_data(2, message[30:])) == [till(ACK)]
    assert [received.data for received in bench.messages] == [message]

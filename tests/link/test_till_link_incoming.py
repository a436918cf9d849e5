"""The slave engine: the master's data, what the till refuses of them and how it joins frames, in virtual time."""

import pytest

from kkm_sim.availability import Availability
from kkm_sim.clock import SECOND
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
    bench.link.availability = availability
    assert bench.ask(master_data(1, PING)) == [till(DISC)]
    bench.link.availability = Availability.READY
    assert bench.messages == []
    assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.ask(master_data(1, PING)) == [till(ACK)]
    assert [message.data for message in bench.messages] == [PING]
    assert bench.findings == []


def test_damaged_data_hear_disc_too_while_the_till_cannot_listen() -> None:
    bench = LineBench(FROM_1)
    assert bench.ask(master(RDY)) == [till(RDY)]
    bench.link.availability = Availability.ENTRY
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
    bench.link.power_lost()
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


def test_three_seconds_without_the_next_frame_drop_the_transfer() -> None:
    bench = LineBench(FROM_1)
    message = text_answer(40)
    assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.ask(master_data(1, message[:30], hs=True)) == [till(ACK, hs=True)]
    assert bench.listen(4 * SECOND) == []
    assert bench.findings == [FindingCode.TRANSFER_BROKEN_OFF]
    assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.ask(master_data(2, PING)) == [till(ACK)]
    assert [received.data for received in bench.messages] == [PING]


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

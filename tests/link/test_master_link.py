"""The master's side of the document's tables, and what it does when the line or the till fails it [D-53]."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkm_sim.clock import MS, SECOND, Instant
from kkm_sim.link.events import LinkFound, LinkLost, MessageDelivered, MessageFailed, MessageReceived
from kkm_sim.link.master_link import LINE_DATA_ERROR, NO_LINK
from kkm_sim.link.packets import ControlCode, Packet
from kkm_sim.settings import Settings
from tests.support import MasterBench, master, master_data, till, till_data

ACK, BUSY, DISC, NAK, RDY = ControlCode.ACK, ControlCode.BUSY, ControlCode.DISC, ControlCode.NAK, ControlCode.RDY
REJ, RST, SYN, WAIT = ControlCode.REJ, ControlCode.RST, ControlCode.SYN, ControlCode.WAIT
PING = b"\x03\x05"
ANSWER = b"\x03\x05" + bytes(range(42))
REQUEST = b"\x03\x03\x01\x00\x00\x00\x01\x00"
REPLY = b"\x03\x03\x01"
FROM_1 = Settings(frame_numbers="from-1")
LONG = bytes(n % 126 for n in range(300))


def connected(settings: Settings = FROM_1, *, poll_interval: int = 3600 * SECOND) -> MasterBench:
    """A master whose SYN was answered; it polls of itself only where the test says so."""
    bench = MasterBench(settings, poll_interval=poll_interval)
    bench.connect()
    assert bench.told == [LinkFound()]
    bench.events.clear()
    return bench


def with_data_sent(data: bytes = PING, *, hs: bool = False) -> MasterBench:
    """A master that asked, was told RDY and has sent its data under number 1."""
    bench = connected()
    bench.link.send(data, "mine", hs=hs)
    assert bench.listen() == [master(RDY)]
    assert bench.hear(till(RDY)) == [master_data(1, data, hs=hs)]
    return bench


# The document's tables


def test_asynchronous_command() -> None:
    bench = connected()
    bench.link.send(PING, "ping", hs=True)
    assert bench.listen() == [master(RDY)]
    assert bench.listen(4 * SECOND) == [master(RDY)]  # nothing: repeats
    bench.link.poll_interval = 200 * MS
    assert bench.hear(till(BUSY), listen=300 * MS) == [master(RDY)]
    assert bench.hear(till(RDY)) == [master_data(1, PING, hs=True)]
    assert bench.hear(till(NAK)) == [master_data(1, PING, hs=True)]
    assert bench.hear(till(ACK), listen=0) == []
    assert bench.hear(till_data(1, ANSWER)) == [master(ACK)]
    assert bench.told == [MessageDelivered("ping"), MessageReceived(ANSWER, False)]


def test_synchronous_command() -> None:
    bench = with_data_sent()
    assert bench.hear(till(ACK)) == [master(RDY)]
    bench.link.poll_interval = 200 * MS
    assert bench.hear(till(DISC), listen=300 * MS) == [master(RDY)]
    assert bench.hear(till_data(1, ANSWER)) == [master(ACK)]
    assert bench.told == [MessageDelivered("mine"), MessageReceived(ANSWER, False)]


@pytest.mark.parametrize("last_hs", [False, True])
def test_a_long_answer_in_frames_ends_by_its_length(last_hs: bool) -> None:
    bench = with_data_sent(hs=True)
    assert bench.hear(till(ACK)) == []
    assert bench.hear(till_data(1, ANSWER[:40], hs=True)) == [master(ACK, hs=True)]
    assert bench.hear(till_data(2, ANSWER[40:], hs=last_hs)) == [master(ACK)]
    assert bench.told == [MessageDelivered("mine"), MessageReceived(ANSWER, last_hs)]


def test_a_message_does_not_cross_the_answer_that_is_about_to_come() -> None:
    bench = with_data_sent(hs=True)
    assert bench.hear(till(ACK), listen=5 * MS) == []
    bench.link.send(REPLY, "reply", answer=True)
    assert bench.listen(15 * MS) == []
    assert bench.hear(till_data(1, ANSWER)) == [master(ACK), master(RDY)]


def test_the_tills_own_request_is_answered_at_once() -> None:
    bench = connected(poll_interval=200 * MS)
    assert bench.listen(250 * MS) == [master(RDY)]
    assert bench.hear(till_data(1, REQUEST)) == [master(ACK)]
    bench.link.send(REPLY, "reply", answer=True)
    assert bench.listen() == [master_data(1, REPLY)]
    assert bench.hear(till(ACK)) == [master(RDY)]
    assert bench.told == [MessageReceived(REQUEST, False), MessageDelivered("reply")]


def test_an_answer_may_be_given_before_the_ack_has_gone_out() -> None:
    bench = connected(poll_interval=200 * MS)
    assert bench.listen(250 * MS) == [master(RDY)]
    bench.hear(till_data(1, REQUEST), listen=0)
    bench.link.send(REPLY, "reply", answer=True)
    assert bench.listen() == [master(ACK), master_data(1, REPLY)]


def test_a_late_answer_and_a_new_command_go_after_rdy() -> None:
    for answer in (True, False):
        bench = connected(poll_interval=200 * MS)
        assert bench.listen(250 * MS) == [master(RDY)]
        assert bench.hear(till_data(1, REQUEST)) == [master(ACK)]
        if answer:
            assert bench.listen(200 * MS) == [master(RDY)]
            assert bench.hear(till(RDY)) == []
        bench.link.send(REPLY, "later", answer=answer)
        assert bench.listen() == [master(RDY)]
        assert bench.hear(till(RDY)) == [master_data(1, REPLY)]


def test_an_unexpected_number_from_the_till_is_answered_syn() -> None:
    bench = connected(poll_interval=200 * MS)
    assert bench.listen(250 * MS) == [master(RDY)]
    assert bench.hear(till_data(5, REQUEST)) == [master(SYN)]
    assert bench.hear(till(RDY), listen=250 * MS) == [master(RDY)]
    assert bench.hear(till_data(1, REQUEST)) == [master(ACK)]
    assert bench.told == [MessageReceived(REQUEST, False)]


def test_a_wrong_number_in_the_tills_transfer_begins_it_again() -> None:
    bench = with_data_sent(hs=True)
    bench.hear(till(ACK))
    assert bench.hear(till_data(1, ANSWER[:40], hs=True)) == [master(ACK, hs=True)]
    assert bench.hear(till_data(1, ANSWER[:40], hs=True)) == [master(SYN)]
    assert bench.hear(till(RDY)) == [master(RST)]
    assert bench.hear(till_data(1, ANSWER[:40], hs=True)) == [master(ACK, hs=True)]
    assert bench.hear(till_data(2, ANSWER[40:])) == [master(ACK)]
    assert bench.told[1:] == [MessageReceived(ANSWER, False)]


def test_rej_is_answered_syn_and_the_command_sent_again() -> None:
    bench = with_data_sent()
    assert bench.hear(till(REJ)) == [master(SYN)]
    assert bench.hear(till(RDY)) == [master_data(1, PING)]
    assert bench.hear(till(ACK))[:1] == [master(RDY)]
    assert bench.told == [MessageDelivered("mine")]


def test_rej_in_a_transfer_begins_it_again_with_rst() -> None:
    bench = connected()
    bench.link.send(LONG, "long")
    assert bench.listen() == [master(RDY)]
    assert bench.hear(till(RDY)) == [master_data(1, LONG[:127], hs=True)]
    assert bench.hear(till(ACK, hs=True)) == [master_data(2, LONG[127:254], hs=True)]
    assert bench.hear(till(REJ)) == [master(SYN)]
    assert bench.hear(till(RDY)) == [master(RST), master_data(1, LONG[:127], hs=True)]


# Frames of its own


@pytest.mark.parametrize("hs", [False, True])
def test_a_long_message_goes_in_frames_of_127(hs: bool) -> None:
    bench = connected()
    bench.link.send(LONG, "long", hs=hs)
    assert bench.listen() == [master(RDY)]
    assert bench.hear(till(RDY)) == [master_data(1, LONG[:127], hs=True)]
    assert bench.hear(till(ACK, hs=True)) == [master_data(2, LONG[127:254], hs=True)]
    assert bench.hear(till(ACK)) == [master(RDY)]  # HS=0: the next after RDY
    assert bench.hear(till(RDY)) == [master_data(3, LONG[254:], hs=hs)]
    bench.hear(till(ACK))
    assert bench.told == [MessageDelivered("long")]


def test_disc_in_a_transfer_sends_the_same_frame_after_rdy() -> None:
    bench = connected(poll_interval=200 * MS)
    bench.link.send(LONG, "long")
    bench.listen(250 * MS)
    bench.hear(till(RDY))
    bench.hear(till(ACK, hs=True))
    assert bench.hear(till(DISC), listen=300 * MS) == [master(RDY)]
    assert bench.hear(till(RDY)) == [master_data(2, LONG[127:254], hs=True)]


def test_a_frame_that_was_lost_is_sent_again_after_rdy() -> None:
    """The till holds what it has [D-56]."""
    bench = connected(poll_interval=200 * MS)
    bench.link.send(LONG, "long")
    bench.listen(250 * MS)
    bench.hear(till(RDY))
    assert bench.hear(till(ACK, hs=True)) == [master_data(2, LONG[127:254], hs=True)]
    assert bench.listen(3200 * MS) == [master(RDY)]
    assert bench.hear(till(RDY)) == [master_data(2, LONG[127:254], hs=True)]


def test_a_transfer_that_stood_still_until_the_till_drops_it_begins_again() -> None:
    bench = connected(poll_interval=200 * MS)
    bench.link.send(LONG, "long")
    bench.listen(250 * MS)
    bench.hear(till(RDY))
    assert bench.hear(till(ACK, hs=True)) == [master_data(2, LONG[127:254], hs=True)]
    assert bench.listen(9100 * MS) == [master(RDY)] * 3
    assert bench.hear(till(RDY)) == [master(RST), master_data(2, LONG[:127], hs=True)]


# Polling


def test_it_asks_at_intervals() -> None:
    bench = connected(poll_interval=200 * MS)
    for _ in range(5):
        assert bench.listen(250 * MS) == [master(RDY)]
        assert bench.hear(till(RDY)) == []


def test_rdy_lost_now_and_then_is_no_lost_link() -> None:
    bench = connected(poll_interval=200 * MS)
    for _ in range(6):
        assert bench.listen(3400 * MS) == [master(RDY)] * 2
        assert bench.hear(till(RDY)) == []
    assert bench.told == []


def test_a_busy_till_is_asked_again_and_never_given_up() -> None:
    bench = connected(poll_interval=200 * MS)
    bench.link.send(PING, "ping")
    bench.listen()
    for _ in range(20):
        assert bench.hear(till(DISC), listen=230 * MS) == [master(RDY)]
    assert bench.hear(till(RDY)) == [master_data(1, PING)]


def test_wait_goes_when_the_till_owes_nothing() -> None:
    bench = connected(poll_interval=200 * MS)
    assert bench.listen(250 * MS) == [master(RDY)]
    bench.link.send_wait()
    assert bench.listen(250 * MS) == []
    assert bench.hear(till(RDY)) == [master(WAIT)]
    bench.link.send_wait()
    assert bench.listen() == [master(WAIT)]


def test_it_does_not_ask_in_the_middle_of_the_tills_packet() -> None:
    bench = connected(poll_interval=200 * MS)
    assert bench.hear_raw(till_data(1, ANSWER).encode()[:20], listen=SECOND) == []


def test_messages_go_in_order() -> None:
    bench = connected()
    for tag in range(3):
        bench.link.send(bytes((3, tag)), tag)
    assert bench.link.busy
    assert bench.listen() == [master(RDY)]
    for tag in range(3):
        assert bench.hear(till(RDY)) == [master_data(tag + 1, bytes((3, tag)))]
        assert bench.hear(till(ACK)) == [master(RDY)]
    assert not bench.link.busy
    assert bench.told == [MessageDelivered(tag) for tag in range(3)]


# What fails


def test_no_link() -> None:
    bench = MasterBench(FROM_1)
    bench.link.send(PING, "ping")
    said = bench.listen(14 * SECOND)
    assert set(said) == {master(SYN)}
    assert bench.told == [LinkLost(), MessageFailed("ping", NO_LINK)]
    assert bench.hear(till(RDY), listen=0) == []
    assert bench.told[2:] == [LinkFound()]


@pytest.mark.parametrize("retries", [1, 3])
def test_rdy_is_repeated_so_often_and_then_the_link_is_lost_once(retries: int) -> None:
    bench = connected(Settings(frame_numbers="from-1", retries=retries), poll_interval=200 * MS)
    bench.link.send(PING, "ping")
    assert bench.listen((retries + 1) * 3100 * MS)[: retries + 2] == [master(RDY)] * (retries + 1) + [master(SYN)]
    bench.listen(60 * SECOND)
    assert bench.told == [LinkLost(), MessageFailed("ping", NO_LINK)]
    bench.hear(till(RDY))
    assert bench.told[2:] == [LinkFound()]


def test_data_never_acknowledged_are_a_line_data_error_while_rdy_is_answered() -> None:
    bench = connected(poll_interval=200 * MS)
    bench.link.send(PING, "ping")
    assert bench.listen() == [master(RDY)]
    for _ in range(3):
        assert bench.hear(till(RDY)) == [master_data(1, PING)]
        assert bench.listen(3100 * MS) == [master(RDY)]
    assert bench.hear(till(RDY)) == [master_data(1, PING)]
    assert bench.listen(3100 * MS) == [master(SYN)]
    assert bench.told == [MessageFailed("ping", LINE_DATA_ERROR)]


def test_nak_time_after_time_is_a_line_data_error() -> None:
    bench = with_data_sent()
    for _ in range(3):
        assert bench.hear(till(NAK)) == [master_data(1, PING)]
    assert bench.hear(till(NAK)) == [master(SYN)]
    assert bench.told == [MessageFailed("mine", LINE_DATA_ERROR)]
    assert bench.hear(till(RDY)) == []


def test_rej_time_after_time_is_a_line_data_error() -> None:
    bench = with_data_sent()
    for _ in range(3):
        assert bench.hear(till(REJ)) == [master(SYN)]
        assert bench.hear(till(RDY)) == [master_data(1, PING)]
    assert bench.hear(till(REJ)) == [master(SYN)]
    assert bench.told == [MessageFailed("mine", LINE_DATA_ERROR)]


def test_damaged_data_of_the_till_hear_nak() -> None:
    bench = with_data_sent(hs=True)
    bench.hear(till(ACK))
    damaged = till_data(1, ANSWER).encode()[:-1] + b"\x00"
    for _ in range(3):
        assert bench.hear_raw(damaged) == [master(NAK)]
    assert bench.hear(till_data(1, ANSWER)) == [master(ACK)]
    assert bench.told == [MessageDelivered("mine"), MessageReceived(ANSWER, False)]
    assert bench.hear_raw(till_data(2, ANSWER, address=2).encode()[:-1] + b"\x00") == []


def test_an_answer_lost_is_fetched_with_rdy() -> None:
    bench = with_data_sent(hs=True)
    bench.link.poll_interval = 200 * MS
    assert bench.hear(till(ACK), listen=250 * MS) == [master(RDY)]
    assert bench.hear(till_data(1, ANSWER)) == [master(ACK)]


def test_a_lost_frame_of_the_tills_transfer_is_fetched_with_rdy() -> None:
    bench = with_data_sent(hs=True)
    bench.hear(till(ACK))
    assert bench.hear(till_data(1, ANSWER[:40], hs=True)) == [master(ACK, hs=True)]
    assert bench.listen(3100 * MS) == [master(RDY)]
    assert bench.hear(till_data(2, ANSWER[40:])) == [master(ACK)]
    assert bench.told[1:] == [MessageReceived(ANSWER, False)]


def test_a_lost_rst_is_not_taken_for_said() -> None:
    bench = with_data_sent(hs=True)
    bench.hear(till(ACK))
    bench.hear(till_data(1, ANSWER[:40], hs=True))
    assert bench.hear(till_data(1, ANSWER[:40], hs=True)) == [master(SYN)]
    assert bench.hear(till(RDY)) == [master(RST)]
    assert bench.listen(3100 * MS) == [master(SYN)]
    assert bench.hear(till(RDY)) == [master(RST)]


@pytest.mark.parametrize("packet", [till(ACK), till(NAK), till(REJ), till(SYN), till(WAIT), till(0x4)])
def test_a_packet_that_answers_nothing_does_not_stop_the_clock(packet: Packet) -> None:
    bench = connected(poll_interval=200 * MS)
    assert bench.listen(250 * MS) == [master(RDY)]
    assert bench.hear(packet) == []
    assert bench.listen(3 * SECOND) == [master(RDY)]


@pytest.mark.parametrize("packet", [master(RDY), till(RDY, address=2), till_data(1, ANSWER, address=2)])
def test_what_others_say_is_nothing_to_it(packet: Packet) -> None:
    bench = MasterBench(FROM_1)
    assert bench.listen() == [master(SYN)]
    assert bench.hear(packet) == []
    assert bench.told == []


def test_a_till_that_speaks_under_the_masters_address_is_understood() -> None:
    bench = connected()
    bench.link.send(PING, "ping")
    assert bench.listen() == [master(RDY)]
    assert bench.hear(till(RDY, address=0)) == [master_data(1, PING)]


@given(
    st.lists(
        st.binary(max_size=20)
        | st.sampled_from(
            [till(code, hs=hs).encode() for code in ControlCode for hs in (False, True)]
            + [till_data(n, d, hs=hs).encode() for n in (0, 1, 2) for d in (b"", REQUEST) for hs in (False, True)]
            + [till_data(1, ANSWER).encode()[:-1] + b"\x00", b""]
        ),
        max_size=20,
    )
)
def test_whatever_comes_it_goes_on_asking(chunks: list[bytes]) -> None:
    bench = MasterBench(Settings())
    bench.link.send(LONG, "long")
    for chunk in chunks:
        bench.hear_raw(chunk, listen=100 * MS)
    bench.listen(4 * SECOND)
    assert bench.listen(4 * SECOND)
    assert bench.link.deadline() is not None


def test_begins_anew_after_another_master_had_the_line() -> None:
    bench = with_data_sent(hs=True)
    assert bench.link.frame_number == 1
    bench.hear(till(ACK), till_data(1, ANSWER))
    assert bench.link.frame_number == 2
    bench.link.send(PING, "mine")
    bench.link.receive_data(till(RDY).encode()[:3], bench.clock.now())
    bench.link.take_line(Instant(bench.clock.now() + 5 * MS))
    assert bench.link.frame_number == 1
    assert bench.listen(14 * MS) == []
    assert bench.listen(1 * MS) == [master(SYN)]
    assert bench.hear(till(RDY)) == [master_data(1, PING)]

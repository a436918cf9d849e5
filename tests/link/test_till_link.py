"""The slave engine: what RDY hears, the till's own data and what becomes of them, in virtual time."""

from collections.abc import Hashable

import pytest

from kkm_sim.availability import Availability
from kkm_sim.clock import SECOND
from kkm_sim.findings import FindingCode
from kkm_sim.link.packets import ControlCode, Packet
from kkm_sim.settings import BusyReply, Settings
from tests.support import LineBench, master, master_data, till, till_data

ACK, DISC, NAK, RDY, REJ = ControlCode.ACK, ControlCode.DISC, ControlCode.NAK, ControlCode.RDY, ControlCode.REJ
RST, SYN, WAIT = ControlCode.RST, ControlCode.SYN, ControlCode.WAIT
PING = b"\x03\x05"
SHORT = b"\x03\x04\x00\x00"
LONG = bytes(range(71))
FROM_1 = Settings(frame_numbers="from-1")


def bench_with(data: bytes = SHORT, *, settings: Settings = FROM_1, tag: Hashable = "mine") -> LineBench:
    """A till with a message queued."""
    bench = LineBench(settings)
    bench.link.send(data, tag)
    return bench


# What RDY hears


def test_a_till_switched_off_hears_and_says_nothing() -> None:
    bench = bench_with()
    bench.link.become(Availability.SILENT, bench.clock.now())
    everything: list[Packet] = [master(code) for code in ControlCode] + [master_data(1, PING)]
    assert bench.ask(*everything, listen=4 * SECOND) == []
    bench.link.become(Availability.READY, bench.clock.now())
    assert bench.ask(master(RDY)) == [till_data(1, SHORT)]
    assert bench.findings == []


def test_entry_answers_disc_even_with_a_packet_queued() -> None:
    bench = bench_with()
    bench.link.become(Availability.ENTRY, bench.clock.now())
    assert bench.ask(master(RDY)) == [till(DISC)]
    bench.link.become(Availability.READY, bench.clock.now())
    assert bench.ask(master(RDY)) == [till_data(1, SHORT)]


def test_entry_may_let_the_queue_through() -> None:
    bench = bench_with(settings=Settings(frame_numbers="from-1", entry_holds_queue=False))
    bench.link.become(Availability.ENTRY, bench.clock.now())
    assert bench.ask(master(RDY)) == [till_data(1, SHORT)]
    assert bench.ask(master(ACK)) == []
    assert bench.ask(master(RDY)) == [till(DISC)]


@pytest.mark.parametrize(("busy_reply", "code"), [("disc", DISC), ("busy", ControlCode.BUSY), ("silent", None)])
def test_busy_hears_the_busy_answer(busy_reply: BusyReply, code: ControlCode | None) -> None:
    bench = bench_with(settings=Settings(frame_numbers="from-1", busy_reply=busy_reply))
    bench.link.become(Availability.BUSY, bench.clock.now())
    assert bench.ask(master(RDY)) == ([till(code)] if code is not None else [])


@pytest.mark.parametrize("availability", [Availability.ENTRY, Availability.BUSY, Availability.READY])
def test_syn_is_answered_rdy_in_every_state_but_off(availability: Availability) -> None:
    bench = LineBench(Settings(frame_numbers="from-1", busy_reply="silent"))
    bench.link.become(availability, bench.clock.now())
    assert bench.ask(master(SYN)) == [till(RDY)]
    assert bench.resets == 1


def test_the_tills_address_may_be_the_masters() -> None:
    bench = bench_with(settings=Settings(frame_numbers="from-1", reply_address="master"))
    assert bench.ask(master(RDY)) == [till_data(1, SHORT, address=0)]
    assert bench.ask(master(ACK), master(RDY)) == [till(RDY, address=0)]


# The till's own data


def test_the_queue_goes_out_in_order_and_first_goes_before() -> None:
    bench = bench_with(b"one", tag=1)
    bench.link.send(b"two", 2)
    bench.link.send(b"zero", 0, first=True)
    for number, data in enumerate((b"zero", b"one", b"two"), 1):
        assert bench.ask(master(RDY)) == [till_data(number, data)]
        assert bench.ask(master(ACK)) == []
    assert bench.delivered == [0, 1, 2]


def test_at_once_waits_for_no_rdy_but_for_the_ack_of_what_is_in_flight() -> None:
    bench = LineBench(FROM_1)
    bench.link.send(b"one", 1, at_once=True)
    assert bench.listen() == [till_data(1, b"one")]
    bench.link.send(b"two", 2, at_once=True)
    assert bench.listen() == []
    assert bench.ask(master(ACK), listen=SECOND) == []
    assert bench.ask(master(RDY)) == [till_data(2, b"two")]


def test_512_bytes_go_in_one_frame_and_513_in_two() -> None:
    bench = bench_with(bytes(512))
    assert bench.ask(master(RDY), listen=SECOND) == [till_data(1, bytes(512))]
    assert bench.ask(master(ACK)) == []
    bench.link.send(bytes(513), "long")
    assert bench.ask(master(RDY), listen=SECOND) == [till_data(2, bytes(512), hs=True)]
    assert bench.ask(master(ACK, hs=True)) == [till_data(3, bytes(1))]


def test_numbers_wrap_in_a_long_transfer() -> None:
    bench = bench_with(LONG, settings=Settings(frame_numbers="from-1", max_outgoing=8))
    said = bench.ask(master(RDY))
    for _ in range(8):
        said += bench.ask(master(ACK, hs=True))
    numbers = [1, 2, 3, 4, 5, 6, 7, 1, 2]
    assert said == [till_data(number, LONG[8 * n : 8 * n + 8], hs=n < 8) for n, number in enumerate(numbers)]


def test_the_last_packet_of_a_transfer_may_have_hs_1() -> None:
    bench = bench_with(LONG, settings=Settings(frame_numbers="from-1", max_outgoing=40, last_packet_hs=1))
    assert bench.ask(master(RDY)) == [till_data(1, LONG[:40], hs=True)]
    assert bench.ask(master(ACK, hs=True)) == [till_data(2, LONG[40:], hs=True)]
    assert bench.ask(master(ACK, hs=True)) == []
    assert bench.delivered == ["mine"]
    bench.link.send(SHORT, "single")
    assert bench.ask(master(RDY)) == [till_data(3, SHORT)]


def test_nak_the_same_packet_at_once() -> None:
    bench = bench_with()
    assert bench.ask(master(RDY)) == [till_data(1, SHORT)]
    assert bench.ask(master(NAK)) == [till_data(1, SHORT)]
    assert bench.ask(master(NAK)) == [till_data(1, SHORT)]
    assert bench.ask(master(ACK)) == []
    assert bench.findings == []


def test_disc_the_same_packet_at_the_next_rdy() -> None:
    bench = bench_with()
    assert bench.ask(master(RDY)) == [till_data(1, SHORT)]
    assert bench.ask(master(DISC), listen=4 * SECOND) == []
    assert bench.ask(master(RDY)) == [till_data(1, SHORT)]
    assert bench.ask(master(ACK)) == []
    assert bench.findings == []


def test_rej_waits_for_syn() -> None:
    bench = bench_with(settings=Settings(frame_numbers="from-2"))
    assert bench.ask(master(RDY)) == [till_data(2, SHORT)]
    assert bench.ask(master(REJ)) == []
    assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.ask(master(SYN)) == [till(RDY)]
    assert bench.ask(master(RDY)) == [till_data(2, SHORT)]
    assert bench.ask(master(ACK)) == []
    assert bench.delivered == ["mine"]


@pytest.mark.parametrize("refusal", [[REJ, SYN], [SYN]])
def test_auto_sends_a_refused_first_frame_under_the_other_number(refusal: list[ControlCode]) -> None:
    bench = bench_with(settings=Settings())
    assert bench.ask(master(RDY)) == [till_data(2, SHORT)]
    assert bench.ask(*[master(code) for code in refusal]) == [till(RDY)]
    assert bench.ask(master(RDY)) == [till_data(1, SHORT)]
    assert bench.ask(master(ACK)) == []
    assert bench.findings == []


def test_after_syn_the_packet_goes_out_at_once_on_rst() -> None:
    bench = bench_with()
    assert bench.ask(master(RDY)) == [till_data(1, SHORT)]
    assert bench.ask(master(ACK)) == []
    bench.link.send(b"next", "next")
    assert bench.ask(master(RDY)) == [till_data(2, b"next")]
    assert bench.ask(master(SYN)) == [till(RDY)]
    assert bench.ask(master(RST)) == [till_data(1, b"next")]


def test_nothing_or_rdy_instead_of_ack_repeats_at_that_rdy() -> None:
    bench = bench_with()
    assert bench.ask(master(RDY)) == [till_data(1, SHORT)]
    assert bench.ask(master(RDY)) == [till_data(1, SHORT)]
    assert bench.findings == []
    assert bench.listen(4 * SECOND) == []
    assert bench.findings == [FindingCode.NO_PACKET_IN_3S]
    assert bench.ask(master(RDY)) == [till_data(1, SHORT)]
    assert bench.ask(master(ACK)) == []
    assert bench.delivered == ["mine"]


def test_the_three_seconds_run_from_the_end_of_the_packet() -> None:
    bench = bench_with(bytes(500))
    bench.ask(master(RDY), listen=SECOND)
    sent = next(event for event in reversed(bench.events) if getattr(event, "raw", b"").startswith(b"\x7f\x02\x01\xa1"))
    bench.listen(4 * SECOND)
    (finding,) = bench.all_findings
    assert finding.at == getattr(sent, "at") + 509 * bench.byte_time + 3 * SECOND  # noqa: B009


def test_data_instead_of_ack_acknowledge_nothing() -> None:
    bench = bench_with()
    assert bench.ask(master(RDY)) == [till_data(1, SHORT)]
    assert bench.ask(master_data(1, PING)) == [till(ACK)]
    assert bench.findings == [FindingCode.DATA_INSTEAD_OF_ACK]
    assert bench.delivered == []
    assert [message.data for message in bench.messages] == [PING]
    assert bench.ask(master(RDY)) == [till_data(1, SHORT)]
    assert bench.ask(master(ACK)) == []
    assert bench.delivered == ["mine"]


def test_rst_begins_a_transfer_again_at_once() -> None:
    bench = bench_with(LONG, settings=Settings(frame_numbers="from-1", max_outgoing=40))
    assert bench.ask(master(RDY)) == [till_data(1, LONG[:40], hs=True)]
    assert bench.ask(master(ACK)) == []
    assert bench.ask(master(RST)) == [till_data(2, LONG[:40], hs=True)]
    assert bench.ask(master(ACK, hs=True)) == [till_data(3, LONG[40:])]
    assert bench.ask(master(ACK)) == []


def test_rst_while_the_operator_types_begins_again_when_he_is_done() -> None:
    bench = bench_with(LONG, settings=Settings(frame_numbers="from-1", max_outgoing=40))
    assert bench.ask(master(RDY)) == [till_data(1, LONG[:40], hs=True)]
    assert bench.ask(master(ACK)) == []
    bench.link.become(Availability.ENTRY, bench.clock.now())
    assert bench.ask(master(RST)) == [till(DISC)]
    bench.link.become(Availability.READY, bench.clock.now())
    assert bench.ask(master(RDY)) == [till_data(2, LONG[:40], hs=True)]


def test_wait_is_told_and_not_answered() -> None:
    bench = LineBench(FROM_1)
    assert bench.ask(master(WAIT)) == []
    assert bench.waits == 1
    assert bench.findings == []


def test_two_rdy_before_the_gap_are_answered_with_one_data_packet() -> None:
    bench = bench_with()
    bench.hear(master(RDY).encode())
    bench.hear(master(RDY).encode())
    assert bench.listen(SECOND) == [till_data(1, SHORT)]


def test_an_ack_before_the_packet_went_out_acknowledges_nothing() -> None:
    bench = bench_with()
    bench.hear(master(RDY).encode())
    bench.hear(master(ACK).encode())
    assert bench.delivered == []
    assert FindingCode.UNEXPECTED_CONTROL in bench.findings
    assert bench.listen() == [till_data(1, SHORT)]
    assert bench.ask(master(ACK)) == []
    assert bench.delivered == ["mine"]


# Withdrawing and losing power


def test_a_queued_message_withdrawn_is_not_sent() -> None:
    bench = bench_with(tag="gone")
    bench.link.send(b"stays", "stays")
    bench.link.withdraw("gone")
    assert bench.ask(master(RDY)) == [till_data(1, b"stays")]


def test_a_message_withdrawn_in_flight_is_not_repeated_but_its_ack_counts() -> None:
    bench = bench_with()
    assert bench.ask(master(RDY)) == [till_data(1, SHORT)]
    assert bench.link.in_flight
    bench.link.withdraw("mine")
    assert bench.link.in_flight
    assert bench.ask(master(ACK)) == []
    assert bench.delivered == []
    assert bench.findings == []
    bench.link.send(b"next", "next")
    assert bench.ask(master(RDY)) == [till_data(2, b"next")]


@pytest.mark.parametrize("answer", [RDY, NAK, DISC, REJ, SYN, RST])
def test_a_message_withdrawn_in_flight_is_repeated_on_nothing(answer: ControlCode) -> None:
    bench = bench_with()
    assert bench.ask(master(RDY)) == [till_data(1, SHORT)]
    bench.link.withdraw("mine")
    assert bench.ask(master(answer)) == ([till(RDY)] if answer in (RDY, SYN) else [])
    assert bench.ask(master(RDY)) == [till(RDY)]


def test_a_message_withdrawn_after_disc_is_gone() -> None:
    bench = bench_with()
    assert bench.ask(master(RDY), master(DISC)) == [till_data(1, SHORT)]
    bench.link.withdraw("mine")
    assert bench.ask(master(RDY)) == [till(RDY)]


GIVEN_UP = Settings(frame_numbers="from-1", max_outgoing=40)


def test_a_transfer_withdrawn_midway_goes_on_to_its_end() -> None:
    """Else the master joins the next message to what it holds."""
    bench = bench_with(LONG, settings=GIVEN_UP)
    assert bench.ask(master(RDY)) == [till_data(1, LONG[:40], hs=True)]
    assert bench.ask(master(ACK)) == []
    bench.link.withdraw("mine")
    bench.link.send(b"next", "next")
    assert bench.ask(master(RDY)) == [till_data(2, LONG[40:])]
    assert bench.ask(master(ACK)) == []
    assert bench.delivered == []
    assert bench.ask(master(RDY)) == [till_data(3, b"next")]


@pytest.mark.parametrize("answer", [RDY, None])
def test_a_transfer_withdrawn_with_its_first_frame_in_flight_goes_on(answer: ControlCode | None) -> None:
    """Its ACK may have been lost: the master may hold the frame."""
    bench = bench_with(LONG, settings=GIVEN_UP)
    assert bench.ask(master(RDY)) == [till_data(1, LONG[:40], hs=True)]
    bench.link.withdraw("mine")
    if answer is not None:
        assert bench.ask(master(answer)) == [till_data(1, LONG[:40], hs=True)]
    assert bench.ask(master(ACK, hs=True)) == [till_data(2, LONG[40:])]
    assert bench.ask(master(NAK)) == [till_data(2, LONG[40:])]
    assert bench.ask(master(DISC)) == []
    assert bench.ask(master(RDY)) == [till_data(2, LONG[40:])]
    assert bench.ask(master(ACK)) == []
    assert bench.ask(master(RDY)) == [till(RDY)]


@pytest.mark.parametrize("answer", [NAK, DISC, REJ, SYN, RST])
def test_a_transfer_withdrawn_of_which_the_master_has_nothing_is_gone(answer: ControlCode) -> None:
    bench = bench_with(LONG, settings=GIVEN_UP)
    assert bench.ask(master(RDY)) == [till_data(1, LONG[:40], hs=True)]
    bench.link.withdraw("mine")
    assert bench.ask(master(answer)) == ([till(RDY)] if answer is SYN else [])
    assert bench.ask(master(RDY)) == [till(RDY)]


@pytest.mark.parametrize("answer", [SYN, RST])
def test_a_transfer_withdrawn_midway_ends_where_both_begin_again(answer: ControlCode) -> None:
    bench = bench_with(LONG, settings=GIVEN_UP)
    assert bench.ask(master(RDY)) == [till_data(1, LONG[:40], hs=True)]
    assert bench.ask(master(ACK)) == []
    bench.link.withdraw("mine")
    assert bench.ask(master(answer)) == ([till(RDY)] if answer is SYN else [])
    assert bench.ask(master(RDY)) == [till(RDY)]


def test_power_lost_keeps_what_it_is_told_to() -> None:
    bench = bench_with(tag="kept")
    bench.link.send(b"answer", None)
    bench.link.send(b"last", "kept")
    bench.link.power_lost(("kept",))
    assert bench.ask(master(RDY), master(ACK)) == [till_data(1, SHORT)]
    assert bench.ask(master(RDY), master(ACK)) == [till_data(2, b"last")]
    assert bench.ask(master(RDY)) == [till(RDY)]


def test_power_lost_forgets_counters_and_half_transfers_but_not_what_is_unacknowledged() -> None:
    bench = bench_with(LONG, settings=Settings(frame_numbers="from-1", max_outgoing=40))
    bench.link.send(b"next", "next")
    assert bench.ask(master(RDY)) == [till_data(1, LONG[:40], hs=True)]
    assert bench.ask(master(ACK, hs=True)) == [till_data(2, LONG[40:])]
    bench.link.power_lost(("mine", "next"))
    assert bench.listen(4 * SECOND) == []
    assert bench.findings == []
    assert bench.ask(master(RDY)) == [till_data(1, LONG[:40], hs=True)]
    assert bench.ask(master(ACK, hs=True)) == [till_data(2, LONG[40:])]
    assert bench.ask(master(ACK)) == []
    assert bench.ask(master(RDY)) == [till_data(3, b"next")]


def test_power_lost_does_not_bring_back_what_was_withdrawn() -> None:
    bench = bench_with()
    assert bench.ask(master(RDY)) == [till_data(1, SHORT)]
    bench.link.withdraw("mine")
    bench.link.power_lost(("mine", "next"))
    assert bench.ask(master(RDY)) == [till(RDY)]


# Without pace


def test_with_no_pace_everything_is_answered_at_once() -> None:
    bench = LineBench(FROM_1, byte_time=0, gap=0)
    bench.on_message = lambda message: bench.link.send(SHORT, "answer", at_once=message.hs)
    raw = master(RDY).encode() + master_data(1, PING, hs=True).encode()
    assert bench.ask_raw(raw, listen=0) == [till(RDY), till(ACK), till_data(1, SHORT)]
    assert bench.ask(master(ACK), listen=0) == []
    assert bench.delivered == ["answer"]

"""The till's side of the document's tables, line by line («Основные алгоритмы обмена»). Lawful: no finding at all."""

import pytest

from kkm_sim.availability import Availability
from kkm_sim.clock import SECOND
from kkm_sim.findings import FindingCode
from kkm_sim.link.packets import ControlCode
from kkm_sim.settings import Settings
from tests.support import LineBench, master, master_data, till, till_data

RDY, ACK, NAK, SYN, RST = ControlCode.RDY, ControlCode.ACK, ControlCode.NAK, ControlCode.SYN, ControlCode.RST
PING = b"\x03\x05"
ANSWER = b"\x03\x05" + bytes(range(42))
REQUEST = b"\x03\x03\x01\x00\x00\x00\x01\x00"
REPLY = b"\x03\x03\x01"
FROM_1 = Settings(frame_numbers="from-1")


def answering_bench(settings: Settings = FROM_1) -> LineBench:
    """A till that answers each message with ANSWER, at once where HS=1 asks for it."""
    bench = LineBench(settings)
    bench.on_message = lambda message: bench.link.send(ANSWER, "answer", at_once=message.hs)
    return bench


def test_asynchronous_command() -> None:
    bench = answering_bench(Settings(frame_numbers="from-1", busy_reply="busy"))
    bench.link.become(Availability.SILENT, bench.clock.now())
    assert bench.ask(master(RDY), listen=3 * SECOND) == []
    bench.link.become(Availability.BUSY, bench.clock.now())
    assert bench.ask(master(RDY)) == [till(ControlCode.BUSY)]
    bench.link.become(Availability.READY, bench.clock.now())
    assert bench.ask(master(RDY)) == [till(RDY)]
    damaged = master_data(1, PING, hs=True).encode()[:-1] + b"\x00"
    assert bench.ask_raw(damaged) == [till(NAK)]
    assert bench.ask(master_data(1, PING, hs=True)) == [till(ACK), till_data(1, ANSWER)]
    assert bench.ask(master(ACK)) == []
    assert bench.delivered == ["answer"]
    assert bench.findings == [FindingCode.BAD_DCRC]


@pytest.mark.parametrize("silent", [True, False])
def test_synchronous_command(silent: bool) -> None:
    bench = LineBench(Settings(frame_numbers="from-1", busy_reply="silent" if silent else "busy"))
    assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.ask(master_data(1, PING)) == [till(ACK)]
    bench.link.become(Availability.BUSY, bench.clock.now())
    assert bench.ask(master(RDY), listen=3 * SECOND) == ([] if silent else [till(ControlCode.BUSY)])
    bench.link.become(Availability.READY, bench.clock.now())
    bench.link.send(ANSWER, "answer")
    assert bench.listen(SECOND) == []
    assert bench.ask(master(RDY)) == [till_data(1, ANSWER)]
    assert bench.ask(master(ACK)) == []
    assert bench.findings == []


def test_a_long_answer_in_frames() -> None:
    bench = answering_bench(Settings(frame_numbers="from-1", max_outgoing=16))
    assert bench.ask(master(RDY)) == [till(RDY)]
    first = till_data(1, ANSWER[:16], hs=True)
    assert bench.ask(master_data(1, PING, hs=True)) == [till(ACK), first]
    assert bench.ask(master(ACK, hs=True)) == [till_data(2, ANSWER[16:32], hs=True)]  # HS=1: the next at once
    assert bench.ask(master(ACK), listen=SECOND) == []  # HS=0: the next after RDY
    assert bench.delivered == []
    assert bench.ask(master(RDY)) == [till_data(3, ANSWER[32:])]
    assert bench.ask(master(ACK)) == []
    assert bench.delivered == ["answer"]
    assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.findings == []


def test_the_tills_own_request() -> None:
    bench = LineBench(FROM_1)
    bench.link.send(REQUEST, "request", wants_answer=True)
    assert bench.listen(SECOND) == []
    assert bench.ask(master(RDY)) == [till_data(1, REQUEST)]
    assert bench.ask(master(ACK)) == []
    assert bench.ask(master_data(1, REPLY)) == [till(ACK)]
    assert [message.data for message in bench.messages] == [REPLY]
    assert bench.findings == []


def test_the_tills_own_request_in_frames() -> None:
    bench = LineBench(Settings(frame_numbers="from-1", max_outgoing=5))
    bench.link.send(REQUEST, "request", wants_answer=True)
    assert bench.ask(master(RDY)) == [till_data(1, REQUEST[:5], hs=True)]
    assert bench.ask(master(ACK, hs=True)) == [till_data(2, REQUEST[5:])]
    assert bench.ask(master(ACK)) == []
    assert bench.ask(master_data(1, REPLY)) == [till(ACK)]
    assert bench.findings == []


def test_the_tills_own_request_answered_after_another_till_was_spoken_to() -> None:
    bench = LineBench(FROM_1, addresses=(1, 2))
    bench.link.send(REQUEST, "request", wants_answer=True)
    assert bench.ask(master(RDY)) == [till_data(1, REQUEST)]
    assert bench.ask(master(ACK)) == []
    assert bench.ask(master(RDY, address=2)) == [till(RDY, address=2)]
    assert bench.ask(master_data(1, PING, address=2)) == [till(ACK, address=2)]
    assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.ask(master_data(1, REPLY)) == [till(ACK)]
    assert bench.findings == []


def test_the_master_finds_a_wrong_number_and_begins_the_tills_transfer_again() -> None:
    bench = LineBench(Settings(frame_numbers="from-1", max_outgoing=5))
    bench.link.send(REQUEST, "request", wants_answer=True)
    assert bench.ask(master(RDY)) == [till_data(1, REQUEST[:5], hs=True)]
    assert bench.ask(master(ACK, hs=True)) == [till_data(2, REQUEST[5:])]
    assert bench.ask(master(SYN)) == [till(RDY)]
    assert bench.ask(master(RST)) == [till_data(1, REQUEST[:5], hs=True)]
    assert bench.ask(master(ACK, hs=True)) == [till_data(2, REQUEST[5:])]
    assert bench.ask(master(ACK)) == []
    assert bench.delivered == ["request"]
    assert bench.resets == 1
    assert bench.findings == []


def test_the_till_finds_a_wrong_number_and_the_master_begins_its_transfer_again() -> None:
    bench = LineBench(FROM_1)
    text = b"\x03\x03\x00\x00\x00\x00\x00\x01\x00\x00\x00\x28\x00" + b"A" * 40
    assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.ask(master_data(1, text[:20], hs=True)) == [till(ACK, hs=True)]
    assert bench.ask(master_data(3, text[20:40], hs=True)) == [till(ControlCode.REJ)]
    assert bench.ask(master(SYN)) == [till(RDY)]
    assert bench.ask(master(RST)) == []
    assert bench.ask(master_data(1, text[:20], hs=True)) == [till(ACK, hs=True)]
    assert bench.ask(master_data(2, text[20:])) == [till(ACK)]
    assert [message.data for message in bench.messages] == [text]
    assert bench.findings == [FindingCode.WRONG_FRAME_NUMBER]


def test_a_transfer_of_the_master_with_and_without_rdy_between_its_frames() -> None:
    bench = LineBench(FROM_1)
    text = b"\x03\x03\x00\x00\x00\x00\x00\x01\x00\x00\x00\x28\x00" + b"A" * 40
    assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.ask(master_data(1, text[:20], hs=True)) == [till(ACK, hs=True)]
    assert bench.ask(master_data(2, text[20:40], hs=True)) == [till(ACK, hs=True)]
    assert bench.ask(master(RDY)) == [till(RDY)]
    assert bench.ask(master_data(3, text[40:])) == [till(ACK)]
    assert [message.data for message in bench.messages] == [text]
    assert bench.findings == []

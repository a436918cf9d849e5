"""Document, «Пакеты с данными» and «Основные алгоритмы обмена»: frame numbers, transfers, lost packets."""

import pytest

from tests.acceptance.master import Master, after
from tests.acceptance.tables import PDF, PING, SaleAnswer, bcd, sale_request, show_message
from tests.acceptance.till_process import TillProcess

# Master → till


def test_numbers_go_round_in_both_directions(till: TillProcess, master: Master) -> None:
    master.command(PING)
    resynchronised = master.resynchronised
    for _ in range(16):
        assert master.command(PING)[1] == 5
    assert master.resynchronised == resynchronised


def test_a_wrong_number_then_syn(till: TillProcess, master: Master) -> None:
    till.expect_findings("wrong-frame-number")
    master.command(PING)
    master.ready()
    assert master.try_data(PING, number=after(after(master.outgoing))).kind == "REJ"
    master.synchronise()
    assert master.try_data(PING).kind == "ACK", "after SYN's RDY no other is needed"
    assert master.fetch()[1] == 5


def test_number_zero_is_never_right(till: TillProcess, master: Master) -> None:
    till.expect_findings("wrong-frame-number")
    master.ready()
    assert master.try_data(PING, number=0).kind == "REJ"
    master.synchronise()


def test_after_rej_only_syn(till: TillProcess, master: Master) -> None:
    till.expect_findings("wrong-frame-number", "no-syn-after-rej")
    master.command(PING)
    master.ready()
    assert master.try_data(PING, number=0).kind == "REJ"
    master.ask("RDY")
    master.synchronise()


def test_a_repeat_after_a_lost_ack_is_executed_twice(till: TillProcess, master: Master) -> None:
    """The hazard the document leaves: REJ, SYN, the same message again."""
    till.expect_findings("wrong-frame-number", "executed-twice", "data-without-rdy")
    master.ready()
    number = master.outgoing
    assert master.try_data(show_message(1)).kind == "ACK"
    assert master.try_data(show_message(1), number=number).kind == "REJ"
    master.synchronise()
    assert master.try_data(show_message(1)).kind == "ACK"
    assert master.fetch() == bytes.fromhex("03 06 00 00")
    till.expected &= till.findings() | {"wrong-frame-number", "executed-twice"}


@pytest.mark.parametrize("size", [1, 2, 20, 58])
@pytest.mark.parametrize("rdy_between", [False, True], ids=["frames at once", "RDY between"])
def test_a_request_in_several_frames(till: TillProcess, master: Master, size: int, rdy_between: bool) -> None:
    master.post(sale_request(PDF, barcode=4607001234567), size=size, rdy_between=rdy_between)
    assert till.state == "request"
    till.press("5 ПИ")
    assert SaleAnswer.read(master.fetch()).barcode == 4607001234567


def test_a_request_in_several_frames_without_handshake(till: TillProcess, master: Master) -> None:
    assert master.command(show_message(2), hs=1, size=2) == bytes.fromhex("03 06 00 00")


def test_a_transfer_begun_again_with_rst(till: TillProcess, master: Master) -> None:
    request = sale_request(PDF, item=4321)
    master.ready()
    assert master.try_data(request[:30], hs=1).hs == 1
    assert master.try_data(request[30:40], number=0, hs=1).kind == "REJ"
    master.synchronise()
    master.control("RST")
    assert master.quiet()
    master.post(request, size=30, ready=False)
    till.press("5 ПИ")
    assert SaleAnswer.read(master.fetch()).item == 4321
    till.expect_findings("wrong-frame-number")


def test_data_without_rdy_is_a_finding(till: TillProcess, master: Master) -> None:
    till.expect_findings("data-without-rdy")
    master.command(PING)
    assert master.try_data(PING).kind == "ACK"
    assert master.fetch()[1] == 5


def test_data_after_disc_without_rdy(till: TillProcess, master: Master) -> None:
    till.expect_findings("data-after-disc")
    till.press("1")
    assert master.ask("RDY").kind == "DISC"
    assert master.try_data(PING).kind == "DISC"


def test_more_than_any_message_holds(till: TillProcess, master: Master) -> None:
    """A transfer of 526 bytes and more is acknowledged and dropped."""
    master.ready()
    message = bytes([3, 3, 0]) + bytes(4) + b"\1\0" + bytes([0, 0, 0, 0]) + b"A" * 600
    for at in range(0, len(message), 100):
        assert master.try_data(message[at : at + 100], hs=int(at + 100 < len(message))).kind == "ACK"
    assert master.nothing_to_fetch()
    assert "transfer-too-long" in till.findings()
    till.expected = till.findings()


# Till → master: what the master may say to a data packet


def test_nothing_but_rdy_again(till: TillProcess, master: Master) -> None:
    master.post(PING)
    first = master.ask("RDY")
    assert first.kind == "DATA"
    assert master.ask("RDY").raw == first.raw
    master.take(first)
    assert master.nothing_to_fetch()


def test_nak_repeats_at_once(till: TillProcess, master: Master) -> None:
    master.post(PING)
    first = master.ask("RDY")
    for _ in range(3):
        assert master.ask("NAK").raw == first.raw
    master.take(first)


def test_disc_waits_for_rdy(till: TillProcess, master: Master) -> None:
    master.post(PING)
    first = master.ask("RDY")
    master.control("DISC")
    assert master.quiet()
    assert master.ask("RDY").raw == first.raw
    master.take(first)


def test_rej_waits_for_syn(till: TillProcess, master: Master) -> None:
    master.post(PING)
    first = master.ask("RDY")
    master.control("REJ")
    assert master.quiet()
    master.synchronise()
    again = master.ask("RDY")
    assert again.payload == first.payload
    master.take(again)


@pytest.mark.parametrize("name", ["RDY", "RST"])
def test_syn_gives_the_packet_a_new_number(till: TillProcess, master: Master, name: str) -> None:
    for _ in range(3):
        master.command(PING)
    master.post(PING)
    first = master.ask("RDY")
    master.synchronise()
    assert master.quiet()
    again = master.ask(name)
    assert again.payload == first.payload
    assert again.number != first.number
    master.take(again)


def test_data_acknowledges_nothing(till: TillProcess, master: Master) -> None:
    till.expect_findings("data-instead-of-ack")
    master.post(PING)
    ping = master.ask("RDY")
    assert ping.kind == "DATA"
    assert master.try_data(show_message(1)).kind == "ACK"
    assert master.ask("RDY").raw == ping.raw
    master.take(ping)
    assert master.fetch() == bytes.fromhex("03 06 00 00")


def test_an_answer_without_handshake_may_be_lost_too(till: TillProcess, master: Master) -> None:
    master.post(PING, hs=1)
    first = master.receive()
    assert master.ask("RDY").raw == first.raw
    assert master.take(first)[1] == 5


def test_a_ping_overtakes_an_open_request(till: TillProcess, master: Master) -> None:
    master.post(sale_request(PDF, item=77))
    for _ in range(3):
        assert master.command(PING)[22] & 8
    till.press("5 ПИ")
    answer = master.fetch()
    assert answer[:3] == b"\x03\x01\x00"
    assert answer[11:13] == bcd(77, 2)


def test_syn_is_answered_where_rdy_hears_disc(till: TillProcess, master: Master) -> None:
    till.press("1")
    master.synchronise()
    assert till.state == "entry"
    assert master.ask("RDY").kind == "DISC"


def test_a_queued_answer_waits_while_the_operator_types(till: TillProcess, master: Master) -> None:
    master.post(sale_request(PDF))
    till.press("5 ПИ 1")
    assert master.ask("RDY").kind == "DISC"
    till.press("С")
    assert master.fetch()[:3] == b"\x03\x01\x00"


@pytest.mark.parametrize("name", ["ACK", "NAK", "REJ", "RST", "DISC", "WAIT", "BUSY"])
def test_a_control_packet_that_answers_nothing(till: TillProcess, master: Master, name: str) -> None:
    master.control(name)
    assert master.nothing_to_fetch()
    if name in ("RST", "WAIT"):
        # The document gives neither a meaning here, nor forbids it.
        till.expected = till.findings() & {"unexpected-control"}
    else:
        till.expect_findings("unexpected-control")

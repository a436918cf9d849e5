"""The line at 57600 baud: a whole sale, and the 10 ms that no answer may cut short.

Only lower bounds: a loaded machine may be late, the till may never be early.
"""

import time

import pytest

from tests.acceptance.conftest import Start
from tests.acceptance.master import BYTE_TIME
from tests.acceptance.selling import finish, until_identifier
from tests.acceptance.tables import PING, graphics, identifier_request, words

TEN_MS = 0.010


def test_a_whole_sale_and_not_one_finding(start: Start) -> None:
    till, master = start("--set", "print_lines_per_s=0", pace="packet")
    master.synchronise()
    receipt = until_identifier(till, master)
    master.answer(graphics(1, [b"\x55\xaa"] * 16, 16))
    assert master.fetch() == identifier_request(receipt, 2)
    master.answer(words(2, "HTTP://CHECK"))
    assert master.fetch() == identifier_request(receipt, 3)
    finish(till, master, 3)
    # The till judges the gap by when this machine let it read, so a loaded machine accuses a punctual master.
    assert till.findings() <= {"gap-too-short"}


def test_rdy_is_not_answered_within_the_gap(start: Start) -> None:
    _, master = start(kind="pty", pace="packet")
    for _ in range(10):
        began = master.control("RDY")
        master.receive()
        assert time.monotonic() - began >= 5 * BYTE_TIME + TEN_MS + 5 * BYTE_TIME


def test_bytes_that_trickle(start: Start) -> None:
    _, master = start(kind="pty", pace="byte")
    began = master.control("RDY")
    master.receive()
    assert time.monotonic() - began >= 5 * BYTE_TIME + TEN_MS + 5 * BYTE_TIME


def test_ack_then_data_without_handshake(start: Start) -> None:
    _, master = start(kind="pty", pace="packet")
    master.synchronise()
    master.ready()
    began = master.data(PING, hs=1)
    assert master.receive().kind == "ACK"
    answer = master.receive()
    assert answer.kind == "DATA"
    line = 11 + 5 + len(answer.raw)
    assert time.monotonic() - began >= line * BYTE_TIME + 2 * TEN_MS


def test_a_master_in_a_hurry_is_told(start: Start) -> None:
    till, master = start(kind="pty", pace="packet")
    master.synchronise()
    master.paced = False
    for _ in range(10):
        master.ask("RDY")
    assert till.findings() == {"gap-too-short"}


def test_pings_too_often(start: Start) -> None:
    till, master = start(kind="pty", pace="packet")
    master.synchronise()
    for _ in range(5):
        master.command(PING, hs=1)
    assert "ping-too-often" in till.findings()


@pytest.mark.parametrize("hold", [10, 3])
def test_a_transfer_that_stops_is_told_after_3_seconds_and_held_longer(start: Start, hold: int) -> None:
    """The master asks RDY and sends the lost frame again; a till that holds nothing takes it for a message."""
    till, master = start("--set", f"transfer_hold={hold}", kind="tcp", pace="packet")
    master.synchronise()
    master.ready()
    assert master.try_data(b"\x03", hs=1).kind == "ACK"
    till.until(lambda: "transfer-broken-off" in till.findings())
    if hold == 3:
        assert master.command(PING)[1] == 5
    else:
        answer = master.command(b"\x05")
        assert (answer[1], len(answer)) == (5, 44)

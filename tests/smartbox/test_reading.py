"""The till's bytes as records, and what is said of those that are none."""

from datetime import datetime

import pytest

from kkm_sim.messages.codes import Function, Operation
from kkm_sim.messages.records import DonePacket, IdentifierRequest, PingAnswer, SaleAnswer, ShortAnswer
from kkm_sim.reasons import Reason, ReasonCode, together
from kkm_sim.smartbox.reading import Misread, read_till_message

PING_ANSWER = (
    bytes.fromhex("03 05 00 00 01")
    + b"1234567".ljust(16, b"\0")
    + bytes.fromhex("00 83 12 00  01 07 16 12 34 56  42 00 00 00 03 02 50 01 00 00 00 00 00")
)
REVERSED = PING_ANSWER[:25] + PING_ANSWER[25:31][::-1] + PING_ANSWER[31:]


def test_ping_answer() -> None:
    status = read_till_message(PING_ANSWER, "listed")
    assert isinstance(status, PingAnswer)
    assert (status.serial_number, status.flags, status.shift) == ("1234567", 0x83, 12)
    assert status.moment == datetime(2016, 7, 1, 12, 34, 56)
    assert (status.receipt_number, status.operations, status.alcohol, status.total) == (42, 3, 2, 150)


def test_dates_are_read_in_the_order_of_the_settings() -> None:
    status = read_till_message(REVERSED, "little-endian")
    assert isinstance(status, PingAnswer)
    assert status.moment == datetime(2016, 7, 1, 12, 34, 56)


@pytest.mark.parametrize(
    ("message", "record"),
    [
        ("03 03 42 00 00 00 02 00", IdentifierRequest(receipt_number=42, block=2)),
        ("03 04 1b 00", DonePacket(result=27)),
        ("03 06 02 00", ShortAnswer(function=6, result=2)),
        ("03 07 00 00", ShortAnswer(function=7)),
    ],
)
def test_short_messages(message: str, record: object) -> None:
    assert read_till_message(bytes.fromhex(message), "listed") == record


def test_sale_answer() -> None:
    head = "03 01 00 00  07 00 00 00  02 01 01  00 00  15 00 35 12 70 60 04 00 00  00 10 00 00 00"
    data = bytes.fromhex(head + "00 50 01 00 00  00 50 01 00 00") + bytes(34)
    answer = read_till_message(data, "listed")
    assert isinstance(answer, SaleAnswer)
    assert (answer.receipt_number, answer.operation_number, answer.operation) == (7, 2, Operation.RETURN)
    assert (answer.alcohol, answer.barcode) == (True, 4607012350015)
    assert (answer.quantity, answer.price, answer.sum) == (1000, 15000, 15000)


@pytest.mark.parametrize("function", [Function.SALE, Function.PING])
def test_a_refusal_may_be_short_but_a_success_may_not(function: Function) -> None:
    refused = read_till_message(bytes((3, function, 27, 0)), "listed")
    assert refused == ShortAnswer(function=function, result=27)
    accepted = read_till_message(bytes((3, function, 0, 0)), "listed")
    assert isinstance(accepted, Misread)
    assert accepted.function is function


@pytest.mark.parametrize("data", [b"", b"\x03", b"\x04\x05", b"\x03\x00\x00\x00", b"\x03\x08\x00\x00"])
def test_no_message_of_the_document(data: bytes) -> None:
    assert read_till_message(data, "listed") == Misread(None, (Reason(ReasonCode.NO_MESSAGE),))


@pytest.mark.parametrize("data", [PING_ANSWER[:-1], PING_ANSWER + b"\0"])
def test_a_wrong_length_is_told(data: bytes) -> None:
    assert read_till_message(data, "listed") == Misread(
        Function.PING, (Reason(ReasonCode.OTHER_SIZE, size=len(data), expected=44),)
    )


def test_every_bad_field_is_named() -> None:
    bad = bytearray(PING_ANSWER)
    bad[23] = 0x1A
    bad[37] = 0xF0
    misread = read_till_message(bytes(bad), "listed")
    assert isinstance(misread, Misread)
    assert misread.function is Function.PING
    assert together(misread.why) == "shift: a nibble over 9, 1a 00; total: a nibble over 9, f0 01 00 00 00 00 00"

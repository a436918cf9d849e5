"""Messages decoded for people who watch the line: names, fields, faults."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkm_sim.messages.codes import CodeType, DataKind, Operation, ShownMessage
from kkm_sim.messages.forms import Fault
from kkm_sim.messages.reading import Message, read_message
from kkm_sim.settings import DateTimeOrder


def to_till(raw: str) -> Message | None:
    return read_message(bytes.fromhex(raw), to_till=True, order="listed")


def to_master(raw: str, order: DateTimeOrder = "listed") -> Message | None:
    return read_message(bytes.fromhex(raw), to_till=False, order=order)


SALE_REQUEST = (
    "03 01 00 01 34 12 67 45 23 01 00 07 60 04 00 E8 03 00 00 00 DA 61 00 00 00C2 EE E4 EA E0" + "00" * 27 + "02 01"
)
PING_ANSWER = (
    "03 05 00 00 01 31 32 33" + "00" * 13 + "00 8B 07 00 01 07 16 12 34 56 23 01 00 00 02 01 78 67 06 00 00 00 00"
)


def test_sale_request() -> None:
    message = to_till(SALE_REQUEST)
    assert message is not None
    assert message.name == "SaleRequest"
    assert message.faults == ()
    assert message.fields == {
        "vector": 3,
        "function": 1,
        "operation": Operation.SALE,
        "code_type": CodeType.PDF,
        "item_code": 1234,
        "barcode": 4600700_01234567,
        "quantity": 1000,
        "price": 25050,
        "name": "Водка",
        "section": 2,
        "tax": 1,
    }


def test_ping_answer() -> None:
    message = to_master(PING_ANSWER)
    assert message is not None
    assert message.name == "PingAnswer"
    assert message.fields["serial_number"] == "123"
    assert message.fields["moment"] == datetime(2016, 7, 1, 12, 34, 56)
    assert message.fields["total"] == 66778
    assert str(message) == (
        "PingAnswer model=1 serial_number=123 flags=139 shift=7 moment=2016-07-01 12:34:56 "
        "receipt_number=123 operations=2 alcohol=1 total=66778"
    )


def test_datetime_order() -> None:
    message = to_master(PING_ANSWER.replace("01 07 16 12 34 56", "56 34 12 16 07 01"), "little-endian")
    assert message is not None
    assert message.fields["moment"] == datetime(2016, 7, 1, 12, 34, 56)


@pytest.mark.parametrize(
    ("raw", "name", "told"),
    [
        ("03 02 00 23 01 00 00", "CloseAnswer", {"result": 0, "receipt_number": 123}),
        ("03 05", "PingRequest", {}),
        ("03 06 03", "ShowMessageRequest", {"message": ShownMessage.REPEAT}),
        ("03 07", "AnnulReceiptRequest", {}),
        ("03 07 FF", "AnnulReceiptRequest", {}),
        ("03 03 01", "IdentifierAnswer", {"result": 1}),
        ("03 03 02" + "00" * 10, "IdentifierAnswer", {"result": 2}),
        (
            "03 03 00 23 01 00 00 02 01 01 01 02 09 FF 80",
            "IdentifierAnswer",
            {"receipt_number": 123, "block": 258, "kind": DataKind.GRAPHICS, "rows": 1, "row_bytes": 2, "bits": 9}
            | {"data": "ff80"},
        ),
    ],
)
def test_master_messages(raw: str, name: str, told: dict[str, object]) -> None:
    message = to_till(raw)
    assert message is not None
    assert message.name == name
    assert message.fields.items() >= told.items()


@pytest.mark.parametrize(
    ("raw", "name", "told"),
    [
        ("03 01 1B" + "00" * 68, "SaleAnswer", {"result": 27, "receipt_number": 0}),
        ("03 03 23 01 00 00 02 01", "IdentifierRequest", {"receipt_number": 123, "block": 258}),
        ("03 04 1B 00", "DonePacket", {"result": 27}),
        ("03 06 02 00", "ShortAnswer", {"function": 6, "result": 2}),
        ("03 07 1B 00", "ShortAnswer", {"function": 7, "result": 27}),
        ("03 63 01 00", "ShortAnswer", {"function": 99, "result": 1}),
    ],
)
def test_till_messages(raw: str, name: str, told: dict[str, object]) -> None:
    message = to_master(raw)
    assert message is not None
    assert message.name == name
    assert message.fields.items() >= told.items()


TEXT = "03 03 00 00 00 00 00 01 00 00 00 03 00"


@pytest.mark.parametrize(
    ("data", "whole"),
    [("41 42 43", True), ("41 42 43 00", True), ("41 42 00", True), ("41 42", False), ("41 42 43 00 00", False)],
)
def test_text_with_and_without_its_closing_zero(data: str, whole: bool) -> None:
    message = to_till(TEXT + data)
    assert (message is not None) is whole
    if message is not None:
        assert message.fields["data"] == bytes.fromhex(data).hex()


def test_text_that_cannot_say_its_length() -> None:
    message = to_till("03 03 00 00 00 00 00 01 00 00 00 00 00" + "41" * 300)
    assert message is not None
    assert message.fields["data"] == "41" * 300


PARTS = [
    *("", "03", "04 05", "03 02", "03 02 00 00 00 00", "03 05 00", "03 06", "03 07 00 00", "03 08", "03 04 00 00"),
    *("03 03 00", "03 03", TEXT, SALE_REQUEST[:-2], SALE_REQUEST + "00"),
]


@pytest.mark.parametrize("raw", PARTS)
def test_parts_and_what_the_document_does_not_have(raw: str) -> None:
    assert to_till(raw) is None


def test_fault_in_an_ignored_field_leaves_the_others_readable() -> None:
    message = to_till("03 02 00 0A 00 00 00")
    assert message is not None
    assert message.fields["result"] == 0
    ((name, fault),) = [(fault.name, fault.fault) for fault in message.faults]
    assert (name, fault) == ("receipt_number", Fault.BCD)
    assert str(message) == "CloseAnswer receipt_number: a nibble over 9, 0a 00 00 00"


def test_fault_in_a_field_that_matters_is_told() -> None:
    message = to_till("03 06 09")
    assert message is not None
    assert message.fields == {}
    assert str(message) == "ShowMessageRequest message: a value outside the table, 09"


@given(data=st.binary(max_size=100), begin=st.sampled_from([b"", b"\x03", b"\x03\x01", b"\x03\x03\x00", b"\x03\x05"]))
def test_never_raises(data: bytes, begin: bytes) -> None:
    for direction in (True, False):
        message = read_message(begin + data, to_till=direction, order="listed")
        assert message is None or str(message).startswith(message.name)


def test_what_a_refusal_says() -> None:
    ping = read_message(bytes.fromhex("03 05 03") + bytes(41), to_till=False, order="listed")
    assert str(ping) == "PingAnswer result=3"
    unknown = read_message(bytes.fromhex("03 05 01 00"), to_till=False, order="listed")
    assert str(unknown) == "ShortAnswer result=1"
    assert to_till("03 03 01" + "00" * 11) is None  # 13 bytes at most [D-31]

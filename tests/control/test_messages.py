import pytest
from msgspec import to_builtins

from kkm_sim.control.messages import message_view

SALE_ANSWER = "03 01 00 00 12 00 00 00 02 00 01 00 00" + "00" * 9 + "00 10 00 00 00 50 99 00 00 00 50 99 00 00 00"
SALE_ANSWER += "00" * 32 + "01 01"


def decoded(data: str, *, to_till: bool) -> object:
    message = message_view(bytes.fromhex(data), to_till=to_till, order="listed")
    return message and (message.name, message.fields, message.faults)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("03 02 00 12 00 00 00", ("CloseAnswer", {"vector": 3, "function": 2, "result": 0, "receipt_number": 12}, [])),
        ("03 06 02", ("ShowMessageRequest", {"vector": 3, "function": 6, "message": 2}, [])),
        ("03 07", ("AnnulReceiptRequest", {"vector": 3, "function": 7}, [])),
        ("03 07 00", ("AnnulReceiptRequest", {"vector": 3, "function": 7}, [])),
        ("03 03 01", ("IdentifierAnswer", {"result": 1}, [])),
        ("03 06 09", ("ShowMessageRequest", {}, ["message: a value outside the table, 09"])),
    ],
)
def test_what_the_master_says(data: str, expected: object) -> None:
    assert decoded(data, to_till=True) == expected


def test_what_is_wrong_has_a_code() -> None:
    message = message_view(bytes.fromhex("03 06 09"), to_till=True, order="listed")
    assert message is not None
    assert to_builtins(message.why) == [{"code": "outside-table", "fields": {"field": "message", "bytes": "09"}}]


@pytest.mark.parametrize("end", ["", "00"])
def test_a_block_of_text(end: str) -> None:
    head = {"vector": 3, "function": 3, "result": 0, "receipt_number": 12, "block": 2, "kind": 0}
    head |= {"rows": 0, "row_bytes": 2, "bits": 0}
    seen = decoded("03 03 00 12 00 00 00 02 00 00 00 02 00 41 42" + end, to_till=True)
    assert seen == ("IdentifierAnswer", {**head, "data": "4142" + end}, [])


def test_what_the_till_says() -> None:
    fields = {"vector": 3, "function": 1, "result": 0, "reserve": 0, "receipt_number": 12, "operation_number": 2}
    fields |= {"operation": 0, "alcohol": True, "item_code": 0, "barcode": 0, "quantity": 1000, "price": 9950}
    fields |= {"sum": 9950, "section": 1, "tax": 1}
    assert decoded(SALE_ANSWER, to_till=False) == ("SaleAnswer", {**fields, "name": ""}, [])
    short = {"vector": 3, "function": 9, "result": 1, "reserve": 0}
    assert decoded("03 09 01 00", to_till=False) == ("ShortAnswer", short, [])


@pytest.mark.parametrize(
    ("data", "to_till"),
    [
        ("", True),
        ("03", True),
        ("04 05", True),
        ("03 09", True),
        ("03 01 00 01", True),
        ("03 03 00 12 00 00 00 02 00 00 00 05 00 41 42", True),
        ("03 03", True),
        ("03 01 00 00 12 00 00 00 02", False),
        ("03 05", False),
    ],
)
def test_parts_and_what_nobody_knows(data: str, to_till: bool) -> None:
    assert decoded(data, to_till=to_till) is None

from datetime import datetime
from typing import Any

import pytest
from pydantic import ValidationError

from kkm_sim.messages.codes import CodeType, Operation, ShownMessage
from kkm_sim.messages.records import (
    AnnulReceiptRequest,
    CloseAnswer,
    CloseRequest,
    DonePacket,
    IdentifierRequest,
    PingAnswer,
    PingRequest,
    SaleAnswer,
    SaleRequest,
    ShowMessageRequest,
)
from kkm_sim.remote.protocol.jsonrpc import Notification, Request
from kkm_sim.remote.protocol.operations import (
    TO_CLIENT,
    TO_SERVER,
    Close,
    Closed,
    Identifier,
    Message,
    Nothing,
    Sale,
    answer_of,
    close_answer,
    fields_of,
    identifier_answer,
    notification_of,
    operation_of,
    question_of,
)

NOON = datetime(2016, 7, 1, 12)
BLOCK_2 = IdentifierRequest(receipt_number=12, block=2)
SUMS = {f"tax_{n}": 0 for n in range(1, 6)} | {"discounts": 0, "markups": 0, "cash": 35090, "credit": 0}
CLOSE = CloseRequest(
    receipt_number=12,
    kind=Operation.SALE,
    operations=1,
    alcohol=1,
    other=0,
    total=35090,
    shift=7,
    moment=NOON,
    **SUMS,
)


def test_the_methods_of_the_interface() -> None:
    assert list(TO_SERVER) == ["ping", "sale", "message", "annul", "link"]
    assert list(TO_CLIENT) == ["ready", "close", "identifier", "done", "sale_answer"]
    assert [name for name, method in TO_CLIENT.items() if method.result is None] == ["ready", "done", "sale_answer"]


def test_omitted_fields_of_a_sale_are_zero() -> None:
    assert operation_of("sale", Sale.model_validate({"code_type": 1})) == SaleRequest(code_type=CodeType.PDF)
    assert operation_of("sale", Sale.model_validate({})) == SaleRequest(code_type=CodeType.EAN)


def test_all_fields_of_a_sale() -> None:
    given: dict[str, Any] = {
        "operation": 1,
        "code_type": 3,
        "item_code": 1234,
        "barcode": 4600000000008,
        "quantity": 1500,
        "price": 35090,
        "name": "ПИВО",
        "section": 2,
        "tax": 1,
    }
    request = operation_of("sale", Sale.model_validate(given))
    assert request == SaleRequest(**given | {"operation": Operation.RETURN, "code_type": CodeType.BEER})
    assert isinstance(request, SaleRequest)
    assert isinstance(request.code_type, CodeType)
    assert len(request.encode()) == 59


def test_the_other_calls() -> None:
    assert operation_of("ping", Nothing()) == PingRequest()
    assert operation_of("annul", Nothing()) == AnnulReceiptRequest()
    assert operation_of("message", Message(code=2)) == ShowMessageRequest(message=ShownMessage.SCAN_PDF)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"code_type": 4}, "code_type"),
        ({"code_type": "1"}, "code_type"),
        ({"code_type": 1, "barcode": 10**18}, "barcode"),
        ({"code_type": 1, "barcode": -1}, "barcode"),
        ({"code_type": 1, "price": 1.5}, "price"),
        ({"code_type": 1, "section": 100}, "section"),
        ({"code_type": 1, "name": "x" * 33}, "name"),
        ({"code_type": 1, "name": "漢"}, "name"),
        ({"code_type": 1, "name": "\ud800"}, "name"),
        ({"code_type": 1, "vector": 3}, "vector"),
        ({"code_type": 1, "colour": "red"}, "colour"),
    ],
)
def test_a_wrong_sale_names_its_field(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as raised:
        Sale.model_validate(wrong)
    assert [error["loc"][0] for error in raised.value.errors()] == [field]


def test_a_message_as_a_client_sees_it() -> None:
    status = PingAnswer(model=1, serial_number="1234567", flags=0x83, shift=7, moment=NOON, total=35090)
    assert fields_of(status) == {
        "model": 1,
        "serial_number": "1234567",
        "flags": 131,
        "shift": 7,
        "moment": "2016-07-01T12:00:00",
        "receipt_number": 0,
        "operations": 0,
        "alcohol": 0,
        "total": 35090,
    }
    assert type(fields_of(SaleRequest(code_type=CodeType.PDF))["code_type"]) is int


def test_a_close_request_fits_its_own_shape() -> None:
    assert Close.model_validate(fields_of(CLOSE)).model_dump()["cash"] == 35090


def test_the_answer_to_a_close() -> None:
    assert close_answer(CLOSE, Closed()) == CloseAnswer(receipt_number=12)
    assert close_answer(CLOSE, Closed(result=27, receipt=13)) == CloseAnswer(result=27, receipt_number=13)


def test_a_picture_of_the_identifier_byte_by_byte() -> None:
    answer = identifier_answer(BLOCK_2, Identifier(kind="graphics", rows=["80", "01"], bits=8))
    assert answer.encode() == bytes.fromhex("03 03 00 12 00 00 00 02 00 01 02 01 08 80 01")
    whole = identifier_answer(BLOCK_2, Identifier(kind="graphics", rows=["80", "01"]))
    assert whole.encode() == bytes.fromhex("03 03 00 12 00 00 00 02 00 01 02 01 00 80 01")


def test_a_text_of_the_identifier_byte_by_byte() -> None:
    answer = identifier_answer(BLOCK_2, Identifier(text="Да"))
    assert answer.encode() == bytes.fromhex("03 03 00 12 00 00 00 02 00 00 00 03 00 c4 e0 00")


def test_no_more_of_the_identifier() -> None:
    assert identifier_answer(BLOCK_2, Identifier(result=1)).encode()[:9] == bytes.fromhex("03 03 01 12 00 00 00 02 00")


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "graphics"},
        {"kind": "graphics", "rows": ["80"], "bits": 9},
        {"kind": "graphics", "rows": ["80", "8000"], "bits": 8},
        {"kind": "graphics", "rows": ["8"], "bits": 4},
        {"kind": "graphics", "rows": ["zz"], "bits": 8},
        {"kind": "graphics", "rows": ["00"] * 65, "bits": 8},
        {"kind": "graphics", "rows": ["00" * 9], "bits": 65},
        {"kind": "text", "text": "漢"},
        {"kind": "text", "text": "a\0b"},
        {"kind": "text", "text": ""},
        {},
        {"result": 2},
    ],
)
def test_what_is_no_block(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Identifier.model_validate(wrong)


def test_what_the_till_wants_is_a_call_and_its_result_an_answer() -> None:
    assert question_of(3, CLOSE) == Request(3, "close", fields_of(CLOSE))
    assert answer_of(CLOSE, {"result": 27, "receipt": 7}) == CloseAnswer(result=27, receipt_number=7)
    block = IdentifierRequest(receipt_number=7, block=2)
    assert question_of(4, block) == Request(4, "identifier", {"receipt": 7, "block": 2})
    assert answer_of(block, {"result": 1}).encode() == identifier_answer(block, Identifier(result=1)).encode()
    with pytest.raises(ValidationError):
        answer_of(block, "yes")


def test_what_the_till_tells_is_a_notification() -> None:
    assert notification_of(DonePacket(result=1)) == Notification("done", {"result": 1})
    assert notification_of(SaleAnswer()).method == "sale_answer"

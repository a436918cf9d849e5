from datetime import datetime
from typing import Any

import pytest

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
from kkm_sim.remote.protocol.message_json import (
    Unexpected,
    block_of,
    close_of,
    closed_of,
    done_of,
    fields_of,
    identifier_of,
    link_of,
    notification_of,
    operation_of,
    question_of,
    sold_of,
    status_of,
    told_of,
)
from kkm_sim.remote.protocol.operations import Close, Closed, Identifier, Message, Nothing, Sale
from kkm_sim.smartbox.receipt_identifier import graphics_block, no_block, text_block
from tests.remote.protocol.examples import CLOSE, COUNTED, SOLD, STATUS

NOON = datetime(2016, 7, 1, 12)
SUMS = {f"tax_{n}": 0 for n in range(1, 6)} | {"discounts": 0, "markups": 0, "cash": 35090, "credit": 0}
CLOSING = CloseRequest(
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
    assert Close.model_validate(fields_of(CLOSING)).model_dump()["cash"] == 35090


def test_what_the_till_wants_is_a_call() -> None:
    assert question_of(3, CLOSING) == Request(3, "close", fields_of(CLOSING))
    block = IdentifierRequest(receipt_number=7, block=2)
    assert question_of(4, block) == Request(4, "identifier", {"receipt": 7, "block": 2})


def test_what_the_till_tells_is_a_notification() -> None:
    assert notification_of(DonePacket(result=1)) == Notification("done", {"result": 1})
    assert notification_of(SaleAnswer()).method == "sale_answer"


@pytest.mark.parametrize(("read", "fields"), [(status_of, STATUS), (sold_of, SOLD), (close_of, CLOSE)])
def test_messages_come_back_as_they_were(read: Any, fields: dict[str, Any]) -> None:
    record = read(fields)
    assert fields_of(record) == fields
    assert fields_of(type(record).decode(record.encode()).record) == fields


def test_values_have_their_types() -> None:
    close = close_of(CLOSE | {"kind": 1})
    assert isinstance(close, CloseRequest)
    assert close.kind is Operation.RETURN
    assert close.moment == datetime(2016, 7, 1, 12, 5)


def test_a_newer_server_may_tell_more() -> None:
    assert sold_of(SOLD | {"colour": "red"}).sum == 15000


@pytest.mark.parametrize("fields", [None, 7, [], {"model": 1}, STATUS | {"shift": "two"}, STATUS | {"total": -1}])
def test_what_is_no_status(fields: object) -> None:
    with pytest.raises(Unexpected, match="Status"):
        status_of(fields)


def test_requests_and_tellings() -> None:
    assert block_of({"receipt": 7, "block": 2}) == IdentifierRequest(receipt_number=7, block=2)
    assert done_of({"result": 3}).result == 3
    assert link_of(COUNTED).model_dump() == COUNTED


def test_the_smartboxs_answers() -> None:
    assert closed_of(CloseAnswer(result=27, receipt_number=7).encode()) == Closed(result=27, receipt=7)
    assert identifier_of(text_block(7, 1, "чек").encode()) == Identifier(text="чек")
    picture = graphics_block(7, 1, [b"\x80\x01", b"\xff\xf0"], 12)
    assert identifier_of(picture.encode()) == Identifier(kind="graphics", rows=["8001", "fff0"], bits=12)
    assert identifier_of(no_block(7, 3)) == Identifier(result=1)


def test_a_long_text_does_not_say_its_length() -> None:
    text = "ж" * 300
    assert identifier_of(text_block(7, 1, text).encode()).text == text


def test_what_goes_without_saying() -> None:
    assert told_of(Closed(receipt=7)) == {"result": 0, "receipt": 7}
    assert told_of(Identifier(result=1)) == {"result": 1}

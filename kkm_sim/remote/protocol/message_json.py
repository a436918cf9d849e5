"""The document's messages as JSON between client and server, and back."""

from datetime import datetime
from enum import IntEnum
from typing import Any, TypeVar

from pydantic import ValidationError

from kkm_sim.messages.codes import DataKind, ShownMessage
from kkm_sim.messages.forms import ENCODING, Code
from kkm_sim.messages.record import Record
from kkm_sim.messages.records import (
    AnnulReceiptRequest,
    CloseAnswer,
    CloseRequest,
    DonePacket,
    IdentifierHead,
    IdentifierRequest,
    MasterRequest,
    PingAnswer,
    PingRequest,
    SaleAnswer,
    SaleRequest,
    ShowMessageRequest,
)
from kkm_sim.refused_values import sentence_of
from kkm_sim.remote.protocol.jsonrpc import Notification, Request
from kkm_sim.remote.protocol.operations import (
    HIDDEN,
    Close,
    Closed,
    Done,
    Identifier,
    IdentifierOf,
    Link,
    Message,
    Sale,
    Shape,
    Sold,
    Status,
)

R = TypeVar("R", bound=Record)
S = TypeVar("S", bound=Shape)


class Unexpected(ValueError):
    """The other side sent what has not the shape it should have: one of us is of another version."""


# From messages


def fields_of(record: Record) -> dict[str, Any]:
    """A message as a client sees it."""
    return {row.name: _plain(getattr(record, row.name)) for row in record.TABLE if row.name not in HIDDEN}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return int(value) if isinstance(value, IntEnum) else value


def record_of(table: type[R], shape: Shape) -> R:
    """The message that fields by name are, its codes as the document's."""
    codes = {row.name: row.form.codes for row in table.TABLE if isinstance(row.form, Code)}
    given = shape.model_dump()
    return table(**{name: codes[name](value) if name in codes else value for name, value in given.items()})


def operation_of(method: str, params: Shape) -> MasterRequest:
    """The message to the till that a call of `TO_SERVER` is; not for `link`, which asks the till nothing."""
    match params:
        case Message():
            return ShowMessageRequest(message=ShownMessage(params.code))
        case Sale():
            return record_of(SaleRequest, params)
    return PingRequest() if method == "ping" else AnnulReceiptRequest()


def question_of(number: int, request: CloseRequest | IdentifierRequest) -> Request:
    """What the till wants of its holder, as a call of `TO_CLIENT`."""
    if isinstance(request, CloseRequest):
        return Request(number, "close", fields_of(request))
    return Request(number, "identifier", {"receipt": request.receipt_number, "block": request.block})


def notification_of(message: DonePacket | SaleAnswer) -> Notification:
    """What the till told, as a notification of `TO_CLIENT`."""
    if isinstance(message, DonePacket):
        return Notification("done", {"result": message.result})
    return Notification("sale_answer", fields_of(message))


# To messages


def status_of(fields: Any) -> PingAnswer:
    """The result of `ping`."""
    return record_of(PingAnswer, _read(Status, fields))


def sold_of(fields: Any) -> SaleAnswer:
    """The result of `sale`, or what `sale_answer` tells."""
    return record_of(SaleAnswer, _read(Sold, fields))


def link_of(fields: Any) -> Link:
    """The result of `link`."""
    return _read(Link, fields)


def close_of(fields: Any) -> CloseRequest:
    """What `close` asks about."""
    return record_of(CloseRequest, _read(Close, fields))


def block_of(fields: Any) -> IdentifierRequest:
    """What `identifier` asks for."""
    wanted = _read(IdentifierOf, fields)
    return IdentifierRequest(receipt_number=wanted.receipt, block=wanted.block)


def done_of(fields: Any) -> DonePacket:
    """What `done` tells."""
    return DonePacket(result=_read(Done, fields).result)


def closed_of(answer: bytes) -> Closed:
    """The answer to `close` that these bytes of function 2 are."""
    record = CloseAnswer.decode(answer).record
    if record is None:
        raise Unexpected(f"{answer.hex(' ')} is no answer to a close")
    return Closed(result=record.result, receipt=record.receipt_number)


def identifier_of(answer: bytes) -> Identifier:
    """The answer to `identifier` that these bytes of function 3 are, head and data."""
    head, data = answer[: IdentifierHead.SIZE], answer[IdentifierHead.SIZE :]
    record = IdentifierHead.decode(head).record
    if record is None:
        raise Unexpected(f"{head.hex(' ')} is no head of an identifier's block")
    if record.result:
        return Identifier(result=1)
    if record.kind is DataKind.TEXT:
        return Identifier(kind="text", text=data.rstrip(b"\x00").decode(ENCODING))
    size = record.row_bytes
    rows = [data[start : start + size].hex() for start in range(0, record.rows * size, size)]
    return Identifier(kind="graphics", rows=rows, bits=record.bits)


def told_of(answer: Shape) -> dict[str, Any]:
    """What is said of an answer: what stands at its default goes without saying, the result does not."""
    return {"result": 0, **answer.model_dump(exclude_defaults=True)}


def _read(shape: type[S], fields: Any) -> S:
    if not isinstance(fields, dict):
        raise Unexpected(f"{shape.__name__}: {fields!r} is no object")
    try:
        # A newer server may tell more than is known here.
        return shape.model_validate({name: value for name, value in fields.items() if name in shape.model_fields})
    except ValidationError as error:
        raise Unexpected(f"{shape.__name__}: {sentence_of(error)}") from None

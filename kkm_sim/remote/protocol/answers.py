"""What passes between client and server, as the client has it: JSON ↔ the document's messages."""

from typing import Any, TypeVar

from pydantic import ValidationError

from kkm_sim.messages.codes import DataKind
from kkm_sim.messages.forms import ENCODING
from kkm_sim.messages.records import (
    CloseAnswer,
    CloseRequest,
    DonePacket,
    IdentifierHead,
    IdentifierRequest,
    PingAnswer,
    SaleAnswer,
)
from kkm_sim.remote.protocol.operations import (
    Close,
    Closed,
    Done,
    Identifier,
    IdentifierOf,
    Link,
    Shape,
    Sold,
    Status,
    record_of,
)
from kkm_sim.remote.protocol.sentences import sentence_of

S = TypeVar("S", bound=Shape)


class Unexpected(ValueError):
    """The other side sent what has not the shape it should have: one of us is of another version."""


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

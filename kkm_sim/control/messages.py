"""Messages decoded for people and programs that watch the line."""

from datetime import datetime
from typing import Any

from kkm_sim.control.models import MessageView
from kkm_sim.messages.codes import Function
from kkm_sim.messages.record import Record
from kkm_sim.messages.records import (
    VECTOR,
    AnnulReceiptRequest,
    CloseAnswer,
    IdentifierHead,
    PingRequest,
    SaleRequest,
    ShortAnswer,
    ShowMessageRequest,
    declared_length,
    till_message,
)
from kkm_sim.settings import DateTimeOrder

MASTER_MESSAGES: dict[int, type[Record]] = {
    Function.SALE: SaleRequest,
    Function.CLOSE: CloseAnswer,
    Function.PING: PingRequest,
    Function.SHOW_MESSAGE: ShowMessageRequest,
    Function.ANNUL_RECEIPT: AnnulReceiptRequest,
}

SHORTEST_END = 3
"""Function 3's "no more data" may be as short as its result [D-31]."""


def message_view(data: bytes, *, to_till: bool, order: DateTimeOrder) -> MessageView | None:
    """The message that a frame holds; None where it is only a part of one, or none that the document has."""
    if len(data) < 2 or data[0] != VECTOR:
        return None
    if not to_till:
        table = till_message(data) or ShortAnswer
        return _of_table(table, data, order) if len(data) == table.SIZE else None
    if data[1] == Function.IDENTIFIER:
        return _identifier_answer(data, order)
    if data[1] not in MASTER_MESSAGES:
        return None
    table = MASTER_MESSAGES[data[1]]
    if table is AnnulReceiptRequest:
        data = data[: table.SIZE] if len(data) == table.SIZE + 1 else data  # [D-14]
    return _of_table(table, data, order) if len(data) == table.SIZE else None


def _identifier_answer(data: bytes, order: DateTimeOrder) -> MessageView | None:
    size = IdentifierHead.SIZE
    if SHORTEST_END <= len(data) <= size and data[2]:
        return MessageView(function=data[1], name="IdentifierAnswer", fields={"result": data[2]})
    length = declared_length(data)
    # Text may have a closing 00 that its length does not count; one over 255 bytes cannot say its length [D-31].
    if len(data) < size or (length is not None and len(data) not in (length, length + 1)):
        return None
    head = _of_table(IdentifierHead, data[:size], order)
    return MessageView(
        function=head.function,
        name="IdentifierAnswer",
        fields=head.fields | {"data": data[size:].hex()},
        faults=head.faults,
    )


def _of_table(table: type[Record], data: bytes, order: DateTimeOrder) -> MessageView:
    reading = table.decode(data, order)
    fields: dict[str, Any] = {}
    if reading.record is not None:
        for row in table.TABLE:
            value = getattr(reading.record, row.name)
            fields[row.name] = value.isoformat() if isinstance(value, datetime) else value
    return MessageView(
        function=data[1], name=table.__name__, fields=fields, faults=[str(fault) for fault in reading.faults]
    )

"""Any message of either side, decoded for people who watch the line (document: «Форматы данных»)."""

from typing import Any

from kkm_sim.messages.codes import Function
from kkm_sim.messages.record import FieldFault, Record
from kkm_sim.messages.records import (
    VECTOR,
    AnnulReceiptRequest,
    CloseAnswer,
    IdentifierHead,
    PingAnswer,
    PingRequest,
    SaleRequest,
    ShortAnswer,
    ShowMessageRequest,
    declared_length,
    till_message,
)
from kkm_sim.settings import DateTimeOrder
from kkm_sim.value import Value

_MASTER_MESSAGES: dict[int, type[Record]] = {
    Function.SALE: SaleRequest,
    Function.CLOSE: CloseAnswer,
    Function.PING: PingRequest,
    Function.SHOW_MESSAGE: ShowMessageRequest,
    Function.ANNUL_RECEIPT: AnnulReceiptRequest,
}

_SHORTEST_END = 3
"""Function 3's "no more data" may be as short as its result [D-31]."""


class Message(Value):
    """A message by the name of its table, its fields in their order, and what is wrong with them."""

    name: str
    fields: dict[str, Any]
    faults: tuple[FieldFault, ...] = ()

    def __str__(self) -> str:
        """The name and what is not empty."""
        told = [f"{name}={value}" for name, value in self.fields.items() if value and name not in _NOT_TOLD]
        return " ".join([self.name, *told, *map(str, self.faults)])


_NOT_TOLD = ("vector", "function")


def read_message(data: bytes, *, to_till: bool, order: DateTimeOrder) -> Message | None:
    """The message that a frame holds; None where it is only a part of one, or none that the document has."""
    if len(data) < 2 or data[0] != VECTOR:
        return None
    if not to_till:
        return _till_message(data, order)
    if data[1] == Function.IDENTIFIER:
        return _identifier_answer(data, order)
    table = _MASTER_MESSAGES.get(data[1])
    if table is AnnulReceiptRequest and len(data) == table.SIZE + 1:
        data = data[: table.SIZE]  # [D-14]
    return _of_table(table, data, order) if table is not None else None


def _till_message(data: bytes, order: DateTimeOrder) -> Message | None:
    table = till_message(data) or ShortAnswer
    if table.SIZE != len(data) == ShortAnswer.SIZE:
        table = ShortAnswer  # the answer to what is no message at all: result 1
    if table is PingAnswer and len(data) == table.SIZE and data[2]:
        return Message(table.__name__, {"result": data[2]})  # zeros follow, which are no date [D-36]
    return _of_table(table, data, order)


def _identifier_answer(data: bytes, order: DateTimeOrder) -> Message | None:
    size = IdentifierHead.SIZE
    if len(data) >= _SHORTEST_END and data[2]:
        return Message("IdentifierAnswer", {"result": data[2]}) if len(data) <= size else None
    length = declared_length(data)
    # Text may have a closing 00 that its length does not count; one over 255 bytes cannot say its length [D-31].
    if len(data) < size or (length is not None and len(data) not in (length, length + 1)):
        return None
    head = _of_table(IdentifierHead, data[:size], order)
    if head is None:
        return None
    return Message("IdentifierAnswer", head.fields | {"data": data[size:].hex()}, head.faults)


def _of_table(table: type[Record], data: bytes, order: DateTimeOrder) -> Message | None:
    if len(data) != table.SIZE:
        return None
    reading = table.decode(data, order)
    record = reading.record
    fields = {row.name: getattr(record, row.name) for row in table.TABLE} if record is not None else {}
    return Message(table.__name__, fields, reading.faults)

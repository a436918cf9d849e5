"""Messages of the line in a scenario's words: the verb, and the fields that mean something."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import IntEnum
from typing import Any

from kkm_sim.messages.codes import DataKind, Function
from kkm_sim.messages.forms import CR, Code, decode_text
from kkm_sim.messages.record import Record, RowOfTable
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
    till_message,
)
from kkm_sim.scenario.format.field_types import REFERENCE
from kkm_sim.scenario.format.packets import MASTER_FIELDS
from kkm_sim.scenario.format.variables import Scope
from kkm_sim.scenario.play.master_messages import message_bytes
from kkm_sim.settings import DateTimeOrder, Settings

Fields = dict[str, Any]

VERBS = {
    Function.SALE: "sale",
    Function.CLOSE: "close",
    Function.IDENTIFIER: "identifier",
    Function.DONE: "done",
    Function.PING: "ping",
    Function.SHOW_MESSAGE: "message",
    Function.ANNUL_RECEIPT: "annul",
}

_MASTER_TABLES: dict[str, type[Record]] = {
    "sale": SaleRequest,
    "close": CloseAnswer,
    "ping": PingRequest,
    "message": ShowMessageRequest,
    "annul": AnnulReceiptRequest,
}

_LEVELS = ("M", "L", "Q", "H")
"""Of a QR code's correction, the usual one first."""

_TOLD_BY_DATA = ("kind", "rows", "row_bytes", "bits")
"""Of an identifier: what its data tell as a rule."""

_SAYS_NOTHING = {"vector", "function", "reserve", "reserve_2", "model", "serial_number"}
"""Fields that are the same in every message, or the machine's own."""


def verb_of(data: bytes) -> str | None:
    """The verb of a message; None for what has none."""
    if len(data) < 2 or data[0] != VECTOR or data[1] not in list(Function):
        return None
    return VERBS[Function(data[1])]


def master_fields(data: bytes, settings: Settings, block: int | None = None) -> tuple[str, Fields] | None:
    """What a scenario sends so that exactly these bytes go out; None where only bytes can say it.

    `block`: the one that the till has just asked for, which needs no word.
    """
    verb = verb_of(data)
    if verb not in MASTER_FIELDS:
        return None
    for fields in _ways_to_say(verb, data, settings.datetime_order, block):
        if not _refers(fields) and _said(verb, fields, settings, block or 1) == data:
            return verb, fields
    return None


def qr_fields(fields: Fields, texts: Iterable[str], settings: Settings) -> Fields:
    """An identifier's fields with what its QR code says in place of its rows, where one of the texts is that."""
    if "bitmap" not in fields or len(fields["bitmap"]) > 64:
        return fields
    meant = _said("identifier", fields, settings, 1)
    others = {name: value for name, value in fields.items() if name not in ("bitmap", *_TOLD_BY_DATA)}
    for text in texts:
        for level in _LEVELS:
            told = others | {"qr": text} | ({"level": level} if level != _LEVELS[0] else {})
            if not _refers(told) and _said("identifier", told, settings, 1) == meant:
                return told
    return fields


def _said(verb: str, fields: Fields, settings: Settings, block: int) -> bytes | None:
    try:
        return message_bytes(verb, MASTER_FIELDS[verb].model_validate(fields), Scope(), settings, block)
    except ValueError:
        return None


def _ways_to_say(verb: str, data: bytes, order: DateTimeOrder, block: int | None) -> Iterator[Fields]:
    """Fields that may say it, the shortest first."""
    table = _MASTER_TABLES.get(verb)
    if table is not None:
        record = table.decode(data, order).record if len(data) == table.SIZE else None
        if record is not None:
            yield _fields(record, with_moments=True)
        return
    if len(data) < IdentifierHead.SIZE:
        return
    head = IdentifierHead.decode(data[: IdentifierHead.SIZE], order).record
    if head is None:
        return
    named = {"block": head.block} | _fields(head, with_moments=True)
    if block == head.block:
        del named["block"]
    dump = data[IdentifierHead.SIZE :]
    contents: Fields = {}
    if dump and head.kind is DataKind.TEXT:
        text = decode_text(dump)
        contents = {"text": text.replace(CR, "\n") + "\n" if CR in text else text}
    elif dump and head.kind is DataKind.GRAPHICS and head.row_bytes:
        contents = {"bitmap": [dump[at : at + head.row_bytes].hex() for at in range(0, len(dump), head.row_bytes)]}
    without = {name: value for name, value in named.items() if name not in _TOLD_BY_DATA}
    for told in ((), ("bits",), ("bits", "row_bytes")):
        yield without | {name: named[name] for name in told if name in named} | contents
    yield named | contents


def till_fields(data: bytes, order: DateTimeOrder) -> tuple[str, Fields] | None:
    """What a scenario expects of these bytes; None where only bytes can say it. Moments of the till are left out."""
    table = till_message(data)
    verb = verb_of(data)
    if table is None or verb is None or len(data) != table.SIZE:
        if len(data) != ShortAnswer.SIZE or data[0] != VECTOR:
            return None
        table, verb = ShortAnswer, "short"
    if table is PingAnswer and data[2]:
        return verb, {"result": data[2]}  # zeros follow, which are no date [D-36]
    record = table.decode(data, order).record
    if record is None:
        return None
    fields = _fields(record, with_moments=False)
    if verb == "short":
        fields["function"] = data[1]
    return None if _refers(fields) else (verb, fields)


def _fields(record: Record, *, with_moments: bool) -> Fields:
    fields = {
        row.name: _value(row, getattr(record, row.name))
        for row in record.TABLE
        if row.name not in _SAYS_NOTHING and getattr(record, row.name) != _empty(row)
    }
    return {name: value for name, value in fields.items() if with_moments or not isinstance(value, datetime)}


def _empty(row: RowOfTable) -> Any:
    """What a field holds that says nothing."""
    required = type(row.default) is object
    if not required:
        return row.default
    return 0 if not isinstance(row.form, Code) else None


def _value(row: RowOfTable, value: Any) -> Any:
    return value.name.lower() if isinstance(row.form, Code) and isinstance(value, IntEnum) else value


def _refers(fields: Fields) -> bool:
    """Whether a text in it would be taken for a variable."""
    return any(isinstance(value, str) and REFERENCE.search(value) for value in fields.values())

"""What the master says in a scenario: a message's bytes from the fields that are named (document, sections 1–7)."""

from typing import Any

from kkm_sim.messages.codes import DataKind
from kkm_sim.messages.forms import CR, encode_text
from kkm_sim.messages.record import Record
from kkm_sim.messages.records import (
    AnnulReceiptRequest,
    CloseAnswer,
    IdentifierAnswer,
    IdentifierHead,
    PingRequest,
    SaleRequest,
    ShowMessageRequest,
)
from kkm_sim.scenario.format.fields import Fields
from kkm_sim.scenario.format.variables import Scope, sent_fields
from kkm_sim.settings import Settings
from kkm_sim.smartbox.receipt_identifier import qr_rows

_TABLES: dict[str, type[Record]] = {
    "sale": SaleRequest,
    "close": CloseAnswer,
    "ping": PingRequest,
    "message": ShowMessageRequest,
    "annul": AnnulReceiptRequest,
}

_NEEDED = {"sale": "code_type", "message": "message"}
"""The field of a function that has no value unless it is named."""

_CONTENTS = ("text", "bitmap", "qr")
_BYTE = 255
"""The highest that a row count, a length or a width can be."""


def message_bytes(verb: str, fields: Fields | None, scope: Scope, settings: Settings, block: int = 1) -> bytes:
    """The master's message of a function. `block`: what the till asked for, where no other is named.

    Raises ValueError with a sentence for what cannot be said.
    """
    given = sent_fields(fields, scope) if fields is not None else {}
    if verb == "identifier":
        return _identifier(given, settings, block)
    needed = _NEEDED.get(verb)
    if needed is not None and needed not in given:
        raise ValueError(f"`{verb}` cannot be sent without `{needed}`")
    try:
        return _TABLES[verb](**given).encode(settings.datetime_order)
    except UnicodeEncodeError as error:
        raise ValueError(_not_windows(error.object)) from None


def _identifier(given: dict[str, Any], settings: Settings, block: int) -> bytes:
    contents = [name for name in _CONTENTS if name in given]
    if len(contents) > 1:
        raise ValueError(f"an identifier holds one of {' and '.join(contents)}")
    head: dict[str, Any] = {"block": block}
    data = b""
    match contents:
        case ["text"]:
            data = _text(given["text"])
            # The length counts the closing 00; one over 255 cannot be told, its end is HS=0 [D-31].
            head |= {"kind": DataKind.TEXT, "row_bytes": len(data) if len(data) <= _BYTE else 0}
        case ["bitmap"]:
            rows = tuple(given["bitmap"])
            data = b"".join(rows)
            head |= _graphics(rows, len(rows[0]) * 8)
        case ["qr"]:
            rows = _qr(given["qr"], given.get("level", "M"), settings)
            data = b"".join(rows)
            head |= _graphics(rows, len(rows))
        case _:
            pass
    named = {name: value for name, value in given.items() if name not in (*_CONTENTS, "level")}
    return IdentifierAnswer(IdentifierHead(**head | named), data).encode()


def _text(text: str) -> bytes:
    """A text with its closing 00; a line break is the document's CR."""
    try:
        return encode_text(text.rstrip("\n").replace("\n", CR)) + b"\x00"
    except UnicodeEncodeError:
        raise ValueError(_not_windows(text)) from None


def _qr(text: str, level: Any, settings: Settings) -> tuple[bytes, ...]:
    try:
        return qr_rows(text, level, settings.bitmap_order)
    except UnicodeEncodeError:
        raise ValueError(_not_windows(text)) from None


def _graphics(rows: tuple[bytes, ...], bits: int) -> dict[str, Any]:
    sizes = {len(row) for row in rows}
    if len(sizes) > 1:
        raise ValueError("the rows of a bitmap differ in length")
    if max(len(rows), *sizes) > _BYTE:
        raise ValueError(f"{len(rows)} rows of {len(rows[0])} bytes: a bitmap has at most {_BYTE} of each")
    width = bits if bits <= _BYTE else 0  # 0: all of the bytes [D-51]
    return {"kind": DataKind.GRAPHICS, "rows": len(rows), "row_bytes": len(rows[0]), "bits": width}


def _not_windows(text: str) -> str:
    return f"`{text}` cannot be written in Windows-1251"

"""The methods of the remote access server and the shapes of what they take and give.

Made of the document's tables, so that the names are theirs. Money is in kopecks, quantity in thousandths, BCD numbers
are integers, moments are local ISO 8601, data are hex.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
    model_validator,
)

from kkm_sim.messages.codes import CodeType
from kkm_sim.messages.forms import CR, encode_text, printable
from kkm_sim.messages.record import Record, RowOfTable
from kkm_sim.messages.records import CloseRequest, PingAnswer, SaleAnswer, SaleRequest
from kkm_sim.record_models import COMPOSED, ValueTypes, model_of

BUSY = -32001
NO_ANSWER = -32002
LINE_DATA_ERROR = -32003
DECLINED = -32004

BUSY_CLOSE = 4001
"""The close code of a connection whose client has waited in vain."""

ERRORS = {
    BUSY: "device busy",
    NO_ANSWER: "no answer from the till",
    LINE_DATA_ERROR: "line data error",
    DECLINED: "the till answered a result",
}
"""What the server's own errors are called."""

HIDDEN = frozenset({"vector", "function", "result", "reserve", "reserve_2"})
"""Fields that say nothing to a client: which message it is, that it was carried out, and nothing at all."""


class Shape(BaseModel):
    """Fields by name; one that nobody knows is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _printable(text: str) -> str:
    """What the till prints and echoes as it was sent, or a refusal before anything is."""
    try:
        encode_text(text)
    except UnicodeEncodeError as error:
        raise ValueError(f"{error.object[error.start]!r} is no character of Windows-1251") from None
    for character in text:
        if printable(character) != character:
            raise ValueError(f"{character!r} cannot be printed")
    return text


def _lines(text: str) -> str:
    """Lines of text, each ended by the document's CR."""
    return _printable(text.replace("\r\n", CR).replace("\n", CR))


def _text(size: int) -> Any:
    return Annotated[StrictStr, COMPOSED, Field(max_length=size), AfterValidator(_printable)]


def _code(codes: type[IntEnum]) -> Any:
    told = ", ".join(f"{code:d} {code.name.lower().replace('_', ' ')}" for code in codes)
    return Annotated[Literal[tuple(code.value for code in codes)], Field(description=told)]


_TYPES = ValueTypes(text=_text, moment=datetime, code=_code)


def _shape(name: str, table: type[Record], **more: Any) -> type[Shape]:
    """The table's fields, those with a default of the document's optional; `more` adds to them or changes them."""

    def field(row: RowOfTable) -> tuple[Any, Any] | None:
        return None if row.name in HIDDEN else (_TYPES.of(row.form), ... if row.needed else row.default)

    return model_of(table, Shape, name, field, more)


class Nothing(Shape):
    """No fields."""


Sale = _shape("Sale", SaleRequest, code_type=(_code(CodeType), int(CodeType.EAN)))
Sold = _shape("Sold", SaleAnswer)
Status = _shape("Status", PingAnswer)
Close = _shape("Close", CloseRequest)


class Message(Shape):
    """A message for the operator, function 6."""

    code: Annotated[Literal[1, 2, 3], Field(description="1 SCAn EAN, 2 SCAn PdF, 3 ПОВtОР")]


class Closed(Shape):
    """Whether the receipt may be closed: result 0, or the code that says why not."""

    result: Annotated[StrictInt, Field(ge=0, le=255)] = 0
    receipt: Annotated[
        Annotated[StrictInt, Field(ge=0, lt=10**8)] | None, Field(description="omitted: the one asked about")
    ] = None


class IdentifierOf(Shape):
    """Which block of which receipt's identifier; block 1 is the beginning."""

    receipt: StrictInt
    block: StrictInt


class Identifier(Shape):
    """A block of the identifier: a text, or a picture by rows of hex, the leftmost dot in the high bit of each byte
    unless `bitmap_order` says otherwise. Result 1: there are no more blocks."""

    result: Literal[0, 1] = 0
    kind: Literal["text", "graphics"] = "text"
    text: Annotated[StrictStr, COMPOSED, Field(max_length=512), AfterValidator(_lines)] = ""
    rows: Annotated[list[Annotated[StrictStr, Field(pattern="^([0-9a-fA-F]{2}){1,8}$")]], Field(max_length=64)] = []
    bits: Annotated[StrictInt, Field(ge=0, le=64, description="of a row; 0: all of its bytes")] = 0

    @model_validator(mode="after")
    def _is_a_block(self) -> "Identifier":
        if self.result:
            return self
        if self.kind == "text":
            # The document's texts end with 00. One that is empty would be followed by the next, without end.
            if not self.text or "\0" in self.text:
                raise ValueError("a text has characters, none of them 00; result 1 tells that there is no more")
            return self
        size = -(-self.bits // 8) if self.bits else len(self.rows[0]) // 2 if self.rows else 1
        if not self.rows or any(len(row) != 2 * size for row in self.rows):
            wide = f"a picture of {self.bits} bits a row" if self.bits else "a picture"
            raise ValueError(f"{wide} has rows, each of {size} bytes in hex")
        return self


class Done(Shape):
    """The receipt is printed to its end, function 4."""

    result: StrictInt


class Link(Shape):
    """The line to the till, counted since the server, or the program that has the port, opened it."""

    linked: StrictBool
    packets_to_till: StrictInt
    packets_to_master: StrictInt
    delivered: Annotated[StrictInt, Field(description="messages that the till has")]
    failed: Annotated[StrictInt, Field(description="messages that were given up")]
    lost: Annotated[StrictInt, Field(description="how often the till was lost")]
    gone: Annotated[StrictBool, Field(description="the line itself is not there")] = False


class Ready(Shape):
    """The device is yours."""

    device: StrictStr


@dataclass(frozen=True, slots=True)
class Method:
    """One method. `result` None: a notification, to which there is no answer."""

    name: str
    summary: str
    params: type[Shape]
    result: type[Shape] | None
    errors: tuple[int, ...] = ()


_ON_THE_LINE = (NO_ANSWER, LINE_DATA_ERROR, DECLINED)

TO_SERVER = {
    method.name: method
    for method in (
        Method("ping", "The till's state, function 5", Nothing, Status, _ON_THE_LINE),
        Method(
            "sale", "Sell a bottle; the result comes when the operator is done, function 1", Sale, Sold, _ON_THE_LINE
        ),
        Method("message", "Show the operator a message, function 6", Message, Nothing, _ON_THE_LINE),
        Method("annul", "Annul the open receipt, function 7", Nothing, Nothing, _ON_THE_LINE),
        Method("link", "What passed on the line to the till", Nothing, Link),
    )
}
"""What clients call."""

TO_CLIENT = {
    method.name: method
    for method in (
        Method("ready", "The device is yours: the first thing that is said", Ready, None),
        Method("close", "May the receipt be closed? An error other than -32601 refuses it, function 2", Close, Closed),
        Method("identifier", "A block of the receipt's identifier, function 3", IdentifierOf, Identifier),
        Method("done", "The receipt is printed to its end, function 4", Done, None),
        Method("sale_answer", "The answer to a sale whose caller is gone", Sold, None),
    )
}
"""What the server calls, or notifies of."""

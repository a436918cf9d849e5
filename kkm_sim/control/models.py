"""Every body and every answer of the control API, by its name in JSON.

Money in kopecks, quantity in thousandths, moments (`at`) in nanoseconds since the start, bytes in hex.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

FIRST_YEAR, LAST_YEAR = 2000, 2099
"""What a date of six BCD bytes can say (document: «Дата/Время»)."""


class Body(BaseModel):
    """What a client sends: a field that nobody knows is a mistake."""

    model_config = ConfigDict(extra="forbid")


class Answer(BaseModel):
    """What a client gets."""

    model_config = ConfigDict(frozen=True)


# Bodies


def _as_list(value: Any) -> Any:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list) and all(isinstance(word, str) for word in value):
        return value
    raise PydanticCustomError("keys", "should be a string of keys, such as '1 5 0 ПИ', or a list of such strings")


class Keys(Body):
    """Keys in the order they are pressed, in Cyrillic or Latin."""

    keys: Annotated[
        list[str],
        BeforeValidator(_as_list),
        WithJsonSchema(
            {
                "oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
                "examples": ["1 5 0 ПИ ИТ", ["1", "5", "0", "PI", "IT"]],
            }
        ),
    ]


class OptionValue(Body):
    """What a numbered option holds."""

    value: StrictInt


class PowerSwitch(Body):
    """The mains, on or off."""

    on: StrictBool


class PaperRoll(Body):
    """The roll, there or run out."""

    present: StrictBool


def _local_datetime(value: Any) -> Any:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise PydanticCustomError("local_datetime", "should be a date and time such as 2016-07-01T12:00:00") from None
    if moment.tzinfo is not None:
        raise PydanticCustomError("local_datetime", "should have no zone: the till knows only its local time")
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise PydanticCustomError("local_datetime", "should be of the years 2000 to 2099: the till has no others")
    return moment


class ClockChange(Body):
    """The till's date, or how far to put its clock on: exactly one of the two."""

    now: Annotated[
        datetime | None,
        BeforeValidator(_local_datetime),
        WithJsonSchema({"type": "string", "description": "local, without zone", "examples": ["2016-07-01T12:00:00"]}),
    ] = None
    advance_s: Annotated[StrictInt, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> "ClockChange":
        if len(self.model_fields_set) != 1 or (self.now is None and self.advance_s is None):
            raise PydanticCustomError("clock", "should have exactly one of now and advance_s")
        return self


# The snapshot


class IndicatorCell(Answer):
    """One seven-segment cell: its character, its point, the lit segments a–g."""

    char: str
    point: bool
    segments: str


class IndicatorView(Answer):
    """The operator's indicator: its text without blanks at the ends, and its ten cells."""

    text: str
    cells: Annotated[list[IndicatorCell], Field(min_length=10, max_length=10)]


class OperationView(Answer):
    """One operation of a receipt. `sum` is before discounts and markups; `code_type` null: sold by hand."""

    number: int
    kind: Literal["sale", "return", "annul"]
    alcohol: bool
    code_type: int | None
    name: str
    quantity: int
    price: int
    sum: int
    section: int
    tax: int
    annulled: bool


class ReceiptView(Answer):
    """The open receipt. `total` is after discounts and markups."""

    number: int
    kind: Literal["sale", "return"]
    total: int
    discounts: int
    markups: int
    taxes: Annotated[list[int], Field(min_length=5, max_length=5)]
    operations: list[OperationView]


class ErrorView(Answer):
    """The error over the till's state: its code by the document and what it means."""

    code: int
    text: str


StateName = Literal[
    "off",
    "menu",
    "idle",
    "request",
    "entry",
    "open",
    "return_armed",
    "annul_armed",
    "annul_scan",
    "close_wait",
    "refused",
    "qr_print",
]


class Snapshot(Answer):
    """A till at one moment. `clock` is local ISO 8601 without zone, `cash` what the drawer holds."""

    state: StateName
    indicator: IndicatorView
    receipt: ReceiptView | None
    shift: int
    address: int
    options: Annotated[dict[str, int], Field(examples=[{"27": 1, "29": 3, "30": 1}])]
    clock: Annotated[str, Field(examples=["2016-07-01T12:00:00"])]
    paper: bool
    cash: int
    request: bool
    power: bool
    printing: bool
    error: ErrorView | None


# The tape


class TextEntry(Answer):
    """A printed line of at most 24 characters, unpadded."""

    n: int
    kind: Literal["text"] = "text"
    text: str


class BitmapEntry(Answer):
    """A printed picture in modules, unscaled: each row ⌈width/8⌉ bytes, leftmost in the high bit."""

    n: int
    kind: Literal["bitmap"] = "bitmap"
    width: int
    height: int
    rows: list[str]


class CutEntry(Answer):
    """The end of a document."""

    n: int
    kind: Literal["cut"] = "cut"


TapeEntryView = Annotated[TextEntry | BitmapEntry | CutEntry, Field(discriminator="kind")]


class TapeView(Answer):
    """Entries numbered from 1, in the order they were printed."""

    entries: list[TapeEntryView]


# Findings and packets


class ReasonView(Answer):
    """A reason as a program reads it: its stable code, and what its sentence names."""

    code: str
    fields: dict[str, int | str]


class FindingEntry(Answer):
    """One breach of the document by the master. `why`: what was seen, which `message` says in parentheses."""

    n: int
    at: int
    code: str
    severity: Literal["error", "warning"]
    message: str
    why: list[ReasonView] = []
    section: str
    bytes: str


class FindingsView(Answer):
    """Findings of the whole line, oldest first."""

    findings: list[FindingEntry]


class MessageView(Answer):
    """A whole message: its function, the name of its table, its fields, and what is wrong with them.

    `faults` and `why` are the same, in sentences and in codes.
    """

    function: int
    name: str
    fields: dict[str, int | str | bool]
    faults: list[str] = []
    why: list[ReasonView] = []


class _PacketEntry(Answer):
    n: int
    at: int
    direction: Literal["to_till", "to_master"]
    packet: str
    address: int
    hs: bool
    bytes: str


class ControlPacketEntry(_PacketEntry):
    """A control packet; `code` are the low four bits of its FLC."""

    kind: Literal["control"] = "control"
    code: int


class DataPacketEntry(_PacketEntry):
    """A data packet; `number` is its frame's, `data` is unstuffed. `message` null: a part of one, or none we know."""

    kind: Literal["data"] = "data"
    number: int
    data: str
    message: MessageView | None


PacketEntry = Annotated[ControlPacketEntry | DataPacketEntry, Field(discriminator="kind")]


class WireView(Answer):
    """Packets of the whole line, both directions, oldest first."""

    packets: list[PacketEntry]


# Events


class _Event(Answer):
    at: int


class KeyEvent(_Event):
    """A key went down."""

    kind: Literal["key"] = "key"
    key: str


class IndicatorEvent(_Event):
    """The indicator shows something else."""

    kind: Literal["indicator"] = "indicator"
    indicator: IndicatorView


class BeepEvent(_Event):
    """A sound: short for what was taken, long for an error."""

    kind: Literal["beep"] = "beep"
    length: Literal["short", "long"]


class StateEvent(_Event):
    """Something of the snapshot changed besides its indicator and clock."""

    kind: Literal["state"] = "state"
    state: StateName
    snapshot: Snapshot


class TapeEvent(_Event):
    """An entry came out of the printer."""

    kind: Literal["tape"] = "tape"
    entry: TapeEntryView


class PacketEvent(_Event):
    """A packet passed on the line."""

    kind: Literal["packet"] = "packet"
    packet: PacketEntry


class FindingEvent(_Event):
    """The master broke a rule."""

    kind: Literal["finding"] = "finding"
    finding: FindingEntry


Event = KeyEvent | IndicatorEvent | BeepEvent | StateEvent | TapeEvent | PacketEvent | FindingEvent

"""Every parameter, body and answer of the control API, by its name in JSON.

Money in kopecks, quantity in thousandths, moments (`at`) in nanoseconds since the start, bytes in hex.
"""

from typing import Annotated, Any, Literal, dataclass_transform

from msgspec import UNSET, Meta, Struct, UnsetType

FIRST_YEAR, LAST_YEAR = 2000, 2099
"""What a date of six BCD bytes can say (document: «Дата/Время»)."""


def said(description: str, *examples: Any, **limits: Any) -> Meta:
    """What OpenAPI says of a field."""
    return Meta(description=description, examples=list(examples) or None, **limits)


def asked(should: str, description: str, *examples: Any, **limits: Any) -> Meta:
    """The same of a field that clients send. `should`: what a client hears whose value does not fit: `should …`."""
    return Meta(description=description, examples=list(examples) or None, extra={"should": should}, **limits)


WHOLE = "be a whole number"
SWITCH = "be true or false"
FROM_0 = "be a whole number, 0 or more"


# Frozen with all below them, which mypy does not see by itself.
@dataclass_transform(frozen_default=True)
class Asked(Struct, frozen=True):
    """What a call's address says, in its path and its query."""


@dataclass_transform(frozen_default=True)
class Body(Struct, frozen=True, forbid_unknown_fields=True):
    """What a client sends: a field that nobody knows is a mistake."""


@dataclass_transform(frozen_default=True)
class Answer(Struct, frozen=True):
    """What a client gets."""


# Parameters


class OfTill(Asked):
    """Which till of the line."""

    till: Annotated[int, asked(WHOLE, "Address of the till; without it the first one on the line.", 1)] | UnsetType = (
        UNSET
    )

    @property
    def address(self) -> int | None:
        """Of the till; None: the first one on the line."""
        return None if self.till is UNSET else self.till


Since = Annotated[int, asked(FROM_0, "Only entries with a greater number.", 12, ge=0)]


class OfIndicator(OfTill):
    """The indicator, in which format."""

    format: Annotated[
        Literal["json", "svg"], asked("be json or svg", "`json`: its text and cells; `svg`: a picture.", "svg")
    ] = "json"


class OfTape(OfTill):
    """What of the tape, in which format."""

    format: Annotated[
        Literal["json", "text", "png", "svg"],
        asked("be json, text, png or svg", "`json`: entries; `text`: lines; `png`, `svg`: the paper.", "png"),
    ] = "json"
    since: Since = 0


class OfWire(OfTill):
    """Which packets."""

    since: Since = 0


class OfOption(OfTill, kw_only=True):
    """Which option of the till."""

    n: Annotated[int, asked(WHOLE, "The option's number.", 29)]


# Bodies


class Keys(Body):
    """Keys in the order they are pressed, in Cyrillic or Latin."""

    keys: Annotated[
        str | list[str],
        asked(
            "be a string of keys, such as '1 5 0 ПИ', or a list of such strings",
            "Keys by what stands on them, or by their Latin names, with or without blanks between digits.",
            "1 5 0 ПИ ИТ",
            ["1", "5", "0", "PI", "IT"],
        ),
    ]


class OptionValue(Body):
    """What a numbered option holds."""

    value: Annotated[int, asked(WHOLE, "Its value; what each option takes stands in the register's manual.", 3)]


class PowerSwitch(Body):
    """The mains, on or off."""

    on: Annotated[bool, asked(SWITCH, "Whether there is power.", False)]


class PaperRoll(Body):
    """The roll, there or run out."""

    present: Annotated[bool, asked(SWITCH, "Whether there is paper.", False)]


A_DATE = "be a date and time such as 2016-07-01T12:00:00"


class ClockChange(Body):
    """The till's date, or how far to put its clock on: exactly one of the two."""

    now: (
        Annotated[
            str,
            asked(A_DATE, "Its date and time, local, without zone, of the years 2000 to 2099.", "2016-07-01T12:00:00"),
        ]
        | UnsetType
    ) = UNSET
    advance_s: Annotated[int, asked(FROM_0, "How far to put it on, in seconds.", 86400, ge=0)] | UnsetType = UNSET


# The snapshot


class IndicatorCell(Answer):
    """One seven-segment cell: its character, its point, the lit segments a–g."""

    char: Annotated[str, said("What it shows, one character; a blank where it is dark.", "5")]
    point: Annotated[bool, said("Whether the point behind it is lit.", True)]
    segments: Annotated[str, said("Its lit segments in alphabetical order, `a` on top, `g` in the middle.", "acdfg")]


class IndicatorView(Answer):
    """The operator's indicator."""

    text: Annotated[str, said("What it shows, without blanks at the ends.", "1.50")]
    cells: Annotated[list[IndicatorCell], said("Its ten cells from the left.", min_length=10, max_length=10)]


class OperationView(Answer):
    """One operation of a receipt."""

    number: Annotated[int, said("Its number in the receipt, from 1.", 1)]
    kind: Annotated[Literal["sale", "return", "annul"], said("What was done.", "sale")]
    alcohol: Annotated[bool, said("Whether the item is alcohol that EGAIS counts.", True)]
    code_type: Annotated[int | None, said("The document's «Тип штрих-кода»; null: sold by hand.", 0)]
    name: Annotated[str, said("The item's name.", "ВОДКА")]
    quantity: Annotated[int, said("How much, in thousandths.", 1000)]
    price: Annotated[int, said("Price of one, in kopecks.", 15000)]
    sum: Annotated[int, said("What it comes to before discounts and markups, in kopecks.", 15000)]
    section: Annotated[int, said("The section it is sold in.", 1)]
    tax: Annotated[int, said("Its tax group.", 1)]
    annulled: Annotated[bool, said("Whether a later operation annulled it.", False)]


class ReceiptView(Answer):
    """The open receipt."""

    number: Annotated[int, said("Its number.", 12)]
    kind: Annotated[Literal["sale", "return"], said("What it is of.", "sale")]
    total: Annotated[int, said("What is to be paid, after discounts and markups, in kopecks.", 15000)]
    discounts: Annotated[int, said("All discounts, in kopecks.", 0)]
    markups: Annotated[int, said("All markups, in kopecks.", 0)]
    taxes: Annotated[
        list[int], said("Taxes of the five groups, in kopecks.", [0, 0, 0, 0, 0], min_length=5, max_length=5)
    ]
    operations: Annotated[list[OperationView], said("Its operations, in order.")]


class ErrorView(Answer):
    """The error over the till's state."""

    code: Annotated[int, said("Its code by the document (document: «Коды ошибок»).", 20)]
    text: Annotated[str, said("What it means.", "printer error, or no paper")]


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
    """A till at one moment."""

    state: Annotated[StateName, said("The state of its keyboard and receipt.", "idle")]
    indicator: Annotated[IndicatorView, said("What its operator sees.")]
    receipt: Annotated[ReceiptView | None, said("The open receipt; null: there is none.")]
    shift: Annotated[int, said("The shift's number.", 7)]
    address: Annotated[int, said("Its address on the line.", 1)]
    options: Annotated[dict[str, int], said("What each option holds, by its number.", {"27": 1, "29": 3, "30": 1})]
    clock: Annotated[str, said("Its clock, local, ISO 8601 without zone.", "2016-07-01T12:00:00")]
    paper: Annotated[bool, said("Whether there is paper.", True)]
    cash: Annotated[int, said("What the drawer holds, in kopecks.", 150050)]
    request: Annotated[bool, said("Whether it waits for the SmartBox.", False)]
    power: Annotated[bool, said("Whether it is switched on.", True)]
    printing: Annotated[bool, said("Whether it prints.", False)]
    error: Annotated[ErrorView | None, said("The error over its state; null: there is none.")]


# The tape

Number = Annotated[int, said("Its number in its list, from 1; none comes twice.", 1)]


class _TapeEntry(Answer, tag_field="kind"):
    n: Number


class TextEntry(_TapeEntry, tag="text"):
    """A printed line."""

    text: Annotated[str, said("At most 24 characters, unpadded.", "ООО РОМАШКА")]


class BitmapEntry(_TapeEntry, tag="bitmap"):
    """A printed picture in modules, unscaled."""

    width: Annotated[int, said("Modules of a row.", 57)]
    height: Annotated[int, said("Rows.", 57)]
    rows: Annotated[list[str], said("Each row ⌈width/8⌉ bytes in hex, leftmost in the high bit, 1 = black.")]


class CutEntry(_TapeEntry, tag="cut"):
    """The end of a document."""


TapeEntryView = TextEntry | BitmapEntry | CutEntry


class TapeView(Answer):
    """The tape."""

    entries: Annotated[list[TapeEntryView], said("Entries in the order they were printed.")]


# Findings and packets

At = Annotated[int, said("When, in nanoseconds since the start.", 1_500_000_000)]
Raw = Annotated[str, said("The bytes on the line, in hex.", "7f0201c53a")]


class ReasonView(Answer):
    """A reason as a program reads it."""

    code: Annotated[str, said("Its stable code.", "since-last")]
    fields: Annotated[dict[str, int | str], said("What its sentence names.", {"ms": 120})]


class FindingEntry(Answer):
    """One breach of the document by the master."""

    n: Number
    at: At
    code: Annotated[str, said("The rule's stable code.", "bad-vector")]
    severity: Annotated[Literal["error", "warning"], said("How bad it is.", "error")]
    message: Annotated[str, said("What was done, in a sentence.", "the vector is not 3")]
    why: Annotated[list[ReasonView], said("What was seen, which `message` says in parentheses.")]
    section: Annotated[str, said("The document's section.", "Форматы данных")]
    bytes: Raw


class FindingsView(Answer):
    """Findings of the whole line."""

    findings: Annotated[list[FindingEntry], said("Oldest first.")]


class MessageView(Answer):
    """A whole message."""

    function: Annotated[int, said("Its function.", 5)]
    name: Annotated[str, said("The name of its table.", "PingRequest")]
    fields: Annotated[dict[str, int | str | bool], said("Its fields by name.", {"vector": 3, "function": 5})]
    faults: Annotated[list[str], said("What is wrong with it, in sentences.")]
    why: Annotated[list[ReasonView], said("The same in codes.")]


class _PacketEntry(Answer, tag_field="kind"):
    n: Number
    at: At
    direction: Annotated[Literal["to_till", "to_master"], said("Where it went.", "to_till")]
    packet: Annotated[str, said("The packet in a word.", "RDY", "DATA 1 HS=1 [2]")]
    address: Annotated[int, said("The address in it.", 1)]
    hs: Annotated[bool, said("Its bit HS.", False)]
    bytes: Raw


class ControlPacketEntry(_PacketEntry, tag="control"):
    """A control packet."""

    code: Annotated[int, said("The low four bits of its FLC.", 5)]


class DataPacketEntry(_PacketEntry, tag="data"):
    """A data packet."""

    number: Annotated[int, said("Its frame's number.", 1)]
    data: Annotated[str, said("Its data, unstuffed, in hex.", "0305")]
    message: Annotated[MessageView | None, said("The message; null: a part of one, or none that the document has.")]


PacketEntry = ControlPacketEntry | DataPacketEntry


class WireView(Answer):
    """Packets of the whole line, both directions."""

    packets: Annotated[list[PacketEntry], said("Oldest first.")]


# Events


class _Event(Answer, tag_field="kind"):
    at: At


class KeyEvent(_Event, tag="key"):
    """A key went down."""

    key: Annotated[str, said("What stands on it.", "ПИ")]


class IndicatorEvent(_Event, tag="indicator"):
    """The indicator shows something else."""

    indicator: Annotated[IndicatorView, said("What it shows now.")]


class BeepEvent(_Event, tag="beep"):
    """A sound."""

    length: Annotated[Literal["short", "long"], said("Short for what was taken, long for an error.", "short")]


class StateEvent(_Event, tag="state"):
    """Something of the snapshot changed besides its indicator and clock."""

    state: Annotated[StateName, said("The state now.", "entry")]
    snapshot: Annotated[Snapshot, said("The till now.")]


class TapeEvent(_Event, tag="tape"):
    """An entry came out of the printer."""

    entry: Annotated[TapeEntryView, said("What was printed.")]


class PacketEvent(_Event, tag="packet"):
    """A packet passed on the line."""

    packet: Annotated[PacketEntry, said("The packet.")]


class FindingEvent(_Event, tag="finding"):
    """The master broke a rule."""

    finding: Annotated[FindingEntry, said("The finding.")]


Event = KeyEvent | IndicatorEvent | BeepEvent | StateEvent | TapeEvent | PacketEvent | FindingEvent

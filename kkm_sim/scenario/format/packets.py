"""Packets in a scenario: what `send` puts on the line and `expect` waits for (document: «Транспортный уровень»).

send: RDY                         expect: ACK HS=1
send: {ping: {}, hs: 1}           expect: {ping: {flags: 131}}
send: {data: 03 05, number: 3}    expect: {data: 03 01 01 00, hs: 0}
send: {hex: 7f 02 01 c5 3a}       expect: {silence: 3 s}
"""

import re
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    GetJsonSchemaHandler,
    StrictInt,
    Tag,
    create_model,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue

from kkm_sim.link.packets import ControlCode
from kkm_sim.messages.records import (
    AnnulReceiptRequest,
    CloseAnswer,
    CloseRequest,
    DonePacket,
    IdentifierHead,
    IdentifierRequest,
    PingAnswer,
    PingRequest,
    SaleAnswer,
    SaleRequest,
    ShortAnswer,
    ShowMessageRequest,
)
from kkm_sim.scenario.format.field_types import Bytes, Called, Duration, FreeText, Reference
from kkm_sim.scenario.format.fields import Fields, fields_of

_CONTROL = re.compile(rf"({'|'.join(code.name for code in ControlCode)})(?: HS=([01]))?")

Hs = Annotated[StrictInt, Field(ge=0, le=1, description="the HS bit")]
FrameNumber = Annotated[StrictInt, Field(ge=0, le=7)]
Bitmap = Annotated[list[Bytes], Field(min_length=1, description="rows of a bitmap, from top to bottom, in hex")]
QrLevel = Literal["L", "M", "Q", "H"]


class _Spec(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Control(_Spec):
    """A control packet: its name, or a code that has none; HS is 0 unless it is said."""

    packet: (
        Literal["DISC", "REJ", "RDY", "NAK", "WAIT", "BUSY", "ACK", "SYN", "RST"]
        | Annotated[StrictInt, Field(ge=0, le=15)]
    )
    hs: Hs = 0


class Data(_Spec):
    """A data packet by its bytes. Sent, it has the next frame number unless one is named; expected, any HS will do."""

    data: Bytes
    hs: Hs | None = None
    number: FrameNumber | Reference | None = None


class Raw(_Spec):
    """Bytes as they stand on the wire, whatever they are."""

    hex: Bytes


class Silence(_Spec):
    """Nothing is said for so long."""

    silence: Duration


IdentifierFields = fields_of(
    IdentifierHead,
    text=(FreeText | None, None),
    bitmap=(Bitmap | None, None),
    qr=(FreeText | None, None),
    level=(QrLevel, "M"),
)
"""Function 3's answer: its head, and its data as a text, as rows, or as what a QR code says. What the data tell
(kind, rows, bytes, bits) is filled in unless it is named."""

MASTER_FIELDS: dict[str, type[Fields]] = {
    "sale": fields_of(SaleRequest),
    "close": fields_of(CloseAnswer),
    "identifier": IdentifierFields,
    "ping": fields_of(PingRequest),
    "message": fields_of(ShowMessageRequest),
    "annul": fields_of(AnnulReceiptRequest),
}
"""What the master says, by the verb of the function."""

SHORT_FIELDS = fields_of(ShortAnswer)

TILL_FIELDS: dict[str, type[Fields]] = {
    "sale": fields_of(SaleAnswer),
    "close": fields_of(CloseRequest),
    "identifier": fields_of(IdentifierRequest),
    "done": fields_of(DonePacket),
    "ping": fields_of(PingAnswer),
    "message": SHORT_FIELDS,
    "annul": SHORT_FIELDS,
    "short": SHORT_FIELDS,
}
"""What the till says; `short` is the answer to what it does not know."""


class Message(_Spec):
    """A data packet by its message: one of the functions, with some of its fields."""

    hs: Hs | None = None
    number: FrameNumber | Reference | None = None

    @property
    def function(self) -> str:
        """The verb of the function that it names."""
        return next(iter(self.model_fields_set - {"hs", "number"}))

    @property
    def fields(self) -> Fields:
        """Its fields."""
        fields: Fields = getattr(self, self.function)
        return fields

    @model_validator(mode="before")
    @classmethod
    def _names_one(cls, value: Any) -> Any:
        if isinstance(value, dict) and len(value.keys() & _functions(cls)) != 1:
            raise ValueError(f"one of packet, data, hex, {', '.join(sorted(_functions(cls)))}")
        return value


def _functions(model: type[Message]) -> set[str]:
    return model.model_fields.keys() - {"hs", "number"}


def _message(side: str, kinds: dict[str, type[Fields]]) -> type[Message]:
    rows: dict[str, Any] = {name: (kind | None, None) for name, kind in kinds.items()}
    one: dict[str, Any] = {"json_schema_extra": {"oneOf": [{"required": [name]} for name in kinds]}}
    return create_model(f"{side}Message", __base__=Message, __doc__=Message.__doc__, __cls_kwargs__=one, **rows)


if TYPE_CHECKING:
    MasterMessage = Message
    TillMessage = Message
else:
    MasterMessage = _message("Master", MASTER_FIELDS)
    TillMessage = _message("Till", TILL_FIELDS)


_A_PACKET = "a packet: RDY, `ACK HS=1` …, or a mapping with packet, data, hex or a message"


def _unfolded(value: Any) -> Any:
    """`ACK HS=1` → its mapping."""
    if isinstance(value, str):
        match = _CONTROL.fullmatch(value)
        if match is None:
            raise ValueError(_A_PACKET)
        return {"packet": match[1], "hs": int(match[2] or 0)}
    return value


def _kind(value: Any) -> str | None:
    if isinstance(value, _Spec):
        return {Control: "packet", Data: "data", Raw: "hex", Silence: "silence"}.get(type(value), "message")
    if isinstance(value, dict):
        return next((key for key in ("packet", "data", "hex", "silence") if key in value), "message")
    return None


class _Shorthand:
    """Tells editors of `ACK HS=1`."""

    def __get_pydantic_json_schema__(self, core: Any, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        words = [f"{code.name}{hs}" for code in ControlCode for hs in ("", " HS=0", " HS=1")]
        return {"anyOf": [{"type": "string", "enum": words}, handler(core)]}


PacketSent = Annotated[
    Annotated[Control, Tag("packet")]
    | Annotated[Data, Tag("data")]
    | Annotated[Raw, Tag("hex")]
    | Annotated[MasterMessage, Tag("message")],
    Discriminator(_kind),
    BeforeValidator(_unfolded),
    Called(_A_PACKET),
    _Shorthand(),
]
"""What `send` takes."""

PacketExpected = Annotated[
    Annotated[Control, Tag("packet")]
    | Annotated[Data, Tag("data")]
    | Annotated[Raw, Tag("hex")]
    | Annotated[Silence, Tag("silence")]
    | Annotated[TillMessage, Tag("message")],
    Discriminator(_kind),
    BeforeValidator(_unfolded),
    Called(_A_PACKET),
    _Shorthand(),
]
"""What `expect` takes: a packet of the till, or silence."""

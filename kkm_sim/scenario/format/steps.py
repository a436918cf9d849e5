"""The steps of a scenario, a model for each verb.

Three heights that mix freely: a person's (keys, scans, what is seen and heard), the protocol's (functions 1–7 with
the fields to send and to expect), the wire's (packets, bytes, silence, damage). A step is a mapping with one verb.
Expectations wait until they hold, `within` a time of their own, 5 s unless they say otherwise.
"""

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    PrivateAttr,
    StrictBool,
    StrictInt,
    Tag,
    WithJsonSchema,
    create_model,
)

from kkm_sim.clock import SECOND
from kkm_sim.findings import FindingCode
from kkm_sim.scenario.format.field_types import Called, Duration, FreeText, Keys, Name, Reference, TillAddress, Value
from kkm_sim.scenario.format.fields import Fields, Moment
from kkm_sim.scenario.format.packets import MASTER_FIELDS, TILL_FIELDS, Hs, PacketExpected, PacketSent
from kkm_sim.scenario.format.position import NOWHERE, Position
from kkm_sim.settings import OPTIONS

DEFAULT_WITHIN = 5 * SECOND

StateName = Literal[
    "off", "menu", "idle", "request", "entry", "open", "return_armed", "annul_armed", "annul_scan", "close_wait",
    "refused", "qr_print",
]  # fmt: skip


class Step(BaseModel):
    """One line of a scenario."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    VERB: ClassVar[str]

    till: TillAddress | None = Field(
        default=None, description="which till, where there are several (default: the first)"
    )
    _at: Position = PrivateAttr(default_factory=lambda: NOWHERE)

    @property
    def at(self) -> Position:
        """Where it was written; the loader knows."""
        return self._at

    def located(self, at: Position) -> None:
        """Tells where it was written."""
        self._at = at


class Expectation(Step):
    """A step that waits until something holds, and fails if it does not."""

    within: Duration = Field(default=DEFAULT_WITHIN, description="how long to wait for it")
    update: StrictBool = Field(default=False, description="`replay --update` writes what was seen in its place")


# What a person does


class KeysStep(Step):
    """Keys are pressed, one after the other."""

    VERB = "keys"
    keys: Keys


class ScanStep(Step):
    """The SmartBox's scanner reads codes: an EAN, a PDF417; `beer:EAN` and `ean:EAN` say how it is sold."""

    VERB = "scan"
    scan: FreeText | Annotated[list[FreeText], Field(min_length=1)]


class WaitStep(Step):
    """Time passes."""

    VERB = "wait"
    wait: Duration


class PowerStep(Step):
    """The till's mains."""

    VERB = "power"
    power: Literal["on", "off"]


class PaperStep(Step):
    """Paper runs out, or is put in."""

    VERB = "paper"
    paper: Literal["in", "out"]


class ClockStep(Step):
    """The till's clock is set."""

    VERB = "clock"
    clock: Moment


_OPTIONS_SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "minProperties": 1,
    "properties": {str(n): {"type": "integer", "minimum": OPTIONS[n][0], "maximum": OPTIONS[n][-1]} for n in OPTIONS},
}


class OptionStep(Step):
    """Options of the till are set: `{29: 3}`."""

    VERB = "option"
    option: Annotated[dict[Literal[27, 29, 30], StrictInt], WithJsonSchema(_OPTIONS_SCHEMA)]


class CableStep(Step):
    """The cable is pulled out, so that nothing arrives either way, or put back."""

    VERB = "cable"
    cable: Literal["in", "out"]


class UtmBehaviour(BaseModel):
    """How the UTM answers: `delay` after the question."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    answers: Literal["up", "down", "refuses"] = "up"
    delay: Duration = 0


class UtmStep(Step):
    """How the UTM behind the SmartBox behaves from now on."""

    VERB = "utm"
    utm: Literal["up", "down", "refuses"] | UtmBehaviour


# What a person sees and hears


class IndicatorStep(Expectation):
    """The indicator shows a text; blanks at its ends do not count."""

    VERB = "indicator"
    indicator: FreeText


class TapeContains(BaseModel):
    """Lines that stand on the new part of the tape in this order, with others between."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    contains: list[FreeText] = Field(min_length=1)


class TapeStep(Expectation):
    """What was printed since the last `tape`: every line, or some. Runs of blanks count as one.

    A bitmap is the line `[bitmap 41x41]`, with its dots, a row each in hex, `[bitmap 3x2 a0 40]`; the end of a receipt
    is `[cut]`.
    """

    VERB = "tape"
    tape: FreeText | list[FreeText] | TapeContains


class BeepStep(Expectation):
    """The last beep since the last `beep` step; `none`: there was none."""

    VERB = "beep"
    beep: Literal["short", "long", "none"]


class StateStep(Expectation):
    """The till is in a state."""

    VERB = "state"
    state: StateName


class ReceiptFields(Fields):
    """The open receipt: money in kopecks."""

    number: StrictInt | Reference | None = None
    kind: Literal["sale", "return"] | None = None
    total: StrictInt | Reference | None = None
    discounts: StrictInt | Reference | None = None
    markups: StrictInt | Reference | None = None
    operations: StrictInt | Reference | None = None
    alcohol: StrictInt | Reference | None = None


class ReceiptStep(Expectation):
    """The receipt that is open, or `none`."""

    VERB = "receipt"
    receipt: Literal["none"] | ReceiptFields


if TYPE_CHECKING:
    FindingName = str
else:
    FindingName = Literal[tuple(code.rule.code for code in FindingCode)]


class FindingsStep(Expectation):
    """The findings since the last `findings` step: exactly these, in any order; or `none`, or `any`.

    Findings that no step names fail the scenario at its end.
    """

    VERB = "findings"
    findings: Literal["none", "any"] | list[FindingName]


# The protocol


class ExchangeBody(BaseModel):
    """What is sent and what is expected; each function has its own kind."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @property
    def sent(self) -> Fields | None:
        """The fields to send; None where nothing is to be sent."""
        sent: Fields | None = getattr(self, "send", None)
        return sent

    @property
    def expected(self) -> Fields | None:
        """The fields to expect; None where none are."""
        expected: Fields | None = getattr(self, "expect", None)
        return expected


class Exchange(Expectation):
    """A function of the document, carried through on the line.

    The master's own functions (sale, ping, message, annul): `send` asks, `expect` checks the answer. The till's
    (close, identifier, done): `expect` checks its request, `send` answers it. Either may be left out; each goes
    through RDY and ACK as the document has it. `hears`: the packet that refuses what is sent, in place of ACK.
    With the SmartBox `expect` of sale, close, identifier, done is the first such message that no step has taken.
    """

    hs: Hs | None = Field(
        default=None, description="HS of what is sent (default: 1 for ping, message and annul, else 0)"
    )
    hears: Literal["DISC", "NAK", "REJ", "BUSY"] | None = None
    frames: Annotated[StrictInt, Field(ge=1, le=127)] = Field(default=127, description="longest frame sent, data bytes")

    @property
    def body(self) -> ExchangeBody:
        """What is sent and expected."""
        body: ExchangeBody = getattr(self, self.VERB)
        return body


def _exchange(verb: str, about: str) -> type[Exchange]:
    sides: dict[str, Any] = {}
    if verb in MASTER_FIELDS:
        sides["send"] = (MASTER_FIELDS[verb] | None, None)
    if verb in TILL_FIELDS:
        sides["expect"] = (TILL_FIELDS[verb] | None, None)
    name = verb.title()
    body: type[ExchangeBody] = create_model(f"{name}Exchange", __base__=ExchangeBody, __doc__=about, **sides)
    whole: dict[str, Any] = {verb: (body, ...)}
    step: type[Exchange] = create_model(f"{name}Step", __base__=Exchange, __doc__=about, **whole)
    step.VERB = verb
    return step


SaleStep = _exchange("sale", "Function 1: the master asks for a sale; the answer comes when the operator is done.")
CloseStep = _exchange("close", "Function 2: the till asks whether it may close the receipt; the master answers.")
IdentifierStep = _exchange("identifier", "Function 3: the till asks for a block of the identifier; the master answers.")
DoneStep = _exchange("done", "Function 4: the till says that the receipt is printed to its end.")
PingStep = _exchange("ping", "Function 5: the master asks for the till's state.")
MessageStep = _exchange("message", "Function 6: the master shows the operator a message.")
AnnulStep = _exchange("annul", "Function 7: the master annuls the open receipt.")


# The wire


class MasterStep(Step):
    """Who has the master's end of the line from now on: the reference SmartBox, or (wire) the scenario itself."""

    VERB = "master"
    master: Literal["smartbox", "wire"]


class SendStep(Step):
    """The scenario puts a packet or bytes on the line, `after` so much quiet."""

    VERB = "send"
    send: PacketSent
    after: Duration = Field(default=10_000_000, description="quiet before it (default: the document's 10 ms)")


class ExpectStep(Expectation):
    """The till's next packet (with the SmartBox: one since somebody acted last); times count from the last byte."""

    VERB = "expect"
    expect: PacketExpected
    not_before: Duration | None = Field(default=None, description="in place of the 10 ms gap; 0 ns: any time")
    not_after: Duration | None = None


class Flip(BaseModel):
    """One bit of a byte is wrong; bytes count from 0, `any`: by the seed."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    flip: Annotated[StrictInt, Field(ge=0)] | Literal["any"]


class Cut(BaseModel):
    """Only the first bytes arrive; `any`: by the seed."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    cut: Annotated[StrictInt, Field(ge=0)] | Literal["any"]


Harm = Literal["drop"] | Flip | Cut


class DamageSpec(BaseModel):
    """Whose next packet that has such a byte, and what happens to it on its way."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"minProperties": 1})
    of_master: Harm | None = None
    of_till: Harm | None = None


class DamageStep(Step):
    """The next packet of the master or the till that has such a byte is harmed on its way: `{of_till: {flip: 3}}`."""

    VERB = "damage"
    damage: DamageSpec


# Steps of steps


class Repeat(BaseModel):
    """Steps again and again; variables first met inside are new each time."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    times: Annotated[StrictInt, Field(ge=1, le=1_000_000)]
    counter: Name | None = Field(default=None, alias="as", description="a variable that counts from 1")
    steps: "list[AnyStep]" = Field(min_length=1)


class RepeatStep(Step):
    """Steps again and again."""

    VERB = "repeat"
    repeat: Repeat


class Include(BaseModel):
    """Steps from a file `*.steps.yaml`, beside this one, with values for its variables."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    file: FreeText
    values: dict[Name, Value] = Field(default={}, alias="with")


class IncludeStep(Step):
    """The steps of another file. The loader puts the included file's steps in `steps`."""

    VERB = "include"
    include: FreeText | Include
    _steps: "tuple[AnyStep, ...]" = PrivateAttr(default=())
    _defaults: dict[str, int | str] = PrivateAttr(default_factory=dict)

    @property
    def steps(self) -> "tuple[AnyStep, ...]":
        """The included file's steps."""
        return self._steps

    @property
    def defaults(self) -> dict[str, int | str]:
        """The included file's own variables, for those that `with` does not name."""
        return self._defaults

    def included(self, steps: "tuple[AnyStep, ...]", defaults: dict[str, int | str] | None = None) -> None:
        """Takes the steps that the loader has read, and the file's own variables."""
        self._steps = steps
        self._defaults = dict(defaults or {})


STEPS: tuple[type[Step], ...] = (
    KeysStep, ScanStep, WaitStep, PowerStep, PaperStep, ClockStep, OptionStep, CableStep, UtmStep,
    IndicatorStep, TapeStep, BeepStep, StateStep, ReceiptStep, FindingsStep,
    SaleStep, CloseStep, IdentifierStep, DoneStep, PingStep, MessageStep, AnnulStep,
    MasterStep, SendStep, ExpectStep, DamageStep,
    RepeatStep, IncludeStep,
)  # fmt: skip
"""Every kind of step, a verb each."""

VERBS = {step.VERB: step for step in STEPS}


A_STEP = "a step: a mapping with one verb, as in `keys: 1 5 0 ПИ`"
"""What a person calls one."""


def verb_of(value: Any) -> str | None:
    """The verb of a step as written: the one key that is one; None for none or several."""
    if isinstance(value, Step):
        return value.VERB
    verbs = [key for key in value if key in VERBS] if isinstance(value, dict) else []
    return verbs[0] if len(verbs) == 1 else None


def _any_step() -> Any:
    union: Any = Annotated[STEPS[0], Tag(STEPS[0].VERB)]
    for step in STEPS[1:]:
        union = union | Annotated[step, Tag(step.VERB)]
    return Annotated[union, Discriminator(verb_of), Called(A_STEP)]


if TYPE_CHECKING:
    AnyStep = Step
else:
    AnyStep = _any_step()
for _model in (Repeat, RepeatStep, IncludeStep):
    _model.model_rebuild()

"""The functions of the document as steps: carried through by the wire master, asked of the SmartBox, or watched.

The master's own functions ask and take the answer; the till's own are taken and answered (document, sections 1–7).
"""

from dataclasses import dataclass
from typing import Any

from kkm_sim.clock import MS
from kkm_sim.messages.codes import ShownMessage
from kkm_sim.messages.records import PING_INTERVAL, IdentifierRequest
from kkm_sim.scenario.format.field_types import duration_words
from kkm_sim.scenario.format.steps import Exchange
from kkm_sim.scenario.format.variables import person_value, sent_fields
from kkm_sim.scenario.play.master_messages import message_bytes
from kkm_sim.scenario.play.matching import Comparison, compare, fields_words, is_of
from kkm_sim.scenario.play.scene import NotMet, Scene
from kkm_sim.scenario.play.stage import CannotBeDone
from kkm_sim.scenario.play.virtual_stage import VirtualStage
from kkm_sim.scenario.play.watching import Passed, Watch
from kkm_sim.scenario.play.wire_exchange import WireExchange
from kkm_sim.scenario.report.packet_words import bytes_words, message_words
from kkm_sim.settings import Settings
from kkm_sim.smartbox import SmartBoxEvent

ASKED_BY_MASTER = ("sale", "ping", "message", "annul")
"""Functions that the master asks; the till asks the others."""

_ANSWERED_AT_ONCE = ("ping", "message", "annul")
"""Their answers are ready at once: HS=1 unless it is said."""

_HEARD_WITHIN = 200 * MS
"""Longer than any message of the till takes at 9600 baud, with the gap after it."""

_BY_ITSELF = {
    "sale": "the SmartBox asks by itself: use `scan`, or `master: wire`",
    "close": "the SmartBox answers by itself: use `utm`, or `master: wire`",
    "identifier": "the SmartBox answers by itself: use `utm`, or `master: wire`",
}


def exchange(scene: Scene, step: Exchange) -> None:
    """Plays the step. Raises NotMet, CannotBeDone, ValueError for what a message cannot hold."""
    stage = scene.stage
    if isinstance(stage, VirtualStage) and stage.master == "wire":
        if step.VERB == "ping":
            _keep_ping_interval(scene, step)
        _Carried(scene, stage, step).play()
    else:
        _watched(scene, step)


# With the wire master


def _keep_ping_interval(scene: Scene, step: Exchange) -> None:
    """A verb of the protocol keeps its rules: who wants to break them has `send`."""
    pinged = scene.pinged.get(scene.address(step))
    if pinged is not None:
        scene.stage.pass_time(max(0, pinged + PING_INTERVAL - scene.stage.now()))


class _Carried:
    """An exchange that the scenario carries through itself."""

    def __init__(self, scene: Scene, stage: VirtualStage, step: Exchange) -> None:
        self._scene = scene
        self._step = step
        self._verb = step.VERB
        self._address = scene.address(step)
        self._settings = scene.settings(self._address)
        self._wire = WireExchange(
            stage,
            verb=self._verb,
            address=self._address,
            spoken=scene.spoken_address(self._address),
            order=self._settings.datetime_order,
            within=step.within,
            frames=step.frames,
            hears=step.hears,
        )

    def play(self) -> None:
        body, step = self._step.body, self._step
        if self._verb not in ASKED_BY_MASTER:
            taken = body.expected is not None or body.sent is None
            if taken:
                self._take()
            if body.sent is not None:
                self._send(hs=step.hs or 0, invited=taken)
            return
        asks = body.sent is not None or (self._verb != "sale" and body.expected is None)
        asks = asks or self._verb in _ANSWERED_AT_ONCE
        hs = step.hs if step.hs is not None else int(self._verb in _ANSWERED_AT_ONCE)
        went = not asks or self._send(hs=hs)
        if went and (self._verb in _ANSWERED_AT_ONCE or body.expected is not None or not asks):
            self._take(after_ack=asks and bool(hs))

    def _send(self, *, hs: int, invited: bool = False) -> bool:
        block = self._scene.blocks.get(self._address, 1)
        data = message_bytes(self._verb, self._step.body.sent, self._scene.scope, self._settings, block)
        went = self._wire.send(data, hs=bool(hs), invited=invited)
        if self._verb == "ping":
            self._scene.pinged[self._address] = self._scene.stage.now()
        return went

    def _take(self, *, after_ack: bool = False) -> None:
        data = self._wire.take(after_ack=after_ack)
        _judge(self._scene, self._step, data, self._settings)
        self._wire.acknowledge()
        if self._verb == "identifier":
            reading = IdentifierRequest.decode(data)
            self._scene.blocks[self._address] = reading.record.block if reading.record else 1


def _judge(scene: Scene, step: Exchange, data: bytes, settings: Settings) -> None:
    """Holds the till's message against what is expected; variables take what comes."""
    order = settings.datetime_order
    comparison = compare(data, step.VERB, step.body.expected, scene, order, result=True)
    told = f"{message_words(data, to_till=False, order=order)}; {bytes_words(data)}"
    if not is_of(data, step.VERB):
        raise NotMet(_expected(step), f"another message: {told}")
    if comparison.differences and not scene.is_updated(step):
        raise NotMet(_expected(step), f"{'; '.join(comparison.differences)}: {told}")
    _passed(scene, step, comparison)


def _passed(scene: Scene, step: Exchange, comparison: Comparison) -> None:
    comparison.bind(scene)
    if scene.is_updated(step):
        value: dict[str, Any] = {}
        if step.body.sent is not None:
            value["send"] = {name: person_value(field) for name, field in step.body.sent.given().items()}
        value["expect"] = dict(comparison.named)
        scene.note_update(step.at, step.VERB, value)


def _expected(step: Exchange) -> str:
    what = fields_words(step.VERB, step.body.expected)
    whose = f"the answer to {what}" if step.VERB in ASKED_BY_MASTER else f"{what} from the till"
    return f"{whose} within {duration_words(step.within)}"


# With the SmartBox, or somebody else's program


@dataclass(slots=True)
class _Candidate:
    """The last message of the function that was looked at."""

    passed: Passed
    comparison: Comparison


def _watched(scene: Scene, step: Exchange) -> None:
    address = scene.address(step)
    index = scene.index(step.till)
    settings = scene.settings(address)
    _refuse_what_is_not_its_own(scene, step)
    events = _Events(scene)
    marks = scene.marks[index]
    if scene.master == "smartbox" and step.VERB in _ANSWERED_AT_ONCE:
        marks.wire = scene.look(lambda simulator: simulator.wire.last)
        _ask(scene, step, address)
    # The first message of a function is the one meant; only between the answers to what the SmartBox is told to ask
    # there may be others, to the PINGs of its own.
    candidate: _Candidate | None = None

    def is_the_one(passed: Passed) -> bool:
        nonlocal candidate
        if not is_of(passed.data, step.VERB):
            return False
        judged = compare(passed.data, step.VERB, step.body.expected, scene, settings.datetime_order, result=True)
        candidate = _Candidate(passed, judged)
        return not (judged.differences and step.VERB in _ANSWERED_AT_ONCE)

    watch = Watch(address, scene.spoken_address(address), marks.wire)
    scene.stage.pass_time(step.within, lambda simulator: any(map(is_the_one, watch.messages(simulator))))
    if candidate is None or (candidate.comparison.differences and not scene.is_updated(step)):
        raise NotMet(_expected(step), _seen(candidate, settings) + events.words())
    number = marks.wire = candidate.passed.number
    # It was seen when it began: whatever is done next must find that the master has it.
    scene.stage.pass_time(_HEARD_WITHIN, lambda simulator: simulator.wire.last > number)
    _passed(scene, step, candidate.comparison)


def _seen(candidate: _Candidate | None, settings: Settings) -> str:
    if candidate is None:
        return "no such message"
    differences = "; ".join(candidate.comparison.differences)
    return f"{differences}: {candidate.passed.words(settings.datetime_order)}"


class _Events:
    """What the SmartBox tells from now on, for a person who wonders why nothing came."""

    def __init__(self, scene: Scene) -> None:
        self._stage = scene.stage if isinstance(scene.stage, VirtualStage) else None
        self._since = self._stage.events.last if self._stage is not None else 0

    def words(self) -> str:
        """A line each, the last five."""
        if self._stage is None:
            return ""
        events: list[SmartBoxEvent] = [event for _, event in self._stage.events.since(self._since)]
        return "".join(f"\nthe SmartBox: {event}" for event in events[-5:])


def _refuse_what_is_not_its_own(scene: Scene, step: Exchange) -> None:
    body = step.body
    if scene.master == "outside":
        if body.sent is not None or step.hears is not None:
            raise CannotBeDone("the master is a program of its own: what it says cannot be sent for it")
        return
    if body.sent is not None and step.VERB in _BY_ITSELF:
        raise CannotBeDone(_BY_ITSELF[step.VERB])
    if step.hears is not None or step.hs is not None or "frames" in step.model_fields_set:
        raise CannotBeDone("the SmartBox frames and repeats by itself: `hears`, `hs`, `frames` need `master: wire`")


def _ask(scene: Scene, step: Exchange, address: int) -> None:
    """Has the SmartBox ask."""
    stage = scene.virtual("SmartBox")
    own = stage.smartbox.address
    if address != own:
        raise CannotBeDone(f"the SmartBox speaks with till {own} only, not with till {address}")
    given = sent_fields(step.body.sent, scene.scope) if step.body.sent is not None else {}
    if others := given.keys() - {"message"}:
        raise CannotBeDone(f"the SmartBox fills in {', '.join(sorted(others))} by itself: use `master: wire`")
    now = stage.now()
    match step.VERB:
        case "ping":
            stage.smartbox.ping(now)
        case "annul":
            stage.smartbox.annul(now)
        case _:
            if "message" not in given:
                raise ValueError("`message` cannot be sent without `message`")
            stage.smartbox.message(ShownMessage(given["message"]), now)

"""Packets as steps: what `send` puts on the line, what `expect` waits for (document: «Транспортный уровень»)."""

from typing import Any

from kkm_sim.clock import Instant
from kkm_sim.link.events import PacketSeen
from kkm_sim.link.packets import CONTROL_CODES, ControlPacket, DataPacket, Direction, Packet
from kkm_sim.scenario.format.field_types import duration_words
from kkm_sim.scenario.format.packets import Control, Data, Message, Raw, Silence
from kkm_sim.scenario.format.steps import ExpectStep, SendStep
from kkm_sim.scenario.format.variables import captured, person_value, reference
from kkm_sim.scenario.play.master_messages import message_bytes
from kkm_sim.scenario.play.matching import compare, data_differences, fields_words, is_of
from kkm_sim.scenario.play.scene import NotMet, Scene
from kkm_sim.scenario.play.stage import CannotBeDone
from kkm_sim.scenario.play.virtual_stage import VirtualStage
from kkm_sim.scenario.play.watching import Watch
from kkm_sim.scenario.play.wire_exchange import hear, heard_words, say
from kkm_sim.scenario.report.packet_words import bytes_words, moment_words, packet_words
from kkm_sim.settings import DateTimeOrder
from kkm_sim.simulator import Simulator


def send(scene: Scene, step: SendStep) -> None:
    """Says a packet; returns when it is out. Raises CannotBeDone, ValueError for what no packet can hold."""
    stage = scene.virtual("line to speak on")
    if stage.master != "wire":
        raise CannotBeDone("the SmartBox has the line: `send` needs `master: wire`")
    say(stage, _said(scene, stage, step), after=step.after)


def _said(scene: Scene, stage: VirtualStage, step: SendStep) -> Packet | bytes:
    address = scene.address(step)
    match step.send:
        case Control(packet=packet, hs=hs):
            return ControlPacket(address, Direction.TO_TILL, _code(packet), bool(hs))
        case Raw(hex=raw):
            return raw
        case Data(data=data, hs=hs, number=number):
            own = stage.wire.number(address) if number is None else _number(scene, number)
            return DataPacket(address, Direction.TO_TILL, own, data, bool(hs))
        case Message(hs=hs, number=number) as message:
            block = scene.blocks.get(address, 1)
            data = message_bytes(message.function, message.fields, scene.scope, scene.settings(address), block)
            own = stage.wire.number(address) if number is None else _number(scene, number)
            return DataPacket(address, Direction.TO_TILL, own, data, bool(hs))


def _number(scene: Scene, number: Any) -> int:
    value = scene.scope.whole(number)
    if not isinstance(value, int) or not 0 <= value <= 7:
        raise ValueError(f"a frame number is 0 to 7, not {value}")
    return value


def _code(packet: str | int) -> int:
    if isinstance(packet, int):
        return CONTROL_CODES.get(packet, packet)
    return next(code for code in CONTROL_CODES.values() if code.name == packet)


# expect


def expect_packet(scene: Scene, step: ExpectStep) -> None:
    """Waits for a packet of the till, or hears silence. Raises NotMet."""
    stage = scene.stage
    if isinstance(stage, VirtualStage) and stage.master == "wire":
        _hear(scene, stage, step)
    else:
        _watch(scene, step)


def _hear(scene: Scene, stage: VirtualStage, step: ExpectStep) -> None:
    address = scene.address(step)
    order = scene.settings(address).datetime_order
    if isinstance(step.expect, Silence):
        heard = hear(stage, Instant(stage.now() + step.expect.silence))
        if heard is not None:
            raise NotMet(f"silence for {duration_words(step.expect.silence)}", heard_words(heard, order))
        return
    heard = hear(stage, Instant(stage.now() + step.within))
    expected = f"{_words(step)} within {duration_words(step.within)}"
    if heard is None:
        raise NotMet(expected, "nothing")
    judged = _Judged(scene, step, address, order)
    differences = judged.differences(heard.packet, heard.raw)
    if differences and not scene.is_updated(step):
        raise NotMet(expected, "; ".join([*_told(differences), heard_words(heard, order)]))
    _judge_quiet(step, heard.quiet, stage.simulator.line.gap)
    judged.passed(heard.packet, heard.raw)


def _told(differences: list[str]) -> list[str]:
    return [difference for difference in differences if difference]


def _judge_quiet(step: ExpectStep, quiet: int, gap: int) -> None:
    """An explicit `not_before` takes the gap's place: `0 ns` is for packets that cross the master's."""
    seen = f"it began {moment_words(quiet)} after the last byte"
    if step.not_before is not None and quiet < step.not_before:
        raise NotMet(f"{_words(step)}, not before {duration_words(step.not_before)}", seen)
    if step.not_after is not None and quiet > step.not_after:
        raise NotMet(f"{_words(step)}, not after {duration_words(step.not_after)}", seen)
    if step.not_before is None and quiet < gap:
        raise NotMet(f"{_words(step)}, after at least {duration_words(gap)} of quiet", seen)


def _watch(scene: Scene, step: ExpectStep) -> None:
    address = scene.address(step)
    index = scene.index(step.till)
    order = scene.settings(address).datetime_order
    marks = scene.marks[index]
    if step.not_before is not None or step.not_after is not None:
        raise CannotBeDone("when a packet begins is judged with `master: wire` only")
    spoken = scene.spoken_address(address)
    if isinstance(step.expect, Silence):
        _watch_silence(scene, step.expect, Watch(address, spoken, _last(scene)), order)
        return
    watch = Watch(address, spoken, max(marks.wire, scene.acted))
    judged = _Judged(scene, step, address, order)
    found: list[tuple[int, PacketSeen]] = []
    others: list[PacketSeen] = []

    def look(simulator: Simulator) -> bool:
        for number, seen in watch.packets(simulator):
            if not judged.differences(seen.packet, seen.raw):
                found.append((number, seen))
                return True
            others[:] = [seen]
        return False

    if not scene.stage.pass_time(step.within, look):
        if not (scene.is_updated(step) and others):
            raise NotMet(f"{_words(step)} within {duration_words(step.within)}", _other_words(others, judged, order))
        found.append((marks.wire, others[0]))
    number, seen = found[0]
    judged.passed(seen.packet, seen.raw)
    marks.wire = number


def _other_words(others: list[PacketSeen], judged: "_Judged", order: DateTimeOrder) -> str:
    if not others:
        return "nothing"
    last = others[-1]
    differences = _told(judged.differences(last.packet, last.raw))
    told = f"{packet_words(last.packet, last.raw, order)}, at {moment_words(last.at)}"
    return "; ".join([*differences, f"the last was {told}"])


def _last(scene: Scene) -> int:
    """The number of the last packet on the line."""
    return scene.look(lambda simulator: simulator.wire.last)


def _watch_silence(scene: Scene, silence: Silence, watch: Watch, order: DateTimeOrder) -> None:
    said: list[PacketSeen] = []

    def look(simulator: Simulator) -> bool:
        said.extend(seen for _, seen in watch.packets(simulator))
        return bool(said)

    if scene.stage.pass_time(silence.silence, look):
        first = said[0]
        told = f"{packet_words(first.packet, first.raw, order)}, at {moment_words(first.at)}"
        raise NotMet(f"silence for {duration_words(silence.silence)}", told)


class _Judged:
    """Holds packets against one that is expected."""

    def __init__(self, scene: Scene, step: ExpectStep, address: int, order: DateTimeOrder) -> None:
        self._scene = scene
        self._step = step
        self._order = order
        self._spoken = scene.spoken_address(address)

    def differences(self, packet: Packet | None, raw: bytes) -> list[str]:
        """What differs, a phrase each; an empty one for a packet of another kind."""
        spec = self._step.expect
        if isinstance(spec, Raw):
            return [] if raw == spec.hex else data_differences(raw, spec.hex)
        if packet is None:
            return [""]
        if packet.address != self._spoken:
            return [f"address {packet.address:02}, expected {self._spoken:02}"]
        match spec, packet:
            case Control(packet=code, hs=hs), ControlPacket():
                return [] if packet.code == _code(code) and packet.hs == bool(hs) else [""]
            case Data(data=data), DataPacket():
                return data_differences(packet.data, data) + self._head(spec, packet)
            case Message(), DataPacket():
                comparison = self._compare(spec, packet)
                taken = comparison.takes.get(reference(spec.number) or "", packet.number)
                unlike = [f"frame number {packet.number}, expected {taken}"] if taken != packet.number else []
                return [*comparison.differences, *self._head(spec, packet), *unlike]
            case _:
                return [""]

    def passed(self, packet: Packet | None, raw: bytes) -> None:
        """Variables take what came; `--update` notes it."""
        spec = self._step.expect
        named: Any = None
        if isinstance(packet, DataPacket) and isinstance(spec, Message | Data):
            name = reference(spec.number)
            if name is not None and self._scene.scope.get(name) is None:
                self._scene.scope.bind(name, captured(packet.number))
            if isinstance(spec, Message):
                comparison = self._compare(spec, packet)
                comparison.bind(self._scene)
                named = {spec.function: dict(comparison.named)} if is_of(packet.data, spec.function) else None
        if self._scene.is_updated(self._step):
            value = _as_written(self._step, packet, raw, named)
            self._scene.note_update(self._step.at, self._step.VERB, value)

    def _compare(self, spec: Message, packet: DataPacket) -> Any:
        return compare(packet.data, spec.function, spec.fields, self._scene, self._order, result=False)

    def _head(self, spec: Data | Message, packet: DataPacket) -> list[str]:
        """HS and frame number, where they are named."""
        differences = []
        if spec.hs is not None and packet.hs != bool(spec.hs):
            differences.append(f"HS={int(packet.hs)}, expected HS={spec.hs}")
        name = reference(spec.number)
        number = spec.number if name is None else self._scene.scope.get(name)
        if number is not None and packet.number != number:
            differences.append(f"frame number {packet.number}, expected {number}")
        return differences


def _as_written(step: ExpectStep, packet: Packet | None, raw: bytes, named: Any) -> Any:
    """A packet as `expect` is written."""
    spec = step.expect
    if isinstance(spec, Raw) or packet is None:
        return {"hex": raw.hex(" ")}
    if isinstance(packet, ControlPacket):
        return (
            str(packet)
            if packet.code in list(CONTROL_CODES.values())
            else {"packet": int(packet.code), "hs": int(packet.hs)}
        )
    value: dict[str, Any] = named if named is not None else {"data": packet.data.hex(" ")}
    if isinstance(spec, Data | Message):
        if spec.hs is not None:
            value["hs"] = int(packet.hs)
        if spec.number is not None:
            value["number"] = person_value(spec.number) if reference(spec.number) else packet.number
    return value


def _words(step: ExpectStep) -> str:
    """What is expected, in words."""
    spec = step.expect
    match spec:
        case Control(packet=packet, hs=hs):
            name = packet if isinstance(packet, str) else f"control {packet:X}"
            return f"{name}{' HS=1' if hs else ''}"
        case Raw(hex=raw):
            return bytes_words(raw)
        case Silence(silence=silence):
            return f"silence for {duration_words(silence)}"
        case Data(data=data):
            return f"data {bytes_words(data)}{_head_words(spec)}"
        case Message():
            return f"{fields_words(spec.function, spec.fields)}{_head_words(spec)}"


def _head_words(spec: Data | Message) -> str:
    hs = "" if spec.hs is None else f", HS={spec.hs}"
    return hs + ("" if spec.number is None else f", frame number {spec.number}")

"""What passes on a line, read as a person reads it: which packets are one exchange of the document, which are not."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from kkm_sim.clock import MS, Instant
from kkm_sim.edge import Pressed
from kkm_sim.findings import FindingCode
from kkm_sim.link.numbers import following
from kkm_sim.link.packets import ControlCode, ControlPacket, DataPacket, Direction
from kkm_sim.link.till_line import GAP
from kkm_sim.scenario.record.message_fields import master_fields, till_fields, verb_of
from kkm_sim.scenario.record.recorder import (
    Acted,
    Answered,
    Found,
    Item,
    Noise,
    Seen,
    Spoken,
    is_idle_answer,
    is_rdy,
)
from kkm_sim.settings import Settings

GAP_TOO_SHORT = FindingCode.GAP_TOO_SHORT.rule.code
PING_TOO_OFTEN = FindingCode.PING_TOO_OFTEN.rule.code
_ANSWERED = ("ping", "message", "annul")
"""Functions of the master that the till answers at once."""

_ASKED_BY_TILL = ("close", "identifier")


_SOON = 2 * GAP + 20 * MS
"""After so long what the till says is no answer to the last packet."""


def answers_first(items: Sequence[Item]) -> list[Item]:
    """The same, with what the till answers before what was done while it waited for the gap: it was decided by then."""
    ordered: list[Item] = []
    for item in items:
        place = len(ordered)
        if isinstance(item, Answered):
            while place and isinstance(ordered[place - 1], Acted | Seen):
                place -= 1
            before = ordered[place - 1] if place else None
            if not isinstance(before, Spoken | Answered) or item.at - before.at > _SOON:
                place = len(ordered)
        ordered.insert(place, item)
    return ordered


def keys_beside_exchanges(items: Sequence[Item]) -> list[Item]:
    """The same, with keys that were pressed in the middle of an exchange before it or after it."""
    ordered: list[Item] = []
    held: list[Item] = []
    last: Spoken | Answered | None = None
    before: int | None = None  # where what comes of a key belongs that was put before the exchange
    for index, item in enumerate(items):
        if isinstance(item, Spoken | Answered):
            before = None
            ordered.append(item)
            last = item
            if held and not _goes_on(item, _next_packet(items, index + 1)):
                ordered += held
                held = []
        elif isinstance(item, Acted) and isinstance(item.act, Pressed):
            following_packet = _next_packet(items, index + 1)
            if held or _goes_on(last, following_packet):
                held.append(item)
            elif _is_invited(last, following_packet):
                if before is None:
                    before = next((at for at in range(len(ordered) - 1, -1, -1) if is_rdy(ordered[at])), len(ordered))
                ordered.insert(before, item)
                before += 1
            else:
                ordered.append(item)
        elif isinstance(item, Seen) and held:
            held.append(item)
        elif isinstance(item, Seen) and before is not None:
            ordered.insert(before, item)
            before += 1
        else:
            ordered += [*held, item]
            held = []
    return [*ordered, *held]


def _next_packet(items: Sequence[Item], index: int) -> Spoken | Answered | None:
    for item in items[index:]:
        if isinstance(item, Spoken | Answered):
            return item
        if isinstance(item, Acted | Noise) and not (isinstance(item, Acted) and isinstance(item.act, Pressed)):
            return None
    return None


def _goes_on(last: Spoken | Answered | None, following_packet: Spoken | Answered | None) -> bool:
    """Whether the second packet belongs to what the first one is a part of."""
    match last, following_packet:
        case Spoken() | Answered(), Answered():
            return following_packet.at - last.at <= _SOON
        case Answered(packet=DataPacket()), Spoken():
            return True
        case Answered(packet=ControlPacket(code=ControlCode.ACK, hs=True)), Spoken(packet=DataPacket()):
            return True
        case Spoken(packet=ControlPacket(code=ControlCode.ACK)), Spoken(packet=DataPacket()):
            return True
        case _:
            return False


def _is_invited(last: Spoken | Answered | None, following_packet: Spoken | Answered | None) -> bool:
    """Whether the till has just said that data may come, and they do."""
    ready = isinstance(last, Answered) and _code(last) is ControlCode.RDY
    return ready and isinstance(following_packet, Spoken) and isinstance(following_packet.packet, DataPacket)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A step of the protocol. `of_till`: the till began it. `busy_until`: when it last said that it was."""

    verb: str
    step: dict[str, Any]
    begun: Instant
    at: Instant
    next_number: int
    frames_said: int
    of_till: bool
    busy_until: Instant | None = None


class Cursor:
    """A place among the items that goes on from packet to packet, past what was only seen; no further than an act."""

    def __init__(self, items: Sequence[Item], index: int) -> None:
        self.index = index
        self.seen: list[Seen] = []
        self.was_busy = False
        """Whether the last poll heard that the till was busy, or nothing."""
        self._items = items

    def peek(self) -> Spoken | Answered | None:
        """The next packet; None where something else was done before it."""
        at = self._ahead()
        return None if at is None else self._packet(at)

    def take(self) -> Spoken | Answered:
        """The next packet, which is there."""
        at = self._ahead()
        assert at is not None
        self.seen += [item for item in self._items[self.index : at] if not isinstance(item, Spoken | Answered)]  # type: ignore[misc]
        self.index = at + 1
        return self._packet(at)

    def copy(self) -> "Cursor":
        """The same place, to look on from."""
        cursor = Cursor(self._items, self.index)
        cursor.seen = list(self.seen)
        return cursor

    def idle_poll(self) -> bool:
        """Goes past RDY and the answer that says nothing, or no answer; False where this is not here.

        Where packets cross, or polling is against the document, it counts.
        """
        if not self._begins_with(is_rdy):
            return False
        after = self.copy()
        after.take()
        busy = True
        if self._begins_with_at(after.index, is_idle_answer):
            busy = _code(after.take()) is not ControlCode.RDY
            if after._next_is(Answered):
                return False  # the answer to more than this
        elif after._next_is(Answered) or after._answers_follow():
            return False
        if after.finds() or any(isinstance(item, Found) for item in after.seen[len(self.seen) :]):
            return False
        self.index, self.seen, self.was_busy = after.index, after.seen, busy
        return True

    def is_over(self) -> bool:
        """Whether no packet follows, and nobody does anything."""
        return not any(isinstance(item, Spoken | Answered | Acted) for item in self._items[self.index :])

    def data_follow(self) -> bool:
        """Whether the master sends data next."""
        packet = self.peek()
        return isinstance(packet, Spoken) and isinstance(packet.packet, DataPacket)

    def data_follow_later(self) -> bool:
        """Whether data, or what is left of them, are what the master sends next, whatever else is done before."""
        spoken = next((item for item in self._items[self.index :] if isinstance(item, Spoken)), None)
        return spoken is not None and not isinstance(spoken.packet, ControlPacket)

    def acknowledged(self) -> bool:
        """Whether the master's packet that stands here heard ACK next."""
        after = self.copy()
        after.take()
        packet = after.peek()
        return isinstance(packet, Answered) and _code(packet) is ControlCode.ACK

    def _begins_with(self, kind: Any) -> bool:
        return self._begins_with_at(self.index, kind)

    def _begins_with_at(self, index: int, kind: Any) -> bool:
        at = Cursor(self._items, index)._ahead()
        return at is not None and kind(self._items[at])

    def _next_is(self, kind: type[Item]) -> bool:
        return isinstance(self.peek(), kind)

    def _answers_follow(self) -> bool:
        """Whether the till says more than it was asked, further on: then nothing here is sure."""
        spoken = answered = 0
        for item in self._items[self.index : self.index + 12]:
            spoken += isinstance(item, Spoken)
            answered += isinstance(item, Answered)
            if answered > spoken:
                return True
        return False

    def finds(self, code: str = "") -> bool:
        """Whether a finding, or this one, comes before the master's next packet and before anybody acts."""
        for item in self._items[self.index :]:
            if isinstance(item, Spoken | Acted | Noise):
                return False
            if isinstance(item, Found) and (not code or code in item.codes):
                return True
        return False

    def _ahead(self) -> int | None:
        for at in range(self.index, len(self._items)):
            if isinstance(self._items[at], Acted | Noise):
                return None
            if isinstance(self._items[at], Spoken | Answered):
                return at
        return None

    def _packet(self, at: int) -> Spoken | Answered:
        item = self._items[at]
        assert isinstance(item, Spoken | Answered)
        return item


@dataclass(slots=True)
class _Frames:
    """A message, joined: its data, and how it came."""

    data: bytes
    count: int
    longest: int
    hs: bool
    at: Instant
    items: list[Spoken | Answered] = field(default_factory=list)


class ExchangeGrouping:
    """Finds the packets, from a place on, that are one exchange; `cursor` stands behind them then."""

    def __init__(self, items: Sequence[Item], index: int, number: int, address: int) -> None:
        """`number`: the frame number the master's next data should have."""
        self.cursor = Cursor(items, index)
        self._items = items
        self._number = number
        self._address = address
        self._frames = 0
        self._busy_until: Instant | None = None

    def exchange(self, settings: Settings) -> Exchange | None:
        """The exchange that begins here, after polling that led to nothing; None where there is none."""
        start = self.cursor.copy()
        first = start.peek()
        while (asked := start.peek()) is not None and first is not None and is_rdy(asked):
            before = start.copy()
            if not start.idle_poll():
                return self._ended(self._of_till(start, settings))
            if start.was_busy:
                self._busy_until = asked.at
            if start.data_follow():
                return self._ended(self._of_master(start, before, settings))
        if start.data_follow() and self._is_invited():
            return self._ended(self._of_master(start, None, settings))
        return None

    def _is_invited(self) -> bool:
        """Whether RDY is what the till said last, to SYN or a while ago."""
        for item in reversed(self._items[: self.cursor.index]):
            if isinstance(item, Spoken | Answered):
                return isinstance(item, Answered) and _code(item) is ControlCode.RDY
        return False

    def _ended(self, found: Exchange | None) -> Exchange | None:
        codes = {code for item in self.cursor.seen if isinstance(item, Found) for code in item.codes}
        return None if codes & {GAP_TOO_SHORT, PING_TOO_OFTEN} else found

    # The master's functions

    def _of_master(self, cursor: Cursor, poll: Cursor | None, settings: Settings) -> Exchange | None:
        if poll is not None:
            poll.take()
            invited = poll.peek()
            if not isinstance(invited, Answered) or _code(invited) is not ControlCode.RDY:
                return None
        begun = self.cursor.peek()
        assert begun is not None
        message = self._frames_of_master(cursor)
        found = master_fields(message.data, settings) if message is not None else None
        if message is None or found is None:
            return None
        verb, fields = found
        end = cursor
        body: dict[str, Any] = {"send": fields} if fields or verb not in _ANSWERED else {}
        at = message.at
        if verb in _ANSWERED:
            answered = self._answer(cursor, verb, hs=message.hs, settings=settings)
            if answered is None:
                return None
            expected, at, end = answered
            if expected:
                body["expect"] = expected
        step: dict[str, Any] = {verb: body}
        if message.hs != (verb in _ANSWERED):
            step["hs"] = int(message.hs)
        step |= _frame_limit(message)
        self.cursor = end
        return Exchange(
            verb, step, begun.at, at, self._number, self._frames, of_till=False, busy_until=self._busy_until
        )

    def _answer(
        self, cursor: Cursor, verb: str, *, hs: bool, settings: Settings
    ) -> tuple[dict[str, Any], Instant, Cursor] | None:
        """The till's answer to what was just asked, and where it ends."""
        if not hs:
            while cursor.copy().idle_poll():
                cursor.idle_poll()
            if not isinstance(cursor.peek(), Spoken) or not is_rdy(cursor.take()):
                return None
        message = _frames_of_till(cursor)
        found = till_fields(message.data, settings.datetime_order) if message is not None else None
        if message is None or found is None or found[0] != verb:
            return None
        return found[1], message.at, cursor

    def _frames_of_master(self, cursor: Cursor) -> _Frames | None:
        """Data packets of the master, each acknowledged and rightly numbered."""
        frames: list[bytes] = []
        while True:
            item = cursor.peek()
            packet = item.packet if isinstance(item, Spoken) else None
            if not isinstance(packet, DataPacket) or not self._is_right(packet):
                return None
            cursor.take()
            acknowledged = cursor.peek()
            if not isinstance(acknowledged, Answered) or _code(acknowledged) is not ControlCode.ACK:
                return None
            cursor.take()
            frames.append(packet.data)
            self._number = following(self._number)
            self._frames += 1
            assert isinstance(acknowledged.packet, ControlPacket)
            if not acknowledged.packet.hs:
                break
        if len({len(frame) for frame in frames[:-1]}) > 1 or len(frames[-1]) > len(frames[0]):
            return None
        return _Frames(b"".join(frames), len(frames), len(frames[0]), packet.hs, acknowledged.at)

    def _is_right(self, packet: DataPacket) -> bool:
        to_till = packet.direction is Direction.TO_TILL and packet.address == self._address
        return to_till and packet.number == self._number

    # The till's functions

    def _of_till(self, cursor: Cursor, settings: Settings) -> Exchange | None:
        asked = cursor.peek()
        if asked is None or not is_rdy(asked):
            return None
        cursor.take()
        message = _frames_of_till(cursor)
        if message is None:
            return None
        verb = verb_of(message.data)
        found = till_fields(message.data, settings.datetime_order)
        if found is None or found[0] != verb or verb in _ANSWERED:
            return None
        body: dict[str, Any] = {"expect": found[1]} if found[1] or verb == "sale" else {}
        step: dict[str, Any] = {verb: body}
        end, at = cursor.copy(), message.at
        number, frames = self._number, self._frames
        if verb in _ASKED_BY_TILL and isinstance(cursor.peek(), Spoken):
            answer = self._frames_of_master(cursor)
            sent = master_fields(answer.data, settings, found[1].get("block")) if answer is not None else None
            if answer is not None and sent is not None and sent[0] == verb:
                body.setdefault("expect", found[1])
                body["send"] = sent[1]
                step |= ({"hs": 1} if answer.hs else {}) | _frame_limit(answer)
                end, at, number, frames = cursor, answer.at, self._number, self._frames
        self.cursor = end
        return Exchange(verb, step, asked.at, at, number, frames, of_till=True)


def _frames_of_till(cursor: Cursor) -> _Frames | None:
    """Data packets of the till, each acknowledged; of a transfer by ACK HS=1 or by RDY again."""
    data, count, number = b"", 0, None
    while True:
        item = cursor.peek()
        packet = item.packet if isinstance(item, Answered) else None
        if not isinstance(packet, DataPacket) or number not in (None, packet.number):
            return None
        taken = cursor.take()
        if cursor.is_over() and not packet.hs and not data:
            return _Frames(packet.data, 1, len(packet.data), False, taken.at)  # its ACK came too late to be recorded
        acknowledged = cursor.peek()
        if not isinstance(acknowledged, Spoken) or _code(acknowledged) is not ControlCode.ACK:
            return None
        cursor.take()
        data, count, number = data + packet.data, count + 1, following(packet.number)
        assert isinstance(acknowledged.packet, ControlPacket)
        if not packet.hs:
            return _Frames(data, count, len(data), acknowledged.packet.hs, acknowledged.at)
        if not acknowledged.packet.hs:
            while cursor.copy().idle_poll():
                cursor.idle_poll()
            asked = cursor.peek()
            if asked is None or not is_rdy(asked):
                return None
            cursor.take()


def _frame_limit(message: _Frames) -> dict[str, int]:
    default = 127
    longest = message.longest
    return {"frames": longest} if message.count > 1 and longest != default else {}


def _code(item: Spoken | Answered) -> ControlCode | int | None:
    return item.packet.code if isinstance(item.packet, ControlPacket) else None

"""Items of a recording become steps, as a person would put them: keys in a row, whole exchanges, what came of them.

Polling that leads to nothing is left out, and time with it; what was unusual is told packet by packet.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never

from kkm_sim.clock import MS, SECOND, US, Instant
from kkm_sim.edge import ClockSet, OptionSet, PaperSet, PowerSet, Pressed
from kkm_sim.link.master_link import MAX_FRAME
from kkm_sim.link.numbers import following
from kkm_sim.link.packets import ControlCode, ControlPacket, DataPacket, Direction, Packet
from kkm_sim.messages.records import PING_INTERVAL
from kkm_sim.scenario.format.field_types import REFERENCE, duration_words
from kkm_sim.scenario.record.exchange_grouping import (
    GAP_TOO_SHORT,
    PING_TOO_OFTEN,
    Cursor,
    ExchangeGrouping,
    answers_first,
    keys_beside_exchanges,
)
from kkm_sim.scenario.record.message_fields import master_fields, qr_fields, till_fields, verb_of
from kkm_sim.scenario.record.recorder import Acted, Answered, Beeped, Found, Item, Noise, Printed, Shown, Spoken, is_rdy
from kkm_sim.settings import DateTimeOrder, Settings
from kkm_sim.till.effects import BeepLength

Step = dict[str, Any]

IN_ONE_GO = 1500 * MS
"""A pause in typing that ends a line of keys."""

_WORTH_TELLING = SECOND
_PATIENCE = 4 * SECOND
"""What comes later than this needs a `within` of its own: the default is 5 s."""

_DATE = re.compile(r"(\d\d)-(\d\d)-(\d{4}) (\d\d):(\d\d)")
_BYTES_OF_LINE = 32
_CUT = "[cut]"
_SEEN = {"indicator", "beep", "tape", "findings"}
_PASS_NO_TIME = {"wait", "clock"}
"""Steps beside what happened."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One step, and what is told beside it; without a step a comment of its own."""

    step: Step | None
    comment: str = ""


class ReadableRecording:
    """Goes through the items once; `tell` may be called with piece after piece, each ending at rest."""

    def __init__(
        self, *, wall: datetime, began: Instant, shown: str, settings: Settings, paced: bool, tidy: bool = True
    ) -> None:
        """`tidy`: keys that were pressed in the middle of an exchange are told beside it."""
        self._tidy = tidy
        self._settings = settings
        self._paced = paced
        self._address = settings.option_30
        self._shown = shown
        self._minute = wall.replace(second=0, microsecond=0)
        self._heard_number = self._said_number = 1  # the master's next frame: as recorded, as replayed
        self._lost_count = False  # the till has begun to count anew, and the master does not know
        self._pinged: Any = None  # the last PING and its answer, while nothing else has come
        self._ping_asked = self._ping_sent = False  # as an exchange, as packets by themselves
        self._last_step = self._last_act = began
        self._busy_until: Instant | None = None  # polls since the last step have heard that the till is busy
        self._drafts: list[Draft] = []
        self._items: Sequence[Item] = ()
        self._clocks: dict[int, datetime] = {}
        self._lines: list[str] = []
        self._rests = True
        self._seen: dict[str, tuple[Any, Instant]] = {}

    def tell(self, items: Sequence[Item], *, last: bool = False) -> list[Draft]:
        """The steps of these items; `last`: there will be no more."""
        self._drafts, self._items = [], answers_first(items)
        if self._tidy:
            self._items = keys_beside_exchanges(self._items)
        self._clocks = _clocks(self._items)
        index = 0
        while index < len(self._items):
            index = self._next(index)
        self._tell_seen(last=last)
        self._read_codes()
        return self._drafts

    def _read_codes(self) -> None:
        """A QR code is told by what it says, where that is printed beside it."""
        steps = [draft.step for draft in self._drafts if draft.step is not None]
        answers: list[Step] = [step["identifier"].get("send", {}) for step in steps if "identifier" in step]
        texts = [line for answer in answers for line in answer.get("text", "").splitlines()]
        for answer in answers:
            told = qr_fields(answer, texts, self._settings)
            if told is not answer:
                answer.clear()
                answer.update(told)

    def _next(self, index: int) -> int:
        item = self._items[index]
        match item:
            case Acted():
                self._tell_seen()
                return self._keys(index) if isinstance(item.act, Pressed) else self._act(index, item)
            case Noise():
                self._tell_seen()
                self._draft(None, item.at, f"noise at another speed: {item.raw[:16].hex(' ')}")
                return index + 1
            case Spoken() | Answered():
                return self._line(index)
            case Shown() | Beeped() | Printed() | Found():
                self._see(item)
                return index + 1
            case _:
                assert_never(item)

    # What is seen

    def _see(self, item: Shown | Beeped | Printed | Found) -> None:
        match item:
            case Shown():
                self._shown = item.text
                self._seen["indicator"] = (item.text, item.at)
            case Beeped():
                self._seen["beep"] = (item.length.value, item.at)
            case Printed():
                self._lines += item.lines
                self._rests = item.rests
                self._busy_until = item.at
                self._seen["tape"] = ((), item.at)
            case Found():
                codes = [code for code in item.codes if code != "wrong-speed"]
                before = self._seen.get("findings", ((), item.at))[0]
                if codes:
                    self._seen["findings"] = ([*before, *codes], item.at)
            case _:
                assert_never(item)

    def _tell_seen(self, *, last: bool = False) -> None:
        """Writes down what has come of the steps so far."""
        seen, self._seen = self._seen, {}
        began = self._last_step
        if "beep" in seen and seen["beep"][0] == BeepLength.LONG.value:
            self._expect({"beep": "long"}, seen["beep"][1], began)
        if "indicator" in seen:
            self._expect({"indicator": seen["indicator"][0]}, seen["indicator"][1], began)
        if self._lines and self._rests and (self._lines[-1] == _CUT or last):
            self._tell_tape(seen["tape"][1] if "tape" in seen else began, began)
        elif "tape" in seen:
            self._seen["tape"] = seen["tape"]
        if "findings" in seen:
            self._expect({"findings": seen["findings"][0]}, seen["findings"][1], began)

    def _expect(self, step: Step, at: Instant, began: Instant) -> None:
        self._draft(step | _within(at - began), at, "")

    def _tell_tape(self, at: Instant, began: Instant) -> None:
        lines, self._lines = self._lines, []
        self._expect({"tape": tape_value(lines)}, at, began)

    # What a person does

    def _keys(self, index: int) -> int:
        """Keys in one go, whatever is seen and polled meanwhile; then what the indicator shows."""
        words: list[str] = []
        begun = at = self._items[index].at
        clock = None
        refused = False  # a mistake, which a person notices
        while index < len(self._items):
            item = self._items[index]
            if isinstance(item, Acted) and isinstance(item.act, Pressed) and item.at - at <= IN_ONE_GO:
                if refused:
                    break
                words.append(item.act.key.value)
                at = item.at
                clock = self._clocks.get(index, clock)
            elif isinstance(item, Shown | Beeped | Printed):
                self._see(item)
                if isinstance(item, Beeped) and item.length is BeepLength.LONG:
                    refused = True
            elif (poll := self._poll(index)) is not None:
                index = poll
                continue
            else:
                break
            index += 1
        busy_until = self._busy_until
        self._set_clock(clock, begun)
        self._draft({"keys": " ".join(words)}, begun)
        self._last_step = self._last_act = at
        self._seen.setdefault("indicator", (self._shown, at))
        self._tell_seen()
        self._busy_until = busy_until
        return index

    def _act(self, index: int, item: Acted) -> int:
        act = item.act
        if item.printing and not isinstance(act, ClockSet | OptionSet):
            self._let_pass(item.at - self._last_step, item.at)
        match act:
            case PowerSet():
                self._draft({"power": "on" if act.on else "off"}, item.at)
                self._lost_count = True  # a till that was off counts anew
            case PaperSet():
                self._draft({"paper": "in" if act.present else "out"}, item.at)
            case ClockSet():
                self._minute = act.wall.replace(second=0, microsecond=0)
                self._draft({"clock": act.wall}, item.at)
            case OptionSet():
                self._draft({"option": {act.number: act.value}}, item.at)
                if act.number == 30:
                    self._address = act.value
            case Pressed():
                raise AssertionError("keys are taken in one go")
            case _:
                assert_never(act)
        return index + 1

    def _let_pass(self, time: int, at: Instant) -> None:
        """Time that mattered, as the till was busy."""
        if time >= MS:
            self._draft({"wait": duration_words(time // MS * MS)}, at, "it prints")

    def _set_clock(self, minute: datetime | None, at: Instant) -> None:
        if minute is not None and minute != self._minute:
            self._minute = minute
            self._draft({"clock": minute}, at, "it is later by now")

    # What passes on the line

    def _poll(self, index: int) -> int | None:
        """Where polling that leads to nothing ends, if it begins here; what was seen meanwhile is noted."""
        cursor = Cursor(self._items, index)
        if not cursor.idle_poll() or cursor.data_follow_later():
            return None
        if cursor.was_busy:
            self._busy_until = self._items[index].at
        for seen in cursor.seen:
            self._see(seen)
        return cursor.index

    def _line(self, index: int) -> int:
        grouping = ExchangeGrouping(self._items, index, -1 if self._lost_count else self._heard_number, self._address)
        exchange = grouping.exchange(self._settings)
        if exchange is None:
            polled = self._poll(index)
            return self._packet(index) if polled is None else polled
        if exchange.verb != "ping":
            self._tell_seen()
        for seen in grouping.cursor.seen:
            self._see(seen)
        if exchange.frames_said:
            self._heard_number = exchange.next_number
        if exchange.verb == "ping" and self._repeats_ping(exchange.step, exchange.at):
            return grouping.cursor.index
        self._said_number = _shifted(self._said_number, exchange.frames_said)
        busy_until = exchange.begun if exchange.of_till else exchange.busy_until or self._busy_until
        waited = busy_until - self._last_step if busy_until is not None else 0
        self._draft(exchange.step | _within(waited), exchange.begun)
        self._last_step = self._last_act = exchange.at
        self._pinged = exchange.step if exchange.verb == "ping" else None
        self._tell_seen()
        return grouping.cursor.index

    def _repeats_ping(self, step: Step, at: Instant) -> bool:
        """PING again, and nothing has changed. One PING keeps its distance from another; not from a bare packet."""
        if self._pinged == step and not self._seen:
            return True
        if self._ping_sent:
            self._keep_distance(at)
        self._ping_asked, self._ping_sent = True, False
        return False

    def _send_ping(self, at: Instant, *, too_often: bool) -> None:
        """PING that did not come too often does not come too often in a replay."""
        if (self._ping_asked or self._ping_sent) and not too_often:
            self._keep_distance(at)
        self._ping_sent = True

    def _keep_distance(self, at: Instant) -> None:
        if self._paced:
            self._draft({"wait": duration_words(PING_INTERVAL)}, at, "PING comes no more often")

    def _packet(self, index: int) -> int:
        """A packet that belongs to no usual exchange, by itself."""
        item = self._items[index]
        self._tell_seen()
        match item:
            case Spoken():
                if isinstance(item.packet, DataPacket) and verb_of(item.packet.data) == "ping":
                    self._send_ping(item.at, too_often=Cursor(self._items, index + 1).finds(PING_TOO_OFTEN))
                if is_rdy(item) and self._busy_until is not None:
                    self._let_pass(self._busy_until - self._last_step, item.at)
                step: Step = {"send": self._sent(item)}
                if Cursor(self._items, index + 1).finds(GAP_TOO_SHORT):
                    step["after"] = duration_words(max(item.quiet, 0) // US * US)
                self._count(item, index)
            case Answered():
                step = {"expect": heard_words(item.packet, self._settings.datetime_order)} | _within(
                    item.at - self._last_step
                )
            case _:
                raise AssertionError("no packet")
        self._draft(step, item.at)
        return index + 1

    def _sent(self, item: Spoken) -> Any:
        packet = item.packet
        if packet is None or packet.direction is not Direction.TO_TILL or packet.address != self._address:
            return {"hex": hex_words(item.raw)}
        number = None
        if isinstance(packet, DataPacket) and (self._lost_count or packet.number != self._heard_number):
            number = self._written_number(packet)
        return sent_words(packet, self._settings, number)

    def _written_number(self, packet: DataPacket) -> int:
        """The number that is as wrong in a replay as this one was: the replay has said less."""
        if self._lost_count or packet.number == 0:
            return packet.number
        return _shifted(self._said_number, packet.number - self._heard_number)

    def _count(self, item: Spoken, index: int) -> None:
        """What the next frame number of the master is after this packet."""
        packet = item.packet
        if isinstance(packet, ControlPacket) and packet.code is ControlCode.SYN:
            self._heard_number = self._said_number = 1
            self._lost_count = False
        elif isinstance(packet, DataPacket) and Cursor(self._items, index).acknowledged():
            self._said_number = following(self._written_number(packet))
            self._heard_number = following(packet.number)
            self._lost_count = False

    # Drafts

    def _draft(self, step: Step | None, at: Instant, comment: str | None = None) -> None:
        """`at`: when it was; told where it came a while after the step before."""
        verbs = set(step or ())
        if comment is None:
            elapsed = 0 if verbs & _SEEN else at - self._last_act
            comment = f"+{elapsed // (SECOND // 10) / 10:.1f} s" if elapsed >= _WORTH_TELLING else ""
        if not verbs & (_SEEN | _PASS_NO_TIME):
            self._last_act = at
        if not verbs & _PASS_NO_TIME:
            # What is seen soon came at once: it was looked up when the next thing happened.
            if not verbs & _SEEN or at - self._last_step > SECOND:
                self._last_step = at
            self._busy_until = None
            if "ping" not in verbs:
                self._pinged = None
        self._drafts.append(Draft(step, comment))


def tape_value(lines: Sequence[str]) -> Any:
    """Lines of the tape as a step has them: a block, if one can hold them."""
    plain = [line for line in lines if not REFERENCE.search(line)]
    if len(plain) < len(lines):
        return {"contains": plain} if plain else [line.replace("$", "?") for line in lines]
    if not lines[0].strip() or not lines[-1].strip() or lines[0][0].isspace():
        return list(lines)
    return "".join(f"{line}\n" for line in lines)


def sent_words(packet: Packet, settings: Settings, number: int | None) -> Any:
    """A packet of the master as a step sends it; with a frame number of its own, or the next."""
    if isinstance(packet, ControlPacket):
        return control_words(packet)
    found = master_fields(packet.data, settings) if not packet.hs or len(packet.data) < MAX_FRAME else None
    step: Step = {found[0]: found[1]} if found is not None else {"data": hex_words(packet.data)}
    if packet.hs:
        step["hs"] = 1
    if number is not None:
        step["number"] = number
    return step


def hex_words(data: bytes) -> str:
    """Bytes as a person writes them, many of them on several lines."""
    if len(data) <= _BYTES_OF_LINE:
        return data.hex(" ")
    lines = (data[at : at + _BYTES_OF_LINE] for at in range(0, len(data), _BYTES_OF_LINE))
    return "".join(f"{line.hex(' ')}\n" for line in lines)


def heard_words(packet: Packet, order: DateTimeOrder) -> Any:
    """A packet of the till as a step expects it."""
    if isinstance(packet, ControlPacket):
        return control_words(packet)
    found = till_fields(packet.data, order) if not packet.hs else None
    return {found[0]: found[1]} if found is not None else {"data": hex_words(packet.data)}


def control_words(packet: ControlPacket) -> Any:
    """`ACK HS=1`; a code that has no name by its number."""
    if isinstance(packet.code, ControlCode):
        return str(packet)
    return {"packet": packet.code} | ({"hs": 1} if packet.hs else {})


def _shifted(number: int, frames: int) -> int:
    return (number - 1 + frames) % 7 + 1


def _within(elapsed: int) -> Step:
    if elapsed <= _PATIENCE:
        return {}
    return {"within": duration_words((elapsed // SECOND + 6) * SECOND)}


def _clocks(items: Sequence[Item]) -> dict[int, datetime]:
    """Which keys led to a date on the tape, and which: the last key before it that was pressed at that minute."""
    clocks: dict[int, datetime] = {}
    for index, item in enumerate(items):
        for line in item.lines if isinstance(item, Printed) else ():
            match = _DATE.fullmatch(line)
            if match is None:
                continue
            day, month, year, hour, minute = map(int, match.groups())
            moment = datetime(year, month, day, hour, minute)
            for before in range(index - 1, -1, -1):
                found = items[before]
                if (
                    isinstance(found, Acted)
                    and isinstance(found.act, Pressed)
                    and found.wall.replace(second=0, microsecond=0) == moment
                ):
                    clocks[before] = moment
                    break
    return clocks

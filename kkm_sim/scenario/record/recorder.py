"""A recorder: sits at a simulator's edge and keeps what happened, as items in their order.

What came of a packet or of a key is looked up when the next one comes: whatever is seen then came of those before.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from kkm_sim.clock import MS, SECOND, Instant
from kkm_sim.edge import BytesReceived, BytesSent, EdgeEntry, NoiseHeard, OperatorAct
from kkm_sim.link.decoder import PacketDecoder, Received
from kkm_sim.link.packets import ControlCode, ControlPacket, DataPacket, Packet
from kkm_sim.link.till_link import ANSWER_TIMEOUT
from kkm_sim.scenario.play.expectations import tape_line
from kkm_sim.simulated_till import SimulatedTill
from kkm_sim.simulator import Simulator
from kkm_sim.till.chart import TillState
from kkm_sim.till.effects import BeepLength


@dataclass(frozen=True, slots=True)
class Spoken:
    """What the master put on the line at a time: a packet, or bytes that are none.

    `quiet`: ns since the last byte on the line before it, whoever's; below zero if it did not wait for its end.
    """

    packet: Packet | None
    raw: bytes
    begun: Instant
    at: Instant
    quiet: int


@dataclass(frozen=True, slots=True)
class Answered:
    """A packet of the till."""

    packet: Packet
    raw: bytes
    at: Instant


@dataclass(frozen=True, slots=True)
class Acted:
    """The operator or the surroundings. `printing`: the till printed at that moment; `wall`: its clock."""

    act: OperatorAct
    at: Instant
    printing: bool
    wall: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """The indicator changed."""

    text: str
    at: Instant


@dataclass(frozen=True, slots=True)
class Beeped:
    """Beeps were heard; the last one's length."""

    length: BeepLength
    at: Instant


@dataclass(frozen=True, slots=True)
class Printed:
    """Lines came out, as scenarios write them. `rests`: the printer stands still after them."""

    lines: tuple[str, ...]
    at: Instant
    rests: bool


@dataclass(frozen=True, slots=True)
class Found:
    """The codes of findings."""

    codes: tuple[str, ...]
    at: Instant


@dataclass(frozen=True, slots=True)
class Noise:
    """Bytes at another speed, which no scenario can say."""

    raw: bytes
    at: Instant


Seen = Shown | Beeped | Printed | Found
Item = Spoken | Answered | Acted | Noise | Seen

_UNDER_WAY = (TillState.ENTRY, TillState.REQUEST, TillState.CLOSE_WAIT, TillState.QR_PRINT)

_OVER = 300 * MS
"""Quiet that ends an exchange."""

_POLL_PAUSE = 100 * MS
"""RDY that is not answered for so long leads to nothing."""


def is_rdy(item: Item) -> bool:
    """Whether the master asks RDY."""
    return isinstance(item, Spoken) and isinstance(item.packet, ControlPacket) and item.packet.code is ControlCode.RDY


def is_idle_answer(item: Item) -> bool:
    """Whether the till says that it has nothing to say."""
    return (
        isinstance(item, Answered)
        and isinstance(item.packet, ControlPacket)
        and item.packet.code in (ControlCode.RDY, ControlCode.DISC, ControlCode.BUSY)
    )


class Recorder:
    """Keeps the trace of a simulator's edge with one till. `items` is what happened; polling that repeats itself is
    kept once.
    """

    def __init__(self, simulator: Simulator, now: Instant) -> None:
        """Begins at `now`, before anything happens. Raises ValueError for a line of several tills."""
        if len(simulator.tills) != 1:
            raise ValueError("a line of several tills cannot be recorded")
        self.items: list[Item] = []
        self.kept = 0
        """So many of the first items do not change any more: they were written down."""
        self.simulator = simulator
        self.began = now
        """When the recording began."""
        self.wall = simulator.tills[0].till.wall(now)
        """The till's clock when the recording began."""
        till = self._till
        self.shown = till.till.indicator.text
        """What the indicator showed then."""
        self._shown = self.shown
        self._entries = till.till.tape.last
        self._finding = simulator.findings.last
        self._beep = till.beeps.last
        self._decoder = PacketDecoder()
        self._partial = b""
        self._partial_begun = self._arrived = now
        self._quiet_since: Instant | None = None
        self._packet_end = True
        simulator.edge = self

    @property
    def _till(self) -> SimulatedTill:
        return self.simulator.tills[0]

    def settled(self, now: Instant) -> int:
        """How many of the items are over and done with: what comes does not belong to them."""
        till = self._till.till
        if self._partial or till.printing or till.state in _UNDER_WAY:
            return self.kept
        packets = [at for at in range(self.kept, len(self.items)) if isinstance(self.items[at], Spoken | Answered)]
        if not packets:
            return len(self.items)
        last = packets[-1]
        before = packets[-2] if len(packets) > 1 else last
        if is_idle_answer(self.items[last]) and is_rdy(self.items[before]):
            return before  # data may follow
        if is_rdy(self.items[last]):
            return last
        return len(self.items) if now - self.items[last].at > _OVER else self.kept

    def note(self, entry: EdgeEntry) -> None:
        """The next thing that happens, before it has any effect."""
        match entry:
            case BytesReceived(data, at):
                self._take_bytes(data, at)
            case BytesSent(data, at):
                self.look(at)
                for packet, raw in _packets(data):
                    self.items.append(Answered(packet, raw, at))
                self._quiet_since = Instant(at + len(data) * self.simulator.byte_time)
            case NoiseHeard(data, at):
                self.look(at)
                self.items.append(Noise(data, at))
            case _:
                self.look(entry.at)
                till = self._till.till
                self.items.append(Acted(entry, entry.at, till.printing, till.wall(entry.at)))

    def look(self, now: Instant) -> None:
        """Writes down what has come of all that happened."""
        simulator, till = self.simulator, self._till
        if till.till.tape.last > self._entries:
            new = till.till.tape.since(self._entries)
            self._entries = till.till.tape.last
            self.items.append(Printed(tuple(tape_line(entry) for _, entry in new), now, not till.till.printing))
        if till.beeps.last > self._beep:
            beeps = till.beeps.since(self._beep)
            self._beep = till.beeps.last
            self.items.append(Beeped(beeps[-1][1].length, now))
        shown = till.till.indicator.text
        if shown != self._shown:
            self._shown = shown
            self.items.append(Shown(shown, now))
        if simulator.findings.last > self._finding:
            found = simulator.findings.since(self._finding)
            self._finding = simulator.findings.last
            self.items.append(Found(tuple(finding.code.rule.code for _, finding in found), now))

    def finish(self, now: Instant) -> None:
        """The end: what is half said counts as said."""
        self._end_partial()
        self.look(now)
        self.simulator.edge = None

    # The master's bytes

    def _take_bytes(self, data: bytes, at: Instant) -> None:
        if self._partial and at - self._arrived >= ANSWER_TIMEOUT:
            self._decoder.give_up()
            self._end_partial()
        if not self._partial:
            self.look(at)
            self._partial_begun = Instant(at - len(data) * self.simulator.byte_time)
        self._arrived = at
        for index in range(len(data)):
            byte = data[index : index + 1]
            self._partial += byte
            self._decoder.feed(byte)
            while (found := self._decoder.next()) is not None:
                whole = found.raw if isinstance(found, Received) or found.packet is not None else b""
                if whole and self._partial.endswith(whole):
                    packet = found.packet if isinstance(found, Received) else None
                    self._end_packet(len(whole), packet, at)

    def _end_packet(self, size: int, packet: Packet | None, at: Instant) -> None:
        before, raw = self._partial[:-size], self._partial[-size:]
        byte_time = self.simulator.byte_time
        if before:
            self._speak(None, before, Instant(at - size * byte_time))
        self._speak(packet, raw, at)
        self._partial = b""

    def _end_partial(self) -> None:
        if self._partial:
            self._speak(None, self._partial, self._arrived)
            self._partial = b""

    def _speak(self, packet: Packet | None, raw: bytes, at: Instant) -> None:
        if packet is not None and packet.encode() != raw:
            packet = None
        begun = Instant(at - len(raw) * self.simulator.byte_time)
        quiet = begun - self._quiet_since if self._quiet_since is not None else SECOND
        self._fold(raw, begun)
        self.items.append(Spoken(packet, raw, begun, at, quiet))
        self._quiet_since = max(at, self._quiet_since or at)

    def _fold(self, raw: bytes, begun: Instant) -> None:
        """Polling that goes round in the same way is kept twice: the first time and the last."""
        items = self.items
        last = items[-1] if len(items) > self.kept else None
        if last is not None and is_rdy(last) and _raw(last) == raw and begun - last.at > _POLL_PAUSE:
            before = items[-2] if len(items) > self.kept + 1 else None
            if before is not None and _raw(before) == raw:
                items.pop()
            return
        if len(items) - 6 < self.kept:
            return
        rounds = [items[-6:-4], items[-4:-2], items[-2:]]
        idle = all(is_rdy(asked) and is_idle_answer(answered) for asked, answered in rounds)
        if idle and len({(_raw(asked), _raw(answered)) for asked, answered in rounds}) == 1:
            del items[-4:-2]


def _raw(item: Item) -> bytes:
    return item.raw if isinstance(item, Spoken | Answered) else b""


def _packets(data: bytes) -> Iterator[tuple[Packet, bytes]]:
    decoder = PacketDecoder()
    decoder.feed(data)
    while (found := decoder.next()) is not None:
        if isinstance(found, Received):
            yield found.packet, found.raw


def is_data(item: Item) -> bool:
    """Whether it is a data packet."""
    return isinstance(item, Spoken | Answered) and isinstance(item.packet, DataPacket)

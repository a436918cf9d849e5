"""Benches in virtual time for the tests of the line: a till's line alone, a master's alone, and the two joined.

Nothing sleeps: time jumps from deadline to deadline. Every bench checks by itself that whoever speaks has kept the
10 ms gap, and that a deadline that has passed leads to something.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from kkm_sim.clock import MS, SECOND, Instant, ManualClock, earliest
from kkm_sim.findings import Finding, FindingCode
from kkm_sim.link.decoder import PacketDecoder, Received
from kkm_sim.link.events import (
    LinkReset,
    MasterEvent,
    MessageDelivered,
    MessageFailed,
    MessageReceived,
    PacketSeen,
    WaitReceived,
)
from kkm_sim.link.master_link import MasterLink
from kkm_sim.link.packets import ControlCode, ControlPacket, DataPacket, Direction, Packet
from kkm_sim.link.till_line import GAP, LineEvent, LinkEvent, TillLine
from kkm_sim.link.till_link import TillLink
from kkm_sim.link.transfer import DeclaredLength, UncountedEnd
from kkm_sim.messages.records import declared_length, declared_till_length, text_may_go_on
from kkm_sim.settings import Settings

BYTE_TIME = 10 * SECOND // 57600
"""Ten bit times at 57600 baud."""

MAX_IDLE_STEPS = 20
"""A deadline may come due this often without a byte or an event before the bench calls it a busy loop."""


def master(code: ControlCode | int, *, hs: bool = False, address: int = 1) -> ControlPacket:
    """A control packet of the master."""
    return ControlPacket(address, Direction.TO_TILL, code, hs)


def master_data(number: int, data: bytes, *, hs: bool = False, address: int = 1) -> DataPacket:
    """A data packet of the master."""
    return DataPacket(address, Direction.TO_TILL, number, data, hs)


def till(code: ControlCode | int, *, hs: bool = False, address: int = 1) -> ControlPacket:
    """A control packet of the till."""
    return ControlPacket(address, Direction.TO_MASTER, code, hs)


def till_data(number: int, data: bytes, *, hs: bool = False, address: int = 1) -> DataPacket:
    """A data packet of the till."""
    return DataPacket(address, Direction.TO_MASTER, number, data, hs)


def packets_in(data: bytes) -> list[Packet]:
    """The packets in bytes that must hold nothing else."""
    decoder = PacketDecoder()
    decoder.feed(data)
    packets = []
    while (found := decoder.next()) is not None:
        assert isinstance(found, Received), found
        packets.append(found.packet)
    assert not decoder.partial
    return packets


class LineBench:
    """A till's line; the test is the master.

    `ask(packet)` speaks after the gap and returns what the tills say to it.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        addresses: tuple[int, ...] = (1,),
        byte_time: int = BYTE_TIME,
        gap: int = GAP,
        lateness: int = 0,
        watched: bool = True,
        uncounted_end: UncountedEnd = text_may_go_on,
    ) -> None:
        self.clock = ManualClock()
        self.links = {a: TillLink(a, settings or Settings(), declared_length, uncounted_end) for a in addresses}
        self.link = self.links[addresses[0]]
        self.line = TillLine(self.links.values(), byte_time=byte_time, gap=gap, lateness=lateness, watched=watched)
        self.byte_time = byte_time
        self.gap = gap
        self.events: list[LineEvent] = []
        self._quiet_from = -gap
        self._said: list[Packet] = []
        self.on_message: Callable[[MessageReceived], None] | None = None

    # The master's part

    def ask(self, *packets: Packet, listen: int = 30 * MS) -> list[Packet]:
        """Sends packets one after the other, a gap before each; returns what was said from the first one on."""
        raw = [packet.encode() for packet in packets]
        return self.ask_raw(*raw, listen=listen)

    def ask_raw(self, *chunks: bytes, listen: int = 30 * MS) -> list[Packet]:
        """As `ask`, with bytes."""
        self._said.clear()
        for chunk in chunks:
            self.run_until_moment(max(self.clock.now(), self._quiet_from + self.gap))
            self.hear(chunk)
        return self.listen(listen)

    def hear(self, chunk: bytes) -> None:
        """Bytes that begin now, gap or no gap, and end when the line's speed lets them."""
        self.clock.advance(len(chunk) * self.byte_time)
        self._quiet_from = max(self._quiet_from, self.clock.now())
        self.line.receive_data(chunk, self.clock.now())
        self._drain()

    def listen(self, nanoseconds: int = 30 * MS) -> list[Packet]:
        """What the tills say by themselves in this time."""
        self.run_until_moment(self.clock.now() + nanoseconds)
        said = list(self._said)
        self._said.clear()
        return said

    # What happened

    @property
    def findings(self) -> list[FindingCode]:
        """The codes of all findings so far, in order."""
        return [finding.code for finding in self.all_findings]

    @property
    def all_findings(self) -> list[Finding]:
        inner = [event.event if isinstance(event, LinkEvent) else event for event in self.events]
        return [event for event in inner if isinstance(event, Finding)]

    @property
    def messages(self) -> list[MessageReceived]:
        return [event for event in self._link_events if isinstance(event, MessageReceived)]

    @property
    def delivered(self) -> list[Hashable]:
        return [event.tag for event in self._link_events if isinstance(event, MessageDelivered)]

    @property
    def resets(self) -> int:
        return sum(isinstance(event, LinkReset) for event in self._link_events)

    @property
    def waits(self) -> int:
        return sum(isinstance(event, WaitReceived) for event in self._link_events)

    @property
    def _link_events(self) -> list[object]:
        return [event.event for event in self.events if isinstance(event, LinkEvent)]

    # Time

    def run_until_moment(self, end: int) -> None:
        idle = 0
        while True:
            now = self.clock.now()
            self._drain()
            out = self.line.poll(now)
            self._drain()
            if out:
                assert now >= self._quiet_from + self.gap, f"spoke {now - self._quiet_from} ns after the last byte"
                self._quiet_from = now + len(out) * self.byte_time
                self._said += packets_in(out)
            idle = 0 if out else idle + 1
            assert idle < MAX_IDLE_STEPS, f"deadline {self.line.deadline()} at {now} leads to nothing"
            deadline = self.line.deadline()
            if deadline is None or deadline > end:
                break
            self.clock.jump_to(max(deadline, now))
        self.clock.jump_to(Instant(max(end, self.clock.now())))

    def _drain(self) -> None:
        while (event := self.line.next_event()) is not None:
            self.events.append(event)
            if self.on_message is not None and isinstance(event, LinkEvent):
                inner = event.event
                if isinstance(inner, MessageReceived):
                    self.on_message(inner)


class MasterBench:
    """A master's link; the test is the till.

    `hear(packet)` lets the till speak; `listen()` returns what the master says.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        poll_interval: int = 200 * MS,
        declared: DeclaredLength = declared_till_length,
    ) -> None:
        self.clock = ManualClock()
        self.link = MasterLink(
            1,
            settings or Settings(),
            declared,
            byte_time=BYTE_TIME,
            poll_interval=poll_interval,
            now=self.clock.now(),
        )
        self.events: list[MasterEvent] = []
        self._quiet_from = -GAP

    def connect(self) -> None:
        """SYN, RDY: the beginning of every exchange."""
        assert self.listen() == [master(ControlCode.SYN)]
        assert self.hear(till(ControlCode.RDY)) == []

    def hear(self, *packets: Packet, listen: int = 30 * MS) -> list[Packet]:
        """The till says packets, a gap before each; returns what the master says to the last."""
        return self.hear_raw(*[packet.encode() for packet in packets], listen=listen)

    def hear_raw(self, *chunks: bytes, listen: int = 30 * MS) -> list[Packet]:
        """As `hear`, with bytes."""
        for chunk in chunks:
            self.clock.jump_to(Instant(max(self.clock.now(), self._quiet_from + GAP)))
            self.clock.advance(len(chunk) * BYTE_TIME)
            self._quiet_from = self.clock.now()
            self.link.receive_data(chunk, self.clock.now())
            self._drain()
        return self.listen(listen)

    def listen(self, nanoseconds: int = 30 * MS) -> list[Packet]:
        """What the master says in this time."""
        end = self.clock.now() + nanoseconds
        said: list[Packet] = []
        idle = 0
        while True:
            now = self.clock.now()
            out = self.link.poll(now)
            self._drain()
            if out:
                assert now >= self._quiet_from + GAP, f"spoke {now - self._quiet_from} ns after the last byte"
                self._quiet_from = now + len(out) * BYTE_TIME
                said += packets_in(out)
            idle = 0 if out else idle + 1
            assert idle < MAX_IDLE_STEPS, f"deadline {self.link.deadline()} at {now} leads to nothing"
            deadline = self.link.deadline()
            if deadline is None or deadline > end:
                break
            self.clock.jump_to(max(deadline, now))
        self.clock.jump_to(Instant(max(end, self.clock.now())))
        return said

    @property
    def told(self) -> list[MasterEvent]:
        """Events but the packets that passed."""
        return [event for event in self.events if not isinstance(event, PacketSeen)]

    def _drain(self) -> None:
        while (event := self.link.next_event()) is not None:
            self.events.append(event)


Distortion = Callable[[bytes], list[bytes]]
"""What becomes of a packet's bytes on the wire: the chunks that arrive, [] where nothing does."""


def faultless(raw: bytes) -> list[bytes]:
    """The packet arrives whole."""
    return [raw]


@dataclass
class End:
    """One end of a LinePair, as the bench sees it."""

    quiet_from: int = -GAP
    sent: list[Packet] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)
    delivered: list[Hashable] = field(default_factory=list)
    failed: list[Hashable] = field(default_factory=list)


class LinePair:
    """A till's line and a master joined by two wires, in virtual time; `distort` is applied to each packet sent.

    Chunks arrive spread over the time that the packet's bytes take, the last one with its last byte. Checks as it
    goes: the gap before each packet as its sender knows the line, and never two different data packets of the till
    without an answer between them.
    """

    def __init__(
        self, settings: Settings | None = None, *, declared: DeclaredLength, distort: Distortion = faultless
    ) -> None:
        settings = settings or Settings()
        self.clock = ManualClock()
        self.till_link = TillLink(1, settings, declared)
        self.line = TillLine([self.till_link], byte_time=BYTE_TIME)
        self.master_link = MasterLink(
            1, settings, declared, byte_time=BYTE_TIME, poll_interval=50 * MS, now=self.clock.now()
        )
        self.till, self.master = End(), End()
        self.findings: list[Finding] = []
        self.distort = distort
        self._on_wire: list[tuple[Instant, int, bool, bytes]] = []  # arrives, order, from the till, bytes
        self._put = 0
        self._unanswered: DataPacket | None = None
        self.on_till_message: Callable[[bytes], None] = lambda data: None
        self.on_master_message: Callable[[bytes], None] = lambda data: None

    def run_until(self, done: Callable[[], bool], within: int = 300 * SECOND) -> None:
        """Lets time pass; AssertionError when `done` does not come true `within` ns."""
        end = self.clock.now() + within
        idle = 0
        while not done():
            now = self.clock.now()
            busy = self._deliver(now)
            busy |= self._speak(self.line.poll(now), now, from_till=True)
            self._drain_till()
            busy |= self._speak(self.master_link.poll(now), now, from_till=False)
            self._drain_master()
            idle = 0 if busy else idle + 1
            assert idle < MAX_IDLE_STEPS, "a deadline leads to nothing"
            moment = earliest(self.line.deadline(), self.master_link.deadline(), *(at for at, *_ in self._on_wire))
            assert moment is not None
            assert moment <= end, f"not within {within // SECOND} s"
            self.clock.jump_to(max(now, moment))

    @property
    def quiet(self) -> bool:
        """Whether nothing is on its way or waits to be delivered."""
        return not (self._on_wire or self.master_link.busy or self.till_link.speaks)

    def _speak(self, out: bytes, now: Instant, *, from_till: bool) -> bool:
        if not out:
            return False
        end = self.till if from_till else self.master
        assert now >= end.quiet_from + GAP, "the gap was not kept"
        end.quiet_from = now + len(out) * BYTE_TIME
        (packet,) = packets_in(out)
        end.sent.append(packet)
        if from_till and isinstance(packet, DataPacket):
            assert self._unanswered in (None, packet), "a second data packet of the till in flight"
            self._unanswered = packet
        chunks = self.distort(out)
        for n, chunk in enumerate(chunks, 1):
            self._put += 1
            arrives = Instant(now + len(out) * BYTE_TIME * n // len(chunks))
            self._on_wire.append((arrives, self._put, from_till, chunk))
        return True

    def _deliver(self, now: Instant) -> bool:
        due = sorted(entry for entry in self._on_wire if entry[0] <= now)
        self._on_wire = [entry for entry in self._on_wire if entry[0] > now]
        for at, _, from_till, chunk in due:
            end = self.master if from_till else self.till
            end.quiet_from = max(end.quiet_from, at)
            if from_till:
                self.master_link.receive_data(chunk, at)
                self._drain_master()
            else:
                self.line.receive_data(chunk, at)
                self._drain_till()
        return bool(due)

    def _drain_till(self) -> None:
        while (event := self.line.next_event()) is not None:
            match event:
                case PacketSeen(packet=ControlPacket(direction=Direction.TO_TILL, code=code)):
                    if code in (ControlCode.ACK, ControlCode.SYN, ControlCode.RST):
                        self._unanswered = None
                case Finding():
                    self.findings.append(event)
                case LinkEvent(event=Finding() as finding):
                    self.findings.append(finding)
                case LinkEvent(event=MessageReceived(data=data)):
                    self.till.received.append(data)
                    self.on_till_message(data)
                case LinkEvent(event=MessageDelivered(tag=tag)):
                    self.till.delivered.append(tag)
                case _:
                    pass

    def _drain_master(self) -> None:
        while (event := self.master_link.next_event()) is not None:
            match event:
                case MessageReceived(data=data):
                    self.master.received.append(data)
                    self.on_master_message(data)
                case MessageDelivered(tag=tag):
                    self.master.delivered.append(tag)
                case MessageFailed(tag=tag):
                    self.master.failed.append(tag)
                case _:
                    pass

"""One line with its tills: one decoder, packets handed out by address, and the quiet between packets kept.

    receive_data(data, now)      only stores; `now` = when the last of these bytes arrived
    next_event()                 takes ONE packet further; state moves here and in poll
    poll(now)                    what begins to go out now: the gap is kept, timeouts run
    deadline()                   call poll no later than this; None = nothing is pending

"Between any two packets at least 10 ms", whoever sends them (document: «Транспортный уровень»).
"""

from collections import deque
from collections.abc import Iterable

from kkm_sim.clock import MS, SECOND, Instant, earliest
from kkm_sim.findings import Finding, FindingCode
from kkm_sim.link.decoder import Damage, PacketDecoder, Received
from kkm_sim.link.events import PacketSeen, TillEvent
from kkm_sim.link.packets import BROADCAST_ADDRESS, ControlCode, ControlPacket, Direction, Packet
from kkm_sim.link.till_link import ANSWER_TIMEOUT, TillLink
from kkm_sim.reasons import Reason, ReasonCode
from kkm_sim.value import Value

GAP = 10 * MS
"""«Между передачей любых пакетов соблюдается интервал 10 мс»."""

BITS_PER_BYTE = 10
"""1 start, 8 data, 1 stop, no parity (document: «Параметры канала связи»)."""


def byte_time(baud: int) -> int:
    """What a byte takes on the line, ns, rounded up: nobody is faster than the line."""
    return -(-BITS_PER_BYTE * SECOND // baud)


class LinkEvent(Value):
    """An event of one till's link."""

    link: TillLink
    event: TillEvent


LineEvent = LinkEvent | PacketSeen | Finding


class TillLine:
    """The tills' end of a line.

    `byte_time` is what a byte takes at the line's speed, ns; `gap` the quiet between packets, ns. Both are 0
    where nobody paces. `lateness`: how much later than they came bytes may be handed in, ns; the master's gap is
    judged with that allowance. Where the line is `watched`, `next_event` tells every packet that passes.
    """

    def __init__(
        self,
        links: Iterable[TillLink],
        *,
        byte_time: int,
        gap: int = GAP,
        lateness: int = 0,
        watched: bool = True,
    ) -> None:
        self.byte_time = byte_time
        self.gap = gap
        self._watched = watched
        self._lawful_gap = gap - lateness
        self._links = {link.address: link for link in links}
        self._decoder = PacketDecoder()
        self._events: deque[LineEvent] = deque()
        self._arrived = Instant(0)  # when the last byte came in
        self._quiet_from = Instant(-gap)  # the end of whatever was last on the line
        self._packet_end = Instant(-gap)  # the end of the last packet, to judge the master's gap by
        self._late = 0  # so much earlier what is handed in now may have come
        self._end_late = 0  # and so much earlier the last packet may have ended

    def is_free(self, address: int) -> bool:
        """Whether no till of the line has this address."""
        return address not in self._links

    def readdress(self, old: int, new: int) -> None:
        """Option 30 acts from the next packet. Raises KeyError for an address nobody has, ValueError for one taken."""
        if new != old and new in self._links:
            raise ValueError(f"address {new} is another till's")
        link = self._links.pop(old)
        link.address = new
        self._links[new] = link

    # In

    def receive_data(self, data: bytes, now: Instant) -> None:
        """Stores bytes whose last one arrived at `now`. Drain `next_event` before the next call."""
        self._decoder.feed(data)
        self._arrived = now
        if now > self._quiet_from:  # both may speak at once: the line is quiet when both are done
            self._quiet_from = now

    def late_by(self, late: int) -> None:
        """What is handed in from now on may have come so many ns before its moment."""
        self._late = late

    @property
    def eventful(self) -> bool:
        """Whether `next_event` has something already; bytes that were handed in may give more."""
        return bool(self._events)

    def next_event(self) -> LineEvent | None:
        """The next thing that happened on the line; None when all that came is dealt with."""
        while not self._events:
            found = self._decoder.next()
            if found is None:
                return None
            if isinstance(found, Received):
                self._receive(found)
            else:
                self._receive_damage(found)
        return self._events.popleft()

    def _receive(self, received: Received) -> None:
        packet, raw, now = received.packet, received.raw, self._arrived
        begun = Instant(now - len(raw) * self.byte_time)
        if self._watched:
            self._events.append(PacketSeen(packet, raw, begun))
        quiet = self._quiet_before(begun)
        link = self._links.get(packet.address)
        if packet.direction is Direction.TO_MASTER:
            if link is not None:
                self._found(FindingCode.WRONG_DIRECTION, now, raw)
            return
        if link is None or len(self._links) > 1:
            self._let_overhear(link)
        if packet.address == BROADCAST_ADDRESS:
            self._judge_gap(quiet, raw)
            self._receive_broadcast(packet, raw, now)
        elif link is not None:  # "they answer only packets addressed to them"
            self._judge_gap(quiet, raw)
            link.receive(packet, raw, now)
            self._collect(link)

    def _let_overhear(self, addressed: TillLink | None) -> None:
        for link in self._links.values():
            if link is not addressed:
                link.overhear()

    def _quiet_before(self, begun: Instant) -> int:
        """How long it may have been quiet, at the most, before the packet that has just come whole."""
        quiet = begun - self._packet_end + self._end_late
        self._packet_end, self._end_late = self._arrived, self._late
        return quiet

    def _judge_gap(self, quiet: int, raw: bytes) -> None:
        if quiet < self._lawful_gap:
            quiet_for = Reason(ReasonCode.QUIET_FOR, us=max(quiet, 0) // 1000)
            self._found(FindingCode.GAP_TOO_SHORT, self._arrived, raw, quiet_for)

    def _collect(self, link: TillLink) -> None:
        while (event := link.next_event()) is not None:
            self._events.append(LinkEvent(link, event))

    def _receive_broadcast(self, packet: Packet, raw: bytes, now: Instant) -> None:
        if isinstance(packet, ControlPacket) and packet.code is ControlCode.SYN:
            for link in self._links.values():
                link.receive_broadcast_syn(now)
                self._collect(link)
        else:
            self._found(FindingCode.BROADCAST_NOT_SYN, now, raw)

    def _receive_damage(self, damage: Damage) -> None:
        packet, now = damage.packet, self._arrived
        if packet is None:
            self._found(damage.code, now, damage.raw)
            return
        quiet = self._quiet_before(Instant(now - len(damage.raw) * self.byte_time))
        link = self._links.get(packet.address)
        if link is not None and packet.direction is Direction.TO_TILL:
            self._judge_gap(quiet, damage.raw)
            link.receive_damaged(damage, packet, now)
            self._collect(link)

    # Out

    def poll(self, now: Instant) -> bytes:
        """Runs the timeouts; returns the bytes that begin to go out at `now`, b"" for none.

        More than one packet only where nobody paces, so that there is no gap to keep.
        """
        if self._decoder.partial and now >= self._arrived + ANSWER_TIMEOUT:
            damage = self._decoder.give_up()
            if damage is not None:
                self._found(damage.code, now, damage.raw)
        out = b""
        for link in self._links.values():
            if link.poll(now):
                self._collect(link)
            while link.speaks and now >= self._quiet_from + self.gap:
                out += self._send(link, now)
        return out

    def _send(self, link: TillLink, now: Instant) -> bytes:
        packet = link.take_packet()
        raw = packet.encode()
        self._quiet_from = self._packet_end = Instant(now + len(raw) * self.byte_time)
        self._end_late = 0
        link.sent(packet, self._quiet_from)
        if self._watched:
            self._events.append(PacketSeen(packet, raw, now))
        return raw

    def deadline(self) -> Instant | None:
        """When `poll` must be called at the latest; None while nothing is pending."""
        moment = Instant(self._arrived + ANSWER_TIMEOUT) if self._decoder.partial else None
        for link in self._links.values():
            if link.speaks:
                moment = earliest(moment, Instant(self._quiet_from + self.gap))
            if (waits_until := link.deadline()) is not None:
                moment = earliest(moment, waits_until)
        return moment

    def _found(self, code: FindingCode, at: Instant, raw: bytes, detail: Reason | None = None) -> None:
        self._events.append(Finding(code, at, raw, detail))

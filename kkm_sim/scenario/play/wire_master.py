"""A master that says what it is told to, packet by packet, and writes down what it hears."""

from collections import deque
from dataclasses import dataclass
from typing import NamedTuple, assert_never

from kkm_sim.clock import Instant, earliest
from kkm_sim.findings import FindingCode
from kkm_sim.link.decoder import Damage, PacketDecoder, Received
from kkm_sim.link.numbers import following
from kkm_sim.link.packets import (
    BROADCAST_ADDRESS,
    MASTER_ADDRESS,
    ControlCode,
    ControlPacket,
    DataPacket,
    Direction,
    Packet,
)
from kkm_sim.link.till_line import GAP


@dataclass(frozen=True, slots=True)
class Heard:
    """A packet of a till as the master heard it, or bytes that are none: then `packet` is None, `damage` says why.

    `begun`, `ended`: its first byte's beginning, its last byte's end. `quiet`: ns between the last byte on the line
    before it, whoever's, and its first.
    """

    packet: Packet | None
    raw: bytes
    damage: FindingCode | None
    begun: Instant
    ended: Instant
    quiet: int


class Said(NamedTuple):
    """What waits to go out, said `at`: `packet` is what it is, None where the bytes are not one packet of a master."""

    at: Instant
    raw: bytes
    packet: Packet | None
    after: int


class WireMaster:
    """The master's end, held by a scenario. Pure: `receive`, `poll` and `deadline` as every end of a line has them.

    `byte_time`: what a byte takes, ns, and 0 where nobody paces; `say`'s `after` means nothing then.
    """

    def __init__(self, byte_time: int = 0) -> None:
        self.byte_time = byte_time
        self.heard: deque[Heard] = deque()
        """What came and nobody has taken."""
        self.line_quiet_since = Instant(-GAP)
        """The end of the last byte of anybody; in the future while a packet passes."""
        self._decoder = PacketDecoder()
        self._out: deque[Said] = deque()
        self._numbers: dict[int, int] = {}
        self._unacknowledged: dict[int, int] = {}
        self._arrived = Instant(0)
        self._begun = Instant(0)  # when what the decoder holds a part of began
        self._quiet = 0  # before that

    @property
    def speaks(self) -> bool:
        """Whether something said has not begun to go out."""
        return bool(self._out)

    # What the scenario says

    def say(self, packet: Packet | bytes, now: Instant, *, after: int) -> None:
        """Queues a packet or bytes: to begin `after` ns after the last byte on the line and after all said before."""
        raw = packet if isinstance(packet, bytes) else packet.encode()
        said = Said(now, raw, _packet_of_master(raw), after if self.byte_time else 0)
        self._out.append(said)
        self._count(said)

    def number(self, address: int) -> int:
        """The frame number of the next data packet to that till: 1 after SYN, on with each ACK to the last one."""
        return self._numbers.get(address, 1)

    def take_line(self, address: int, number: int) -> None:
        """Another master had the line until now; the next frame number to this till is known from there."""
        self.leave_line()
        self._numbers[address] = number

    def leave_line(self) -> None:
        """Another master has the line from now on: what was not begun is not said, what was heard is forgotten."""
        self._out.clear()
        self.heard.clear()
        self._unacknowledged.clear()
        self._decoder = PacketDecoder()

    # The line

    def line_taken(self, begun: Instant, until: Instant) -> None:
        """Somebody else has the line from `begun` to `until`, whatever of it arrives: nothing is said meanwhile."""
        self._quiet = max(begun - self.line_quiet_since, 0)
        self.line_quiet_since = max(self.line_quiet_since, until)

    def receive(self, data: bytes, now: Instant) -> None:
        """Takes bytes whose last one arrived at `now`."""
        if not self._decoder.partial:
            self._begun = Instant(now - len(data) * self.byte_time)
        self._arrived = now
        self._decoder.feed(data)
        while (found := self._decoder.next()) is not None:
            if isinstance(found, Received):
                self._hear(found, Instant(now - len(found.raw) * self.byte_time))
            else:
                self._hear(found, self._begun)

    def poll(self, now: Instant) -> bytes:
        """Gives up a packet that broke off; returns the bytes that begin to go out at `now`, one packet's at most."""
        if self._decoder.partial and now >= self._broken_off_at():
            damage = self._decoder.give_up()
            if damage is not None:
                self._hear(damage, self._begun)
        due = self._due()
        if due is None or now < due:
            return b""
        said = self._out.popleft()
        self._count(said)
        if isinstance(said.packet, DataPacket):
            self._unacknowledged[said.packet.address] = said.packet.number
        self.line_quiet_since = Instant(now + len(said.raw) * self.byte_time)
        return said.raw

    def deadline(self) -> Instant | None:
        """When `poll` must be called at the latest."""
        return earliest(
            self._due(),
            self._broken_off_at() if self._decoder.partial else None,
        )

    def _due(self) -> Instant | None:
        """When what was said first begins to go out."""
        if not self._out:
            return None
        first = self._out[0]
        return max(first.at, Instant(self.line_quiet_since + first.after))

    def _broken_off_at(self) -> Instant:
        # Inside a packet nobody pauses: quiet that is long enough between two packets is the end of one.
        return Instant(self._arrived + (GAP if self.byte_time else 0))

    def _hear(self, found: Received | Damage, begun: Instant) -> None:
        quiet, self._quiet = self._quiet, 0  # what comes in one go has no quiet inside
        match found:
            case Received(packet=packet, raw=raw):
                if packet.direction is Direction.TO_MASTER:
                    self.heard.append(Heard(packet, raw, None, begun, self._arrived, quiet))
                    self._acknowledged(packet)
            case Damage(code=code, raw=raw):
                self.heard.append(Heard(None, raw, code, begun, self._arrived, quiet))
            case _:
                assert_never(found)

    def _acknowledged(self, packet: Packet) -> None:
        if isinstance(packet, ControlPacket) and packet.code is ControlCode.ACK:
            address = packet.address
            if address == MASTER_ADDRESS and self._unacknowledged:
                address = next(reversed(self._unacknowledged))  # the tills put the master's there: the last asked [D-2]
            number = self._unacknowledged.pop(address, None)
            if number is not None:
                self._numbers[address] = following(number)

    def _count(self, said: Said) -> None:
        """SYN counts when it is said, for what is said behind it, and again when it goes out."""
        packet = said.packet
        if isinstance(packet, ControlPacket) and packet.code is ControlCode.SYN:
            if packet.address == BROADCAST_ADDRESS:
                self._numbers.clear()
                self._unacknowledged.clear()
            else:
                self._numbers[packet.address] = 1
                self._unacknowledged.pop(packet.address, None)


def _packet_of_master(raw: bytes) -> Packet | None:
    decoder = PacketDecoder()
    decoder.feed(raw)
    found = decoder.next()
    whole = isinstance(found, Received) and found.raw == raw
    return found.packet if isinstance(found, Received) and whole else None

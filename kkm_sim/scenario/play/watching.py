"""The line watched from outside: a till's messages, put together of their frames, and its packets, as they pass."""

from collections.abc import Iterator
from dataclasses import dataclass

from kkm_sim.clock import Instant
from kkm_sim.link.events import PacketSeen
from kkm_sim.link.packets import ControlCode, ControlPacket, DataPacket, Direction
from kkm_sim.link.transfer import IncomingTransfer
from kkm_sim.messages.records import declared_till_length
from kkm_sim.scenario.report.packet_words import bytes_words, message_words, moment_words
from kkm_sim.settings import DateTimeOrder
from kkm_sim.simulator import Simulator


@dataclass(frozen=True, slots=True)
class Passed:
    """A whole message of a till. `number`: of its last packet on the line's log."""

    number: int
    at: Instant
    data: bytes

    def words(self, order: DateTimeOrder) -> str:
        """What it says, when, and its bytes."""
        told = message_words(self.data, to_till=False, order=order)
        return f"{told} at {moment_words(self.at)}; {bytes_words(self.data)}"


class Watch:
    """Looks at the packets of one till on the line's log, each once, from number `since` on.

    `address` stands in what the master says to it, `spoken` in what it says itself [D-2].
    """

    def __init__(self, address: int, spoken: int, since: int) -> None:
        self._addresses = {Direction.TO_TILL: address, Direction.TO_MASTER: spoken}
        self._read = since
        self._messages = Messages()

    def packets(self, simulator: Simulator) -> Iterator[tuple[int, PacketSeen]]:
        """What the till has said since the last look."""
        for number, seen in self._new(simulator):
            if seen.packet.direction is Direction.TO_MASTER:
                yield number, seen

    def messages(self, simulator: Simulator) -> Iterator[Passed]:
        """The messages that have become whole since the last look."""
        for number, seen in self._new(simulator):
            data = self._messages.add(seen)
            if data is not None:
                yield Passed(number, seen.at, data)

    def _new(self, simulator: Simulator) -> Iterator[tuple[int, PacketSeen]]:
        wire = simulator.wire
        if wire.last == self._read:
            return
        for number, seen in wire.since(self._read):
            self._read = number
            if seen.packet.address == self._addresses[seen.packet.direction]:
                yield number, seen


class Messages:
    """Joins the frames of one till's messages. A frame that comes again because its ACK was lost counts once."""

    def __init__(self) -> None:
        self._transfer = IncomingTransfer(declared_till_length)
        self._unacknowledged: bytes | None = None

    def add(self, seen: PacketSeen) -> bytes | None:
        """The message that a packet makes whole, if any."""
        packet = seen.packet
        if packet.direction is Direction.TO_TILL:
            self._heard(packet.code if isinstance(packet, ControlPacket) else None)
        elif isinstance(packet, DataPacket) and packet.data != self._unacknowledged:
            self._unacknowledged = packet.data
            joined = self._transfer.add(packet.data, packet.hs)
            return joined if isinstance(joined, bytes) else None
        return None

    def _heard(self, code: ControlCode | int | None) -> None:
        if code == ControlCode.ACK:
            self._unacknowledged = None
        elif code == ControlCode.RST and self._transfer.begun:
            self._transfer.drop()  # it comes again from its first frame [D-26]
            self._unacknowledged = None

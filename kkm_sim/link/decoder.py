"""Bytes in, packets out; whatever damages one packet never costs the good packet after it.

The buffer is searched for `7F 02` and parsed **by position** from there: ADDR, FLC, FCRC and DCRC are never
stuffed and may each equal 7F. Too few bytes leave the buffer alone; any damage drops just those two bytes
and searches again, so a good packet that begins inside the damaged one is found (document: «Пакеты
управления», «Пакеты с данными»).
"""

from typing import NamedTuple

from kkm_sim.findings import FindingCode
from kkm_sim.link.packets import (
    CONTROL_MASK,
    DIRECTION_MASK,
    DLE,
    ETX,
    HEADER_SIZE,
    HS_MASK,
    MARK,
    NUMBER_MASK,
    PACKET_START,
    SERVICE_MASK,
    STUFFED_MARK,
    STX,
    SYNC,
    DataPacket,
    Direction,
    Packet,
    control_packet,
    data_checksum,
)
from kkm_sim.value import Value

MAX_RAW = 2048
"""Raw bytes of a data packet after which the decoder stops waiting for its end [D-50]."""

_DIRECTIONS = (Direction.TO_TILL, Direction.TO_MASTER)
_ADDRESSES = {(tens << 4) | units: tens * 10 + units for tens in range(10) for units in range(10)}


class Damage(Value):
    """Bytes that are no packet: why, and which. `packet` is what could still be read of one with a bad DCRC."""

    code: FindingCode
    raw: bytes
    packet: DataPacket | None = None


class Received(NamedTuple):
    """A good packet with the bytes it came in."""

    packet: Packet
    raw: bytes


class PacketDecoder:
    """Finds the packets in a stream of bytes. Never raises, never holds more than one packet's bytes."""

    def __init__(self) -> None:
        self._buffer = b""
        self._hunting = False  # after damage: what is left of it is not reported a second time
        self._shadow = 0  # bytes at the front that the last damage has already named
        self._ended_with_mark = False  # the 7F at the front was the last byte of a packet

    def feed(self, data: bytes) -> None:
        """Takes bytes as they came; `next` then yields what they complete."""
        self._buffer += data

    @property
    def partial(self) -> bool:
        """Whether a packet has begun and awaits more bytes: silence will have to end it."""
        return len(self._buffer) > self._ended_with_mark

    def give_up(self) -> Damage | None:
        """Nothing came for too long: forgets a packet that broke off."""
        raw, silent = self._buffer, self._hunting or not self.partial
        self._drop(len(raw))
        self._hunting = False
        if silent:
            return None
        return Damage(FindingCode.BROKEN_OFF if len(raw) > 1 else FindingCode.STRAY_BYTES, raw)

    def next(self) -> Received | Damage | None:
        """The next packet or damage in order; None until more bytes come."""
        while buffer := self._buffer:
            start = buffer.find(PACKET_START)
            if start != 0:
                stray = self._drop_to(start)
                if stray is not None:
                    return stray
                if start < 0:
                    return None
                continue
            if self._shadow <= 0:
                self._hunting = False
            if len(buffer) < HEADER_SIZE:
                return None
            found = self._parse()
            if found is None:
                return None
            if isinstance(found, Received):
                self._take(len(found.raw))
                self._hunting, self._shadow = False, 0  # the damage ends where a good packet stood
                return found
            already_named = self._hunting
            self._hunting = True
            self._shadow = max(self._shadow, len(found.raw))
            self._drop(len(PACKET_START))
            if not already_named:
                return found
        return None

    def _drop_to(self, start: int) -> Damage | None:
        """Drops what stands before the next `7F 02`, or all but a last 7F that may begin one."""
        buffer = self._buffer
        if start < 0:
            start = len(buffer) - (buffer[-1] == MARK)
        kept_mark = self._ended_with_mark and start > 0
        stray = buffer[kept_mark:start]
        if start:
            self._drop(start)
        if not stray or self._hunting:
            return None
        self._hunting = True
        return Damage(FindingCode.STRAY_BYTES, stray)

    def _parse(self) -> Received | Damage | None:
        """What stands at the front, where `7F 02` is and at least a header's bytes are there."""
        buffer = self._buffer
        addr, flc, fcrc = buffer[2], buffer[3], buffer[4]
        if (addr + flc + fcrc) & 0xFF:
            return self._damage(FindingCode.BAD_FCRC, HEADER_SIZE)
        if not flc & SERVICE_MASK:
            return self._damage(FindingCode.BAD_FLC, HEADER_SIZE)
        address = _ADDRESSES.get(addr)
        if address is None:
            return self._damage(FindingCode.BAD_ADDRESS, HEADER_SIZE)
        if flc & CONTROL_MASK:
            return Received(control_packet(address, flc), buffer[:HEADER_SIZE])
        if len(buffer) == HEADER_SIZE:
            return None
        if buffer[HEADER_SIZE] != SYNC:
            return self._damage(FindingCode.BAD_SYNC, HEADER_SIZE + 1)
        return self._parse_data(address, flc)

    def _parse_data(self, address: int, flc: int) -> Received | Damage | None:
        buffer = self._buffer
        begin = position = HEADER_SIZE + 1
        while True:
            mark = buffer.find(MARK, position)
            if mark < 0 or mark + 1 >= len(buffer):
                return self._damage(FindingCode.OVERSIZED, len(buffer)) if len(buffer) > MAX_RAW else None
            if mark >= MAX_RAW:
                return self._damage(FindingCode.OVERSIZED, mark)
            after = buffer[mark + 1]
            if after == DLE:
                position = mark + 2
            elif after == ETX:
                break
            elif after == STX:
                return self._damage(FindingCode.BROKEN_OFF, mark)
            else:
                return self._damage(FindingCode.BAD_STUFFING, mark + 2)
        if mark + 2 >= len(buffer):
            return None
        data = buffer[begin:mark].replace(STUFFED_MARK, b"\x7f")
        direction = _DIRECTIONS[bool(flc & DIRECTION_MASK)]
        packet = DataPacket(address, direction, flc & NUMBER_MASK, data, bool(flc & HS_MASK))
        if buffer[mark + 2] != data_checksum(data):
            return self._damage(FindingCode.BAD_DCRC, mark + 3, packet)
        return Received(packet, buffer[: mark + 3])

    def _damage(self, code: FindingCode, size: int, packet: DataPacket | None = None) -> Damage:
        return Damage(code, self._buffer[:size], packet)

    def _drop(self, size: int) -> None:
        self._buffer = self._buffer[size:]
        self._shadow -= size
        self._ended_with_mark = False

    def _take(self, size: int) -> None:
        # A packet whose last byte was lost would take the first of the next for it. So a last byte 7F stays:
        # if 02 follows, it was the beginning of a packet.
        ends_with_mark = self._buffer[size - 1] == MARK
        self._drop(size - ends_with_mark)
        self._ended_with_mark = ends_with_mark

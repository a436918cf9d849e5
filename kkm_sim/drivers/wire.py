"""Pacing for lines without a speed of their own (pty, TCP). Pure: moments in, moments out.

A till speaks and hears over two separate wires, one each way, so each way has its own object. On a wire
one byte follows another, `byte_time` ns each; data handed over while it is busy queues up behind.
"""

from collections import deque
from typing import Literal

from kkm_sim.clock import Instant

Pace = Literal["packet", "byte", "off"]
"""`packet`: delivered when its last byte would have arrived. `byte`: trickled. `off`: at once."""


class _Chunk:
    """Bytes that follow each other without a pause; `handed` of them have been handed on."""

    def __init__(self, data: bytes, start: int, byte_time: int) -> None:
        self.data = data
        self.start = start
        self.byte_time = byte_time
        self.handed = 0

    def end_of(self, count: int) -> Instant:
        """When the byte number `count` (from 1) has arrived whole."""
        return Instant(self.start + count * self.byte_time)

    def arrived(self, now: Instant) -> int:
        """How many bytes have arrived whole by `now`."""
        return max(0, min(len(self.data), (now - self.start) // self.byte_time))


class _Wire:
    def __init__(self) -> None:
        self._chunks: deque[_Chunk] = deque()
        self._free = 0
        self.waiting = 0
        """Bytes taken and not yet handed on."""

    def take(self, data: bytes, now: Instant, byte_time: int) -> None:
        """Puts `data` on the wire at `now`, or as soon as it is free. `byte_time` is in ns, > 0."""
        start = max(now, self._free)
        self._chunks.append(_Chunk(data, start, byte_time))
        self._free = start + len(data) * byte_time
        self.waiting += len(data)

    def clear(self) -> None:
        """Forgets what is under way: the line was cut."""
        self._chunks.clear()
        self._free = self.waiting = 0

    def _hand_on(self, count: int) -> None:
        chunk = self._chunks[0]
        self.waiting -= count - chunk.handed
        chunk.handed = count
        if count == len(chunk.data):
            self._chunks.popleft()


class IncomingWire(_Wire):
    """What the peer has written, on its way to the till.

    A chunk asks for one wake-up, when its last byte has arrived; yet every byte is handed on with the moment
    it arrived itself, and whoever asks earlier gets those that are there.
    """

    def deadline(self) -> Instant | None:
        """When the chunk on the wire has arrived whole; None on a quiet wire."""
        return self._chunks[0].end_of(len(self._chunks[0].data)) if self._chunks else None

    def due(self, now: Instant) -> list[tuple[bytes, Instant]]:
        """The bytes arrived by `now`, one by one, each with its moment."""
        arrived: list[tuple[bytes, Instant]] = []
        while self._chunks:
            chunk = self._chunks[0]
            count = chunk.arrived(now)
            arrived += [(chunk.data[i : i + 1], chunk.end_of(i + 1)) for i in range(chunk.handed, count)]
            whole = count == len(chunk.data)
            self._hand_on(count)
            if not whole:
                break
        return arrived


class OutgoingWire(_Wire):
    """What the till says, on its way to the peer: whole packets, or byte by byte when `by_byte`."""

    def __init__(self, by_byte: bool) -> None:
        super().__init__()
        self._by_byte = by_byte

    def deadline(self) -> Instant | None:
        """When there is something to deliver next; None on a quiet wire."""
        if not self._chunks:
            return None
        chunk = self._chunks[0]
        return chunk.end_of(chunk.handed + 1 if self._by_byte else len(chunk.data))

    def due(self, now: Instant) -> bytes:
        """What is to be delivered by `now`."""
        delivered = b""
        while self._chunks:
            chunk = self._chunks[0]
            count = chunk.arrived(now)
            whole = count == len(chunk.data)
            if not (whole or self._by_byte):
                break
            delivered += chunk.data[chunk.handed : count]
            self._hand_on(count)
            if not whole:
                break
        return delivered

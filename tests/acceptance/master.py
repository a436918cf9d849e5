"""The SmartBox's side of the wire, written from the document alone: it shares no code with the package under test.

It is strict: anything from the till that the document does not allow is an AssertionError where it is read.
"""

import contextlib
import socket
import time
import warnings
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import serial

CODES = {
    "DISC": 0x0,
    "REJ": 0x3,
    "RDY": 0x5,
    "NAK": 0x6,
    "WAIT": 0x7,
    "BUSY": 0x9,
    "ACK": 0xA,
    "SYN": 0xC,
    "RST": 0xF,
}
NAMES = {code: name for name, code in CODES.items()}
LENGTH_BY_FUNCTION = {1: 71, 2: 88, 3: 8, 4: 4, 5: 44, 6: 4, 7: 4}
"""Lengths of what the till sends."""

GAP = 0.0105
BYTE_TIME = 10 / 57600


class NoAnswer(AssertionError):
    """The till was silent where the document has it speak."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet of the till. `kind` is the control packet's name or DATA; `number` and `payload` belong to DATA."""

    kind: str
    address: int
    hs: int
    raw: bytes
    number: int = 0
    payload: bytes = b""


def checksum(raw: bytes) -> int:
    return -sum(raw) & 0xFF


def control_packet(code: int, *, address: int = 0x01, hs: int = 0, direction: int = 0) -> bytes:
    flc = 0xC0 | direction << 5 | hs << 4 | code
    return bytes([0x7F, 0x02, address, flc, checksum(bytes([address, flc]))])


def data_packet(payload: bytes, number: int, *, address: int = 0x01, hs: int = 0, direction: int = 0) -> bytes:
    flc = 0x80 | direction << 5 | hs << 4 | number
    head = bytes([0x7F, 0x02, address, flc, checksum(bytes([address, flc])), 0x00])
    return head + payload.replace(b"\x7f", b"\x7f\x10") + bytes([0x7F, 0x03, checksum(payload)])


def after(number: int) -> int:
    return number % 7 + 1


class Master:
    """A synchronous master on any pyserial URL.

    `address` is the till's number, 1–98; `first` the number of a first frame; `paced` keeps the 10 ms gap.
    """

    def __init__(self, url: str, *, address: int = 1, first: int = 1, paced: bool = False) -> None:
        with warnings.catch_warnings():
            # pyserial's RFC 2217 client still calls setDaemon.
            warnings.simplefilter("ignore", DeprecationWarning)
            self.port = serial.serial_for_url(url, baudrate=57600, timeout=0.02)
        inner = getattr(self.port, "_socket", None)
        if isinstance(inner, socket.socket):
            inner.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.address = address // 10 << 4 | address % 10
        self.answers_from = self.address
        self.paced = paced
        self.first = first
        self.outgoing = first
        self.incoming = first
        self.resynchronised = 0
        self._line_free_at = 0.0

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.port.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Bytes

    def write(self, raw: bytes) -> float:
        """Sends bytes; returns the moment (monotonic, seconds) just before they went."""
        if self.paced:
            time.sleep(max(0.0, self._line_free_at + GAP - time.monotonic()))
        began = time.monotonic()
        self.port.write(raw)
        self._line_free_at = time.monotonic() + len(raw) * BYTE_TIME
        return began

    def _read(self, size: int, until: float) -> bytes:
        got = b""
        while len(got) < size:
            more: bytes = self.port.read(size - len(got))
            got += more
            if not more and time.monotonic() > until:
                raise NoAnswer(f"{size} bytes expected, came {got.hex(' ') or 'nothing'}")
        return got

    def receive(self, timeout: float = 3.0) -> Packet:
        """The till's next packet, every byte of it checked."""
        until = time.monotonic() + timeout
        head = self._read(5, until)
        address, flc = head[2], head[3]
        assert head[:2] == b"\x7f\x02", f"not the start of a packet: {head.hex(' ')}"
        assert checksum(head[2:4]) == head[4], f"wrong FCRC: {head.hex(' ')}"
        assert flc & 0x80, f"bit 7 of FLC is 0: {head.hex(' ')}"
        assert flc & 0x20, f"DIR says the till is the master: {head.hex(' ')}"
        assert address == self.answers_from, f"address {address:02X}"
        hs = flc >> 4 & 1
        is_control = flc & 0x40
        packet = Packet(NAMES[flc & 0x0F], address, hs, head) if is_control else self._receive_data(head, hs, until)
        self._line_free_at = time.monotonic()
        return packet

    def _receive_data(self, head: bytes, hs: int, until: float) -> Packet:
        assert not head[3] & 0x08, f"bit 3 of a data packet's FLC is 1: {head.hex(' ')}"
        raw = head + self._read(1, until)
        assert raw[5] == 0x00, f"SYNC is {raw[5]:02X}"
        payload = b""
        while True:
            byte = self._read(1, until)
            raw += byte
            if byte != b"\x7f":
                payload += byte
                continue
            mark = self._read(1, until)
            raw += mark
            assert mark in (b"\x10", b"\x03"), f"7F {mark.hex()} inside data"
            if mark == b"\x03":
                break
            payload += byte
        dcrc = self._read(1, until)
        assert checksum(payload) == dcrc[0], f"wrong DCRC: {(raw + dcrc).hex(' ')}"
        return Packet("DATA", head[2], hs, raw + dcrc, head[3] & 7, payload)

    def quiet(self, seconds: float = 0.05) -> bool:
        """True when the till says nothing for so long."""
        until = time.monotonic() + seconds
        heard = b""
        while time.monotonic() < until and not heard:
            heard = self.port.read(1)
        return not heard

    # Packets

    def control(self, name: str, hs: int = 0) -> float:
        return self.write(control_packet(CODES[name], address=self.address, hs=hs))

    def data(self, payload: bytes, *, number: int | None = None, hs: int = 0) -> float:
        """One data packet under the next number (or `number`); the counter stands until `accepted`."""
        number = self.outgoing if number is None else number
        return self.write(data_packet(payload, number, address=self.address, hs=hs))

    def accepted(self) -> None:
        self.outgoing = after(self.outgoing)

    def ask(self, name: str, hs: int = 0) -> Packet:
        """A control packet and what the till says to it."""
        self.control(name, hs)
        return self.receive()

    def try_data(self, payload: bytes, *, number: int | None = None, hs: int = 0) -> Packet:
        """One data packet and what the till says to it; ACK moves the counter."""
        self.data(payload, number=number, hs=hs)
        packet = self.receive()
        if packet.kind == "ACK":
            self.accepted()
        return packet

    # Exchanges

    def synchronise(self) -> None:
        """SYN → RDY: both counters to the start."""
        packet = self.ask("SYN")
        assert packet.kind == "RDY", packet
        self.outgoing = self.incoming = self.first

    def ready(self, within: float = 5.0) -> None:
        """RDY until the till is ready for a command."""
        until = time.monotonic() + within
        while (packet := self.ask("RDY")).kind != "RDY":
            assert packet.kind in ("BUSY", "DISC"), packet
            assert time.monotonic() < until, f"{packet.kind} for {within} s"
            time.sleep(0.002)

    def post(
        self, message: bytes, *, hs: int = 0, size: int = 127, ready: bool = True, rdy_between: bool = False
    ) -> None:
        """A whole message in frames of at most `size` bytes, each acknowledged. `hs` is the last frame's."""
        if ready:
            self.ready()
        frames = [message[at : at + size] for at in range(0, len(message), size)] or [b""]
        for at, frame in enumerate(frames):
            last = at == len(frames) - 1
            packet = self.try_data(frame, hs=hs if last else 1)
            assert packet.kind == "ACK", packet
            assert packet.hs == (0 if last else 1), "HS of the till's ACK: 1 while it expects the next frame"
            if rdy_between and not last:
                assert self.ask("RDY").kind == "RDY"

    def fetch(self, within: float = 5.0) -> bytes:
        """RDY until the till has data; the whole message, acknowledged."""
        until = time.monotonic() + within
        while (packet := self.ask("RDY")).kind != "DATA":
            assert packet.kind in ("RDY", "BUSY", "DISC"), packet
            if time.monotonic() > until:
                raise NoAnswer(f"{packet.kind} for {within} s, no data")
            time.sleep(0.002)
        return self.take(packet)

    def take(self, packet: Packet) -> bytes:
        """A message whose first packet has come: the rest asked for with ACK HS=1, all acknowledged."""
        packet = self._in_order(packet)
        message = packet.payload
        while packet.hs and len(message) < LENGTH_BY_FUNCTION.get(message[1], 4):
            packet = self.ask("ACK", hs=1)
            assert (packet.kind, packet.number) == ("DATA", self.incoming), packet
            self.incoming = after(self.incoming)
            message += packet.payload
        self.control("ACK")
        return message

    def _in_order(self, packet: Packet) -> Packet:
        assert packet.kind == "DATA", packet
        if packet.number != self.incoming:
            # The document: the server sees another number, SYN, RDY, RST, and the till repeats.
            self.resynchronised += 1
            self.synchronise()
            packet = self.ask("RST")
            assert packet.kind == "DATA", packet
        assert packet.number == self.incoming, f"frame {packet.number}, expected {self.incoming}"
        self.incoming = after(self.incoming)
        return packet

    def command(self, message: bytes, *, hs: int = 0, size: int = 127) -> bytes:
        """A command whose answer is ready at once, with handshake (hs=0) or without (hs=1)."""
        self.post(message, hs=hs, size=size)
        return self.take(self.receive()) if hs else self.fetch()

    def answer(self, message: bytes, *, size: int = 127) -> None:
        """The answer to the till's request, right after its ACK."""
        self.post(message, size=size, ready=False)

    def nothing_to_fetch(self) -> bool:
        return self.ask("RDY").kind == "RDY"

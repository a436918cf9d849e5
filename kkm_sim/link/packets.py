"""Packets and their bytes: квитанция is a *control packet*, пакет данных a *data packet* (document:
«Транспортный уровень»).

    control   7F 02 ADDR FLC FCRC
    data      7F 02 ADDR FLC FCRC 00 <data, stuffed> 7F 03 DCRC

The byte FLC is packed fields; the masks below are the one place that knows them.
"""

from enum import IntEnum
from functools import cache

from kkm_sim.value import Value

MARK = 0x7F
STX = 0x02
ETX = 0x03
DLE = 0x10
SYNC = 0x00

PACKET_START = bytes([MARK, STX])
STUFFED_MARK = bytes([MARK, DLE])

HEADER_SIZE = 5
"""MARK STX ADDR FLC FCRC: a whole control packet, and the head of a data packet."""

SERVICE_MASK = 0b1000_0000
CONTROL_MASK = 0b0100_0000
DIRECTION_MASK = 0b0010_0000
HS_MASK = 0b0001_0000
CODE_MASK = 0b0000_1111
NUMBER_MASK = 0b0000_0111  # bit 3 of a data packet is sent 0 and ignored on receipt

MASTER_ADDRESS = 0
BROADCAST_ADDRESS = 99


class ControlCode(IntEnum):
    """«Код квитанции»: the low four bits of a control packet's FLC."""

    DISC = 0x0
    REJ = 0x3
    RDY = 0x5
    NAK = 0x6
    WAIT = 0x7
    BUSY = 0x9
    ACK = 0xA
    SYN = 0xC
    RST = 0xF


CONTROL_CODES = {code.value: code for code in ControlCode}


class Direction(IntEnum):
    """Bit DIR: who speaks."""

    TO_TILL = 0
    TO_MASTER = 1


class ControlPacket(Value):
    """A control packet. `address` is the till's, 0–99; `code` is a plain int where the document defines none."""

    address: int
    direction: Direction
    code: ControlCode | int
    hs: bool = False

    def encode(self) -> bytes:
        """Its five bytes."""
        return _control_bytes(self.address, self.direction, self.code, self.hs)

    def __str__(self) -> str:
        name = self.code.name if isinstance(self.code, ControlCode) else f"control {self.code:X}"
        return f"{name}{' HS=1' if self.hs else ''}"


class DataPacket(Value):
    """A data packet: one frame. `number` is 0–7 as it stands in FLC; `data` is not stuffed."""

    address: int
    direction: Direction
    number: int
    data: bytes
    hs: bool = False

    def encode(self) -> bytes:
        """Its bytes on the line, data stuffed: 9 service bytes, the data, one more for each 7F in them."""
        flc = SERVICE_MASK | self.direction << 5 | self.hs << 4 | self.number
        stuffed = self.data.replace(b"\x7f", STUFFED_MARK)
        return b"%b\x00%b\x7f\x03%c" % (_header(self.address, flc), stuffed, data_checksum(self.data))

    def __str__(self) -> str:
        return f"DATA {self.number}{' HS=1' if self.hs else ''} [{len(self.data)}]"


Packet = ControlPacket | DataPacket


@cache
def control_packet(address: int, flc: int) -> ControlPacket:
    """The control packet with this byte FLC. One object for all that are equal: a line sees little else."""
    code = flc & CODE_MASK
    direction = Direction.TO_MASTER if flc & DIRECTION_MASK else Direction.TO_TILL
    return ControlPacket(address, direction, CONTROL_CODES.get(code, code), bool(flc & HS_MASK))


@cache
def till_reply(address: int, code: ControlCode, hs: bool) -> ControlPacket:
    """The till's control packet that says this."""
    return control_packet(address, control_flc(Direction.TO_MASTER, code, hs))


def control_flc(direction: Direction, code: int, hs: bool) -> int:
    """The byte FLC of a control packet."""
    return SERVICE_MASK | CONTROL_MASK | direction << 5 | hs << 4 | code


def data_checksum(data: bytes) -> int:
    """DCRC: what completes the sum of the unstuffed data bytes to zero, mod 256."""
    return -sum(data) & 0xFF


def bcd_address(address: int) -> int:
    """The byte ADDR of an address 0–99: till 12 is 0x12."""
    return address // 10 << 4 | address % 10


@cache
def _control_bytes(address: int, direction: Direction, code: int, hs: bool) -> bytes:
    return _header(address, control_flc(direction, code, hs))


@cache
def _header(address: int, flc: int) -> bytes:
    addr = bcd_address(address)
    return bytes((MARK, STX, addr, flc, -(addr + flc) & 0xFF))

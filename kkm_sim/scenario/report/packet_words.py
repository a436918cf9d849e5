"""Packets in a person's words: when, which way, what it says, its bytes."""

from kkm_sim.clock import MS, US
from kkm_sim.link.events import PacketSeen
from kkm_sim.link.packets import ControlPacket, DataPacket, Direction, Packet
from kkm_sim.messages.reading import read_message
from kkm_sim.settings import DateTimeOrder

LONGEST_SHOWN = 24
"""Bytes of a packet that a line of many shows whole."""


def moment_words(nanoseconds: int) -> str:
    """`1234.567 ms`."""
    return f"{nanoseconds // MS}.{nanoseconds % MS // US:03} ms"


def message_words(data: bytes, *, to_till: bool, order: DateTimeOrder) -> str:
    """The message that the data of a packet are, or that they are no whole one: a frame of several may be a part."""
    message = read_message(data, to_till=to_till, order=order)
    return "a part of a message, or none of the document's" if message is None else str(message)


def packet_words(packet: Packet, raw: bytes, order: DateTimeOrder, *, shown: int | None = None) -> str:
    """`DATA 2 HS=1 [4]: ShortAnswer result=27; 7f 02 …`; of more than `shown` bytes only the first ones."""
    match packet:
        case ControlPacket():
            return f"{packet}; {bytes_words(raw, shown)}"
        case DataPacket():
            to_till = packet.direction is Direction.TO_TILL
            return f"{packet}: {message_words(packet.data, to_till=to_till, order=order)}; {bytes_words(raw, shown)}"


def bytes_words(raw: bytes, shown: int | None = None) -> str:
    """Bytes in hex; of more than `shown` only the first ones and how many there are."""
    if shown is None or len(raw) <= shown:
        return raw.hex(" ") or "no bytes"
    return f"{raw[:shown].hex(' ')} … ({len(raw)} bytes)"


def line_of(seen: PacketSeen, order: DateTimeOrder) -> str:
    """One line of what passed: `12.345 ms  till 1 → master  RDY; 7f 02 01 e5 1a`."""
    packet = seen.packet
    till = f"till {packet.address}"
    way = f"master → {till}" if packet.direction is Direction.TO_TILL else f"{till} → master"
    return f"{moment_words(seen.at):>14}  {way}  {packet_words(packet, seen.raw, order, shown=LONGEST_SHOWN)}"

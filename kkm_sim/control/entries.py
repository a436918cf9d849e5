"""Numbered entries of the logs as the control API shows them: tape, findings, packets."""

from typing import Any, assert_never

import msgspec

from kkm_sim.control.messages import message_view
from kkm_sim.control.models import (
    BitmapEntry,
    ControlPacketEntry,
    CutEntry,
    DataPacketEntry,
    FindingEntry,
    PacketEntry,
    TapeEntryView,
    TextEntry,
)
from kkm_sim.findings import Finding
from kkm_sim.link.events import PacketSeen
from kkm_sim.link.packets import ControlPacket, DataPacket, Direction
from kkm_sim.settings import DateTimeOrder
from kkm_sim.till.tape import Bitmap, Cut, TapeEntry, TextLine


def tape_entry(n: int, entry: TapeEntry) -> TapeEntryView:
    """Entry `n` of a tape."""
    match entry:
        case TextLine():
            return TextEntry(n=n, text=entry.text)
        case Bitmap():
            return BitmapEntry(n=n, width=entry.width, height=entry.height, rows=[row.hex() for row in entry.rows])
        case Cut():
            return CutEntry(n=n)
        case _:
            assert_never(entry)


def finding_entry(n: int, finding: Finding) -> FindingEntry:
    """Finding `n` of a line."""
    return msgspec.convert(finding.entry(n), FindingEntry)


def packet_entry(n: int, seen: PacketSeen, order: DateTimeOrder) -> PacketEntry:
    """Packet `n` of a line; dates in its message stand in `order`."""
    packet = seen.packet
    to_till = packet.direction is Direction.TO_TILL
    common: dict[str, Any] = {
        "n": n,
        "at": seen.at,
        "direction": "to_till" if to_till else "to_master",
        "packet": str(packet),
        "address": packet.address,
        "hs": packet.hs,
        "bytes": seen.raw.hex(),
    }
    match packet:
        case ControlPacket():
            return ControlPacketEntry(**common, code=int(packet.code))
        case DataPacket():
            message = message_view(packet.data, to_till=to_till, order=order)
            return DataPacketEntry(**common, number=packet.number, data=packet.data.hex(), message=message)
        case _:
            assert_never(packet)

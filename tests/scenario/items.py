"""Items of a recording, made by hand."""

from kkm_sim.clock import MS, SECOND, Instant
from kkm_sim.edge import OperatorAct, Pressed
from kkm_sim.link.packets import ControlCode, ControlPacket, DataPacket, Direction, Packet
from kkm_sim.scenario.record.recorder import Acted, Answered, Item, Spoken
from kkm_sim.till.keyboard import parse_keys
from kkm_sim.virtual.bench import DEFAULT_WALL


def spoken(packet: Packet | ControlCode, at: int) -> Item:
    """What the master says, `at` ms."""
    whole = ControlPacket(1, Direction.TO_TILL, packet) if isinstance(packet, ControlCode) else packet
    moment = Instant(at * MS)
    return Spoken(whole, whole.encode(), moment, moment, SECOND)


def answered(packet: Packet | ControlCode, at: int) -> Item:
    """What the till says, `at` ms."""
    whole = ControlPacket(1, Direction.TO_MASTER, packet) if isinstance(packet, ControlCode) else packet
    return Answered(whole, whole.encode(), Instant(at * MS))


def of_master(data: bytes, number: int = 1, *, hs: bool = False) -> DataPacket:
    """A data packet of the master."""
    return DataPacket(1, Direction.TO_TILL, number, data, hs)


def of_till(data: bytes, number: int = 1, *, hs: bool = False) -> DataPacket:
    """A data packet of the till."""
    return DataPacket(1, Direction.TO_MASTER, number, data, hs)


def acted(act: OperatorAct) -> Item:
    """What the operator does, while nothing is printed."""
    return Acted(act, act.at, printing=False, wall=DEFAULT_WALL)


def pressed(key: str, at: int) -> Item:
    """A key, `at` ms."""
    return acted(Pressed(parse_keys(key)[0], Instant(at * MS)))

"""What passed on the line, as rows for a person.

Polls that hear the same again are one row that counts; so are PINGs that are answered the same, whatever polls are
between them.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from kkm_sim.control.models import ControlPacketEntry, DataPacketEntry, FindingEntry, MessageView, PacketEntry
from kkm_sim.link.folded_polls import Poll, add_poll
from kkm_sim.link.packets import ControlCode

ROWS_KEPT = 1000

PING_ROWS = 8
"""Rows of a PING from its request on, with a poll before the answer where there is one."""


@dataclass(frozen=True, slots=True)
class Ping:
    """A whole PING exchange with its ACKs; `times` in a row. `asked` and `answer` are the newest."""

    asked: DataPacketEntry
    answer: DataPacketEntry
    times: int = 1


@dataclass(frozen=True, slots=True)
class Passed:
    """Any other packet."""

    packet: PacketEntry


@dataclass(frozen=True, slots=True)
class Found:
    """A breach by the master, where it was noticed."""

    finding: FindingEntry


LineRow = Poll[ControlPacketEntry] | Ping | Passed | Found


class LineLog:
    """The newest rows, oldest first. A row never changes; a repeated poll is a new row in the old one's place."""

    def __init__(self, rows_kept: int = ROWS_KEPT) -> None:
        self._rows: deque[LineRow] = deque(maxlen=rows_kept)

    def __iter__(self) -> Iterator[LineRow]:
        return iter(self._rows)

    def clear(self) -> None:
        """Forgets everything."""
        self._rows.clear()

    def add_finding(self, finding: FindingEntry) -> None:
        """The next finding."""
        self._rows.append(Found(finding))

    def add_packet(self, packet: PacketEntry) -> None:
        """The next packet."""
        if not isinstance(packet, ControlPacketEntry):
            last = self._rows[-1] if self._rows else None
            if isinstance(last, Poll) and last.answer is None and last.times == 1 and packet.direction == "to_master":
                self._rows[-1] = Passed(last.asked)  # the packet is what it heard
            self._rows.append(Passed(packet))
        elif packet.direction == "to_till" and packet.code == ControlCode.RDY:
            self._settle()
            self._rows.append(Poll(packet.address, packet, packet))
        else:
            self._answer(packet)

    def _answer(self, packet: ControlPacketEntry) -> None:
        last = self._rows[-1] if self._rows else None
        if packet.direction == "to_till":
            self._rows.append(Passed(packet))
            if packet.code == ControlCode.ACK:
                self._fold_ping()
        elif isinstance(last, Poll) and last.answer is None and last.till == packet.address:
            self._rows[-1] = replace(last, answer=packet)
            self._settle()
        else:
            self._rows.append(Passed(packet))

    def _fold_ping(self) -> None:
        """Makes one row of the rows that end with the master's ACK, if they are a PING."""
        answer = None
        for length, row in enumerate(islice(reversed(self._rows), PING_ROWS), start=1):
            match row:
                case Passed(ControlPacketEntry(code=ControlCode.ACK | ControlCode.RDY)) | Poll():
                    continue
                case Passed(DataPacketEntry(message=MessageView(name="PingAnswer")) as packet) if answer is None:
                    answer = packet
                case Passed(DataPacketEntry(message=MessageView(name="PingRequest")) as asked) if answer is not None:
                    for _ in range(length):
                        self._rows.pop()
                    self._add_ping(Ping(asked, answer))
                    return
                case _:
                    return

    def _add_ping(self, ping: Ping) -> None:
        polls = 1 if self._rows and isinstance(self._rows[-1], Poll) else 0
        before = self._rows[-1 - polls] if len(self._rows) > polls else None
        if isinstance(before, Ping) and _answered(before) == _answered(ping):
            self._rows[-1 - polls] = replace(ping, times=before.times + 1)
        else:
            self._rows.append(ping)

    def _settle(self) -> None:
        """The last poll has heard all that it will."""
        last = self._rows[-1] if self._rows else None
        if isinstance(last, Poll):
            self._rows.pop()
            add_poll(self._rows, last)


def _answered(ping: Ping) -> tuple[int, dict[str, int | str | bool]]:
    fields = ping.answer.message.fields if ping.answer.message is not None else {}
    return ping.asked.address, {name: value for name, value in fields.items() if name != "moment"}

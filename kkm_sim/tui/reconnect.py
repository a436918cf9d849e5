"""How far a watcher has come in a till's numbered lists, so that nothing is missed or told twice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from kkm_sim.control.models import (
    Event,
    FindingEntry,
    FindingEvent,
    PacketEntry,
    PacketEvent,
    Snapshot,
    TapeEntryView,
    TapeEvent,
)


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """The till as it is, and what its lists have that was not told before. `afresh`: all that was told is void."""

    snapshot: Snapshot
    entries: tuple[TapeEntryView, ...]
    packets: tuple[PacketEntry, ...]
    findings: tuple[FindingEntry, ...]
    afresh: bool


class _Numbered(Protocol):
    @property
    def n(self) -> int: ...


N = TypeVar("N", bound=_Numbered)


class Progress:
    """The newest entry known of each list.

    Lists are asked for from one before it: the till that has that very entry is the same one as before. Another one,
    begun anew at the same address, has other entries under the same numbers, or none.
    """

    def __init__(self) -> None:
        self._entry: TapeEntryView | None = None
        self._packet: PacketEntry | None = None
        self._finding = 0

    @property
    def tape_since(self) -> int:
        """`since` of the tape."""
        return _before(self._entry)

    @property
    def wire_since(self) -> int:
        """`since` of the packets."""
        return _before(self._packet)

    def is_another_till(self, entries: Sequence[TapeEntryView], packets: Sequence[PacketEntry]) -> bool:
        """True where the lists asked for do not go on from what is known."""
        return not (_goes_on(self._entry, entries) and _goes_on(self._packet, packets))

    def catch_up(
        self,
        snapshot: Snapshot,
        entries: Sequence[TapeEntryView],
        packets: Sequence[PacketEntry],
        findings: Sequence[FindingEntry],
        *,
        afresh: bool,
    ) -> CaughtUp:
        """What is new in the lists. `afresh`: they are another till's, whole."""
        if afresh:
            self._entry, self._packet, self._finding = None, None, 0
        news = CaughtUp(
            snapshot,
            tuple(_after(_number(self._entry), entries)),
            tuple(_after(_number(self._packet), packets)),
            tuple(_after(self._finding, findings)),
            afresh,
        )
        self._entry = news.entries[-1] if news.entries else self._entry
        self._packet = news.packets[-1] if news.packets else self._packet
        self._finding = news.findings[-1].n if news.findings else self._finding
        return news

    def is_new(self, event: Event) -> bool:
        """Takes note of an event; False where it tells of an entry that is known."""
        match event:
            case TapeEvent():
                if event.entry.n <= _number(self._entry):
                    return False
                self._entry = event.entry
            case PacketEvent():
                if event.packet.n <= _number(self._packet):
                    return False
                self._packet = event.packet
            case FindingEvent():
                if event.finding.n <= self._finding:
                    return False
                self._finding = event.finding.n
        return True


def _number(newest: _Numbered | None) -> int:
    return 0 if newest is None else newest.n


def _before(newest: _Numbered | None) -> int:
    return max(_number(newest) - 1, 0)


def _after(number: int, entries: Iterable[N]) -> Iterable[N]:
    return (entry for entry in entries if entry.n > number)


def _goes_on(newest: N | None, entries: Sequence[N]) -> bool:
    if newest is None:
        return True
    # The till keeps only so many: the one known may be gone, with all before those that are there.
    return bool(entries) and (entries[0].n > newest.n or entries[0] == newest)

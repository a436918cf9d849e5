"""What the screen shows, made of snapshots and events. It knows no terminal and no connection."""

from collections import deque
from dataclasses import dataclass
from enum import Enum
from heapq import merge
from typing import assert_never

from msgspec import structs

from kkm_sim.control.models import (
    BeepEvent,
    Event,
    FindingEntry,
    FindingEvent,
    IndicatorEvent,
    IndicatorView,
    KeyEvent,
    PacketEvent,
    Snapshot,
    StateEvent,
    TapeEntryView,
    TapeEvent,
)
from kkm_sim.till.keyboard import Key
from kkm_sim.tui.catalogue import Words
from kkm_sim.tui.line_log import LineLog
from kkm_sim.tui.reconnect import CaughtUp
from kkm_sim.tui.state_lines import headline

ENTRIES_KEPT = 2000
"""Entries of the tape to scroll back through, some sixty receipts; the till itself keeps more."""


@dataclass(frozen=True, slots=True)
class Lost:
    """There is no connection, and why, in the user's words."""

    reason: str


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of the till or of its line."""

    event: Event


News = CaughtUp | Happened | Lost
"""What a client has to tell."""


class Connection(Enum):
    """How it stands with the till."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    LOST = "lost"
    ENDED = "ended"
    """The till was ours, and its process is no more."""


class View:
    """The screen's state. `take` what comes, then show it.

    `port` is where the till's line is, None: not known, the till is another's.
    """

    def __init__(self, words: Words, url: str, port: str | None = None) -> None:
        self.words = words
        self.url = url
        self.port = port
        self.connection = Connection.CONNECTING
        self.reason = ""
        self.snapshot: Snapshot | None = None
        self.tape: deque[TapeEntryView] = deque(maxlen=ENTRIES_KEPT)
        self.line = LineLog()
        self.bytes_shown = False
        self._pressed: list[Key] = []
        self._errors_heard = 0

    def take(self, news: News) -> None:
        """Takes what a client tells."""
        match news:
            case CaughtUp():
                self._catch_up(news)
            case Happened():
                self._take_event(news.event)
            case Lost():
                self.connection, self.reason = Connection.LOST, news.reason
            case _:
                assert_never(news)

    def till_ended(self, reason: str) -> None:
        """The till's process is no more."""
        self.connection, self.reason = Connection.ENDED, reason

    def till_starts(self) -> None:
        """The till is being started anew."""
        self.connection = Connection.CONNECTING

    def till_started(self, url: str, port: str | None) -> None:
        """The till runs again. Its client may have been quicker, and be connected."""
        self.url, self.port = url, port

    def pressed(self) -> list[Key]:
        """Keys that went down since the last call, by whomever."""
        pressed, self._pressed = self._pressed, []
        return pressed

    def errors_heard(self) -> int:
        """Long beeps, which are errors, since the last call."""
        heard, self._errors_heard = self._errors_heard, 0
        return heard

    @property
    def indicator(self) -> IndicatorView | None:
        """What the indicator shows; None: not known, there is no connection."""
        return self.snapshot.indicator if self.snapshot and self.connection is Connection.CONNECTED else None

    @property
    def status(self) -> str:
        """The line over everything: the till's state and where its line is, or what is the matter."""
        words = self.words
        match self.connection:
            case Connection.CONNECTING:
                return words.connecting.format(url=self.url)
            case Connection.CONNECTED:
                where = words.connected.format(url=self.url) if self.port is None else f"{words.port} {self.port}"
                return f"{headline(self.snapshot, words)} · {where}" if self.snapshot is not None else where
            case Connection.LOST:
                return words.lost.format(url=self.url, reason=self.reason)
            case Connection.ENDED:
                return words.ended.format(reason=self.reason)
            case _:
                assert_never(self.connection)

    def _catch_up(self, news: CaughtUp) -> None:
        if news.afresh:
            self.tape.clear()
            self.line.clear()
        self.connection = Connection.CONNECTED
        self.snapshot = news.snapshot
        self.tape.extend(news.entries)
        for one in merge(news.packets, news.findings, key=lambda one: one.at):
            if isinstance(one, FindingEntry):
                self.line.add_finding(one)
            else:
                self.line.add_packet(one)

    def _take_event(self, event: Event) -> None:
        match event:
            case StateEvent():
                self.snapshot = event.snapshot
            case IndicatorEvent():
                if self.snapshot is not None:
                    self.snapshot = structs.replace(self.snapshot, indicator=event.indicator)
            case KeyEvent():
                self._pressed.append(Key(event.key))
            case TapeEvent():
                self.tape.append(event.entry)
            case PacketEvent():
                self.line.add_packet(event.packet)
            case FindingEvent():
                self.line.add_finding(event.finding)
            case BeepEvent():
                self._errors_heard += event.length == "long"
            case _:
                assert_never(event)

"""What changes, as it happens: compared after each step of the line, on its thread, only while somebody listens.

Nothing is turned into JSON here: a mailbox gets a function that makes the event, to be called in the client's thread.
"""

from collections.abc import Callable, Iterable
from functools import partial

from kkm_sim.clock import Instant
from kkm_sim.control.entries import finding_entry, packet_entry, tape_entry
from kkm_sim.control.mailbox import Mailbox
from kkm_sim.control.models import (
    BeepEvent,
    Event,
    FindingEvent,
    IndicatorEvent,
    KeyEvent,
    PacketEvent,
    StateEvent,
    TapeEvent,
)
from kkm_sim.control.snapshot import TillView, indicator_view, snapshot, view
from kkm_sim.findings import Finding
from kkm_sim.link.events import PacketSeen
from kkm_sim.settings import DateTimeOrder
from kkm_sim.simulated_till import SimulatedTill
from kkm_sim.simulator import Simulator
from kkm_sim.till.effects import Beep
from kkm_sim.till.indicator import Indicator
from kkm_sim.till.keyboard import Key
from kkm_sim.till.tape import TapeEntry

MakeEvent = Callable[[], Event]
EventMailbox = Mailbox[MakeEvent]


class EventStream:
    """Tells mailboxes what has changed. All methods on the line's thread; `observe` after each step."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._watches: list[_TillWatch] = []
        self._last_packet = 0
        self._last_finding = 0

    def subscribe(self, till: SimulatedTill, mailbox: EventMailbox, now: Instant) -> None:
        """From now on the mailbox gets what happens on the line and to this till."""
        self.observe(now)
        if not self._watches:
            self._last_packet = self._simulator.wire.last
            self._last_finding = self._simulator.findings.last
        watch = next((watch for watch in self._watches if watch.till is till), None)
        if watch is None:
            watch = _TillWatch(till, now)
            self._watches.append(watch)
        watch.mailboxes.append(mailbox)

    def unsubscribe(self, mailbox: EventMailbox) -> None:
        """The mailbox gets nothing more."""
        for watch in self._watches:
            if mailbox in watch.mailboxes:
                watch.mailboxes.remove(mailbox)
        self._watches = [watch for watch in self._watches if watch.mailboxes]

    def key_pressed(self, till: SimulatedTill, key: Key, now: Instant) -> None:
        """Call it after each key, so that its consequences follow it and come before the next."""
        for watch in self._watches:
            if watch.till is till:
                watch.tell(partial(_key, key, now))
        self.observe(now)

    def observe(self, now: Instant) -> None:
        """Tells what has happened since the last call."""
        if not self._watches:
            return
        self._observe_line(now)
        for watch in self._watches:
            watch.observe(now)

    def _observe_line(self, now: Instant) -> None:
        wire, findings = self._simulator.wire, self._simulator.findings
        if wire.last > self._last_packet:
            order = self._simulator.tills[0].settings.datetime_order
            self._tell(partial(_packet, n, seen, order) for n, seen in wire.since(self._last_packet))
            self._last_packet = wire.last
        if findings.last > self._last_finding:
            self._tell(partial(_finding, n, found) for n, found in findings.since(self._last_finding))
            self._last_finding = findings.last

    def _tell(self, events: Iterable[MakeEvent]) -> None:
        for event in events:
            for watch in self._watches:
                watch.tell(event)


class _TillWatch:
    """One till and who wants to know of it."""

    def __init__(self, till: SimulatedTill, now: Instant) -> None:
        self.till = till
        self.mailboxes: list[EventMailbox] = []
        self._view = view(till, now)
        self._last_beep = till.beeps.last
        self._last_entry = till.till.tape.last

    def tell(self, event: MakeEvent) -> None:
        for mailbox in self.mailboxes:
            mailbox.put(event)

    def observe(self, now: Instant) -> None:
        beeps, tape = self.till.beeps, self.till.till.tape
        if beeps.last > self._last_beep:
            for _, beep in beeps.since(self._last_beep):
                self.tell(partial(_beep, beep, now))
            self._last_beep = beeps.last
        before, self._view = self._view, view(self.till, now)
        if self._view != before:
            self.tell(partial(_state, self._view, now))
        if self._view.indicator != before.indicator:
            self.tell(partial(_indicator, self._view.indicator, now))
        if tape.last > self._last_entry:
            for n, entry in tape.since(self._last_entry):
                self.tell(partial(_entry, n, entry, now))
            self._last_entry = tape.last


def _key(key: Key, at: Instant) -> KeyEvent:
    return KeyEvent(at=at, key=key.value)


def _beep(beep: Beep, at: Instant) -> BeepEvent:
    return BeepEvent(at=at, length=beep.length.value)


def _state(seen: TillView, at: Instant) -> StateEvent:
    return StateEvent(at=at, state=seen.state, snapshot=snapshot(seen))


def _indicator(indicator: Indicator, at: Instant) -> IndicatorEvent:
    return IndicatorEvent(at=at, indicator=indicator_view(indicator))


def _entry(n: int, entry: TapeEntry, at: Instant) -> TapeEvent:
    return TapeEvent(at=at, entry=tape_entry(n, entry))


def _packet(n: int, seen: PacketSeen, order: DateTimeOrder) -> PacketEvent:
    return PacketEvent(at=seen.at, packet=packet_entry(n, seen, order))


def _finding(n: int, finding: Finding) -> FindingEvent:
    return FindingEvent(at=finding.at, finding=finding_entry(n, finding))

"""The simulator: the tills of one line and the line itself, on one `now`. Pure, like everything below it.

    receive(data, now)   bytes whose last one arrived at `now`
    poll(now)            bytes that begin to go out at `now`
    deadline()           call poll no later than this; None = nothing is pending

The operator and the surroundings come in between through `press`, `power`, `paper` and the rest.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from kkm_sim.clock import Instant, earliest
from kkm_sim.edge import (
    BytesReceived,
    BytesSent,
    ClockSet,
    EdgeEntry,
    EdgeTrace,
    NoiseHeard,
    OptionSet,
    PaperSet,
    PowerSet,
    Pressed,
)
from kkm_sim.findings import Finding, FindingCode
from kkm_sim.link.events import PacketSeen
from kkm_sim.link.till_line import GAP, LinkEvent, TillLine, byte_time
from kkm_sim.log import Log
from kkm_sim.settings import BAUD_RATES, Settings
from kkm_sim.simulated_till import SimulatedTill, Start
from kkm_sim.till.keyboard import Key


class Simulator:
    """Tills on a line.

    With `paced` off bytes take no time, no gap is kept and findings about time are dropped. `lateness`:
    how late, ns, a driver may hand in bytes; the master is not accused of what that explains. With `watched` off
    `wire` stays empty: nobody is there to look at the packets.
    """

    def __init__(
        self,
        settings: Settings | Sequence[Settings] | None = None,
        *,
        wall: datetime,
        now: Instant,
        start: Start = "cash",
        paced: bool = True,
        lateness: int = 0,
        watched: bool = True,
    ) -> None:
        all_settings = (settings or Settings(),) if not isinstance(settings, Sequence) else settings
        self._paced = paced
        self.tills = tuple(SimulatedTill(each, now=now, wall=wall, start=start) for each in all_settings)
        self.line = TillLine(
            (till.link for till in self.tills), byte_time=0, gap=GAP if paced else 0, lateness=lateness, watched=watched
        )
        self.findings: Log[Finding] = Log()
        self.wire: Log[PacketSeen] = Log()
        self.edge: EdgeTrace | None = None
        """Who wants to know of all that comes in and goes out, if anybody does."""
        self.baud = 0
        """The line's speed by option 29."""
        self.byte_time = 0
        """What a byte takes on the line, ns; 0 where nobody paces."""
        self._latest = now
        self._tills_due: Instant | None = None
        for till in self.tills:
            self._gather(till)

    # The line

    def receive(self, data: bytes, now: Instant) -> None:
        """Takes bytes whose last one arrived at `now`."""
        if self.edge is not None:  # asked here too: this is called for every byte
            self.edge.note(BytesReceived(data, now))
        self._run_to(now)
        self.line.receive_data(data, now)
        self._drain()

    def late_by(self, late: int) -> None:
        """The bytes that come next may have come so many ns before: no master is accused of what that explains."""
        self.line.late_by(late)

    def poll(self, now: Instant) -> bytes:
        """Lets time run to `now`; returns the bytes that begin to go out now, b"" for none."""
        self._run_to(now)
        out = self.line.poll(now)
        if out and self.edge is not None:
            self.edge.note(BytesSent(out, now))
        if self.line.eventful:
            self._drain()
        return out

    def deadline(self) -> Instant | None:
        """When `poll` must be called at the latest."""
        return earliest(self.line.deadline(), self._tills_due)

    def wrong_speed(self, data: bytes, now: Instant) -> None:
        """A burst of bytes at another speed than option 29's: the till hears noise."""
        self._note(NoiseHeard(data[:64], now))
        self._found(Finding(FindingCode.WRONG_SPEED, now, data[:64]))

    # The operator and the surroundings

    def till(self, address: int | None = None) -> SimulatedTill:
        """The till at an address; the first one without. Raises KeyError for an address nobody has."""
        if address is None:
            return self.tills[0]
        for till in self.tills:
            if till.link.address == address:
                return till
        raise KeyError(address)

    def press(self, key: Key, now: Instant, address: int | None = None) -> None:
        """The operator presses a key."""
        till = self.till(address)
        self._note(Pressed(key, now, address))
        till.till.press(key, now)
        self._settle(now)

    def power(self, on: bool, now: Instant, address: int | None = None) -> None:
        """The mains go on or off."""
        till = self.till(address)
        self._note(PowerSet(on, now, address))
        till.till.power(on, now)
        self._settle(now)

    def paper(self, present: bool, now: Instant, address: int | None = None) -> None:
        """Paper is put in or runs out."""
        till = self.till(address)
        self._note(PaperSet(present, now, address))
        till.till.paper(present, now)
        self._settle(now)

    def set_clock(self, wall: datetime, now: Instant, address: int | None = None) -> None:
        """Sets the till's own clock."""
        till = self.till(address)
        self._note(ClockSet(wall, now, address))
        till.till.set_clock(wall, now)
        self._settle(now)

    def set_option(self, number: int, value: int, now: Instant, address: int | None = None) -> None:
        """Sets an option; 29 and 30 act from the next packet. Raises what `Till.set_option` raises."""
        till = self.till(address)
        till.till.set_option(number, value, now)
        self._note(OptionSet(number, value, now, address))
        self._settle(now)

    # Between the parts

    def _run_to(self, now: Instant) -> None:
        # Bytes of one read are handed in with the moments they arrived, which may lie before the last poll.
        if now > self._latest:
            self._latest = now
        if self._tills_due is not None and now >= self._tills_due:
            self._settle(now)

    def _drain(self) -> None:
        while (event := self.line.next_event()) is not None:
            match event:
                case LinkEvent():
                    till = self._of(event)
                    till.receive(event.event, self._latest)
                    if till.news:
                        self._gather(till)
                case PacketSeen():
                    self.wire.append(event)
                case Finding():
                    self._found(event)
                case _:
                    assert_never(event)

    def _settle(self, now: Instant) -> None:
        self._latest = max(now, self._latest)
        for till in self.tills:
            till.settle(self._latest)
            self._gather(till)

    def _gather(self, till: SimulatedTill) -> None:
        """Takes over a till's findings and deadline, and options that the operator has changed."""
        for finding in till.take_findings():
            self._found(finding)
        self._tills_due = earliest(*[each.due for each in self.tills])
        options = till.till.options
        if options[30] != till.link.address and self.line.is_free(options[30]):
            self.line.readdress(till.link.address, options[30])
        if till is self.tills[0]:
            self.baud = BAUD_RATES[options[29]]
            self.byte_time = self.line.byte_time = byte_time(self.baud) if self._paced else 0

    def _of(self, event: LinkEvent) -> SimulatedTill:
        return next(till for till in self.tills if till.link is event.link)

    def _note(self, entry: EdgeEntry) -> None:
        if self.edge is not None:
            self.edge.note(entry)

    def _found(self, finding: Finding) -> None:
        if self._paced or not finding.code.rule.timed:
            self.findings.append(finding)

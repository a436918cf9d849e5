"""A stage in virtual time: tills, a SmartBox and a wire master on one line, of which one master holds the other end."""

from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal, TypeVar

from kkm_sim.clock import Instant
from kkm_sim.link.decoder import PacketDecoder, Received
from kkm_sim.link.packets import Direction
from kkm_sim.log import Log
from kkm_sim.scenario.format.model import SmartBoxSetup
from kkm_sim.scenario.format.steps import Harm
from kkm_sim.scenario.play.harm import Chance, first_packet, harm_words, harmed
from kkm_sim.scenario.play.stage import CannotBeDone
from kkm_sim.scenario.play.trace import Trace
from kkm_sim.scenario.play.wire_master import WireMaster
from kkm_sim.settings import Settings
from kkm_sim.simulated_till import Start
from kkm_sim.simulator import Simulator
from kkm_sim.smartbox import SmartBox, SmartBoxEvent, Utm
from kkm_sim.virtual.line import VirtualLine

T = TypeVar("T")

EVENTS_KEPT = 2_000

Holder = Literal["smartbox", "wire"]


class VirtualStage:
    """A line in virtual time, the SmartBox's till the first one.

    `paced` False: bytes take no time and no gap is kept. `seed` decides what damage does where it is left open.
    `trace` is told every packet, and what harms it.
    """

    def __init__(
        self,
        settings: Sequence[Settings],
        *,
        wall: datetime,
        start: Start,
        paced: bool = True,
        master: Holder = "smartbox",
        setup: SmartBoxSetup | None = None,
        seed: int = 0,
        trace: Trace | None = None,
    ) -> None:
        setup = setup or SmartBoxSetup()
        now = Instant(0)
        first = settings[0]
        self.simulator = Simulator(settings, wall=wall, now=now, start=start, paced=paced)
        self.smartbox = SmartBox(
            first.option_30,
            first,
            baud=self.simulator.baud,
            paced=paced,
            now=now,
            qr_level=setup.qr_level,
            beer_eans=frozenset(setup.beer),
        )
        self.wire = WireMaster(self.simulator.byte_time)
        self.master: Holder = master
        self.events: Log[SmartBoxEvent] = Log(EVENTS_KEPT)
        """What the SmartBox tells."""
        self._harms: dict[Direction, deque[Harm]] = {direction: deque() for direction in Direction}
        self._chance = Chance(seed)
        self._trace = trace
        self._line = VirtualLine(self.simulator, self.smartbox if master == "smartbox" else self.wire, self._on_its_way)

    # Stage

    def now(self) -> Instant:
        """The moment it is."""
        return self._line.clock.now()

    def act(self, action: Callable[[Simulator, Instant], T]) -> T:
        """Does something to the tills, or looks at them, at once."""
        done = action(self.simulator, self.now())
        self.wire.byte_time = self.simulator.byte_time  # option 29 may be another
        return done

    def pass_time(self, within: int, done: Callable[[Simulator], bool] | None = None) -> bool:
        """Lets time pass, ns, at most until `done` holds; returns whether it does (False without `done`).

        `done` is asked at once, and then after each thing that happens: bytes that arrive, an end that is polled.
        """
        simulator, step = self.simulator, self._line.step
        if done is not None and done(simulator):
            return True
        end = Instant(self.now() + within)
        while step(end):
            self._take_events()
            if done is not None and done(simulator):
                return True
        return False

    # The master's end

    def hold(self, master: Holder) -> None:
        """Hands the master's end over. What the one before had not begun to say is not said.

        The wire master goes on with the SmartBox's frame numbers; the SmartBox begins anew, with SYN.
        """
        if master == self.master:
            return
        self.master = master
        match master:
            case "wire":
                self.wire.take_line(self.smartbox.address, self.smartbox.frame_number)
                self._line.master = self.wire
            case "smartbox":
                self.wire.leave_line()
                self.smartbox.take_line(self.wire.line_quiet_since, self.now())
                self._line.master = self.smartbox

    def scan(self, code: str) -> None:
        """The SmartBox's scanner reads a code. Raises CannotBeDone while the scenario is the master."""
        self._needs_smartbox("scanner")
        self.smartbox.scan(code, self.now())
        self._take_events()

    @property
    def utm(self) -> Utm:
        """How the UTM behind the SmartBox behaves; may be replaced, CannotBeDone while the scenario is the master."""
        return self.smartbox.utm

    @utm.setter
    def utm(self, utm: Utm) -> None:
        self._needs_smartbox("UTM")
        self.smartbox.utm = utm

    def _needs_smartbox(self, what: str) -> None:
        if self.master != "smartbox":
            raise CannotBeDone(f"there is no {what} while the scenario itself is the master")

    # The cable

    def cable(self, connected: bool) -> None:
        """Pulls the cable out, so that nothing arrives either way, or puts it back."""
        self._line.connect(connected)
        self._take_events()

    def damage(self, of: Direction, harm: Harm) -> None:
        """Harms the next packet that goes this way, or the next after those that wait already.

        Where a byte is named, it is the next packet that has such a byte: shorter ones pass whole.
        """
        self._harms[of].append(harm)

    def harms_left(self, of: Direction) -> int:
        """How many harms still wait for a packet that goes this way."""
        return len(self._harms[of])

    def _on_its_way(self, data: bytes, direction: Direction, begun: Instant) -> bytes:
        if self._trace is not None:
            self._note(data, direction, begun)
        if direction is Direction.TO_MASTER or self.master != "wire":
            self.wire.line_taken(begun, Instant(begun + len(data) * self.simulator.byte_time))
        return self._harmed(data, direction, begun) if self._harms[direction] else data

    def _harmed(self, data: bytes, direction: Direction, begun: Instant) -> bytes:
        harms, arriving = self._harms[direction], b""
        while data and harms:
            packet, data = first_packet(data)
            left = harmed(packet, harms[0], self._chance)
            if left is None:
                arriving += packet
                continue
            harm = harms.popleft()
            if self._trace is not None:
                self._trace.note(begun, "damage", f"{harm_words(harm)}: {left.hex(' ') or 'nothing'} arrives")
            arriving += left
        return arriving + data

    def _note(self, data: bytes, direction: Direction, begun: Instant) -> None:
        assert self._trace is not None
        who = "till" if direction is Direction.TO_MASTER else "master"
        while data:
            raw, data = first_packet(data)
            self._trace.note(begun, who, _packet_words(raw))

    def _take_events(self) -> None:
        while (event := self.smartbox.next_event()) is not None:
            self.events.append(event)


def _packet_words(raw: bytes) -> str:
    """`RDY  7f 02 01 e5 1a`; bytes that are no packet alone."""
    decoder = PacketDecoder()
    decoder.feed(raw)
    found = decoder.next()
    name = f"{found.packet}" if isinstance(found, Received) and found.raw == raw else "bytes"
    return f"{name:<16} {raw.hex(' ')}"

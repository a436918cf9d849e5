"""A recording done again in virtual time, packet by packet and at the same moments: steps that must play green.

What the master, the operator and the surroundings did is taken from the recording; what the till made of it is what
it makes of it here. In real time a program is late by fractions of a millisecond; where that decided who spoke
first, the steps tell the other outcome.
"""

from collections.abc import Sequence
from datetime import datetime

from kkm_sim.clock import MS, US, Instant
from kkm_sim.edge import ClockSet, OptionSet, PaperSet, PowerSet, Pressed
from kkm_sim.link.packets import MASTER_ADDRESS, DataPacket, Direction
from kkm_sim.link.till_line import GAP
from kkm_sim.scenario.format.field_types import duration_words
from kkm_sim.scenario.play.expectations import tape_line
from kkm_sim.scenario.play.virtual_stage import VirtualStage
from kkm_sim.scenario.play.wire_exchange import say
from kkm_sim.scenario.play.wire_master import Heard
from kkm_sim.scenario.record.exchange_grouping import GAP_TOO_SHORT, Cursor
from kkm_sim.scenario.record.readable_recording import Draft, Step, heard_words, hex_words, sent_words, tape_value
from kkm_sim.scenario.record.recorder import Acted, Answered, Item, Noise, Seen, Spoken
from kkm_sim.settings import Settings
from kkm_sim.simulated_till import Start
from kkm_sim.till.machine import BadOptionValue, OptionHeld, Till
from kkm_sim.till.tape import Cut

_LATE = 50 * MS
"""How much later than in the recording the till may say what it said there."""


class ExactRecording:
    """Does the items again, which tells the steps; `steps` is what was done, with what was seen."""

    def __init__(self, settings: Settings, *, wall: datetime, start: Start, paced: bool, began: Instant) -> None:
        """`began`: when the recording did."""
        self.steps: list[Draft] = []
        self._settings = settings
        self._stage = VirtualStage([settings], wall=wall, start=start, paced=paced, master="wire")
        self._began = began
        self._waited = 0
        self._tape = self._finding = 0
        self._shown = self._till.indicator.text

    @property
    def _till(self) -> Till:
        return self._stage.simulator.tills[0].till

    def run(self, items: Sequence[Item]) -> list[Draft]:
        """All of them; returns the steps."""
        for index, item in enumerate(items):
            match item:
                case Spoken():
                    self._until(Instant(item.begun - self._began))
                    self._speak(item, hasty=Cursor(items, index + 1).finds(GAP_TOO_SHORT))
                case Answered():
                    self._until(Instant(max(item.at - self._began, self._stage.now()) + _LATE), heard=True)
                case Acted():
                    self._until(Instant(item.at - self._began))
                    following = next((other for other in items[index + 1 :] if not isinstance(other, Seen)), None)
                    self._act(item, following)
                case Noise():
                    self.steps.append(Draft(None, f"noise at another speed: {item.raw[:16].hex(' ')}"))
                case _:
                    pass
        self._rest()
        return self.steps

    # Time

    def _until(self, moment: Instant, *, heard: bool = False) -> None:
        """Lets time pass up to `moment`, or until the till is `heard`, and tells what it says."""
        stage = self._stage
        while True:
            ahead = max(moment - stage.now(), 0)
            rounded = -(-ahead // MS) * MS
            before = stage.now()
            came = stage.pass_time(rounded, lambda simulator: bool(stage.wire.heard))
            self._waited += stage.now() - before
            if not came:
                break
            self._hear(stage.wire.heard.popleft())
            if heard:
                return

    def _flush_wait(self) -> None:
        waited, self._waited = self._waited, 0
        if waited:
            self.steps.append(Draft({"wait": duration_words(waited)}))

    def _rest(self) -> None:
        """The end: what is still under way comes out."""
        self._until(Instant(self._stage.now() + _LATE))
        self._flush_wait()
        self._tell(last=True)

    # The till

    def _hear(self, heard: Heard) -> None:
        self._waited = 0  # `expect` waits so long itself
        if heard.packet is None:
            expected = {"hex": hex_words(heard.raw)}
        else:
            expected = heard_words(heard.packet, self._settings.datetime_order)
        step: Step = {"expect": expected}
        now_called = self._stage.simulator.tills[0].link.address
        if heard.packet is not None and heard.packet.address not in (now_called, MASTER_ADDRESS):
            step["till"] = heard.packet.address  # option 30 was changed while it spoke
        if heard.quiet < self._stage.simulator.line.gap:
            step["not_before"] = "0 ns"  # it crossed what the master said
        self._do(step)

    # The others

    def _speak(self, item: Spoken, *, hasty: bool) -> None:
        stage = self._stage
        step: Step = {"send": self._sent(item)}
        after = GAP
        if hasty:
            after = max(item.quiet, 0) // US * US
            step["after"] = duration_words(after)
        self._flush_wait()
        packet = item.packet
        say(stage, item.raw if packet is None else packet, after=after)
        self._do(step)

    def _sent(self, item: Spoken) -> object:
        packet = item.packet
        address = self._stage.simulator.tills[0].link.address
        if packet is None or packet.direction is not Direction.TO_TILL or packet.address != address:
            return {"hex": hex_words(item.raw)}
        number = packet.number if isinstance(packet, DataPacket) else None
        if number == self._stage.wire.number(address):
            number = None
        return sent_words(packet, self._settings, number)

    def _act(self, item: Acted, following: Item | None) -> None:
        stage = self._stage
        self._flush_wait()
        match item.act:
            case Pressed(key):
                stage.act(lambda simulator, now: simulator.press(key, now))
                self._press(key.value, more=_is_key(following, item.at))
            case PowerSet(on):
                stage.act(lambda simulator, now: simulator.power(on, now))
                self._do({"power": "on" if on else "off"})
            case PaperSet(present):
                stage.act(lambda simulator, now: simulator.paper(present, now))
                self._do({"paper": "in" if present else "out"})
            case ClockSet(wall):
                stage.act(lambda simulator, now: simulator.set_clock(wall, now))
                self._do({"clock": wall})
            case OptionSet(number, value):
                try:
                    stage.act(lambda simulator, now: simulator.set_option(number, value, now))
                except (BadOptionValue, OptionHeld):
                    return
                self._do({"option": {number: value}})

    def _press(self, key: str, *, more: bool) -> None:
        last = self.steps[-1].step if self.steps else None
        if last is not None and "keys" in last:
            last["keys"] += f" {key}"
        else:
            self.steps.append(Draft({"keys": key}))
        if not more:
            self._shown = ""  # after keys it is always told
        self._tell(keys=more)

    # What came of it

    def _do(self, step: Step) -> None:
        self.steps.append(Draft(step))
        self._tell()

    def _tell(self, *, keys: bool = False, last: bool = False) -> None:
        """Findings at once; the indicator after keys and where it changed; the tape where a document ends."""
        simulator = self._stage.simulator
        if simulator.findings.last > self._finding:
            found = simulator.findings.since(self._finding)
            self._finding = simulator.findings.last
            self.steps.append(Draft({"findings": [finding.code.rule.code for _, finding in found]}))
        shown = self._till.indicator.text
        if not keys and shown != self._shown:
            self._shown = shown
            self.steps.append(Draft({"indicator": shown}))
        entries = self._till.tape.since(self._tape)
        if not keys and entries and not self._till.printing and (last or isinstance(entries[-1][1], Cut)):
            self._tape = entries[-1][0]
            self.steps.append(Draft({"tape": tape_value([tape_line(entry) for _, entry in entries])}))


def _is_key(item: Item | None, at: Instant) -> bool:
    """Whether a key comes at the same moment."""
    return isinstance(item, Acted) and isinstance(item.act, Pressed) and item.at - at < MS

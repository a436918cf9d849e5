"""What the steps of a scenario share while it is played: the stage, the variables, and how far each has looked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from kkm_sim.clock import Instant
from kkm_sim.link.packets import MASTER_ADDRESS
from kkm_sim.scenario.format.model import MasterKind
from kkm_sim.scenario.format.position import Position
from kkm_sim.scenario.format.steps import Expectation, Step
from kkm_sim.scenario.format.variables import Scope
from kkm_sim.scenario.play.stage import CannotBeDone, Stage
from kkm_sim.scenario.play.virtual_stage import VirtualStage
from kkm_sim.scenario.report.outcome import Update
from kkm_sim.settings import Settings
from kkm_sim.simulated_till import SimulatedTill
from kkm_sim.simulator import Simulator

T = TypeVar("T")


class NotMet(Exception):
    """A step did not come about: what was expected and what is there, in words."""

    def __init__(self, expected: str, seen: str) -> None:
        super().__init__(f"expected {expected}, seen {seen}")
        self.expected = expected
        self.seen = seen


@dataclass(slots=True)
class Marks:
    """How far the steps have looked at one till: entries of its tape, its beeps, packets on the line."""

    tape: int
    beep: int
    wire: int


class Scene:
    """The stage as the steps use it. Everything of the tills is looked at through `look`: they may live elsewhere."""

    def __init__(self, stage: Stage, scope: Scope, *, update: bool = False) -> None:
        self.stage = stage
        self.scope = scope
        self._update = update
        self.updates: list[Update] = []
        self.blocks: dict[int, int] = {}
        """The block of the identifier that the till of an address asked for last."""
        self.pinged: dict[int, Instant] = {}
        """When the wire master had said PING to the till of an address."""
        self.marks = self.look(
            lambda simulator: [
                Marks(till.till.tape.last, till.beeps.last, simulator.wire.last) for till in simulator.tills
            ]
        )
        self.acted = self.look(lambda simulator: simulator.wire.last)
        """The last packet on the line when somebody did something last."""
        self.findings = self.look(lambda simulator: simulator.findings.last)
        """The last finding that a step has taken."""

    # The stage

    def look(self, see: Callable[[Simulator], T]) -> T:
        """What there is to be seen now."""
        return self.stage.act(lambda simulator, now: see(simulator))

    def act(self, action: Callable[[Simulator, Instant], T]) -> T:
        """Does something now."""
        return self.stage.act(action)

    @property
    def now(self) -> Instant:
        """The moment it is."""
        return self.stage.now()

    @property
    def master(self) -> MasterKind:
        """Who is at the other end."""
        return self.stage.master if isinstance(self.stage, VirtualStage) else "outside"

    def virtual(self, what: str) -> VirtualStage:
        """The stage in virtual time. Raises CannotBeDone on a real one."""
        if isinstance(self.stage, VirtualStage):
            return self.stage
        raise CannotBeDone(f"there is no {what} where the master is a program of its own")

    # The tills

    def index(self, address: int | None) -> int:
        """Which till of the line it is, the first one without an address. Raises NotMet."""
        return self.look(lambda simulator: _index(simulator, address))

    def address(self, step: Step) -> int:
        """The address that a step speaks of, whether a till has it or not."""
        if step.till is not None:
            return step.till
        return self.look(lambda simulator: simulator.tills[0].link.address)

    def spoken_address(self, address: int) -> int:
        """The address that stands in the packets of the till at `address` [D-2]."""
        master = self.settings(address).reply_address == "master"
        return MASTER_ADDRESS if master else address

    def settings(self, address: int) -> Settings:
        """The settings of the till at an address; the first one's where nobody has it."""
        return self.look(lambda simulator: _till(simulator, address).settings)

    def acts(self) -> None:
        """Somebody does something now: what `expect` waits for is what comes of it, nothing older."""
        self.acted = self.look(lambda simulator: simulator.wire.last)

    def forget_packets(self) -> None:
        """What has passed on the line until now is not looked at any more."""
        last = self.look(lambda simulator: simulator.wire.last)
        for marks in self.marks:
            marks.wire = last

    def is_updated(self, step: Expectation) -> bool:
        """Whether the step takes what there is: it is marked so, and marks count."""
        return self._update and step.update

    def note_update(self, at: Position, verb: str, value: object) -> None:
        """Notes what `--update` is to write."""
        self.updates.append(Update(at, verb, value))


def _index(simulator: Simulator, address: int | None) -> int:
    if address is None:
        return 0
    addresses = [till.link.address for till in simulator.tills]
    if address not in addresses:
        there = ", ".join(map(str, addresses))
        seen = f"the tills are at {there}" if len(addresses) > 1 else f"the only till is at {there}"
        raise NotMet(f"a till at address {address}", seen)
    return addresses.index(address)


def _till(simulator: Simulator, address: int) -> SimulatedTill:
    return next((till for till in simulator.tills if till.link.address == address), simulator.tills[0])

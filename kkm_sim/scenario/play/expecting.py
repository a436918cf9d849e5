"""An expectation while it waits: when it holds, what it looks at, its words; and the waiting itself."""

from abc import ABC, abstractmethod

from kkm_sim.scenario.format.field_types import duration_words
from kkm_sim.scenario.format.model import Expectation
from kkm_sim.scenario.play.scene import NotMet, Scene
from kkm_sim.simulated_till import SimulatedTill
from kkm_sim.simulator import Simulator


class Check(ABC):
    """One expectation. What it asks after each thing that happens is cheap: texts are made when it is over."""

    waits = True

    def __init__(self, scene: Scene, step: Expectation) -> None:
        self.scene = scene
        self.index = scene.index(step.till)
        self.marks = scene.marks[self.index]
        self.soon = f"within {duration_words(step.within)}"

    @property
    @abstractmethod
    def expected(self) -> str:
        """What is expected, in words."""

    @abstractmethod
    def holds(self, simulator: Simulator) -> bool:
        """Whether it is so now."""

    @abstractmethod
    def seen(self, simulator: Simulator) -> str:
        """What there is instead, in words."""

    @abstractmethod
    def value(self, simulator: Simulator) -> object:
        """What there is, as the step would be written."""

    def settled(self, simulator: Simulator) -> bool:
        """Whether there is nothing more to wait for."""
        return self.holds(simulator)

    def passed(self, simulator: Simulator) -> None:  # noqa: B027 - most look at what stays
        """Takes what was looked at."""

    def till(self, simulator: Simulator) -> SimulatedTill:
        """The till that it looks at."""
        return simulator.tills[self.index]


def wait_for(check: Check, scene: Scene, step: Expectation) -> None:
    """Waits until the check holds; raises NotMet. With `update` it takes what there is after the wait."""
    if check.waits:
        scene.stage.pass_time(step.within, check.settled)
    held = scene.look(check.holds)
    if scene.updates(step):
        scene.rewrite(step.at, step.VERB, scene.look(check.value))
    elif not held:
        raise NotMet(check.expected, scene.look(check.seen))
    scene.look(check.passed)

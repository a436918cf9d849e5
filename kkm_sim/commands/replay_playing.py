"""One scenario played in virtual time, in this process or in a worker's."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kkm_sim.scenario.format.loader import load_scenario
from kkm_sim.scenario.format.model import Scenario
from kkm_sim.scenario.format.position import Position
from kkm_sim.scenario.format.steps import Step
from kkm_sim.scenario.play.player import play
from kkm_sim.scenario.play.trace import Trace, Writable
from kkm_sim.scenario.report.outcome import Failure, Outcome


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a scenario. `took`: ns of real time. `steps`: a line for each step played, where they are kept.

    `real`: it was played on a port.
    """

    outcome: Outcome
    took: int = 0
    trace: str = ""
    steps: tuple[str, ...] = ()
    real: bool = False


@dataclass(slots=True)
class Playing:
    """Plays the scenario of a file, called with its name.

    `tell`: told each step as it is played; `keep`: the steps go with the result instead. `out`: where the trace goes
    as it comes; `traced`: it goes with the result instead. Another process that does not inherit `scenarios` loads
    the file again.
    """

    scenarios: Mapping[str, Scenario]
    seed: int = 0
    update: bool = False
    traced: bool = False
    tell: Callable[[str], None] | None = None
    keep: bool = False
    out: Writable | None = None

    def __getstate__(self) -> tuple[int, bool, bool, bool]:
        return self.seed, self.update, self.traced, self.keep

    def __setstate__(self, state: tuple[int, bool, bool, bool]) -> None:
        self.scenarios, self.tell, self.out = {}, None, None
        self.seed, self.update, self.traced, self.keep = state

    def __call__(self, file: str) -> Played:
        scenario = self.scenarios.get(file) or load_scenario(Path(file))
        trace = Trace(self.out) if self.traced or self.out is not None else None
        steps: list[str] = []
        tell = steps.append if self.keep else self.tell

        def on_step(number: str, step: Step) -> None:
            if tell is not None:
                tell(step_line(number, step))

        begun = time.monotonic_ns()
        outcome = play(scenario, seed=self.seed, on_step=on_step if tell else None, trace=trace, update=self.update)
        took = time.monotonic_ns() - begun
        return Played(outcome, took, trace.text() if trace else "", tuple(steps))

    def died(self, file: str, how: str) -> Played:
        """The result of a scenario whose process ended."""
        title = self.scenarios[file].title
        failure = Failure(Position(file, 1, 1), "?", "process", "that it is played to its end", how)
        return Played(Outcome(file, title, 0, 0, failure))


def step_line(number: str, step: Step) -> str:
    """`3.2  keys: 1 5 0 ПИ`: a step as it begins in its file."""
    first = step.at.text.partition("\n")[0].strip().removeprefix("- ")
    return f"{number:>6}  {first or step.VERB}"

"""`*.kkm.yaml` as pytest's items: a file is collected, its scenario played in virtual time.

An item without fixtures: a scenario says itself all that it needs. Nothing but pytest's public names is used.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Protocol

import pytest

from kkm_sim.scenario.format.loader import load_scenario
from kkm_sim.scenario.format.mistakes import ScenarioMistakes
from kkm_sim.scenario.format.model import Scenario
from kkm_sim.scenario.format.position import Position
from kkm_sim.scenario.play.player import play
from kkm_sim.scenario.report.failure_text import Part, failure_lines, headline
from kkm_sim.scenario.report.outcome import Failure, Outcome, StepFailed

_NEEDS_A_PROGRAM = "its master is outside: `kkm-sim replay --realtime` plays it with a program at a real port"


class ScenarioFile(pytest.File):
    """A file with a scenario. One that cannot be played is a collection error that lists its mistakes."""

    def collect(self) -> Iterator[pytest.Item]:
        try:
            scenario = load_scenario(self.path)
        except ScenarioMistakes as wrong:
            mistakes = [each._replace(at=_from_here(each.at, self.config)) for each in wrong.mistakes]
            raise self.CollectError("\n".join(map(str, mistakes))) from None
        # `::` stands between the parts of an item's name.
        name = " ".join(scenario.title.replace("::", ":").split())
        yield ScenarioItem.from_parent(self, name=name, scenario=scenario)


class ScenarioItem(pytest.Item):
    """A scenario that is played."""

    def __init__(self, *, scenario: Scenario, **node: Any) -> None:
        super().__init__(**node)
        self.scenario = scenario
        self.add_marker("kkm_scenario")
        if scenario.master == "outside":
            self.add_marker(pytest.mark.skip(reason=_NEEDS_A_PROGRAM))

    def runtest(self) -> None:
        """Plays it. Raises StepFailed."""
        outcome = play(self.scenario, seed=self.config.getoption("kkm_seed"))
        self.user_properties += _properties(outcome).items()
        if outcome.failure is not None:
            raise StepFailed(outcome.failure)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any, **more: Any) -> Any:
        """The step that failed, in the scenario's own lines."""
        if not isinstance(excinfo.value, StepFailed):
            return super().repr_failure(excinfo, *args, **more)
        failure = excinfo.value.failure
        own = failure.at.file == self.scenario.file
        failure = replace(failure, at=_from_here(failure.at, self.config))
        said = headline(failure)
        if own:  # pytest names the file itself
            said = f"line {failure.at.line}{said.removeprefix(str(failure.at))}"
        return StepReport(failure, Crash(failure.at.file, failure.at.line, said), self.config.getoption("kkm_seed"))

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        return self.path, 0, self.name


class StepReport:
    """A step that failed, as pytest asks for it: written to a terminal in colour, or as text.

    `reprcrash` is where pytest, its reports and others look for the one line that says it all.
    """

    def __init__(self, failure: Failure, reprcrash: "Crash", seed: int) -> None:
        self._lines = list(failure_lines(failure))
        if seed:
            self._lines.append(("where", f"seed     {seed}"))
        self.reprcrash = reprcrash

    def toterminal(self, terminal: "WritesLines") -> None:
        """Writes it: what was expected in green, what was seen in red."""
        for part, line in self._lines:
            terminal.line(line, **_COLOURS.get(part, {}))

    def __str__(self) -> str:
        return "\n".join(line for _, line in self._lines)


class WritesLines(Protocol):
    """What pytest's terminal is to a report."""

    def line(self, text: str, /, **markup: bool) -> None:
        """Writes a line, perhaps in colour."""
        ...


@dataclass(frozen=True, slots=True)
class Crash:
    """Where a step failed, and one line about it."""

    path: str
    lineno: int
    message: str

    def __str__(self) -> str:
        return self.message


_COLOURS: dict[Part, dict[str, bool]] = {"where": {"bold": True}, "expected": {"green": True}, "seen": {"red": True}}


def _properties(outcome: Outcome) -> dict[str, object]:
    """What JUnit's report tells of it."""
    return {
        "till_time_s": f"{outcome.time / 1e9:.3f}",
        "steps": outcome.steps,
        "receipts": outcome.receipts,
        "findings": outcome.findings,
        **outcome.properties,
    }


def _from_here(at: Position, config: pytest.Config) -> Position:
    """The position with its file as seen from where pytest was started, if it is in there."""
    here = config.invocation_params.dir
    file = os.path.normpath(here / at.file)
    return at._replace(file=os.path.relpath(file, here)) if file.startswith(f"{here}{os.sep}") else at

"""Scenarios for tests, as plain data: played in virtual time, their failures in short."""

from typing import Any

from kkm_sim.scenario.format.model import Scenario
from kkm_sim.scenario.play.player import play
from kkm_sim.scenario.report.outcome import Failure, Outcome

QUICK = {"print_lines_per_s": 0}
"""What is printed is out at once."""

EAN = "4607012350015"
PDF = "22N00001CRDVUGO0M7DTVZ2112100136785100000LG1YTBGIHRHVQTFWOHMHJ0KHNO5"


def played(*steps: dict[str, Any], update: bool = False, seed: int = 0, **scenario: Any) -> Outcome:
    """What comes of the steps. `scenario`: its other keys."""
    whole = Scenario.model_validate({"title": "A test", "settings": QUICK, **scenario, "steps": list(steps)})
    return play(whole, update=update, seed=seed)


def passes(*steps: dict[str, Any], **scenario: Any) -> Outcome:
    """Plays steps that must pass."""
    outcome = played(*steps, **scenario)
    assert outcome.failure is None, outcome.failure
    return outcome


def failure(*steps: dict[str, Any], **scenario: Any) -> Failure:
    """The failure of steps that must fail."""
    outcome = played(*steps, **scenario)
    assert outcome.failure is not None, "it passed"
    return outcome.failure


def fails(*steps: dict[str, Any], **scenario: Any) -> tuple[str, str]:
    """What the last of the steps expected and what was seen; it must be the last that fails."""
    found = failure(*steps, **scenario)
    assert found.number == str(len(steps)), f"step {found.number}: {found.expected}; {found.seen}"
    return found.expected, found.seen

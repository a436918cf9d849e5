"""Each decision that is a setting has scenarios, one for each value, that pass with that value and no other."""

import re
from dataclasses import Field, fields
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

from kkm_sim.scenario.format.loader import load_scenario
from kkm_sim.scenario.format.model import Scenario
from kkm_sim.scenario.play.player import play
from kkm_sim.settings import Settings

FOLDER = Path(__file__).parents[1] / "scenarios" / "decisions"
FILES = sorted(path.name for path in FOLDER.glob("*.kkm.yaml"))
NAME = re.compile(r"d(\d\d)_(.+)\.kkm\.yaml")
TYPES = get_type_hints(Settings)


def decisions_of(setting: Field[Any]) -> list[str]:
    return re.findall(r"D-\d+", setting.metadata["about"])


DECIDED = {setting.name: decisions_of(setting) for setting in fields(Settings) if decisions_of(setting)}


def subject(file: str) -> str:
    """The setting that a file is about: its name begins with it."""
    match = NAME.fullmatch(file)
    assert match is not None, file
    names = [name for name in DECIDED if match[2].startswith(f"{name}_")]
    assert names, f"{file} is about no setting"
    return max(names, key=len)


def shown(name: str) -> dict[str, Any]:
    """The value of the setting in each file about it."""
    return {file: load(file).settings[name] for file in FILES if subject(file) == name}


def load(file: str) -> Scenario:
    return load_scenario(FOLDER / file)


def default_of(name: str) -> Any:
    value = getattr(Settings(), name)
    return list(value) if isinstance(value, tuple) else value


@pytest.mark.parametrize("name", DECIDED)
def test_every_value_is_shown(name: str) -> None:
    values = list(shown(name).values())
    if get_origin(TYPES[name]) is Literal:
        assert sorted(values) == sorted(get_args(TYPES[name]))
    elif TYPES[name] is bool:
        assert sorted(values) == [False, True]
    else:
        assert default_of(name) in values
        assert len(values) >= 2


@pytest.mark.parametrize("file", FILES)
def test_a_file_is_called_after_its_decision(file: str) -> None:
    match = NAME.fullmatch(file)
    assert match is not None
    decision = f"D-{int(match[1])}"
    assert decision in DECIDED[subject(file)]
    assert f"[{decision}]" in load(file).about


@pytest.mark.parametrize("file", FILES)
def test_passes_with_its_value_only(file: str) -> None:
    scenario, name = load(file), subject(file)
    assert play(scenario).failure is None
    passing = []
    for other in shown(name).values():
        if other != scenario.settings[name]:
            changed = scenario.model_copy(update={"settings": scenario.settings | {name: other}})
            if play(changed).failure is None:
                passing.append(other)
    assert passing == []

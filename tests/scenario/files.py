"""Scenario files for tests: written to a folder, loaded, their mistakes as a user reads them."""

from pathlib import Path

from kkm_sim.scenario.format.loader import ScenarioMistakes, load_scenario

HEAD = "title: A test\n"


def written(folder: Path, text: str, name: str = "a.kkm.yaml") -> Path:
    """A file with this text."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    return path


def mistakes(folder: Path, text: str) -> list[str]:
    """What is wrong with a scenario, a line each, with places below `folder`."""
    return mistakes_of(folder, written(folder, text))


def mistakes_of(folder: Path, path: Path) -> list[str]:
    """What is wrong with a file."""
    try:
        load_scenario(path)
    except ScenarioMistakes as error:
        return [str(mistake).replace(f"{folder}/", "") for mistake in error.mistakes]
    return []


def of_steps(folder: Path, *steps: str, more: str = "") -> list[str]:
    """What is wrong with steps, a line each, the first in line 3: `{keys: 1}`. `more`: other keys of the file."""
    rows = "".join(f"- {step}\n" for step in steps)
    return mistakes(folder, f"{HEAD}steps:\n{rows}{more}")

"""README says what is true: its commands, the walk through the code, its table of settings."""

import re
import shlex
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from kkm_sim.cli import parser
from kkm_sim.scenario.format.loader import load_scenario
from kkm_sim.scenario.play.player import play
from kkm_sim.scenario.report.failure_text import failure_text
from kkm_sim.settings import Settings

pytest_plugins = ["pytester", "tests.plugin_project"]

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")

SHELL_LINES = [
    line.partition(" #")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
]
CODE = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", README, flags=re.DOTALL))
OWN_COMMAND = re.compile(r"(?:^|/| )kkm-sim ((?:demo|run|smartbox|schema|tui|replay|serve|decode)\b.*)")
COMMANDS = [match[1] for text in (*SHELL_LINES, *CODE) if (match := OWN_COMMAND.search(text))]
WALK = (ROOT / "kkm_sim" / "README.md").read_text(encoding="utf-8")
"""The page that a stranger walks through the house by."""


def section(title: str) -> str:
    return README.partition(f"## {title}\n")[2].partition("\n## ")[0]


def test_every_dependency_says_what_it_is_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["web"]]
    table = WALK.partition("## What it stands on\n")[2]
    rows = [row for row in table.splitlines() if row.startswith("| ")][1:]
    listed = [name.strip() for row in rows for name in row.split("|")[1].partition(":")[0].split(",")]
    assert sorted(listed) == sorted(re.split("[<>=]", each)[0] for each in declared)


def test_nothing_is_left_to_be_filled_in() -> None:
    assert re.findall(r"@@\w*@@|TODO|TBD|XXX", README) == []


def test_both_commands_start_from_nothing() -> None:
    see, test = [line for line in SHELL_LINES if "venv" in line]
    assert see.startswith("python3 -m venv .venv && ")
    assert see.endswith("kkm-sim demo")
    assert test.startswith("python3 -m venv .venv && ")
    assert test.endswith("-m pytest -q -n auto --dist worksteal")


def test_ci_runs_the_test_command_word_by_word() -> None:
    command = next(line for line in SHELL_LINES if "pytest" in line)
    assert command in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_the_readme_shows_commands() -> None:
    assert {command.split()[0] for command in COMMANDS} >= {"demo", "run", "smartbox", "schema", "replay"}


@pytest.mark.parametrize("command", sorted(set(COMMANDS)))
def test_every_command_is_understood(command: str) -> None:
    words = shlex.split(command.replace("CODE…", "4600000000008").partition(" > ")[0])
    if words[0] == "smartbox" and words[-1] == "URL":
        words.append("ping")  # the line names the actions after it
    parser().parse_args(words)


def test_every_option_that_is_named_exists() -> None:
    sources = [
        ROOT / "kkm_sim" / "cli.py",
        ROOT / "kkm_sim" / "pytest_plugin.py",
        *(ROOT / "kkm_sim" / "arguments").glob("*.py"),
    ]
    usage = "".join(source.read_text(encoding="utf-8") for source in sources)
    options = {option for text in CODE for option in re.findall(r"(?<![\w-])--[a-z][a-z0-9-]+", text)}
    assert len(options) > 5
    assert {option for option in options if f'"{option}"' not in usage} == set()


def test_every_place_of_the_walk_exists() -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#\w+)?\)", WALK)
    assert len(links) > 40
    assert [link for link in links if not (ROOT / "kkm_sim" / link).exists()] == []
    modules = {path.name for path in (ROOT / "kkm_sim").rglob("*.py")}
    assert set(re.findall(r"(?<!tests/)\b\w+\.py\b", WALK)) - modules == set()


def test_the_walk_passes_every_place() -> None:
    rooms = WALK.partition("## The rooms")[2].partition("\n## ")[0]
    named = set(re.findall(r"\]\(([^)]+)\)", rooms))
    there = [
        path.name
        for path in (ROOT / "kkm_sim").iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").exists()) and not path.name.startswith("__")
    ]
    assert [name for name in there if name not in named] == []


def test_every_folder_of_tests_that_is_named_exists() -> None:
    folders = set(re.findall(r"`(tests/[\w/]*)`", README))
    assert [folder for folder in folders if not (ROOT / folder).is_dir()] == []


def test_every_setting_stands_in_a_table_with_its_default() -> None:
    told = dict(re.findall(r"\| `(\w+)=([^`]*)` \|", section("Decisions")))
    defaults = {}
    for field in fields(Settings):
        default = field.default
        if isinstance(default, tuple):
            shown = ",".join(map(str, default))
        elif isinstance(default, bool):
            shown = str(default).lower()
        else:
            shown = str(default)
        defaults[field.name] = shown
    assert told == defaults


def test_every_decision_that_the_code_names_is_told() -> None:
    told = set(re.findall(r"^\| (D-\d+) \|", section("Decisions"), re.MULTILINE))
    named = {
        decision
        for path in (ROOT / "kkm_sim").rglob("*.py")
        for decision in re.findall(r"\bD-\d+\b", path.read_text(encoding="utf-8"))
    }
    assert named - told == set()


def test_the_scenario_passes_and_fails_as_it_is_shown(tmp_path: Path) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    file = tmp_path / "bottle.kkm.yaml"
    file.write_text(text, encoding="utf-8")
    assert play(load_scenario(file)).failure is None
    file.write_text(text.replace("result: 27", "result: 0"), encoding="utf-8")
    failure = play(load_scenario(file)).failure
    assert failure is not None
    told = failure_text(failure).replace(str(file), file.name).splitlines()
    (shown,) = re.findall(r"```\nFAIL A bottle.*?\n(.*?)```", README, re.DOTALL)
    lines = [line.strip().removesuffix(" …") for line in shown.splitlines()]
    assert [line for line in lines if not any(each.strip().startswith(line) for each in told)] == []


def test_the_example_for_pytest_runs(project: Any) -> None:
    example = next(block for block in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if "def test_" in block)
    project.files.makepyfile(example)
    project.run().assert_outcomes(passed=2)

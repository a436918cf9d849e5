"""What holds the code together: what may be imported where, how long a file is, and that each module has its tests."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kkm_sim.cli import COMMANDS

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "kkm_sim"

HEAVY = {"textual", "serial", "yaml", "fastapi", "pydantic", "transitions", "uvicorn", "websockets", "qrcode"}
"""What a user who imports the package for its names has no need of yet."""

IMPURE = {
    *("time", "asyncio", "random", "secrets", "socket", "select", "selectors", "threading", "subprocess", "termios"),
    *("logging", "serial", "pydantic", "fastapi", "uvicorn", "yaml", "textual", "os", "sys", "concurrent"),
}

ABOVE_THE_CORE = (
    "cli",
    "__main__",
    "arguments",
    "commands",
    "control",
    "drivers",
    "configuration",
    "pytest_plugin",
    "remote",
    "testing",
    "scenario",
    "tui",
)
"""Where waiting, opening and reading a clock are allowed; render writes what it is told to, and is pure."""

MAX_LINES = 500

WITHOUT_TESTS_OF_THEIR_OWN = {
    "__main__": "one call",
    "availability": "an enum",
    **{f"arguments/{command}": "a declaration, under tests/commands and tests/test_cli" for command in COMMANDS},
    "control/models": "shapes only, under every test of the control API",
    "link/events": "values without behaviour",
    "link/messenger": "a protocol",
    "scenario/outcome": "values without behaviour",
    "scenario/stage": "a protocol",
    "scenario/written": "values without behaviour",
    "smartbox/events": "values without behaviour",
    "till/actions": "the chart's hooks: tests/till/test_machine_*.py",
    "till/effects": "values without behaviour",
    "till/refusal": "exceptions",
    "till/requests": "values without behaviour",
}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def named(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").as_posix()


def imported(path: Path) -> Iterator[str]:
    """The first words of everything a module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


CORE = [path for path in modules() if named(path).split("/")[0] not in ABOVE_THE_CORE]


def test_import_of_the_package_is_light() -> None:
    program = "import sys, kkm_sim; print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "kkm_sim" in loaded
    assert loaded & HEAVY == set()


@pytest.mark.parametrize("path", CORE, ids=named)
def test_core_is_pure(path: Path) -> None:
    assert set(imported(path)) & IMPURE == set()


def test_core_is_what_it_is_meant_to_be() -> None:
    assert {named(path).split("/")[0] for path in CORE} >= {
        *("simulator", "simulated_till", "link", "till", "messages", "smartbox", "bench", "render"),
        *("findings", "settings", "clock", "availability", "log"),
    }


def test_every_module_has_a_test_module_of_its_name() -> None:
    with_tests = {
        named(path)
        for path in modules()
        if (ROOT / "tests" / named(path)).with_name(f"test_{path.stem}.py").exists() or path.stem == "__init__"
    }
    assert {named(path) for path in modules()} - with_tests == set(WITHOUT_TESTS_OF_THEIR_OWN)


@pytest.mark.parametrize("path", [*modules(), *sorted((ROOT / "tests").rglob("*.py"))], ids=lambda path: path.stem)
def test_files_stay_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES

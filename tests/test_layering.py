"""What an import brings along, how long a file is, that each module has its tests. The walls are import-linter's."""

import subprocess
import sys
from pathlib import Path

from kkm_sim.cli import COMMANDS

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "kkm_sim"

HEAVY = {"textual", "serial", "yaml", "starlette", "pydantic", "transitions", "uvicorn", "websockets", "qrcode"}
"""What a user who imports the package for its names has no need of yet."""

MAX_LINES = 500

WITHOUT_TESTS_OF_THEIR_OWN = {
    "__main__": "one call",
    "availability": "an enum",
    **{f"arguments/{command}": "a declaration, under tests/commands and tests/test_cli" for command in COMMANDS},
    "control/models": "shapes only, under every test of the control API",
    "link/events": "values without behaviour",
    "link/messenger": "a protocol",
    "scenario/report/outcome": "values without behaviour",
    "scenario/play/stage": "a protocol",
    "scenario/format/source_steps": "values without behaviour",
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


def test_import_of_the_package_is_light() -> None:
    program = "import sys, kkm_sim; print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "kkm_sim" in loaded
    assert loaded & HEAVY == set()


def test_every_module_has_a_test_module_of_its_name() -> None:
    with_tests = {
        named(path)
        for path in modules()
        if (ROOT / "tests" / named(path)).with_name(f"test_{path.stem}.py").exists() or path.stem == "__init__"
    }
    assert {named(path) for path in modules()} - with_tests == set(WITHOUT_TESTS_OF_THEIR_OWN)


def test_files_stay_short() -> None:
    files = [*modules(), *sorted((ROOT / "tests").rglob("*.py"))]
    lines = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8").count("\n") for path in files}
    assert {name: count for name, count in lines.items() if count > MAX_LINES} == {}

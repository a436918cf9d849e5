"""The names that programs use."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import kkm_sim

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", kkm_sim.__all__)
def test_every_name_is_there(name: str) -> None:
    assert getattr(kkm_sim, name).__name__ == name


def test_a_type_checker_sees_the_same_names() -> None:
    tree = ast.parse(Path(kkm_sim.__file__).read_text(encoding="utf-8"))
    for_checkers = next(node for node in tree.body if isinstance(node, ast.If))
    imported = [node for node in for_checkers.body if isinstance(node, ast.ImportFrom)]
    assert sorted(alias.name for node in imported for alias in node.names) == kkm_sim.__all__
    for node in imported:
        for alias in node.names:
            assert getattr(kkm_sim, alias.name).__module__.startswith(str(node.module))


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(AttributeError, match="module 'kkm_sim' has no attribute 'Cash'"):
        _ = kkm_sim.Cash


def test_a_name_loads_what_it_needs_and_no_more() -> None:
    program = (
        "import sys, kkm_sim\n"
        "print(sorted(name for name in sys.modules if name.startswith('kkm_sim.')))\n"
        "kkm_sim.Settings\n"
        "print(sorted(name for name in sys.modules if name.startswith('kkm_sim.')))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.splitlines() == ["[]", "['kkm_sim.settings', 'kkm_sim.value']"]

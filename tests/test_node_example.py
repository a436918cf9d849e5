"""The example of a SmartBox in another language: its own tests, run by Node against this till."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.other_programs import found, without

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "scenarios" / "examples" / "node"
OLDEST_NODE = 18


def node() -> str:
    """The Node to run the example with; does without the test where there is none."""
    if sys.platform == "win32":
        pytest.skip("the example opens a pty: not on Windows")
    path = found("node")
    version = subprocess.run([path, "--version"], capture_output=True, text=True, check=True, timeout=60).stdout.strip()
    if int(version.removeprefix("v").split(".")[0]) < OLDEST_NODE:
        without("node", f"node is {version}, the example needs {OLDEST_NODE} or newer")
    return path


@pytest.mark.skipif(sys.platform == "win32", reason="the example is not for Windows")
@pytest.mark.parametrize(
    ("needed", "outcome"), [("1", pytest.fail.Exception), ("0", pytest.skip.Exception), (None, pytest.skip.Exception)]
)
def test_no_node_is_a_failure_where_it_is_needed(
    needed: str | None, outcome: type[BaseException], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("KKM_SIM_NEED_NODE", raising=False)
    if needed is not None:
        monkeypatch.setenv("KKM_SIM_NEED_NODE", needed)
    with pytest.raises(outcome, match="no node on the PATH"):
        node()


def test_the_example_passes_its_own_tests() -> None:
    tests = sorted(str(path) for path in EXAMPLE.glob("*.test.mjs"))
    assert tests != []
    command = [node(), "--test", *tests]
    environment = os.environ | {"KKM_SIM": f"{shlex.quote(sys.executable)} -m kkm_sim", "KKM_PACE": "off"}
    try:
        # The folder above the package is the working directory: `-m kkm_sim` finds it installed or not.
        run = subprocess.run(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300
        )
    except subprocess.TimeoutExpired as hung:
        pytest.fail(f"node did not end:\n{(hung.stdout or b'').decode('utf-8', 'replace')}", pytrace=False)
    if run.returncode != 0:
        pytest.fail(f"node --test ended with {run.returncode}:\n{run.stdout.decode('utf-8', 'replace')}", pytrace=False)

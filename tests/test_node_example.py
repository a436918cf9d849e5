"""The examples in another language, a SmartBox and a client of a far till: their own tests, run by Node."""

import hashlib
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.other_programs import found

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
        pytest.skip(f"node is {version}, the example needs {OLDEST_NODE} or newer")
    return path


def test_the_example_passes_its_own_tests() -> None:
    passes(sorted(EXAMPLE.glob("smartbox*.test.mjs")))


def test_the_client_of_a_far_till_passes_its_own_tests(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    node()
    with_packages = tmp_path / "node"
    # A user's own node_modules stay his.
    shutil.copytree(EXAMPLE, with_packages, ignore=shutil.ignore_patterns("node_modules"))
    bring_packages(with_packages, pytestconfig)
    passes(sorted(with_packages.glob("far-till*.test.mjs")))


def bring_packages(folder: Path, config: pytest.Config) -> None:
    """What its package.json names, by npm; the next time from pytest's cache."""
    named = hashlib.sha256((folder / "package.json").read_bytes()).hexdigest()[:16]
    kept = getattr(config, "cache", None)
    cache: Path | None = None if kept is None else kept.mkdir(f"node-{named}")
    if cache is not None and (cache / "whole").exists():
        shutil.copytree(cache / "node_modules", folder / "node_modules")
        return
    install(folder)
    if cache is not None:
        shutil.copytree(folder / "node_modules", cache / "node_modules", dirs_exist_ok=True)
        (cache / "whole").touch()


def install(folder: Path) -> None:
    """npm install; does without the test where that cannot be."""
    npm = found("npm")
    quietly = ("--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    try:
        done = subprocess.run(
            [npm, "install", *quietly, "--fetch-retries=1"], cwd=folder, capture_output=True, text=True, timeout=120
        )
    except subprocess.TimeoutExpired:
        pytest.skip("npm does not bring the package ws within 120 s: no network?")
    if done.returncode != 0:
        pytest.skip(f"npm does not bring the package ws, no network? {done.stderr.strip()[-400:]}")


def passes(tests: Sequence[Path]) -> None:
    """Runs tests of the example by Node."""
    assert tests != []
    command = [node(), "--test", *map(str, tests)]
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

"""A user's project to run pytest in, with the plugin: a fixture for tests of the plugin.

It is a plugin of the test modules, which name it in `pytest_plugins` and must not import it.
"""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


class Project:
    """A folder with a user's tests. Runs of pytest are processes of their own."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.files = pytester

    def run(self, *args: str) -> pytest.RunResult:
        """Runs pytest. The plugin is named on the command line, whether it is installed here or not."""
        return self.files.runpytest_subprocess("-p", "kkm_sim.pytest_plugin", *args)

    def run_installed(self, *args: str) -> pytest.RunResult:
        """Runs pytest as it is where the plugin is installed: every plugin there is comes by itself."""
        installed = self.files.path / "installed"
        info = installed / "tills-1.0.dist-info"
        info.mkdir(parents=True, exist_ok=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: tills\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text("[pytest11]\nkkm_sim = kkm_sim.pytest_plugin\n")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PYTHONPATH", f"{ROOT}{os.pathsep}{installed}")
            patch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
            return self.files.runpytest_subprocess(*args)

    def collected(self, *args: str) -> list[str]:
        """The names of the tests that a run would do."""
        return [line for line in self.run("--collect-only", "-q", *args).outlines if "::" in line]

    def scenarios(self, **files: str) -> None:
        """Writes files `<name>.kkm.yaml` in the folder `scenarios`."""
        folder = self.files.path / "scenarios"
        folder.mkdir(exist_ok=True)
        for name, text in files.items():
            (folder / f"{name}.kkm.yaml").write_text(text, encoding="utf-8")


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    """An empty project, as strict as this one."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.makeini("[pytest]\naddopts = --strict-markers --strict-config\nfilterwarnings = error\n")
    return Project(pytester)

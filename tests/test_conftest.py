"""`--skips`: which skips are failures. It is how .ci/run knows that nothing is left out that could be tried."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin_project import Project

pytest_plugins = ["pytester", "tests.plugin_project"]

SKIPPED = """\
import pytest

def test_one():
    pytest.skip("no socat on the PATH")

@pytest.mark.skipif(True, reason="ptys are POSIX")
def test_two(): ...

@pytest.mark.xfail
def test_three():
    assert False
"""


@pytest.mark.parametrize(
    ("options", "failed", "errors"),
    [((), 0, 0), (("--skips=",), 1, 1), (("--skips=no socat|no tmux",), 0, 1), (("--skips=POSIX|no socat",), 0, 0)],
)
def test_a_skip_for_another_reason_is_a_failure(
    project: "Project", options: tuple[str, ...], failed: int, errors: int
) -> None:
    project.files.makeconftest(Path(__file__).with_name("conftest.py").read_text(encoding="utf-8"))
    project.files.makepyfile(SKIPPED)
    result = project.run(*options)
    result.assert_outcomes(failed=failed, errors=errors, skipped=2 - failed - errors, xfailed=1)

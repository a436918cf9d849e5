from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.browser import chromium
from tests.other_programs import found


@pytest.mark.parametrize(
    ("needed", "outcome"), [("1", pytest.fail.Exception), ("0", pytest.skip.Exception), (None, pytest.skip.Exception)]
)
@pytest.mark.parametrize(("program", "look"), [("socat", lambda: found("socat")), ("chromium", chromium)])
def test_one_that_is_not_there_is_a_failure_where_it_is_needed(
    program: str,
    look: Callable[[], str],
    needed: str | None,
    outcome: type[BaseException],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    variable = f"KKM_SIM_NEED_{program.upper()}"
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(variable, raising=False)
    if needed is not None:
        monkeypatch.setenv(variable, needed)
    with pytest.raises(outcome, match=f"no {program} on the PATH"):
        look()

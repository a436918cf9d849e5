from collections.abc import Callable
from pathlib import Path

import pytest

from tests.control.conftest import api, make_api, make_server

__all__ = ["api", "make_api", "make_server"]

SNAPSHOTS = Path(__file__).parent / "snapshots"
RENEW = "--renew-snapshots"

LooksLike = Callable[[str, str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(RENEW, action="store_true", help="write what the screens look like to tests/tui/snapshots")


@pytest.fixture
def looks_like(request: pytest.FixtureRequest) -> LooksLike:
    """Compares a screen with its file; `pytest tests/tui --renew-snapshots` writes the files."""

    def compare(name: str, shown: str) -> None:
        path = SNAPSHOTS / f"{name}.txt"
        if request.config.getoption(RENEW, default=False):
            path.write_text(shown, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == shown

    return compare

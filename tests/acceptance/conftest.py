"""Running tills for the acceptance tests: one for each kind of line, brought back to idle after each test."""

import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest

from tests.acceptance.master import Master
from tests.acceptance.settling import settle
from tests.acceptance.till_process import TillProcess, line_options

NOON = "2016-07-01T12:00:00"
QUICK = "tcp" if sys.platform == "win32" else "pty"
REPORT = pytest.StashKey[bool]()

Start = Callable[..., tuple[TillProcess, Master]]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[REPORT] = report.passed
    return report


class Line:
    """A till and a master on one line; started anew when a test left them unusable."""

    def __init__(self, kind: str, directory: Path) -> None:
        self.kind = kind
        self.directory = directory
        self.pair: tuple[TillProcess, Master] | None = None

    def running(self) -> tuple[TillProcess, Master]:
        if self.pair is None:
            till = TillProcess(
                *line_options(self.kind, self.directory), "--pace", "off", "--set", "cash_in_drawer=100000000"
            )
            try:
                till.call("POST", "/v1/clock", {"now": NOON})
                self.pair = till, Master(till.url)
            except BaseException:
                till.stop()
                raise
        return self.pair

    def stop(self) -> None:
        if self.pair is not None:
            till, master = self.pair
            self.pair = None
            master.close()
            till.stop()


@pytest.fixture(scope="session", params=["tcp", "pty", "rfc2217"])
def line(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    if request.param == "pty" and sys.platform == "win32":
        pytest.skip("no ptys on Windows")
    line = Line(request.param, tmp_path_factory.mktemp(request.param))
    yield line
    line.stop()


@pytest.fixture
def till(line: Line, request: pytest.FixtureRequest) -> Iterator[TillProcess]:
    """A till in idle with nothing queued. After the test its findings are exactly the expected ones."""
    till, master = line.running()
    till.forget_findings()
    till.mark_tape()
    yield till
    if not request.node.stash.get(REPORT, False):
        line.stop()
        return
    try:
        assert till.findings() == till.expected
        settle(till, master)
    except BaseException:
        line.stop()
        raise


@pytest.fixture
def master(line: Line, till: TillProcess) -> Master:
    """The master on the till's line, synchronised."""
    master = line.running()[1]
    master.synchronise()
    return master


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a till with options of its own, over a pty unless told: `till, master = start("--set", "model=2")`."""
    pairs: list[tuple[TillProcess, Master]] = []

    def start(
        *options: str, kind: str = QUICK, pace: str = "off", address: int = 1, first: int = 1
    ) -> tuple[TillProcess, Master]:
        directory = tmp_path / str(len(pairs))
        directory.mkdir()
        till = TillProcess(*line_options(kind, directory), "--pace", pace, *options)
        pairs.append((till, Master(till.url, address=address, first=first, paced=pace != "off")))
        return pairs[-1]

    yield start
    for till, master in pairs:
        master.close()
        till.stop()

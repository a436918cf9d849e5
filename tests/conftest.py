"""For all tests: Hypothesis' examples, the workers of pytest-xdist, and which skips are failures."""

import importlib
import os
import signal
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

HERE = Path(__file__).parent
SKIPS = "--skips"

# No deadline on slow machines, and the same examples on every CI run.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A script's `pytest &` would be deaf to Ctrl-C, and so would all programs that are started here.
    signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    # And those of `nohup pytest` to the end of their terminal.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        SKIPS,
        metavar="REASON|REASON…",
        help="a test that is skipped for another reason than one that holds one of these words fails",
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """`-n auto`: two more than there are cores, for so many tests wait for other processes."""
    return (os.cpu_count() or 1) + 2


def pytest_sessionstart(session: pytest.Session) -> None:
    """Of all modules each worker loads its own share first: so one of them makes pytest's bytecode of it, not each."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None or session.config.args != [str(path) for path in session.config.getini("testpaths")]:
        return
    files = sorted(HERE.rglob("test_*.py"))
    for file in files[int(worker.removeprefix("gw")) :: int(os.environ["PYTEST_XDIST_WORKER_COUNT"])]:
        try:
            importlib.import_module(".".join(file.relative_to(HERE.parent).with_suffix("").parts))
        except (Exception, pytest.skip.Exception):
            continue  # it is told when the module is collected


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    allowed = item.config.getoption(SKIPS)
    if allowed is not None and report.skipped and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2]
        if not any(words in reason for words in allowed.split("|") if words):
            report.outcome, report.longrepr = "failed", f"{reason} ({SKIPS} says: a failure)"
    return report

"""The pytest plugin: fixtures that give tests a till to talk to, and scenarios as tests.

    kkm            a till at a port of its own, that a program under test opens
    kkm_factory    makes more of them, or several on one line
    kkm_smartbox   a till with the reference SmartBox, in virtual time
    *.kkm.yaml     each file is a test; `-m kkm_scenario` selects them

    For annotations: kkm_sim.testing.live_line.LiveTill, kkm_sim.testing.virtual_line.TillWithSmartBox, KkmFactory.

The marker `kkm` says what the tills of a test are like, the ini option `kkm_findings` what findings are worth, the
option `--kkm-seed` which damage a scenario's `any` does. `-p no:kkm_sim` switches all of it off.

It is loaded into every run of pytest where kkm-sim is installed, so loading it loads nothing else of kkm-sim.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, overload

import pytest

if TYPE_CHECKING:
    from kkm_sim.testing.live_line import LiveTill
    from kkm_sim.testing.operated_till import OperatedTill
    from kkm_sim.testing.setup import Setup
    from kkm_sim.testing.virtual_line import TillWithSmartBox

_FINDINGS = ("fail", "ignore")
_TILLS: "pytest.StashKey[list[OperatedTill]]" = pytest.StashKey()
"""The tills of a test, as long as they run."""


class KkmFactory(Protocol):
    """What `kkm_factory` is: called with settings it makes a till, with `tills` several on one line."""

    @overload
    def __call__(self, *, tills: Sequence[Mapping[str, Any]], **settings: Any) -> "tuple[LiveTill, ...]": ...
    @overload
    def __call__(self, **settings: Any) -> "LiveTill": ...


# Fixtures


@pytest.fixture
def kkm(request: pytest.FixtureRequest) -> "Iterator[LiveTill]":
    """A till at a port of its own, running: `kkm.port` is what the program opens. Several on a line: `kkm_factory`.

        def test_sale(kkm):
            program = MyProgram(kkm.port)
            program.start_sale()
            kkm.wait_for(lambda kkm: kkm.state == "request")
            kkm.press("1 5 0 ПИ")
            assert kkm.indicator == "150.00"
            kkm.assert_no_findings()

    `@pytest.mark.kkm(option_30=12, pace="packet", start="menu", clock="2016-07-01T12:00:00")`: settings by their
    names, and how the till starts. Bytes are not paced and nothing takes time to print unless `pace` says so. The
    port is a pty; where there are none, as on Windows, a URL `socket://…` for pyserial's `serial_for_url`.
    """
    with ExitStack() as closing:
        yield _live(request.node, _setup(_marked(request.node), pace="off"), closing)[0]


@pytest.fixture
def kkm_factory(request: pytest.FixtureRequest) -> Iterator[KkmFactory]:
    """Makes tills, any number of times: `kkm_factory(option_30=12)` one at a port of its own, as `kkm`;
    `kkm_factory(tills=[{"option_30": 1}, {"option_30": 2}])` several on one line, a tuple: they share the port.

    It takes the names that the marker `kkm` takes, over the marker's own. All are closed after the test.
    Raises WrongSetup (a ValueError).
    """
    from kkm_sim.testing.setup import SEVERAL_TILLS, WrongSetup, setup_of

    with ExitStack() as closing:

        def make(*nameless: Any, **settings: Any) -> Any:
            __tracebackhide__ = True
            if nameless:
                raise WrongSetup(
                    "kkm_factory takes names with values only: kkm_factory(option_30=12) makes a till, "
                    f"kkm_factory({SEVERAL_TILLS}) several on one line"
                )
            try:
                setup = setup_of(_marked(request.node) | settings, pace="off")
            except WrongSetup as wrong:
                raise wrong.with_traceback(None) from None
            tills = _live(request.node, setup, closing)
            return tills if "tills" in settings else tills[0]

        yield make


@pytest.fixture
def kkm_smartbox(request: pytest.FixtureRequest) -> "TillWithSmartBox":
    """A till with the reference SmartBox at the other end, in virtual time: no port, nothing sleeps; always one till.

        def test_bottle(kkm_smartbox):
            kkm_smartbox.scan("4600000000008")
            kkm_smartbox.scan("22N000017K1UWQ1AYT9DPAX3110130010160ZZTPKJ8FQE0V0GMH65AUT3U49P1EUT3U")
            kkm_smartbox.run_until(lambda kkm: kkm.state == "request")
            kkm_smartbox.press("3 5 0 ПИ ИТ")
            kkm_smartbox.run_until(lambda kkm: kkm.receipts_done == 1)

    The marker `kkm` says what the till is like; here bytes and printing take their (virtual) time.
    """
    from kkm_sim.testing.setup import WrongSetup
    from kkm_sim.testing.virtual_line import TillWithSmartBox

    setup = _setup(_marked(request.node), pace="packet")
    try:
        till = TillWithSmartBox(setup)
    except WrongSetup as wrong:
        raise _refusal(wrong) from None
    _tills_of(request.node).append(till)
    return till


def _live(item: pytest.Item, setup: "Setup", closing: ExitStack) -> "tuple[LiveTill, ...]":
    from kkm_sim.drivers.ports import PortError
    from kkm_sim.testing.live_line import LiveLine

    try:
        line = LiveLine(setup)
    except PortError as error:
        raise pytest.fail.Exception(f"no port for the till: {error}", pytrace=False) from None
    closing.callback(line.close)
    tills = _tills_of(item)
    tills += line.tills
    return line.tills


def _tills_of(item: pytest.Item) -> "list[OperatedTill]":
    return item.stash.setdefault(_TILLS, [])


# The marker


def _setup(marked: Mapping[str, Any], *, pace: Any) -> "Setup":
    from kkm_sim.testing.setup import WrongSetup, setup_of

    try:
        return setup_of(marked, pace=pace)
    except WrongSetup as wrong:
        raise _refusal(wrong) from None


def _refusal(wrong: Exception) -> BaseException:
    return pytest.fail.Exception(f"@pytest.mark.kkm: {wrong}", pytrace=False)


def _marked(item: pytest.Item) -> dict[str, Any]:
    """What the markers `kkm` of a test say of its tills, the nearest one last."""
    return {name: value for name, value in _markers(item).items() if name != "findings"}


def _markers(item: pytest.Item) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for marker in item.iter_markers("kkm"):
        if marker.args:
            pytest.fail("@pytest.mark.kkm takes names with values only, as in kkm(option_30=12)", pytrace=False)
        merged = dict(marker.kwargs) | merged
    return merged


# Hooks


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the command line and of the ini file."""
    parser.getgroup("kkm", "kkm-sim, the cash register").addoption(
        "--kkm-seed",
        type=int,
        default=0,
        metavar="N",
        help="which damage `any` does in scenarios: the same number, the same damage (default: 0)",
    )
    parser.addini(
        "kkm_findings",
        "fail: a test whose program did something against the document fails; ignore (default): it does not",
        default="ignore",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Makes the markers known, and checks the ini file."""
    config.addinivalue_line(
        "markers",
        "kkm(option_30=12, pace='packet', start='menu', findings='fail', ...): what the test's tills are like",
    )
    config.addinivalue_line("markers", "kkm_scenario: a scenario from a file *.kkm.yaml")
    if config.getini("kkm_findings") not in _FINDINGS:
        raise pytest.UsageError(f"kkm_findings = {config.getini('kkm_findings')}: must be {' or '.join(_FINDINGS)}")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Takes files `*.kkm.yaml`."""
    if not file_path.name.endswith(".kkm.yaml"):
        return None
    from kkm_sim.testing.scenario_items import ScenarioFile

    return ScenarioFile.from_parent(parent, path=file_path)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Lets a test fail for what was found, where findings are worth that."""
    yield
    tills = item.stash.get(_TILLS, [])
    if tills and _findings_fail(item):
        _fail_for_findings(tills)


def _findings_fail(item: pytest.Item) -> bool:
    worth = _markers(item).get("findings", item.config.getini("kkm_findings"))
    if worth not in _FINDINGS:
        pytest.fail(f"@pytest.mark.kkm: findings = {worth!r}: must be {' or '.join(_FINDINGS)}", pytrace=False)
    return bool(worth == "fail")


def _fail_for_findings(tills: "Sequence[OperatedTill]") -> None:
    from kkm_sim.testing.operated_till import findings_text

    for till in tills:
        if findings := till.findings:
            pytest.fail(findings_text(findings), pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Adds to a failed test what its tills have seen."""
    report = yield
    tills = item.stash.get(_TILLS, [])
    if call.when == "teardown":
        tills.clear()  # the item stays in memory for the whole run, they need not
    elif tills and report.failed:
        from kkm_sim.testing.report_sections import report_sections

        report.sections += report_sections(tills)
    return report

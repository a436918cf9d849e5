"""A till and the SmartBox in virtual time."""

import time

import pytest

from kkm_sim.smartbox import Utm
from kkm_sim.smartbox.events import CloseRefused
from kkm_sim.testing.setup import WrongSetup, setup_of
from kkm_sim.testing.virtual_line import TillWithSmartBox
from tests.bottles import EAN, PDF


@pytest.fixture
def kkm() -> TillWithSmartBox:
    return TillWithSmartBox(setup_of({}, pace="packet"))


def test_a_bottle_is_sold(kkm: TillWithSmartBox) -> None:
    kkm.scan(EAN)
    kkm.scan(PDF)
    assert kkm.run_until(lambda kkm: kkm.state == "request")
    kkm.press("3 5 0 ПИ ИТ ИТ")
    assert kkm.run_until(lambda kkm: kkm.receipts_done) == 1
    kkm.wait_for(lambda kkm: kkm.state == "idle")
    assert "http://check.egais.ru?id" in kkm.tape
    assert "scanned EAN 4600000000008" in map(str, kkm.events)
    kkm.assert_no_findings()


def test_time_passes_only_when_told(kkm: TillWithSmartBox) -> None:
    began = time.monotonic()
    kkm.run(600.5)
    assert kkm.bench.clock.now() == 600_500_000_000
    kkm.press("1")
    assert kkm.bench.clock.now() == 600_500_000_000
    assert time.monotonic() - began < 30


def test_the_utm_may_be_replaced(kkm: TillWithSmartBox) -> None:
    assert kkm.utm == Utm()
    kkm.utm = Utm(refuses=True)
    kkm.scan(EAN)
    kkm.scan(PDF)
    kkm.run_until(lambda kkm: kkm.state == "request")
    kkm.press("3 5 0 ПИ ИТ ИТ")
    kkm.run_until(lambda kkm: any(isinstance(event, CloseRefused) for event in kkm.events))


def test_waiting_in_vain_says_what_is_seen(kkm: TillWithSmartBox) -> None:
    kkm.press("7")
    with pytest.raises(AssertionError, match=r"^not within 5 s; the till at the SmartBox:\nindicator  '7'"):
        kkm.wait_for(lambda kkm: kkm.state == "request")
    assert kkm.bench.clock.now() == 5_000_000_000


def test_waiting_in_vain_says_what_the_smartbox_and_the_line_did(kkm: TillWithSmartBox) -> None:
    kkm.scan(EAN)
    with pytest.raises(AssertionError, match=r"^not within 60 s") as caught:
        kkm.run_until(lambda kkm: kkm.receipts_done)
    _, *seen = str(caught.value).splitlines()
    assert seen[:2] == ["indicator  'SCAn PdF'", "state      idle"]
    smartbox, line = seen.index("SmartBox"), seen.index("line")
    assert seen[smartbox + 1 : line] == [
        "    scanned EAN 4600000000008",
        "    the till answers",
        "    the indicator shows «SCAn PdF»",
    ]
    assert any("ShowMessageRequest" in passed for passed in seen[line:])
    assert "RDY, answered RDY, " in seen[-1]


def test_waiting_in_vain_with_nothing_said_says_so(kkm: TillWithSmartBox) -> None:
    with pytest.raises(AssertionError) as caught:
        kkm.run_until(lambda kkm: False, within_s=0)
    assert str(caught.value).splitlines()[-4:] == ["SmartBox", "    nothing was told", "line", "    nothing was said"]


def test_a_smartbox_has_one_till() -> None:
    with pytest.raises(WrongSetup, match="a SmartBox has one till"):
        TillWithSmartBox(setup_of({"tills": [{"option_30": 1}, {"option_30": 2}]}, pace="packet"))

"""Till and SmartBox in virtual time."""

import contextlib
import io
import re
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from kkm_sim.clock import MS, SECOND
from kkm_sim.settings import Settings
from kkm_sim.smartbox import Utm
from kkm_sim.smartbox.events import CloseAllowed, CloseRefused, ReceiptDone, TillFound
from kkm_sim.till.chart import TillState
from kkm_sim.till.keyboard import UnknownKey
from kkm_sim.virtual.bench import Bench, NothingHappens
from tests.bottles import EAN, PDF

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def bench() -> Bench:
    return Bench()


def ask_for_a_bottle(bench: Bench) -> None:
    bench.scan(EAN)
    bench.scan(PDF)
    bench.run_until(lambda: bench.till.request_open)


def test_the_example_of_the_readme() -> None:
    (example, *_) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert "Bench()" in example
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(example, {})
    tape = printed.getvalue()
    assert "ИТОГ              350.00" in tape
    assert "http://check.egais.ru?id" in tape
    assert "▀▀▀▀▀▀▀" in tape


def test_time_is_virtual(bench: Bench) -> None:
    began = time.monotonic()
    bench.run(3600 * SECOND)
    assert bench.clock.now() == 3600 * SECOND
    bench.run(1)
    assert bench.clock.now() == 3600 * SECOND + 1
    # An hour of polling: 60000 exchanges and more, and no second slept.
    assert time.monotonic() - began < 30


def test_the_line_takes_its_time(bench: Bench) -> None:
    bench.run_until(lambda: bench.events != [])
    assert bench.events == [TillFound()]
    (_, syn), (_, rdy), *_ = bench.simulator.wire.since()
    # 5 bytes of 10 bits each at 57600 baud, 173611.1 ns a byte, and 10 ms of quiet.
    assert (syn.at, rdy.at) == (0, 5 * 173_612 + 10 * MS)


def test_every_run_is_the_same() -> None:
    def play() -> tuple[str, int, list[object]]:
        bench = Bench()
        ask_for_a_bottle(bench)
        bench.press("3 5 0 ПИ ИТ")
        bench.run_until(lambda: bench.receipts_done == 1)
        return bench.tape, bench.clock.now(), list(bench.events)

    assert play() == play()


def test_a_sale(bench: Bench) -> None:
    ask_for_a_bottle(bench)
    assert bench.till.state is TillState.REQUEST
    assert bench.receipts_done == 0
    bench.press("3 5 0 ПИ ИТ")
    bench.run_until(lambda: bench.receipts_done == 1)
    assert [event for event in bench.events if isinstance(event, ReceiptDone)] == [ReceiptDone(1, 0)]
    (allowed,) = [event for event in bench.events if isinstance(event, CloseAllowed)]
    assert allowed.url in "".join(bench.tape.splitlines())
    assert bench.simulator.findings.since() == []


def test_a_utm_of_ones_own() -> None:
    bench = Bench(utm=Utm(refuses=True))
    ask_for_a_bottle(bench)
    bench.press("1 ПИ ИТ")
    bench.run_until(lambda: bench.till.state is TillState.REFUSED)
    assert any(isinstance(event, CloseRefused) for event in bench.events)


def test_settings_start_and_wall_clock_are_the_callers() -> None:
    settings = replace(Settings(), option_30=12, cashier="ИВАНОВА")
    bench = Bench(settings, wall=datetime(2020, 2, 29, 23, 59), start="menu", paced=False)
    assert bench.till.state == TillState.MENU
    bench.press("ИТ 1 0 0 0 0 0")
    ask_for_a_bottle(bench)
    bench.press("1 ПИ")
    bench.run(5 * SECOND)
    assert "29-02-2020" in bench.tape
    assert "ИВАНОВА" in bench.tape


def test_what_does_not_come_about(bench: Bench) -> None:
    bench.run(SECOND)
    with pytest.raises(
        NothingHappens,
        match=r"^not within 250 ms: the till is in state idle and shows '0.00'; "
        "the SmartBox told last: the till answers$",
    ):
        bench.run_until(lambda: bench.receipts_done == 1, within=250 * MS)
    assert bench.clock.now() == SECOND + 250 * MS


def test_a_key_that_is_none(bench: Bench) -> None:
    with pytest.raises(UnknownKey):
        bench.press("1 ПУСК")
    assert bench.till.state is TillState.IDLE

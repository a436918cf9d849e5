"""Printing takes time, and what waits for paper waits (till, section 5) [D-48]."""

from typing import Any

import pytest

from kkm_sim.availability import Availability
from kkm_sim.clock import MS, SECOND, Instant
from kkm_sim.messages.codes import ResultCode
from kkm_sim.till.effects import AnswerSale, AskIdentifier, AskPermission, ReportDone
from kkm_sim.till.requests import IdentifierGraphics, IdentifierText
from kkm_sim.till.tape import Cut
from tests.till.bench import Bench

LINE = 100 * MS
HEADING = 7
ITEM = 2


def slow(**settings: Any) -> Bench:
    return Bench(lines_per_s=10, **settings)


def test_lines_come_out_one_after_another() -> None:
    bench = slow().wait(SECOND).keys("5 ПИ")
    assert (bench.till.printing, bench.till.printing_since, bench.printed()) == (True, SECOND, [])
    for line in range(1, HEADING + ITEM):
        assert len(bench.wait(LINE).printed()) == line
        assert bench.till.deadline() == bench.now + LINE
    bench.wait(LINE - 1)
    assert bench.till.printing
    bench.wait(1)
    assert (bench.till.printing, bench.till.printing_since, bench.till.deadline()) == (False, None, None)
    assert bench.till.availability is Availability.READY


def test_late_poll_loses_no_time() -> None:
    bench = slow().keys("5 ПИ")
    bench.now = Instant(3 * LINE + 1)
    bench.till.poll(bench.now)
    assert len(bench.printed()) == 3
    assert bench.till.deadline() == 4 * LINE


def test_answer_goes_when_the_lines_are_out() -> None:
    bench = slow().bottle()
    assert bench.wait((HEADING + ITEM) * LINE - 1).said() == []
    (said,) = bench.wait(1).said()
    assert isinstance(said, AnswerSale)


def test_keys_act_while_it_prints() -> None:
    bench = slow().keys("5 ПИ 6 ПИ")
    assert (bench.total, bench.printed()) == (1100, [])
    assert bench.keys("7").till.availability is Availability.ENTRY


def test_close_in_order() -> None:
    bench = slow().bottle().keys("ИТ")
    assert bench.till.awaiting is None
    kinds = [type(effect) for effect in bench.wait(2 * SECOND).said()]
    assert kinds == [AnswerSale, AskPermission]
    bench.allow()
    assert (bench.till.availability, bench.said()) == (Availability.BUSY, [])
    assert bench.wait(3 * LINE).said() == [AskIdentifier(1, 1)]
    assert bench.till.availability is Availability.READY
    bench.till.identifier_answered(IdentifierGraphics(37, 37, (bytes(5),) * 37), bench.now)
    assert bench.wait(13 * LINE - 1).said() == []
    assert bench.wait(1).said() == [AskIdentifier(1, 2)]
    bench.end()
    assert bench.wait(2 * LINE - 1).said() == []
    assert bench.wait(1).said() == [ReportDone(ResultCode.OK)]
    assert isinstance(bench.till.tape.entries[-1], Cut)
    assert bench.state == "idle"


def test_wait_for_the_close_counts_from_the_key() -> None:
    """[D-4]"""
    bench = slow(close_timeout=2).bottle().keys("ИТ")
    assert bench.wait(2 * SECOND - 1).state == "close_wait"
    assert bench.wait(1).state == "refused"


def test_wait_for_the_identifier_counts_from_its_request() -> None:
    bench = slow(close_timeout=2).bottle().wait(SECOND).keys("ИТ").allow()
    bench.wait(3 * LINE).said()
    assert bench.till.deadline() == bench.now + 2 * SECOND


def test_permission_given_up_while_it_waits_for_the_printer_never_goes() -> None:
    bench = slow().bottle().keys("ИТ С")
    assert [type(effect) for effect in bench.wait(5 * SECOND).said()] == [AnswerSale]
    assert bench.state == "open"


@pytest.mark.parametrize("keys", ["5 ПИ", "+ 5 ИТ", "↑"])
def test_no_paper_in_idle(keys: str) -> None:
    bench = Bench().paper(False).keys(keys)
    assert (bench.shows, bench.till.receipt, bench.till.shift.cash, bench.printed()) == ("Err 20", None, 0, [])
    assert bench.keys("С").state == "idle"


@pytest.mark.parametrize("keys", ["6 ПИ", "Х", "ИТ", "КР", "7 ИТ", "− 1 %", "− 1 ПИ", "АН ПИ", "АН ИТ"])
def test_no_paper_in_a_receipt(keys: str) -> None:
    bench = Bench().keys("5 ПИ").paper(False)
    before = bench.printed()
    assert bench.keys(keys).shows == "Err 20"
    assert (bench.total, bench.printed()) == (500, before)
    assert bench.paper(True).keys("С С").keys("ИТ").state == "idle"


def test_request_stays_where_there_is_no_paper() -> None:
    bench = Bench()
    bench.ask()
    bench.paper(False).keys("5 ПИ")
    assert (bench.state, bench.shows, bench.till.request_open) == ("request", "Err 20", True)
    assert bench.paper(True).keys("С 5 ПИ").total == 500


def test_paper_ends_in_mid_print() -> None:
    bench = slow().bottle().wait(3 * LINE + LINE // 2).paper(False)
    assert (bench.shows, bench.till.availability, bench.till.deadline()) == ("Err 20", Availability.BUSY, None)
    assert bench.keys("С").shows == "Err 20"
    assert bench.paper(True).wait(SECOND).printed() == bench.printed()[:3]
    assert bench.keys("С").shows == "500.00"
    assert [type(effect) for effect in bench.wait(6 * LINE).said()] == [AnswerSale]
    assert len(bench.printed()) == HEADING + ITEM


def test_identifier_begins_anew_with_new_paper() -> None:
    bench = slow().bottle().keys("ИТ").wait(2 * SECOND).allow().wait(SECOND)
    bench.till.identifier_answered(IdentifierText("A" * 72), bench.now)
    bench.wait(LINE).paper(False).paper(True).said()
    assert bench.keys("С").said() == [AskIdentifier(1, 1)]
    assert not bench.till.printing


def test_total_goes_on_with_new_paper() -> None:
    bench = slow().bottle().keys("ИТ").wait(2 * SECOND).allow().wait(LINE).paper(False)
    assert bench.said()[-1:] != [AskIdentifier(1, 1)]
    assert bench.paper(True).keys("С").wait(2 * LINE).said() == [AskIdentifier(1, 1)]
    assert bench.printed()[-3:] == ["ИТОГ              500.00", "НАЛИЧНЫМИ         500.00", "НАЛОГ 1 18%        76.27"]


def test_paper_gone_before_the_block_came() -> None:
    bench = Bench().bottle().keys("ИТ").allow().paper(False)
    bench.said()
    bench.till.identifier_answered(IdentifierText("A"), bench.now)
    assert (bench.shows, bench.till.awaiting) == ("Err 20", None)
    assert bench.paper(True).keys("С").said() == [AskIdentifier(1, 1)]

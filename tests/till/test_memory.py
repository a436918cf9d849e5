"""Power fails in every state: what is kept and what is lost [D-38]."""

import copy

import pytest

from kkm_sim.availability import Availability
from kkm_sim.clock import MS, SECOND
from kkm_sim.messages.codes import CodeType, ResultCode
from kkm_sim.till.effects import AnswerSale, AskIdentifier, ReportDone, WithdrawRequest
from kkm_sim.till.requests import IdentifierText
from tests.till.bench import NOON, Bench
from tests.till.test_machine_keys import SITUATIONS

AFTER = {
    "off": "menu",
    "menu": "menu",
    "idle": "menu",
    "request": "request",
    "request, EAN": "request",
    "entry": "menu",
    "entry, open": "open",
    "entry, request": "request",
    "entry, return": "menu",
    "entry, + 5": "menu",
    "entry, open − 5": "open",
    "open": "open",
    "open, alcohol": "open",
    "return_armed": "menu",
    "annul_armed": "open",
    "annul_armed, alcohol": "open",
    "annul_scan": "open",
    "close_wait": "open",
    "refused": "open",
    "qr_print": "qr_print",
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_state_after_a_power_failure(situation: str) -> None:
    bench = SITUATIONS[situation]()
    receipt = copy.deepcopy(bench.till.receipt)
    bench.till.power(False, bench.now)
    assert (bench.state, bench.shows, bench.till.availability) == ("off", "", Availability.SILENT)
    assert bench.till.deadline() is None
    bench.keys("5 ПИ С")
    bench.till.power(True, bench.now)
    assert bench.state == AFTER[situation]
    assert bench.till.receipt == receipt
    assert bench.till.entry.number == ""
    assert bench.till.error is None


def test_error_and_message_are_lost() -> None:
    assert Bench().keys("5 ПИ ПИ").power_cut().shows == "0.00"


def test_clock_goes_on() -> None:
    bench = Bench().power_cut(seconds=90)
    assert (bench.till.wall(bench.now) - NOON).total_seconds() == 90


def test_clock_may_be_set() -> None:
    bench = Bench()
    bench.till.set_clock(NOON.replace(year=2020), bench.now)
    assert bench.wait(SECOND).till.status(bench.now).moment == NOON.replace(year=2020, second=1)


def test_unfinished_request_keeps_what_it_was_to_be() -> None:
    bench = Bench(cash_in_drawer=50000).keys("ВЗ")
    bench.ask()
    assert bench.power_cut().keys("5 С").state == "return_armed"


def test_the_kind_of_an_open_receipt_is_not_armed_anew() -> None:
    """A request that is open in a return is kept; the next receipt by hand is a sale."""
    bench = Bench(cash_in_drawer=50000).keys("ВЗ 2 ПИ АН ПИ")
    assert bench.ask(CodeType.BEER) == ResultCode.OK
    bench.power_cut().keys("5 ПИ ИТ").allow().end()
    assert (bench.state, bench.till.shift.cash) == ("idle", 49500)
    bench.keys("5 ПИ ИТ")
    assert bench.till.shift.cash == 50000


def test_armed_return_is_lost() -> None:
    bench = Bench().keys("ВЗ").power_cut().keys("100000 5 ПИ")
    assert "ПРОДАЖА" in bench.printed()


def test_wait_for_the_close_is_lost_and_withdrawn() -> None:
    bench = Bench().bottle().keys("200 КР ИТ")
    bench.said()
    bench.power_cut()
    assert (bench.said(), bench.till.awaiting, bench.till.deadline()) == ([WithdrawRequest()], None, None)
    assert bench.keys("ИТ").state == "close_wait"
    assert bench.till.receipt is not None
    assert bench.till.receipt.credit == 20000


def test_item_goes_on_printing_and_is_answered() -> None:
    bench = Bench(lines_per_s=10).bottle().wait(350 * MS).power_cut()
    assert len(bench.printed()) == 3
    assert [type(effect) for effect in bench.wait(6 * 100 * MS).said()] == [AnswerSale]
    assert len(bench.printed()) == 9


def test_total_goes_on_printing() -> None:
    bench = Bench(lines_per_s=10).bottle().keys("ИТ").wait(2 * SECOND).allow().wait(150 * MS)
    bench.said()
    assert bench.power_cut().said() == []
    assert bench.state == "qr_print"
    assert bench.wait(200 * MS).said() == [AskIdentifier(1, 1)]
    assert bench.printed().count("ИТОГ              500.00") == 1


@pytest.mark.parametrize("printing", [True, False])
def test_identifier_is_printed_again_whole(printing: bool) -> None:
    """Document, section 3, note 2."""
    bench = Bench(lines_per_s=10).bottle().keys("ИТ").wait(2 * SECOND).allow().wait(SECOND)
    bench.till.identifier_answered(IdentifierText("A" * 72), bench.now)
    bench.wait((100 if printing else 500) * MS).said()
    bench.power_cut()
    assert bench.said() == ([] if printing else [WithdrawRequest()]) + [AskIdentifier(1, 1)]
    assert not bench.till.printing
    assert bench.till.deadline() == bench.now + 60 * SECOND


def test_footer_is_printed_if_the_identifier_was_complete() -> None:
    bench = Bench(lines_per_s=10).bottle().keys("ИТ").wait(2 * SECOND).allow().wait(SECOND).end().wait(50 * MS)
    bench.said()
    assert bench.power_cut().state == "qr_print"
    assert bench.wait(SECOND).said() == [ReportDone(ResultCode.OK)]
    assert bench.state == "idle"


def test_without_paper_after_the_failure() -> None:
    bench = Bench(lines_per_s=10).keys("5 ПИ").wait(150 * MS)
    bench.till.power(False, bench.now)
    bench.paper(False)
    bench.till.power(True, bench.now)
    assert bench.shows == "Err 20"
    assert len(bench.paper(True).keys("С").wait(SECOND).printed()) == 9


def test_power_is_on_already() -> None:
    bench = Bench().keys("ВЗ")
    bench.till.power(True, bench.now)
    assert bench.state == "return_armed"

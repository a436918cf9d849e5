"""The SmartBox's commands by state: the table of D-34, the order of D-35."""

from collections.abc import Callable
from typing import Any

import pytest

from kkm_sim.clock import SECOND
from kkm_sim.messages.codes import CodeType, Operation, ShownMessage
from kkm_sim.till.effects import AnswerSale, BeepLength, SaleAnswer
from kkm_sim.till.requests import SaleRequest
from tests.till.bench import Bench
from tests.till.test_machine_keys import SITUATIONS

# state: results of functions 1, 6, 7 for an ordinary PDF request
RESULTS = {
    "menu": (2, 2, 2),
    "idle": (0, 0, 27),
    "return_armed": (0, 0, 27),
    "open": (0, 0, 0),
    "open, alcohol": (0, 0, 0),
    "refused": (0, 0, 0),
    "request": (27, 0, 27),
    "annul_armed": (27, 0, 27),
    "close_wait": (27, 0, 27),
    "qr_print": (27, 0, 27),
    "annul_scan": (0, 0, 27),
}


@pytest.mark.parametrize("situation", RESULTS)
def test_result_by_state(situation: str) -> None:
    functions: list[Callable[[Bench], int]] = [
        lambda bench: bench.ask(),
        lambda bench: bench.till.show_message(ShownMessage.REPEAT, bench.now),
        lambda bench: bench.till.annul_receipt(bench.now),
    ]
    results = []
    for function in functions:
        bench = SITUATIONS[situation]()
        before = bench.state
        bench.till.effects()
        results.append(result := function(bench))
        assert bench.beeps() == [BeepLength.LONG if result else BeepLength.SHORT]
        assert result == 0 or bench.state == before
    assert tuple(results) == RESULTS[situation]


@pytest.mark.parametrize("situation", ["idle", "return_armed", "open", "request", "annul_armed", "annul_scan"])
def test_an_error_shown_changes_nothing(situation: str) -> None:
    bench = SITUATIONS[situation]().keys("%")
    assert bench.shows == "Err 22"
    assert bench.ask() == RESULTS[situation][0]
    assert bench.shows == "Err 22"


@pytest.mark.parametrize("situation", RESULTS)
def test_option_27_off(situation: str) -> None:
    bench = SITUATIONS[situation]()
    bench.till.memory.options[27] = 0
    assert bench.ask() == bench.till.annul_receipt(bench.now) == 2
    assert bench.till.show_message(ShownMessage.SCAN_EAN, bench.now) == 2
    assert not bench.till.status(bench.now).smartbox_on


def return_with_item() -> Bench:
    return Bench(cash_in_drawer=100).keys("ВЗ 5 ПИ")


def late() -> Bench:
    return Bench().keys("5 ПИ").wait(24 * 3600 * SECOND + SECOND)


def full() -> Bench:
    return Bench().keys("5 ПИ" + " Х" * 199)


@pytest.mark.parametrize(
    ("situation", "result"),
    [
        (return_with_item, 27),
        (lambda: return_with_item().wait(25 * 3600 * SECOND), 27),
        (late, 22),
        (lambda: late().keys("С").paper(False), 22),
        (full, 21),
        (lambda: full().paper(False), 21),
        (lambda: Bench().paper(False), 20),
        (lambda: Bench(start="menu").paper(False), 2),
    ],
)
def test_refusals_in_order(situation: Callable[[], Bench], result: int) -> None:
    bench = situation()
    answer = bench.till.request_sale(SaleRequest(CodeType.PDF, echo=b"x"), bench.now)
    assert answer == SaleAnswer(result=result)
    assert not bench.till.request_open


def test_receipt_of_a_shift_too_long_may_be_closed_or_annulled_only() -> None:
    assert late().keys("3 ПИ").shows == "Err 22"
    assert late().keys("ИТ").state == "idle"
    bench = late()
    assert bench.till.annul_receipt(bench.now) == 0
    assert bench.keys("3 ПИ").shows == "Err 22"
    assert bench.keys("С + 5 ИТ").shows == "Err 22"
    assert bench.keys("С РЕЖ РЕЖ РЕЖ ИТ РЕЖ РЕЖ 100000 3 ПИ").total == 300


def test_full_receipt() -> None:
    assert full().keys("3 ПИ").shows == "Err 21"
    assert full().keys("АН ПИ").shows == "Err 21"
    assert full().keys("АН ИТ").state == "idle"
    assert full().keys("ИТ").state == "idle"


def test_sale_by_request() -> None:
    bench = Bench()
    assert bench.ask(echo=b"whisky") == 0
    assert (bench.state, bench.shows, bench.till.request_open) == ("request", "А      0.00", True)
    bench.keys("7 ОТД 500 ПИ")
    assert bench.said() == [
        AnswerSale(
            SaleAnswer(
                result=0,
                receipt_number=1,
                operation_number=1,
                operation=Operation.SALE,
                alcohol=True,
                quantity=1000,
                price=50000,
                sum=50000,
                section=7,
                tax=1,
                echo=b"whisky",
            )
        )
    ]
    assert (bench.state, bench.shows) == ("open", "500.00")


@pytest.mark.parametrize(("code_type", "alcohol"), [(CodeType.EAN, 0), (CodeType.PDF, 1), (CodeType.BEER, 1)])
def test_which_codes_are_alcohol(code_type: CodeType, alcohol: int) -> None:
    """[D-11]"""
    bench = Bench().bottle("5", code_type)
    assert bench.till.status(bench.now).alcohol == alcohol
    assert bench.keys("ИТ").state == ("close_wait" if alcohol else "idle")


def test_quantity_of_an_ordinary_item_by_request() -> None:
    bench = Bench()
    bench.ask(CodeType.EAN)
    assert bench.keys("3 Х 2 ПИ").total == 600


def test_quantity_of_alcohol_is_refused() -> None:
    bench = Bench()
    bench.ask()
    assert bench.keys("3 Х").shows == "Err 11"
    assert bench.keys("С").state == "request"


def test_cancelled_request() -> None:
    bench = Bench(cancel_result=9).keys("ВЗ")
    bench.ask(echo=b"x")
    assert bench.keys("5 С").state == "return_armed"
    assert bench.said() == [AnswerSale(SaleAnswer(result=9))]


def test_request_becomes_a_return() -> None:
    bench = Bench(cash_in_drawer=100_000).keys("ВЗ")
    assert bench.shows == "ВЗ     0.00"
    bench.bottle("500")
    (said,) = bench.said()
    assert isinstance(said, AnswerSale)
    assert (said.answer.operation, said.answer.alcohol) == (Operation.RETURN, True)
    assert bench.till.receipt is not None
    assert bench.till.receipt.kind is Operation.RETURN
    assert bench.keys("ИТ").state == "close_wait"


def test_duplicate_pdf() -> None:
    bench = Bench().keys("5 ПИ")
    assert bench.ask(CodeType.DUPLICATE_PDF) == 27
    assert (bench.state, bench.shows, bench.till.error) == ("open", "Err Alco", None)
    assert (bench.keys("7").state, bench.shows) == ("entry", "7")


@pytest.mark.parametrize(
    ("sold", "scanned", "result"),
    [
        (CodeType.PDF, CodeType.PDF, 0),
        (CodeType.PDF, CodeType.DUPLICATE_PDF, 0),
        (CodeType.PDF, CodeType.BEER, 27),
        (CodeType.PDF, CodeType.EAN, 27),
        (CodeType.BEER, CodeType.BEER, 0),
        (CodeType.BEER, CodeType.PDF, 27),
        (CodeType.BEER, CodeType.DUPLICATE_PDF, 27),
    ],
)
def test_annul_scan(sold: CodeType, scanned: CodeType, result: int) -> None:
    """[D-28]"""
    bench = Bench().keys("3 ПИ").bottle("500", sold).keys("АН ПИ")
    assert (bench.state, bench.shows) == ("annul_scan", "SCAn")
    answer = bench.till.request_sale(SaleRequest(scanned, echo=b"x"), bench.now)
    if result:
        assert answer == SaleAnswer(result=27)
        assert (bench.state, bench.total) == ("annul_scan", 50300)
    else:
        assert answer == SaleAnswer(0, 1, 3, Operation.ANNUL, True, 1000, 50000, 50000, 1, 1, b"x")
        assert (bench.state, bench.shows, bench.total) == ("open", "3.00", 300)
        assert bench.keys("ИТ").state == "idle"


def test_ordinary_annulment_needs_no_scan() -> None:
    bench = Bench().bottle("500").keys("3 ПИ АН ПИ")
    assert (bench.state, bench.shows) == ("open", "500.00")
    assert bench.keys("АН ПИ").state == "annul_scan"


def test_annulled_receipt() -> None:
    bench = Bench().bottle("500")
    bench.said()
    assert bench.till.annul_receipt(bench.now) == 0
    assert (bench.state, bench.shows, bench.till.receipt, bench.said()) == ("idle", "АННУЛИРОВА", None, [])
    assert bench.printed()[-2:] == ["ЧЕК АННУЛИРОВАН", "Cut"]
    assert bench.keys("С").shows == "0.00"
    assert bench.till.status(bench.now).receipt_number == 1


def test_annul_nothing_result_is_a_setting() -> None:
    bench = Bench(annul_nothing_result=0)
    assert bench.till.annul_receipt(bench.now) == 0


@pytest.mark.parametrize(
    ("message", "shown"),
    [(ShownMessage.SCAN_EAN, "SCAn EAN"), (ShownMessage.SCAN_PDF, "SCAn PdF"), (ShownMessage.REPEAT, "ПОВtОР")],
)
def test_messages_stay_until_the_next_key_or_request(message: ShownMessage, shown: str) -> None:
    """[D-45]"""
    bench = Bench()
    bench.till.show_message(message, bench.now)
    assert bench.wait(100 * SECOND).shows == shown
    assert bench.keys("ПИ С").shows == "0.00"
    bench.till.show_message(message, bench.now)
    assert bench.ask() == 0
    assert bench.shows == "А      0.00"
    bench.till.show_message(message, bench.now)
    assert bench.ask() == 27
    assert bench.shows == shown


class TestHonouredFields:
    """Setting `honour_request_fields` [D-9]."""

    def test_fields_are_used(self) -> None:
        bench = Bench(honour_request_fields=True)
        assert bench.ask(price=12345, name="ВИНО", section=4, tax=2) == 0
        assert bench.shows == "А    123.45"
        bench.keys("ПИ")
        goods = bench.till.receipt and bench.till.receipt.operations[0].goods
        assert goods
        assert (goods.price, goods.name, goods.section, goods.tax) == (12345, "ВИНО", 4, 2)
        assert "ВИНО" in bench.printed()

    def test_operator_may_type_another_price(self) -> None:
        bench = Bench(honour_request_fields=True)
        bench.ask(price=12345)
        assert bench.keys("5 ПИ").total == 500

    def test_quantity(self) -> None:
        bench = Bench(honour_request_fields=True)
        assert bench.ask(CodeType.PDF, quantity=2000) == 27
        assert bench.ask(CodeType.EAN, price=100, quantity=2500) == 0
        assert bench.keys("ПИ").total == 250

    @pytest.mark.parametrize(
        ("fields", "result"), [({"tax": 6}, 23), ({"section": 100}, 26), ({"price": 100_000_000}, 21)]
    )
    def test_values_the_till_cannot_use(self, fields: dict[str, Any], result: int) -> None:
        assert Bench(honour_request_fields=True).ask(**fields) == result

    def test_ignored_by_default(self) -> None:
        bench = Bench()
        assert bench.ask(price=12345, quantity=9000, name="ВИНО", section=200, tax=77) == 0
        assert bench.keys("ПИ").shows == "Err 22"
        assert bench.keys("С 5 ПИ").total == 500
        assert "ТОВАР" in bench.printed()

"""Closing: payments, the SmartBox's permission, the identifier, the end."""

from datetime import timedelta
from typing import Any

import pytest

from kkm_sim.clock import SECOND
from kkm_sim.messages.codes import Function, Operation, ResultCode
from kkm_sim.till.effects import AskIdentifier, AskPermission, ReportDone, WithdrawRequest
from kkm_sim.till.requests import Awaiting, IdentifierEnd, IdentifierGraphics, IdentifierText
from tests.till.bench import NOON, Bench

MINUTE = 60 * SECOND


def asked(**settings: Any) -> Bench:
    """A receipt of one bottle for 500, permission asked."""
    bench = Bench(**settings).bottle("500")
    bench.said()
    return bench.keys("ИТ")


def allowed() -> Bench:
    bench = asked().allow()
    bench.said()
    return bench


def test_ordinary_receipt_closes_by_itself() -> None:
    bench = Bench().keys("150 ПИ 200 ИТ")
    assert (bench.state, bench.shows, bench.said()) == ("idle", "50.00", [])
    assert bench.keys("С").shows == "0.00"
    assert bench.keys("150 ПИ ИТ").shows == "0.00"
    assert bench.till.shift.cash == 30000


def test_receipt_whose_alcohol_is_all_annulled_closes_by_itself() -> None:
    bench = Bench().keys("10 ПИ").bottle().keys("АН ПИ")
    bench.ask()
    bench.said()
    assert (bench.keys("ИТ").state, bench.said()) == ("idle", [])


def test_permission_says_all_of_the_receipt() -> None:
    bench = Bench().keys("118 ПИ + 10 ПИ 2 Х 50 ПИ").bottle("500").keys("− 10 % 10 ПИ АН ПИ")
    bench.wait(90 * SECOND).said()
    assert bench.keys("100 КР").shows == "578.00"
    assert bench.keys("1000 ИТ").said() == [
        AskPermission(
            receipt_number=1,
            kind=Operation.SALE,
            operations=5,
            alcohol=1,
            total=67800,  # 118 + 10 + 100 + 450
            discounts=5000,
            markups=1000,
            taxes=(1953 + 1525 + 6864, 0, 0, 0, 0),  # of 128, 100 and 450
            cash=57800,
            credit=10000,
            shift=1,
            moment=NOON + timedelta(seconds=90),
        )
    ]
    assert bench.till.awaiting == Awaiting(Function.CLOSE, 1, 0)
    assert bench.shows == "ЗАПРОС"


def test_allowed_close_from_end_to_end() -> None:
    bench = asked()
    start = bench.till.tape.last
    bench.said()
    bench.allow()
    assert (bench.state, bench.shows) == ("qr_print", "ПЕЧАtЬ")
    assert bench.said() == [AskIdentifier(1, 1)]
    bench.till.identifier_answered(IdentifierGraphics(21, 21, (b"\xaa\xaa\xa8",) * 21), bench.now)
    assert bench.said() == [AskIdentifier(1, 2)]
    assert bench.till.awaiting == Awaiting(Function.IDENTIFIER, 1, 2)
    bench.till.identifier_answered(IdentifierText("http://check.egais.ru?id=1\rAB"), bench.now)
    bench.till.identifier_answered(IdentifierText(""), bench.now)
    assert bench.said() == [AskIdentifier(1, 3), AskIdentifier(1, 4)]
    assert bench.till.status(bench.now).receipt_number == 1
    assert bench.till.status(bench.now).total == 50000
    bench.till.identifier_answered(IdentifierEnd(), bench.now)
    assert bench.said() == [ReportDone(ResultCode.OK)]
    assert (bench.state, bench.shows, bench.till.receipt) == ("idle", "0.00", None)
    assert bench.till.status(bench.now).total == 0
    printed = bench.printed(start)
    assert printed[:-2] == [
        "ИТОГ              500.00",
        "НАЛИЧНЫМИ         500.00",
        "НАЛОГ 1 18%        76.27",
        "Bitmap",
        "http://check.egais.ru?id",
        "=1",
        "AB",
        "ЭКЛЗ 0012345678",
    ]
    assert printed[-2].startswith("00000001 #")


def test_refused_close_may_be_tried_again_with_the_same_payment() -> None:
    bench = Bench().bottle("500").keys("200 КР 400 ИТ")
    (first,) = [e for e in bench.said() if isinstance(e, AskPermission)]
    bench.wait(60 * SECOND - 1)
    bench.till.close_answered(5, bench.now)
    assert (bench.state, bench.shows, bench.said()) == ("refused", "ОtКАЗАНО", [])
    for key in ("ИТ", "КР"):
        (again,) = bench.keys(key).said()
        assert isinstance(again, AskPermission)
        assert (again.cash, again.credit, first.cash, first.credit) == (30000, 20000, 30000, 20000)
        assert again.moment > first.moment
        bench.till.close_answered(5, bench.now)
    bench.keys("ИТ").allow().end()
    assert bench.shows == "100.00"


def test_refused_then_annulled() -> None:
    bench = asked()
    bench.till.close_answered(1, bench.now)
    assert bench.keys("АН ИТ").state == "idle"
    assert bench.till.annul_receipt(bench.now) == 27


def test_clear_keeps_part_payments_once_and_drops_them_then() -> None:
    """[D-42]"""
    bench = Bench().bottle("500").keys("200 КР ИТ")
    bench.till.close_answered(1, bench.now)
    bench.keys("С")
    assert bench.till.receipt is not None
    assert (bench.state, bench.till.receipt.credit) == ("open", 20000)
    bench.keys("С")
    assert bench.till.receipt.credit == 0


def test_any_other_key_in_refused_drops_the_payments() -> None:
    bench = Bench().bottle("500").keys("200 КР ИТ")
    bench.till.close_answered(1, bench.now)
    bench.keys("7")
    assert bench.till.receipt is not None
    assert (bench.state, bench.till.receipt.credit) == ("entry", 0)


def test_no_answer_to_the_close() -> None:
    """[D-23]"""
    bench = asked()
    bench.said()
    assert bench.wait(MINUTE - 1).state == "close_wait"
    assert (bench.wait(1).state, bench.shows, bench.said()) == ("refused", "НЕt СВ", [WithdrawRequest()])
    bench.allow()
    assert bench.state == "refused"
    assert (bench.keys("ИТ").state, bench.shows) == ("close_wait", "ЗАПРОС")


def test_acknowledgement_and_wait_begin_the_wait_anew() -> None:
    """[D-4]"""
    bench = asked(close_timeout=10).wait(9 * SECOND)
    bench.till.request_acknowledged(bench.now)
    bench.wait(9 * SECOND)
    bench.till.wait_prolonged(bench.now)
    assert bench.wait(10 * SECOND - 1).state == "close_wait"
    assert bench.wait(1).state == "refused"


def test_operator_gives_up_waiting() -> None:
    bench = asked()
    bench.said()
    assert (bench.keys("С").state, bench.said(), bench.till.awaiting) == ("open", [WithdrawRequest()], None)
    assert bench.keys("10 ПИ").total == 51000
    bench.allow()
    assert bench.state == "open"


def test_identifier_is_asked_again_every_timeout() -> None:
    """[D-24]"""
    bench = allowed()
    assert bench.keys("С").state == "qr_print"
    bench.till.identifier_answered(IdentifierText("A"), bench.now)
    bench.said()
    bench.wait(MINUTE)
    assert bench.said() == [WithdrawRequest(), AskIdentifier(1, 1)]
    assert bench.shows == "НЕt СВ"
    bench.wait(MINUTE)
    assert bench.said() == [WithdrawRequest(), AskIdentifier(1, 1)]
    bench.till.identifier_answered(IdentifierText("B"), bench.now)
    assert bench.shows == "ПЕЧАtЬ"


def test_receipt_without_its_identifier() -> None:
    """[D-24, D-37]"""
    bench = allowed().wait(MINUTE)
    bench.said()
    bench.keys("С")
    assert bench.said() == [WithdrawRequest(), ReportDone(ResultCode.REJECTED)]
    assert (bench.state, bench.printed()[-4]) == ("idle", "БЕЗ ИДЕНТИФИКАТОРА")


def test_block_numbers_have_two_bytes() -> None:
    bench = allowed()
    for _ in range(0xFFFF):
        assert bench.state == "qr_print"
        bench.till.identifier_answered(IdentifierText(""), bench.now)
    assert (bench.state, bench.said()[-1]) == ("idle", ReportDone(ResultCode.OK))


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        ("99 ИТ", "Err 22"),
        ("101 КР", "Err 22"),
        ("0 КР", "Err 22"),
        ("50 КР", "50.00"),
        ("50 КР 60 КР", "Err 22"),
        ("50 КР 49 ИТ", "Err 22"),
        ("50 КР 60 ИТ", "10.00"),
        ("100 КР", "0.00"),
        ("КР", "0.00"),
        ("50 КР КР", "0.00"),
        ("50 КР 50 КР", "0.00"),
        ("50 КР С 99 ИТ", "Err 22"),
    ],
)
def test_payments(keys: str, shown: str) -> None:
    """[D-20, D-46]"""
    assert Bench().keys("100 ПИ").keys(keys).shows == shown


def test_credit_does_not_enter_the_drawer() -> None:
    bench = Bench().keys("100 ПИ 30 КР 100 ИТ")
    assert (bench.till.shift.cash, bench.till.shift.credit_sales) == (7000, 3000)
    assert bench.printed()[-8:-3] == [
        "ИТОГ              100.00",
        "НАЛИЧНЫМИ         100.00",
        "КРЕДИТ             30.00",
        "СДАЧА              30.00",
        "НАЛОГ 1 18%        15.25",
    ]


def test_return_needs_cash_in_the_drawer() -> None:
    """[D-41]: the cash part only, and the receipt stays open."""
    bench = Bench(cash_in_drawer=9999).keys("ВЗ 100 ПИ ИТ")
    assert (bench.state, bench.shows) == ("open", "Err 25")
    assert bench.keys("С 0.01 КР ИТ").state == "idle"
    assert bench.till.shift.cash == 0


def test_return_has_one_item() -> None:
    bench = Bench(cash_in_drawer=50000).keys("ВЗ 100 ПИ 50 ПИ")
    assert (bench.shows, bench.total) == ("Err 22", 10000)
    assert bench.keys("С Х").shows == "Err 22"


def test_cash_in_and_out() -> None:
    bench = Bench().keys("+ 100 ИТ − 30.5 ИТ")
    assert (bench.state, bench.till.shift.cash) == ("idle", 6950)
    assert bench.printed()[-7:] == [
        "ООО РОМАШКА",
        "ИНН 7701234567",
        "ККМ 1234567",
        "01-07-2016 12:00",
        "КАССИР 1",
        "ВЫПЛАТА            30.50",
        "Cut",
    ]
    assert bench.keys("− 69.51 ИТ").shows == "Err 25"
    assert bench.till.status(bench.now).receipt_number == 0


def test_annulled_receipt_may_not_take_its_number() -> None:
    """[D-39]"""
    for takes, number in ((True, 2), (False, 1)):
        bench = Bench(annulled_takes_number=takes).keys("5 ПИ АН ИТ 5 ПИ")
        assert bench.till.status(bench.now).receipt_number == number


def test_status_between_receipts() -> None:
    """[D-39]: the last number, and zeros."""
    bench = Bench().bottle().keys("5 ПИ")
    status = bench.till.status(bench.now)
    assert (status.operations, status.alcohol, status.total, status.smartbox_served) == (2, 1, 50500, True)
    bench.keys("ИТ").allow().end()
    status = bench.till.status(bench.now)
    assert (status.receipt_number, status.operations, status.alcohol, status.total) == (1, 0, 0, 0)
    assert (status.cash_mode, status.smartbox_served, status.fiscal) == (True, False, True)
    status = bench.keys("РЕЖ").till.status(bench.now)
    assert (status.cash_mode, status.receipt_number, status.shift) == (False, 0, 1)

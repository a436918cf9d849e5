from datetime import datetime, timedelta

import pytest

from kkm_sim.messages.codes import Operation, ResultCode
from kkm_sim.till.receipt import Payment
from kkm_sim.till.refusal import Refusal
from kkm_sim.till.shift import Shift

NOON = datetime(2016, 7, 1, 12, 0)


def test_shift_begins_with_its_first_document_and_lasts_24_hours() -> None:
    shift = Shift()
    shift.check_open(NOON + timedelta(days=365))
    shift.next_receipt(NOON)
    shift.begin(NOON + timedelta(hours=5))
    shift.check_open(NOON + timedelta(hours=24))
    with pytest.raises(Refusal) as caught:
        shift.check_open(NOON + timedelta(hours=24, seconds=1))
    assert caught.value.code is ResultCode.NOT_ALLOWED


def test_receipt_numbers_run_to_9999_and_begin_again() -> None:
    shift = Shift()
    assert shift.receipt_number == 0
    assert [shift.next_receipt(NOON) for _ in range(10_000)] == [*range(1, 10_000), 1]


def test_annulled_receipt_may_give_its_number_back() -> None:
    shift = Shift()
    shift.next_receipt(NOON)
    shift.count_annulled(takes_number=False)
    assert (shift.receipt_number, shift.next_receipt(NOON), shift.annulled) == (0, 1, 1)
    shift.count_annulled(takes_number=True)
    assert shift.next_receipt(NOON) == 2


def test_drawer() -> None:
    shift = Shift(cash=1000)
    shift.count(Operation.SALE, Payment(cash=5000, credit=2000, given=10000))
    shift.count(Operation.RETURN, Payment(cash=400, credit=100, given=400))
    shift.move_cash(300, NOON)
    shift.move_cash(-5900, NOON)
    assert (shift.cash, shift.sales, shift.sales_sum, shift.credit_sales) == (0, 1, 7000, 2000)
    assert (shift.returns, shift.returns_sum, shift.credit_returns) == (1, 500, 100)
    assert (shift.cash_in, shift.cash_out, shift.opened_at) == (300, 5900, NOON)
    with pytest.raises(Refusal) as caught:
        shift.move_cash(-1, NOON)
    assert caught.value.code is ResultCode.NOT_ENOUGH_CASH


def test_z_resets_all_but_the_drawer() -> None:
    shift = Shift(number=7, cash=100)
    shift.next_receipt(NOON)
    assert shift.closed() == Shift(number=8, cash=100)
    assert Shift(number=9999).closed().number == 1

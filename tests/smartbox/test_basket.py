"""The basket: which bottle leaves it, and when it belongs to a receipt that is gone."""

from datetime import datetime

import pytest

from kkm_sim.messages.codes import CodeType, ModeFlags, Operation
from kkm_sim.messages.records import PingAnswer, SaleAnswer
from kkm_sim.smartbox.basket import Article, Basket

FIRST = Article(CodeType.PDF, "96385074", "A" * 68)
SECOND = Article(CodeType.PDF, "96385074", "B" * 68)
BEER = Article(CodeType.BEER, "96385074")
CASH = ModeFlags.CASH_MODE | ModeFlags.SMARTBOX_ON
SERVED = CASH | ModeFlags.SMARTBOX_SERVED


def answer(operation_number: int, operation: Operation = Operation.SALE, receipt_number: int = 5) -> SaleAnswer:
    return SaleAnswer(
        receipt_number=receipt_number, operation_number=operation_number, operation=operation, alcohol=True
    )


@pytest.fixture
def basket() -> Basket:
    basket = Basket()
    basket.add(answer(1), FIRST)
    basket.add(answer(2), BEER)
    basket.add(answer(3), SECOND)
    return basket


def test_the_scanned_bottle_leaves(basket: Basket) -> None:
    removed = basket.remove(answer(4, Operation.ANNUL), FIRST)
    assert removed is not None
    assert removed.article == FIRST
    assert not basket.has_bottle(FIRST.pdf)
    assert basket.has_bottle(SECOND.pdf)
    assert basket.last_operation == 4


def test_another_code_takes_out_the_last_of_its_type(basket: Basket) -> None:
    removed = basket.remove(answer(4, Operation.ANNUL), Article(CodeType.PDF, "96385074", "C" * 68))
    assert removed is not None
    assert removed.article == SECOND


def test_one_of_two_equal_beers_leaves(basket: Basket) -> None:
    basket.add(answer(4), BEER)
    removed = basket.remove(answer(5, Operation.ANNUL), BEER)
    assert removed is not None
    assert removed.operation_number == 4
    assert basket.alcohol == 3


def test_nothing_of_that_type(basket: Basket) -> None:
    assert basket.remove(answer(4, Operation.ANNUL), Article(CodeType.EAN, "96385074")) is None
    assert basket.alcohol == 3


def test_no_pdf_is_no_duplicate(basket: Basket) -> None:
    assert not basket.has_bottle("")


@pytest.mark.parametrize(
    ("flags", "receipt_number", "operations", "ended"),
    [
        (SERVED, 5, 3, False),
        (SERVED, 5, 4, False),  # ordinary items since
        (SERVED, 5, 2, True),
        (SERVED, 6, 4, True),
        (CASH, 5, 0, True),
        (CASH, 5, 4, True),
        (ModeFlags.SMARTBOX_ON, 0, 0, False),
    ],
)
def test_what_ping_says_of_the_receipt(
    basket: Basket, flags: ModeFlags, receipt_number: int, operations: int, ended: bool
) -> None:
    status = PingAnswer(
        model=1,
        serial_number="1",
        flags=flags,
        shift=1,
        moment=datetime(2016, 7, 1),
        receipt_number=receipt_number,
        operations=operations,
    )
    assert basket.ended_before_ping(status) is ended
    assert not Basket().ended_before_ping(status)


@pytest.mark.parametrize(("number", "receipt", "ended"), [(4, 5, False), (3, 5, True), (1, 5, True), (4, 6, True)])
def test_what_an_answer_says_of_the_receipt(basket: Basket, number: int, receipt: int, ended: bool) -> None:
    assert basket.ended_before_answer(answer(number, receipt_number=receipt)) is ended
    assert not Basket().ended_before_answer(answer(number, receipt_number=receipt))

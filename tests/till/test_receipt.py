"""Money: every expected sum was worked out by hand."""

import pytest

from kkm_sim.messages.codes import CodeType, Operation, ResultCode
from kkm_sim.till.receipt import MAX_OPERATIONS, Goods, Payment, Receipt, control_number
from kkm_sim.till.refusal import Refusal

RATES = (18, 10, 0, 0, 0)


def receipt(*goods: Goods, kind: Operation = Operation.SALE) -> Receipt:
    made = Receipt(1, kind, RATES)
    for each in goods:
        made.register(each)
    return made


def refused(code: ResultCode) -> "pytest.RaisesExc[Refusal]":
    return pytest.raises(Refusal, match=f"^{code.name}$")


BOTTLE = Goods(50000, alcohol=True, code_type=CodeType.PDF)


@pytest.mark.parametrize(
    ("price", "quantity", "total"),
    [(1050, 2000, 2100), (333, 1500, 500), (333, 500, 167), (1, 499, 0), (1, 500, 1), (99_999_999, 1000, 99_999_999)],
)
def test_sum_is_rounded_half_up(price: int, quantity: int, total: int) -> None:
    """3.33 × 1.5 = 4.995 → 5.00; 3.33 × 0.5 = 1.665 → 1.67."""
    assert receipt(Goods(price, quantity)).total == total


@pytest.mark.parametrize(
    ("tax", "amounts", "taxes"),
    [
        (1, (11800,), (1800, 0, 0, 0, 0)),  # 118 × 18 / 118
        (1, (10000,), (1525, 0, 0, 0, 0)),  # 15.2542…
        (2, (10000,), (0, 909, 0, 0, 0)),  # 9.0909…
        (1, (3, 3), (0, 0, 0, 0, 0)),  # 0.457… each: by item, not 0.915… together
        (1, (59,), (9, 0, 0, 0, 0)),  # 9 exactly
        (2, (11 * 5 + 5,), (0, 5, 0, 0, 0)),  # 5.4545…
        (3, (10000,), (0, 0, 0, 0, 0)),
        (0, (10000,), (0, 0, 0, 0, 0)),
    ],
)
def test_taxes_are_contained_in_the_price(tax: int, amounts: tuple[int, ...], taxes: tuple[int, ...]) -> None:
    assert receipt(*(Goods(amount, tax=tax) for amount in amounts)).taxes == taxes


def test_tax_half_up() -> None:
    """Rate 100: tax is half the sum; 5 kopecks have 2.5, which is 3."""
    made = Receipt(1, Operation.SALE, (100, 0, 0, 0, 0))
    made.register(Goods(5, tax=1))
    assert made.taxes[0] == 3


def test_discount_and_markup_belong_to_the_item() -> None:
    made = receipt(Goods(10000, tax=1))
    made.adjust(discount=1180)
    made.register(Goods(5000, tax=2))
    made.adjust(markup=500)
    assert (made.total, made.discounts, made.markups) == (14320, 1180, 500)
    # 88.20 × 18 / 118 = 13.4542…; 55.00 × 10 / 110 = 5.00
    assert made.taxes == (1345, 500, 0, 0, 0)
    assert made.operations[0].sum == 10000


def test_annulled_item_takes_its_discount_and_tax_out() -> None:
    made = receipt(Goods(11800, tax=1), Goods(11800, tax=1))
    made.adjust(discount=100)
    made.annul_last()
    assert (made.total, made.discounts, made.taxes) == (11800, 0, (1800, 0, 0, 0, 0))


def test_per_cent_of_what_is_left_half_up() -> None:
    made = receipt(Goods(3333))
    assert made.share(10_000) == 333  # 10 % of 33.33 = 3.333
    assert made.share(1_500) == 50  # 1.5 % = 0.49995
    made.adjust(discount=333)
    assert made.share(50_000) == 1500


def test_discount_as_large_as_the_item_is_the_last_allowed() -> None:
    made = receipt(Goods(10000))
    with refused(ResultCode.DISCOUNT_FORBIDDEN):
        made.adjust(discount=10001)
    made.adjust(discount=10000)
    assert made.total == 0
    with refused(ResultCode.DISCOUNT_FORBIDDEN):
        made.adjust(discount=1)


def test_no_discount_after_an_annulment() -> None:
    made = receipt(Goods(10000), Goods(5000))
    made.annul_last()
    with refused(ResultCode.NOT_ALLOWED):
        made.adjust(discount=1)


@pytest.mark.parametrize("goods", [Goods(100_000_000), Goods(99_999_999, 2000), Goods(1, 99_999_999_500)])
def test_item_over_its_limit(goods: Goods) -> None:
    with refused(ResultCode.OVERFLOW):
        receipt(goods)


def test_total_over_its_limit() -> None:
    made = receipt(*[Goods(99_999_999)] * 100)
    made.register(Goods(99))
    assert made.total == 9_999_999_999
    with refused(ResultCode.OVERFLOW):
        made.register(Goods(1))
    with refused(ResultCode.OVERFLOW):
        made.adjust(markup=1)


def test_price_is_never_zero() -> None:
    with refused(ResultCode.NOT_ALLOWED):
        receipt(Goods(0))


def test_annulments_are_numbered_operations_and_go_back_one_by_one() -> None:
    """[D-40]"""
    made = receipt(Goods(100), BOTTLE, Goods(300))
    assert (made.annul_last().number, made.total, made.alcohol) == (4, 50100, 1)
    assert (made.annul_last().number, made.total, made.alcohol) == (5, 100, 0)
    assert (made.annul_last().sum, made.total) == (100, 0)
    assert [op.annulled for op in made.operations] == [True, True, True, False, False, False]
    with refused(ResultCode.NOT_ALLOWED):
        made.annul_last()


def test_two_hundred_operations() -> None:
    made = receipt(*[Goods(100)] * (MAX_OPERATIONS - 1))
    made.annul_last()
    assert len(made.operations) == 200
    with refused(ResultCode.OVERFLOW):
        made.register(Goods(100))
    with refused(ResultCode.OVERFLOW):
        made.annul_last()
    assert (len(made.operations), made.total) == (200, 19800)


def test_return_has_one_item() -> None:
    made = receipt(BOTTLE, kind=Operation.RETURN)
    assert (made.operations[0].kind, made.alcohol) == (Operation.RETURN, 1)
    with refused(ResultCode.NOT_ALLOWED):
        made.register(Goods(100))


def test_repeat() -> None:
    assert receipt(Goods(100, 2000, section=3)).repeated() == Goods(100, 2000, section=3)
    with refused(ResultCode.PIECE_GOODS):
        receipt(Goods(100), BOTTLE).repeated()
    made = receipt(Goods(100), Goods(200))
    made.annul_last()
    with refused(ResultCode.NOT_ALLOWED):
        made.repeated()


def test_payments() -> None:
    made = receipt(Goods(10000))
    assert made.paid_in_cash(None) == Payment(cash=10000, credit=0, given=10000)
    assert made.paid_in_cash(15000).change == 5000
    made.credit = 3000
    assert made.paid_in_cash(10000) == Payment(cash=7000, credit=3000, given=10000)
    assert made.paid_by_credit(None) == Payment(cash=0, credit=10000, given=0)
    with refused(ResultCode.NOT_ALLOWED):
        made.paid_in_cash(6999)
    with refused(ResultCode.NOT_ALLOWED):
        made.paid_by_credit(7001)


def test_more_credit_than_is_left_does_not_close() -> None:
    made = receipt(Goods(10000), Goods(10000))
    made.credit = 15000
    made.annul_last()
    for close in (made.paid_in_cash, made.paid_by_credit):
        with refused(ResultCode.NOT_ALLOWED):
            close(None)


def test_control_number_is_stable_and_depends_on_everything() -> None:
    payment = Payment(cash=10000, credit=0, given=10000)
    first = control_number("1234567", receipt(Goods(10000)), payment, 12)
    assert first == control_number("1234567", receipt(Goods(10000)), payment, 12)
    others = {
        control_number("1234568", receipt(Goods(10000)), payment, 12),
        control_number("1234567", receipt(Goods(10000, name="ХЛЕБ")), payment, 12),
        control_number("1234567", receipt(Goods(10000)), payment, 13),
        control_number("1234567", receipt(Goods(10000)), Payment(10000, 0, 20000), 12),
    }
    assert len(others | {first}) == 5
    assert all(0 <= number <= 999_999 for number in others)

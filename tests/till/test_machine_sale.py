"""Selling by hand: what the keys add up to."""

import pytest

from kkm_sim.messages.codes import CodeType, Operation
from tests.till.bench import Bench


@pytest.mark.parametrize(
    ("keys", "shown", "total"),
    [
        ("150.5 ПИ", "150.50", 15050),
        ("1 00 ПИ", "100.00", 10000),
        ("3 Х 10.33 ПИ", "30.99", 3099),
        ("0.5 Х 3.33 ПИ", "1.67", 167),
        ("7 ОТД 5 ПИ", "5.00", 500),
        ("7 ОТД 3 Х 5 ПИ", "15.00", 1500),
        ("3 Х 7 ОТД 5 ПИ", "15.00", 1500),
        ("3 Х 5 ПИ Х Х", "15.00", 4500),
        ("100 ПИ − 10 %", "90.00", 9000),
        ("100 ПИ + 2.5 %", "102.50", 10250),
        ("100 ПИ − 10 ПИ + 5 ПИ", "95.00", 9500),
        ("100 ПИ 50 ПИ − 50 ПИ", "0.00", 10000),
        ("100 ПИ 50 ПИ АН ПИ", "100.00", 10000),
        ("999999.99 ПИ", "999999.99", 99_999_999),
    ],
)
def test_sale(keys: str, shown: str, total: int) -> None:
    bench = Bench().keys(keys)
    assert (bench.shows, bench.total, bench.state) == (shown, total, "open")


@pytest.mark.parametrize(
    ("keys", "error"),
    [
        ("1.234 ПИ", 22),
        ("0 ПИ", 22),
        ("1000000 ПИ", 21),
        ("2 Х 999999 ПИ", 21),
        ("0 ОТД", 26),
        ("100 ОТД", 26),
        ("0 Х", 22),
        ("3 Х 3 Х", 22),
        ("3 Х ПИ", 22),
        ("5 ПИ − 5.01 ПИ", 13),
        ("5 ПИ − 101 %", 13),
        ("5 ПИ − 0 %", 22),
        ("5 ПИ − 0 ПИ", 22),
        ("5 ПИ + ПИ", 22),
        ("5 ПИ 5 ПИ АН ПИ − 1 ПИ", 22),
        ("5 ПИ 5 ПИ АН ПИ Х", 22),
        ("5 ПИ АН ПИ АН ПИ", 22),
        ("− 1 ИТ", 25),
        ("+ 0 ИТ", 22),
    ],
)
def test_operator_error(keys: str, error: int) -> None:
    bench = Bench().keys(keys)
    assert (bench.shows, bench.till.error) == (f"Err {error}", error)


def test_what_is_typed_is_seen() -> None:
    bench = Bench()
    assert [bench.keys(key).shows for key in ("1", "5", ".", "5", "Х", "7", "ОТД")] == [
        *("1", "15", "15.", "15.5", "0.00", "7", "0.00")
    ]
    assert bench.keys("С").shows == "0.00"
    assert bench.keys("5 ПИ −").shows == "-      0.00"
    assert bench.keys("3").shows == "-        3"


def test_kopecks_without_a_point() -> None:
    """[D-17]"""
    bench = Bench(amount_entry="kopecks").keys("150 ПИ 150.5 ПИ")
    assert bench.total == 15200


def test_section_decides_the_tax() -> None:
    """[D-47]"""
    bench = Bench(section_tax=(1, 2, 0)).keys("118 ПИ 2 ОТД 110 ПИ 3 ОТД 50 ПИ 99 ОТД 50 ПИ")
    assert bench.till.receipt is not None
    assert [operation.goods.tax for operation in bench.till.receipt.operations] == [1, 2, 0, 0]
    assert bench.till.receipt.taxes == (1800, 1000, 0, 0, 0)


def test_alcohol_may_be_discounted() -> None:
    assert Bench().bottle("500").keys("− 10 %").total == 45000


def test_repeated_item_is_sold_by_hand() -> None:
    """Only what a request brought goes through the SmartBox."""
    bench = Bench()
    bench.ask(CodeType.EAN)
    bench.keys("5 ПИ Х")
    assert bench.till.receipt is not None
    assert [op.goods.code_type for op in bench.till.receipt.operations] == [CodeType.EAN, None]


def test_return_by_hand() -> None:
    bench = Bench(cash_in_drawer=50000).keys("ВЗ 100 ПИ")
    assert bench.till.receipt is not None
    assert bench.till.receipt.kind is Operation.RETURN
    assert "ВОЗВРАТ" in bench.printed()
    assert bench.keys("ИТ").till.shift.cash == 40000


def test_receipt_after_a_return_is_a_sale() -> None:
    bench = Bench(cash_in_drawer=50000).keys("ВЗ 100 ПИ ИТ 100 ПИ")
    assert bench.till.receipt is not None
    assert bench.till.receipt.kind is Operation.SALE


def test_change_of_the_receipt_keeps_part_payments() -> None:
    bench = Bench().keys("100 ПИ 30 КР 50 ПИ − 10 ПИ АН ПИ")
    assert bench.till.receipt is not None
    assert bench.till.receipt.credit == 3000
    assert bench.keys("1 КР").shows == "69.00"


def test_receipt_that_owes_less_than_was_paid_does_not_close() -> None:
    bench = Bench().keys("10 ПИ 100 ПИ 50 КР АН ПИ ИТ")
    assert (bench.state, bench.shows) == ("open", "Err 22")
    assert bench.keys("С С ИТ").state == "idle"

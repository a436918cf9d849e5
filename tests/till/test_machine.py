"""Options and the till's face."""

import pytest

from kkm_sim.till.machine import BadOptionValue, ReceiptOpen, RequestOpen, UnknownOption
from tests.till.bench import Bench


def test_options() -> None:
    bench = Bench()
    bench.till.set_option(30, 98, bench.now)
    assert dict(bench.till.options) == {27: 1, 29: 3, 30: 98}


@pytest.mark.parametrize(
    ("number", "value", "error"),
    [(28, 0, UnknownOption), (27, 2, BadOptionValue), (29, 4, BadOptionValue), (30, 0, BadOptionValue)],
)
def test_bad_option(number: int, value: int, error: type[Exception]) -> None:
    bench = Bench()
    with pytest.raises(error):
        bench.till.set_option(number, value, bench.now)


def test_no_option_changes_while_a_receipt_is_open() -> None:
    bench = Bench().keys("5 ПИ")
    with pytest.raises(ReceiptOpen):
        bench.till.set_option(30, 2, bench.now)


@pytest.mark.parametrize(("number", "value"), [(27, 1), (29, 2), (30, 2)])
def test_options_but_27_change_while_a_request_is_open(number: int, value: int) -> None:
    bench = Bench()
    bench.ask()
    bench.till.set_option(number, value, bench.now)
    assert bench.till.options[number] == value
    with pytest.raises(RequestOpen):
        bench.till.set_option(27, 0, bench.now)
    bench.keys("С").till.set_option(27, 0, bench.now)
    assert bench.till.options[27] == 0


def test_tills_share_nothing() -> None:
    first, second = Bench(), Bench()
    first.keys("5 ПИ")
    assert (first.state, second.state, second.till.receipt, second.printed()) == ("open", "idle", None, [])

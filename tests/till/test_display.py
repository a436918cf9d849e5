"""The indicator in every state, over the operator's keys."""

import pytest

from kkm_sim.messages.codes import ShownMessage
from tests.till.bench import Bench


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("", "0.00"),
        ("150.5", "150.5"),
        ("ВЗ", "ВЗ     0.00"),
        ("+", "0.00"),
        ("− 5", "-        5"),
        ("150 ПИ", "150.00"),
        ("150 ПИ АН", "АН"),
        ("150 ПИ 20 ПИ АН ПИ", "150.00"),
        ("150 ПИ 200 ИТ", "50.00"),
        ("150 ПИ ИТ", "0.00"),
        ("150 ПИ 50 КР", "100.00"),
        ("%", "Err 22"),
        ("% С", "0.00"),
        ("РЕЖ", "?"),
        ("РЕЖ 1", "П?1_____"),
        ("РЕЖ РЕЖ", "ОБГ----"),
        ("РЕЖ РЕЖ РЕЖ", "ОСГ----"),
        ("РЕЖ РЕЖ РЕЖ РЕЖ", "ПРОГ"),
    ],
)
def test_keys(keys: str, text: str) -> None:
    assert Bench().keys(keys).shows == text


def test_states_of_the_smartbox() -> None:
    bench = Bench(close_timeout=5)
    bench.ask()
    assert bench.shows == "А      0.00"
    bench.keys("35")
    assert bench.shows == "А       35"
    bench.keys("0 ПИ АН ПИ")
    assert bench.shows == "SCAn"
    bench.keys("С ИТ")
    assert bench.shows == "ЗАПРОС"
    bench.till.close_answered(1, bench.now)
    assert bench.shows == "ОtКАЗАНО"
    bench.keys("ИТ").wait(5_000_000_000)
    assert bench.shows == "НЕt СВ"
    bench.keys("ИТ").allow()
    assert bench.shows == "ПЕЧАtЬ"
    bench.wait(5_000_000_000)
    assert bench.shows == "НЕt СВ"
    bench.end()
    assert bench.shows == "0.00"
    bench.till.power(False, bench.now)
    assert bench.shows == ""


def test_error_lies_over_a_message_and_that_over_the_state() -> None:
    bench = Bench().keys("%")
    bench.till.show_message(ShownMessage.SCAN_EAN, bench.now)
    assert bench.shows == "Err 22"
    bench.till.error = None
    assert bench.shows == "SCAn EAN"

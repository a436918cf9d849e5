"""The menu and its password [D-49]."""

import pytest

from tests.till.bench import Bench


def menu() -> Bench:
    return Bench(start="menu")


def test_mode_goes_round() -> None:
    bench = menu()
    assert [bench.shows, *(bench.keys("РЕЖ").shows for _ in range(4))] == ["?", "ОБГ----", "ОСГ----", "ПРОГ", "?"]


def test_password() -> None:
    bench = menu().keys("ИТ")
    assert bench.shows == "П?______"
    assert bench.keys("1 0").shows == "П?10____"
    assert (bench.keys("0 0 0").state, bench.keys("0").state, bench.shows) == ("menu", "idle", "0.00")


def test_first_digit_asks_for_the_password() -> None:
    bench = menu().keys("1")
    assert bench.shows == "П?1_____"
    assert bench.keys("00 00 0").state == "idle"


def test_wrong_password() -> None:
    bench = menu().keys("ИТ 123456")
    assert (bench.state, bench.shows) == ("menu", "Err 16")
    assert bench.keys("С").shows == "?"


@pytest.mark.parametrize("key", ["С", "РЕЖ"])
def test_password_may_be_left(key: str) -> None:
    assert menu().keys(f"ИТ 10 {key}").shows == "?"


def test_double_zero_that_does_not_fit_is_not_taken() -> None:
    assert menu().keys("10000 00").shows == "П?10000_"


def test_options() -> None:
    bench = menu().keys("РЕЖ РЕЖ РЕЖ ИТ 29 ИТ")
    assert bench.shows == "3"
    assert bench.keys("1 ИТ").till.options == {27: 1, 29: 1, 30: 1}
    assert bench.keys("30 ИТ").shows == "1"
    assert bench.keys("12").shows == "12"
    assert bench.keys("ИТ").till.options[30] == 12
    assert bench.keys("30 ИТ ИТ").till.options[30] == 12
    assert bench.keys("РЕЖ").shows == "ПРОГ"


@pytest.mark.parametrize(
    ("keys", "shown"), [("28 ИТ", "Err 22"), ("ИТ", "Err 22"), ("30 ИТ 99 ИТ", "Err 3"), ("29 ИТ 4 ИТ", "Err 3")]
)
def test_bad_option(keys: str, shown: str) -> None:
    bench = menu().keys("РЕЖ РЕЖ РЕЖ ИТ").keys(keys)
    assert bench.shows == shown
    assert bench.till.options == {27: 1, 29: 3, 30: 1}
    assert bench.keys("С С С РЕЖ").state == "menu"


def test_typing_in_the_menu_is_never_half_an_operation() -> None:
    bench = menu().keys("ИТ 10")
    assert bench.till.availability.value == "ready"


def test_reports() -> None:
    bench = Bench(cash_in_drawer=1000).keys("150 ПИ ИТ 50 ПИ КР РЕЖ РЕЖ")
    start = bench.till.tape.last
    bench.keys("ИТ")
    report = bench.printed(start)
    assert report == [
        "ООО РОМАШКА",
        "ИНН 7701234567",
        "ККМ 1234567",
        "01-07-2016 12:00",
        "X ОТЧЕТ СМЕНА 0001",
        "ПРОДАЖ 2          200.00",
        "В Т.Ч. КРЕДИТ      50.00",
        "ВОЗВРАТОВ 0         0.00",
        "В Т.Ч. КРЕДИТ       0.00",
        "ВНЕСЕНО             0.00",
        "ВЫПЛАЧЕНО           0.00",
        "АННУЛИРОВАНО 0",
        "В КАССЕ           160.00",
        "Cut",
    ]
    assert (bench.till.shift.number, bench.till.shift.receipt_number) == (1, 2)
    start = bench.till.tape.last
    bench.keys("РЕЖ ИТ")
    assert bench.printed(start)[4:6] == ["Z ОТЧЕТ СМЕНА 0001", "ПРОДАЖ 2          200.00"]
    shift = bench.till.shift
    assert (shift.number, shift.receipt_number, shift.cash, shift.sales) == (2, 0, 16000, 0)


@pytest.mark.parametrize("places", ["РЕЖ", "РЕЖ РЕЖ"])
def test_no_report_without_paper(places: str) -> None:
    bench = menu().paper(False).keys(places).keys("ИТ")
    assert (bench.shows, bench.till.shift.number, bench.printed()) == ("Err 20", 1, [])

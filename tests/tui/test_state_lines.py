import pytest

from kkm_sim.availability import Availability
from kkm_sim.tui.catalogue import ENGLISH, RUSSIAN
from kkm_sim.tui.state_lines import availability, flags, headline, state_lines
from tests.tui.support import operation, receipt, snapshot


@pytest.mark.parametrize(
    ("state", "printing", "hears"),
    [
        ("off", False, Availability.SILENT),
        ("entry", False, Availability.ENTRY),
        ("entry", True, Availability.ENTRY),
        ("idle", False, Availability.READY),
        ("qr_print", True, Availability.BUSY),
        ("qr_print", False, Availability.READY),
    ],
)
def test_what_rdy_hears(state: str, printing: bool, hears: Availability) -> None:
    assert availability(snapshot(state, printing=printing)) is hears


def test_the_headline() -> None:
    assert headline(snapshot("entry"), ENGLISH) == "the operator is typing · RDY hears: DISC"
    assert headline(snapshot("menu"), RUSSIAN) == "меню · на RDY ответ: RDY"


def test_flags_of_ping() -> None:
    alcohol = receipt(operation(1, 35090, alcohol=True, code_type=1))
    assert flags(snapshot("off", options={"27": 0})) == (False, False, False, False)
    assert flags(snapshot("menu")) == (False, True, False, False)
    assert flags(snapshot("open", receipt=receipt(operation(1, 100)))) == (True, True, False, False)
    assert flags(snapshot("request", receipt=alcohol, request=True)) == (True, True, True, True)


def test_between_receipts() -> None:
    assert state_lines(snapshot(), ENGLISH, 80) == [
        "between receipts",
        "RDY hears: RDY",
        "PING flags:  ● cash mode  ● SmartBox on  ○ SmartBox served  ○ request open",
        "shift 7, address 1, cash 1500.50",
        "options 27=1 29=3 30=1, 2016-07-01 12:00:00",
        "no receipt",
    ]


def test_the_receipt_so_far() -> None:
    lines = state_lines(
        snapshot(
            "open",
            receipt=receipt(
                operation(1, 10000, quantity=2500, sum=25000, name="МОЛОКО"),
                operation(2, 35090, alcohol=True, code_type=1, annulled=True),
                operation(3, 35090, kind="annul", code_type=1),
                discounts=1000,
                total=24000,
            ),
        ),
        RUSSIAN,
        54,
    )
    assert lines[-6:] == [
        "Чек 12",
        "1 МОЛОКО 2.5 × 100.00                           250.00",
        "2 ТОВАР [PDF], аннулирована                     350.90",
        "3 аннул. ТОВАР [PDF]                            350.90",
        "скидки                                           10.00",
        "итог                                            240.00",
    ]


def test_an_error_and_the_paper() -> None:
    lines = state_lines(snapshot(paper=False, error={"code": 20, "text": "printer error, or no paper"}), RUSSIAN, 54)
    assert lines[1] == "Err 20: ошибка печати или нет бумаги"
    assert "смена 7, адрес 1, в кассе 1500.50 · НЕТ БУМАГИ" in lines


def test_flags_fold_where_the_place_is_narrow() -> None:
    lines = state_lines(snapshot(), RUSSIAN, 30)
    assert lines[2:6] == [
        "флаги PING:  ● режим кассы",
        "● SmartBox включён",
        "○ SmartBox был",
        "○ запрос открыт",
    ]

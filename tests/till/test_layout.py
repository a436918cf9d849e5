"""The tape, line by line."""

import pytest

from kkm_sim.till.layout import amount_line, wrapped
from kkm_sim.till.tape import Bitmap, TextLine
from tests.till.bench import Bench


def test_receipt() -> None:
    bench = Bench().keys("150 ПИ 2.5 Х 10.1 ПИ + 1 ПИ АН ПИ").bottle("500").keys("АН ИТ 60 ПИ 100 ИТ")
    assert bench.printed()[:-2] == [
        "ООО РОМАШКА",
        "ИНН 7701234567",
        "ККМ 1234567",
        "01-07-2016 12:00",
        "СМЕНА 0001 ЧЕК 0001",
        "КАССИР 1",
        "ПРОДАЖА",
        "ТОВАР",
        "1 x 150.00        150.00",
        "ТОВАР",
        "2.5 x 10.10        25.25",
        "НАЦЕНКА             1.00",
        "АННУЛИРОВАНО",
        "ТОВАР",
        "2.5 x 10.10        25.25",
        "ТОВАР",
        "1 x 500.00        500.00",
        "ЧЕК АННУЛИРОВАН",
        "Cut",
        "ООО РОМАШКА",
        "ИНН 7701234567",
        "ККМ 1234567",
        "01-07-2016 12:00",
        "СМЕНА 0001 ЧЕК 0002",
        "КАССИР 1",
        "ПРОДАЖА",
        "ТОВАР",
        "1 x 60.00          60.00",
        "ИТОГ               60.00",
        "НАЛИЧНЫМИ         100.00",
        "СДАЧА              40.00",
        "НАЛОГ 1 18%         9.15",
        "ЭКЛЗ 0012345678",
    ]
    number, _, control = bench.printed()[-2].partition(" #")
    assert (number, len(control), control.isdigit()) == ("00000001", 6, True)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("A" * 24, ["A" * 24]),
        ("A" * 25, ["A" * 24, "A"]),
        ("A\rB\r", ["A", "B"]),
        ("A\r\rB", ["A", "", "B"]),
        ("A  ", ["A"]),
    ],
)
def test_wrapped(text: str, lines: list[str]) -> None:
    assert wrapped(text) == [TextLine(line) for line in lines]


def test_amount_that_does_not_fit_stands_on_its_own_line() -> None:
    assert amount_line("9999999.999 x 0.09", 90000000) == [
        TextLine("9999999.999 x 0.09"),
        TextLine("900000.00".rjust(24)),
    ]
    assert amount_line("A" * 19, 100) == [TextLine("A" * 19 + " 1.00")]


@pytest.mark.parametrize(
    ("size", "scale", "lines"), [(37, 8, 13), (41, 7, 12), (53, 6, 14), (64, 5, 14), (57, 5, 12), (1, 42, 2)]
)
def test_bitmap_leaves_four_modules_white_on_each_side(size: int, scale: int, lines: int) -> None:
    """(37 + 8) × 8 = 360 ≤ 384 dots; 37 × 8 = 296 dots are 12.3 lines."""
    bitmap = Bitmap(size, size, (bytes(-(-size // 8)),) * size)
    assert (bitmap.scale, bitmap.lines) == (scale, lines)


def test_tape_is_numbered_from_one() -> None:
    bench = Bench().keys("↑ ↑ ↑")
    assert [number for number, _ in bench.till.tape.since(0)] == [1, 2, 3]
    assert [number for number, _ in bench.till.tape.since(2)] == [3]
    assert bench.till.tape.since(3) == ()

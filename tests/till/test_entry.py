from typing import Literal

import pytest

from kkm_sim.messages.codes import ResultCode
from kkm_sim.till.entry import Entry
from kkm_sim.till.keyboard import parse_keys
from kkm_sim.till.refusal import NotTaken, Refusal


def typed(text: str) -> Entry:
    entry = Entry()
    for key in parse_keys(text):
        entry = entry.typed(key)
    return entry


@pytest.mark.parametrize(
    ("text", "mode", "kopecks"),
    [
        ("150", "point", 15000),
        ("150.5", "point", 15050),
        ("150.05", "point", 15005),
        (".5", "point", 50),
        ("1 00", "point", 10000),
        ("12345678", "point", 1234567800),
        ("150", "kopecks", 150),
        ("150.5", "kopecks", 15050),
    ],
)
def test_amount(text: str, mode: Literal["point", "kopecks"], kopecks: int) -> None:
    assert typed(text).kopecks(mode) == kopecks


@pytest.mark.parametrize("text", ["0", ".", "1.234", "1.230", "0.00"])
def test_no_such_amount(text: str) -> None:
    with pytest.raises(Refusal):
        typed(text).kopecks("point")


@pytest.mark.parametrize("text", ["12345678901", "123456789.12", "1.2345", "1..", "1.1.", "123456789 00", "1.12 00"])
def test_number_too_long_is_not_taken(text: str) -> None:
    with pytest.raises(NotTaken):
        typed(text)


def test_section_then_quantity_then_price() -> None:
    entry = typed("7").with_section()
    entry = Entry(number="1.5", section=entry.section).with_quantity()
    assert (entry.section, entry.quantity, entry.number) == (7, 1500, "")


@pytest.mark.parametrize("text", ["0", "100", "1.5", "1."])
def test_wrong_section(text: str) -> None:
    with pytest.raises(Refusal) as caught:
        typed(text).with_section()
    assert caught.value.code is ResultCode.WRONG_SECTION


@pytest.mark.parametrize("text", ["0", "."])
def test_no_quantity(text: str) -> None:
    with pytest.raises(Refusal):
        typed(text).with_quantity()


def test_quantity_fits_the_answer() -> None:
    """Ten digits of thousandths (document, section 1: BCD[5])."""
    assert typed("9999999.999").with_quantity().quantity == 9_999_999_999
    with pytest.raises(Refusal) as caught:
        typed("10000000").with_quantity()
    assert caught.value.code is ResultCode.OVERFLOW

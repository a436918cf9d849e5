"""Rounding and how amounts are written."""

import pytest

from kkm_sim.till.amounts import half_up, pieces, roubles


@pytest.mark.parametrize(
    ("numerator", "denominator", "quotient"),
    [(0, 3, 0), (1, 3, 0), (1, 2, 1), (3, 2, 2), (2499, 1000, 2), (2500, 1000, 3)],
)
def test_half_up(numerator: int, denominator: int, quotient: int) -> None:
    assert half_up(numerator, denominator) == quotient


@pytest.mark.parametrize(
    ("kopecks", "text"), [(0, "0.00"), (5, "0.05"), (15050, "150.50"), (9_999_999_999, "99999999.99")]
)
def test_roubles(kopecks: int, text: str) -> None:
    assert roubles(kopecks) == text


@pytest.mark.parametrize(
    ("thousandths", "text"), [(1000, "1"), (10_000, "10"), (500, "0.5"), (1, "0.001"), (2050, "2.05")]
)
def test_pieces(thousandths: int, text: str) -> None:
    assert pieces(thousandths) == text

"""Whole-number arithmetic and how amounts are written: kopecks and thousandths, never a float."""

PIECE = 1000
"""One piece, in thousandths."""


def half_up(numerator: int, denominator: int) -> int:
    """Quotient rounded half up; both arguments non-negative."""
    return (2 * numerator + denominator) // (2 * denominator)


def roubles(kopecks: int) -> str:
    """15050 → `150.50`."""
    return f"{kopecks // 100}.{kopecks % 100:02d}"


def pieces(thousandths: int) -> str:
    """1000 → `1`, 500 → `0.5`: no zeros that say nothing."""
    whole, rest = divmod(thousandths, PIECE)
    return f"{whole}.{rest:03d}".rstrip("0").rstrip(".")

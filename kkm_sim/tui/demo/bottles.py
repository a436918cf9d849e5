"""What stands on the demo's counter to be scanned: bottles, each with codes of its own, and a beer."""

from dataclasses import dataclass

from kkm_sim.smartbox.scanned_code import check_digit


@dataclass(frozen=True, slots=True)
class Bottle:
    """The two codes of one bottle: of its kind, and its very own."""

    ean: str
    pdf: str


def bottle(number: int) -> Bottle:
    """The bottle of that number, from 1; no two have the same codes. Below 100 000."""
    return Bottle(_ean(number), f"22N{number:05}7K1UWQ1AYT9DPAX3110130010160ZZTPKJ8FQE0V0GMH65AUT3U49P1EUT3U")


def _ean(number: int) -> str:
    digits = f"460{number:09}"
    return digits + check_digit(digits)


BEER = _ean(700_000_000)
"""The EAN of the beer, which has no code of its own."""

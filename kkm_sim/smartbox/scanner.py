"""What a scanned code is: the EAN of an item, or the PDF417 excise code of a bottle (document, «1) Продажа»)."""

import re
from collections.abc import Collection
from typing import ClassVar

from kkm_sim.messages.codes import CodeType
from kkm_sim.reasons import Reason, ReasonCode
from kkm_sim.value import Value

_EAN = re.compile(r"\d{8}|\d{13}", re.ASCII)
_PDF = re.compile(r"[0-9A-Za-z]{60,}", re.ASCII)

BEER_PREFIX = "beer:"
PLAIN_PREFIX = "ean:"


class ScannedEan(Value):
    """An EAN-8 or EAN-13 whose check digit is right. `sells_as`: PDF where the bottle's own code must follow."""

    KIND: ClassVar[str] = "EAN"

    ean: str
    sells_as: CodeType

    def __str__(self) -> str:
        return self.ean


class ScannedPdf(Value):
    """The excise code of one bottle."""

    KIND: ClassVar[str] = "PDF"

    pdf: str

    def __str__(self) -> str:
        return self.pdf


class Unreadable(Value):
    """No code that can be sold, and why."""

    code: str
    reason: Reason


Scan = ScannedEan | ScannedPdf | Unreadable


def classify(code: str, beer_eans: Collection[str] = ()) -> Scan:
    """Tells what was scanned.

    An EAN is half of a bottle, unless it is a known beer's or says otherwise: `beer:4600682000013` is sold as
    beer, `ean:4600682000013` as a plain item, each without a PDF code.
    """
    code = code.strip()
    if code.startswith(BEER_PREFIX):
        return _ean(code.removeprefix(BEER_PREFIX), CodeType.BEER)
    if code.startswith(PLAIN_PREFIX):
        return _ean(code.removeprefix(PLAIN_PREFIX), CodeType.EAN)
    if _PDF.fullmatch(code):
        return ScannedPdf(code)
    return _ean(code, CodeType.BEER if code in beer_eans else CodeType.PDF)


def _ean(code: str, sells_as: CodeType) -> ScannedEan | Unreadable:
    if not _EAN.fullmatch(code):
        return Unreadable(code, Reason(ReasonCode.NO_CODE))
    if check_digit(code[:-1]) != code[-1]:
        digits = {"digit": code[-1], "expected": check_digit(code[:-1])}
        return Unreadable(code, Reason(ReasonCode.CHECK_DIGIT, **digits))
    return ScannedEan(code, sells_as)


def check_digit(digits: str) -> str:
    """The last digit of an EAN, from those before it: weights 3, 1, 3, … from the right."""
    total = sum(int(digit) * (3 if n % 2 == 0 else 1) for n, digit in enumerate(reversed(digits)))
    return str(-total % 10)

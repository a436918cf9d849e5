"""What a scanned code is: the EAN of an item, or the PDF417 excise code of a bottle (document, «1) Продажа»)."""

import re
from collections.abc import Collection
from typing import ClassVar

from kkm_sim.messages.codes import CodeType
from kkm_sim.reasons import Reason, ReasonCode
from kkm_sim.value import Value

_EAN = re.compile(r"[0-9]{8}|[0-9]{12,14}")

_MARK = re.compile(r"[0-9]{2}[A-Za-z][0-9A-Za-z]{65}|[0-9]{21}[0-9A-Za-z]{129}|[0-9]{40}")
"""An excise mark: 68 characters, of which the third is a letter; from 2018 on 150; before either 40 digits."""

_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")
"""What a scanner may say of the symbol before its text, as in `]E0`."""

_AROUND = " \t\r\n\x02\x03\ufeff"
"""What scanners and files put around a code."""

BEER_PREFIX = "beer:"
PLAIN_PREFIX = "ean:"


class ScannedEan(Value):
    """The number of an item, its check digit right: EAN-8, EAN-13 (also of a UPC-A), or a box's GTIN-14.

    `sells_as`: PDF where the bottle's own code must follow.
    """

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
    code = code.strip(_AROUND)
    code = code[3:] if _AIM.match(code) else code
    if code.startswith(BEER_PREFIX):
        return _ean(code.removeprefix(BEER_PREFIX), CodeType.BEER)
    if code.startswith(PLAIN_PREFIX):
        return _ean(code.removeprefix(PLAIN_PREFIX), CodeType.EAN)
    if _MARK.fullmatch(code):
        return ScannedPdf(code)
    known_beer = _number(code) in map(_number, beer_eans)
    return _ean(code, CodeType.BEER if known_beer else CodeType.PDF)


def _ean(code: str, sells_as: CodeType) -> ScannedEan | Unreadable:
    if not _EAN.fullmatch(code):
        return Unreadable(code, Reason(ReasonCode.NO_CODE))
    if check_digit(code[:-1]) != code[-1]:
        digits = {"digit": code[-1], "expected": check_digit(code[:-1])}
        return Unreadable(code, Reason(ReasonCode.CHECK_DIGIT, **digits))
    return ScannedEan(_number(code), sells_as)


def _number(code: str) -> str:
    """The item's number as EAN-13 has it: a UPC-A gets a zero before it, a GTIN-14 loses one."""
    return code.zfill(13) if len(code) == 12 else code[1:] if len(code) == 14 and code[0] == "0" else code


def check_digit(digits: str) -> str:
    """The last digit of an EAN, from those before it: weights 3, 1, 3, … from the right."""
    total = sum(int(digit) * (3 if n % 2 == 0 else 1) for n, digit in enumerate(reversed(digits)))
    return str(-total % 10)

"""What the operator has half typed: one operation before the key that finishes it (till, section 1)."""

from typing import Literal

from kkm_sim.messages.codes import ResultCode
from kkm_sim.till.amounts import PIECE
from kkm_sim.till.keyboard import Key
from kkm_sim.till.refusal import NotTaken, Refusal
from kkm_sim.value import Value, replace

MAX_DIGITS = 10
"""As many as the indicator has cells, and the largest total has."""
DIGITS_AFTER_POINT = 3
MAX_QUANTITY = 9_999_999_999
"""Thousandths: ten digits, what the answer to a sale request can hold."""


class Entry(Value):
    """Typed so far; every key gives a new value or raises Refusal."""

    number: str = ""
    """The number being typed, as typed."""
    section: int | None = None
    quantity: int | None = None
    """Thousandths, once Х was pressed."""
    sign: Literal[Key.PLUS, Key.MINUS] | None = None
    """Markup or discount in a receipt, cash in or out in idle [D-18]."""

    @property
    def is_bare_number(self) -> bool:
        """True for a number and nothing else: the money given or a payment by credit."""
        return bool(self.number) and self.section is None and self.quantity is None and self.sign is None

    def typed(self, key: Key) -> "Entry":
        """With one more digit, two zeros or the point; a number too long hears a long beep only."""
        number = self.number + key.value
        if number == ".":
            number = "0."
        whole, _, decimals = number.partition(".")
        if number.count(".") > 1 or len(whole + decimals) > MAX_DIGITS or len(decimals) > DIGITS_AFTER_POINT:
            raise NotTaken
        return replace(self, number=number)

    def with_section(self) -> "Entry":
        """The number was a section, 1–99 [D-19]."""
        if not self.number or self.sign is not None or self.section is not None:
            raise Refusal
        section = int(self.number) if self.number.isdigit() else 0
        if not 1 <= section <= 99:
            raise Refusal(ResultCode.WRONG_SECTION)
        return replace(self, number="", section=section)

    def with_quantity(self) -> "Entry":
        """The number was a quantity."""
        if self.sign is not None or self.quantity is not None or self.thousandths == 0:
            raise Refusal
        if self.thousandths > MAX_QUANTITY:
            raise Refusal(ResultCode.OVERFLOW)
        return replace(self, number="", quantity=self.thousandths)

    @property
    def thousandths(self) -> int:
        """The number as a quantity or a per cent, in thousandths; 0 where nothing is typed."""
        whole, _, decimals = self.number.partition(".")
        return int(whole or "0") * PIECE + int(decimals.ljust(DIGITS_AFTER_POINT, "0"))

    def kopecks(self, amount_entry: Literal["point", "kopecks"]) -> int:
        """The number as money, over 0 [D-17]; raises Refusal for less than a kopeck."""
        if amount_entry == "kopecks" and "." not in self.number:
            amount = int(self.number or "0")
        else:
            amount, rest = divmod(self.thousandths, 10)
            if rest or len(self.number.partition(".")[2]) > 2:
                raise Refusal
        if amount == 0:
            raise Refusal
        return amount

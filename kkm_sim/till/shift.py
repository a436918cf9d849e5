"""The shift: counters, the drawer, receipt numbers, 24 hours (till, section 4)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from kkm_sim.messages.codes import Operation, ResultCode
from kkm_sim.till.receipt import Payment
from kkm_sim.till.refusal import Refusal

LAST_NUMBER = 9999
"""Shift and receipt numbers run 1…9999, then 1 [D-47]."""
DAY = timedelta(hours=24)


@dataclass(slots=True)
class Shift:
    """Plain data: it survives a power failure. Money in kopecks."""

    number: int = 1
    cash: int = 0
    """In the drawer; stays through Z."""
    opened_at: datetime | None = None
    """The first document; None before it."""
    receipts: int = 0
    """Receipt numbers given out so far."""
    sales: int = 0
    sales_sum: int = 0
    returns: int = 0
    returns_sum: int = 0
    credit_sales: int = 0
    credit_returns: int = 0
    cash_in: int = 0
    cash_out: int = 0
    annulled: int = 0

    @property
    def receipt_number(self) -> int:
        """The number given out last; 0 before the first."""
        return (self.receipts - 1) % LAST_NUMBER + 1 if self.receipts else 0

    def check_open(self, moment: datetime) -> None:
        """Raises Refusal when the shift is longer than 24 h: only Z helps."""
        if self.opened_at is not None and moment - self.opened_at > DAY:
            raise Refusal(ResultCode.NOT_ALLOWED)

    def begin(self, moment: datetime) -> None:
        """The first document opens the shift; later ones change nothing."""
        if self.opened_at is None:
            self.opened_at = moment

    def next_receipt(self, moment: datetime) -> int:
        """Opens a receipt and gives it its number."""
        self.begin(moment)
        self.receipts += 1
        return self.receipt_number

    def check_drawer(self, amount: int) -> None:
        """Raises Refusal where the drawer holds less than `amount`."""
        if amount > self.cash:
            raise Refusal(ResultCode.NOT_ENOUGH_CASH)

    def count(self, kind: Operation, payment: Payment) -> None:
        """A receipt was closed."""
        total = payment.cash + payment.credit
        if kind is Operation.RETURN:
            self.returns += 1
            self.returns_sum += total
            self.credit_returns += payment.credit
            self.cash -= payment.cash
        else:
            self.sales += 1
            self.sales_sum += total
            self.credit_sales += payment.credit
            self.cash += payment.cash

    def count_annulled(self, *, takes_number: bool) -> None:
        """A receipt was annulled whole [D-39]."""
        self.annulled += 1
        if not takes_number:
            self.receipts -= 1

    def move_cash(self, amount: int, moment: datetime) -> None:
        """Cash in (over 0) or out (below 0)."""
        self.check_drawer(-amount)
        self.begin(moment)
        self.cash += amount
        if amount > 0:
            self.cash_in += amount
        else:
            self.cash_out -= amount

    def closed(self) -> "Shift":
        """The next shift, after Z."""
        return Shift(number=self.number % LAST_NUMBER + 1, cash=self.cash)

"""A receipt: operations, sums, taxes, payments. Every rule of money that needs no machine (till, section 4)."""

from dataclasses import dataclass, field

from kkm_sim.messages.codes import CodeType, Operation, ResultCode
from kkm_sim.till.amounts import PIECE, half_up
from kkm_sim.till.refusal import Refusal
from kkm_sim.value import Value, replace

MAX_OPERATIONS = 200
MAX_ITEM = 99_999_999
"""Highest price and item sum, kopecks [D-46]."""
MAX_TOTAL = 9_999_999_999
"""Highest total, kopecks [D-46]."""

Taxes = tuple[int, int, int, int, int]


class Goods(Value):
    """What is sold: price in kopecks, quantity in thousandths. `code_type` None: sold by hand."""

    price: int
    quantity: int = PIECE
    name: str = "ТОВАР"
    section: int = 1
    tax: int = 0
    alcohol: bool = False
    code_type: CodeType | None = None

    @property
    def sum(self) -> int:
        """Price × quantity, half up."""
        return half_up(self.price * self.quantity, PIECE)


class ReceiptOperation(Value):
    """One operation. Amounts are positive, the kind carries the sign [D-40]."""

    number: int
    kind: Operation
    goods: Goods
    discount: int = 0
    markup: int = 0
    annulled: bool = False

    @property
    def sum(self) -> int:
        """Before discounts and markups, kopecks."""
        return self.goods.sum

    @property
    def due(self) -> int:
        """After discounts and markups, kopecks."""
        return self.sum - self.discount + self.markup

    @property
    def stands(self) -> bool:
        """True for an item that is not annulled."""
        return self.kind is not Operation.ANNUL and not self.annulled


class Payment(Value):
    """How a receipt is closed, kopecks: cash and credit make the total; given is what the customer laid down."""

    cash: int
    credit: int
    given: int

    @property
    def change(self) -> int:
        return self.given - self.cash


@dataclass(slots=True)
class Receipt:
    """A receipt from its first item until it is closed or annulled. Plain data: it survives a power failure."""

    number: int
    kind: Operation
    tax_rates: tuple[int, ...]
    operations: list[ReceiptOperation] = field(default_factory=list)
    credit: int = 0
    """Part payments so far, kopecks [D-20]."""
    served: bool = False
    """True once a SmartBox request was completed in it."""

    # What it amounts to

    @property
    def standing(self) -> list[ReceiptOperation]:
        """Items not annulled, in order."""
        return [operation for operation in self.operations if operation.stands]

    @property
    def total(self) -> int:
        return sum(item.due for item in self.standing)

    @property
    def discounts(self) -> int:
        return sum(item.discount for item in self.standing)

    @property
    def markups(self) -> int:
        return sum(item.markup for item in self.standing)

    @property
    def alcohol(self) -> int:
        """Real alcohol: annulled items do not count, returned ones do [D-41]."""
        return sum(item.goods.alcohol for item in self.standing)

    @property
    def taxes(self) -> Taxes:
        """Taxes 1–5 contained in the price, by item, half up."""
        sums = [0] * 5
        for item in self.standing:
            if item.goods.tax:
                rate = self.tax_rates[item.goods.tax - 1]
                sums[item.goods.tax - 1] += half_up(item.due * rate, 100 + rate)
        return sums[0], sums[1], sums[2], sums[3], sums[4]

    @property
    def due(self) -> int:
        """What is left to pay; below 0 where an annulment left less than was paid by credit."""
        return self.total - self.credit

    # What may happen to it

    def register(self, goods: Goods) -> ReceiptOperation:
        """Adds an item. A return receipt has only one [D-41]."""
        if self.kind is Operation.RETURN and self.standing:
            raise Refusal
        if not goods.price:
            raise Refusal
        if goods.price > MAX_ITEM or goods.sum > MAX_ITEM or self.total + goods.sum > MAX_TOTAL:
            raise Refusal(ResultCode.OVERFLOW)
        self.check_room()
        operation = ReceiptOperation(len(self.operations) + 1, self.kind, goods)
        self.operations.append(operation)
        return operation

    def repeated(self) -> Goods:
        """What Х alone sells again: each bottle needs a code of its own, so never alcohol."""
        last = self.operations[-1]
        if last.kind is not Operation.ANNUL and last.goods.alcohol:
            raise Refusal(ResultCode.PIECE_GOODS)
        if last.kind is not Operation.SALE or last.annulled:
            raise Refusal
        return replace(last.goods, code_type=None)

    def adjust(self, *, discount: int = 0, markup: int = 0) -> None:
        """A discount or a markup on the item registered last [D-18]."""
        item = self._adjustable()
        if discount > item.due:
            raise Refusal(ResultCode.DISCOUNT_FORBIDDEN)
        changed = replace(item, discount=item.discount + discount, markup=item.markup + markup)
        if changed.due > MAX_ITEM or self.total + markup > MAX_TOTAL:
            raise Refusal(ResultCode.OVERFLOW)
        self.operations[-1] = changed

    def share(self, per_cent: int) -> int:
        """`per_cent` (thousandths of one) of the item registered last, kopecks, half up."""
        return half_up(self._adjustable().due * per_cent, 100 * PIECE)

    def last_standing(self) -> ReceiptOperation:
        """The item that АН ПИ takes back; raises Refusal where none is left [D-40]."""
        if not self.standing:
            raise Refusal
        return self.standing[-1]

    def annul_last(self) -> ReceiptOperation:
        """Takes the last standing item back: an operation with its own number [D-40]."""
        item = self.last_standing()
        self.check_room()
        self.operations[item.number - 1] = replace(item, annulled=True)
        operation = ReceiptOperation(len(self.operations) + 1, Operation.ANNUL, item.goods)
        self.operations.append(operation)
        return operation

    def check_room(self) -> None:
        """Raises Refusal when the receipt holds all the operations it can."""
        if len(self.operations) >= MAX_OPERATIONS:
            raise Refusal(ResultCode.OVERFLOW)

    def _adjustable(self) -> ReceiptOperation:
        last = self.operations[-1]
        if not last.stands:
            raise Refusal
        return last

    # How it is paid

    def paid_in_cash(self, given: int | None) -> Payment:
        """The rest in cash; `given` None is the exact sum [D-46]."""
        given = self.due if given is None else given
        if self.due < 0 or given < self.due:
            raise Refusal
        return Payment(cash=self.due, credit=self.credit, given=given)

    def paid_by_credit(self, amount: int | None) -> Payment:
        """The rest by credit; over it is refused [D-46]."""
        amount = self.due if amount is None else amount
        if self.due < 0 or amount != self.due:
            raise Refusal
        return Payment(cash=0, credit=self.total, given=0)


def control_number(key: str, receipt: Receipt, payment: Payment, document: int) -> int:
    """Six digits that vouch for a closed receipt: a hash keyed with the till's serial number."""
    lines = [f"{document} {receipt.number} {receipt.kind.value} {payment.cash} {payment.credit} {payment.given}"]
    for operation in receipt.operations:
        goods = operation.goods
        lines.append(
            f"{operation.number} {operation.kind.value} {operation.annulled:d} {goods.price} {goods.quantity} "
            f"{operation.due} {goods.section} {goods.tax} {goods.name}"
        )
    # Imported where used: it takes longer than the rest of the till, and most tills are up before they close a receipt.
    from hashlib import blake2s

    digest = blake2s("\n".join(lines).encode(), key=key.encode()[:32]).digest()
    return int.from_bytes(digest, "big") % 1_000_000

"""What the SmartBox knows of the receipt: the items sold through it and how far the numbering has come.

The till tells nothing when a receipt is annulled: «SmartBox понимает, что чек был аннулирован … если нумерация
операций началась заново (и по другим признакам)» (document, section 2).
"""

from kkm_sim.messages.codes import CodeType, ModeFlags, Operation
from kkm_sim.messages.records import CloseRequest, PingAnswer, SaleAnswer
from kkm_sim.reasons import Reason, ReasonCode
from kkm_sim.till.amounts import roubles
from kkm_sim.value import Value


class Article(Value):
    """What is asked to be sold: the codes of one item. `pdf` is empty for all but bottles."""

    code_type: CodeType
    ean: str
    pdf: str = ""

    def __str__(self) -> str:
        match self.code_type:
            case CodeType.EAN:
                return f"item {self.ean}"
            case CodeType.BEER:
                return f"beer {self.ean}"
            case _:
                return f"bottle {self.ean} ({self.pdf[:8]}…)"


UNKNOWN_ARTICLE = Article(CodeType.EAN, "of unknown code")
"""An item the till sold on a request that this SmartBox does not remember: it was started anew meanwhile."""


class BasketItem(Value):
    """A standing item of the receipt. `price_sum` in kopecks, before discounts, as in answer 1."""

    article: Article
    operation_number: int
    operation: Operation
    alcohol: bool
    price_sum: int


class Basket:
    """The items of one receipt that went through the SmartBox, annulled ones taken out."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """No receipt."""
        self.items: tuple[BasketItem, ...] = ()
        self.receipt_number: int | None = None
        self.last_operation = 0  # the highest operation number that an answer has shown

    @property
    def empty(self) -> bool:
        """Whether nothing in it stands."""
        return not self.items

    @property
    def alcohol(self) -> int:
        """Real alcohol sales, or the one return: annulled ones are not counted."""
        return sum(item.alcohol for item in self.items)

    @property
    def kind(self) -> Operation:
        """Kind of the receipt."""
        returns = any(item.operation is Operation.RETURN for item in self.items)
        return Operation.RETURN if returns else Operation.SALE

    def has_bottle(self, pdf: str) -> bool:
        """Whether that very bottle stands in the receipt: its PDF code would be a duplicate."""
        return any(item.article.pdf == pdf for item in self.items if pdf)

    # What the till's messages say of it

    def add(self, answer: SaleAnswer, article: Article) -> BasketItem:
        """An accepted sale or return."""
        item = BasketItem(article, answer.operation_number, answer.operation, answer.alcohol, answer.sum)
        self.items += (item,)
        self._numbered(answer)
        return item

    def remove(self, answer: SaleAnswer, article: Article) -> BasketItem | None:
        """An accepted annulment: the item taken out, None where the basket has none of that kind.

        The till annuls its last operation and compares only the type of code, so what was scanned may be
        another bottle than the one annulled.
        """
        self._numbered(answer)
        same = [item for item in self.items if item.article == article]
        of_its_type = [item for item in self.items if item.article.code_type is article.code_type]
        removed = next(reversed(same or of_its_type), None)
        self.items = tuple(item for item in self.items if item is not removed)
        return removed

    def _numbered(self, answer: SaleAnswer) -> None:
        self.receipt_number = answer.receipt_number
        self.last_operation = answer.operation_number

    def ended_before_answer(self, answer: SaleAnswer) -> bool:
        """Whether this answer belongs to a later receipt: its number is another, or operations began again."""
        return self.receipt_number is not None and (
            answer.receipt_number != self.receipt_number or answer.operation_number <= self.last_operation
        )

    def ended_before_close(self, request: CloseRequest) -> bool:
        """Whether a later receipt is being closed."""
        return self._ended(request.receipt_number, request.operations)

    def ended_before_ping(self, status: PingAnswer) -> bool:
        """Whether the till has another receipt, or none. Outside cash mode it does not say."""
        if not status.flags & ModeFlags.CASH_MODE:
            return False
        served = bool(status.flags & ModeFlags.SMARTBOX_SERVED)
        return self._ended(status.receipt_number, status.operations) or (self.receipt_number is not None and not served)

    def _ended(self, receipt_number: int, operations: int) -> bool:
        return self.receipt_number is not None and (
            receipt_number != self.receipt_number or operations < self.last_operation
        )

    def objections(self, request: CloseRequest) -> tuple[Reason, ...]:
        """What in a close request does not fit the basket; nothing if the receipt may be closed."""
        found = []
        if self.receipt_number is not None and request.receipt_number != self.receipt_number:
            numbers = {"receipt": request.receipt_number, "basket": self.receipt_number}
            found.append(Reason(ReasonCode.OTHER_RECEIPT, **numbers))
        if self.items and request.kind is not self.kind:
            sale = request.kind is Operation.SALE
            found.append(Reason(ReasonCode.SALE_NOT_RETURN if sale else ReasonCode.RETURN_NOT_SALE))
        if request.alcohol != self.alcohol:
            found.append(Reason(ReasonCode.OTHER_ALCOHOL, receipt=request.alcohol, basket=self.alcohol))
        if request.operations < self.last_operation:
            operations = {"receipt": request.operations, "basket": self.last_operation}
            found.append(Reason(ReasonCode.OPERATIONS_MISSING, **operations))
        if request.cash + request.credit != request.total:
            amounts = {name: roubles(getattr(request, name)) for name in ("cash", "credit", "total")}
            found.append(Reason(ReasonCode.PAID_OTHERWISE, **amounts))
        return tuple(found)

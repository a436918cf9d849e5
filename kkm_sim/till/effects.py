"""What the till wants of the world: values it hands out, in order, and nobody calls it back.

The simulator turns them into messages for the link; whoever watches takes the rest.
"""

from datetime import datetime
from enum import Enum

from kkm_sim.messages.codes import Operation, ResultCode
from kkm_sim.value import Value


class BeepLength(Enum):
    """Short after every successful request and key, long after every error (till: section 2)."""

    SHORT = "short"
    LONG = "long"


class Beep(Value):
    """A sound."""

    length: BeepLength


class SaleAnswer(Value):
    """What became of a sale request: the fields of answer 1 that the till decides (document, section 1).

    Everything is 0 where `result` is not OK. Money in kopecks, quantity in thousandths.
    `result` is a plain int: settings may name codes outside the table.
    """

    result: int
    receipt_number: int = 0
    operation_number: int = 0
    operation: Operation = Operation.SALE
    alcohol: bool = False
    quantity: int = 0
    price: int = 0
    sum: int = 0
    section: int = 0
    tax: int = 0
    echo: bytes = b""
    """The request as it came, opaque to the till: item code, barcode and name go back byte for byte [D-10]."""


class AnswerSale(Value):
    """An open sale request was finished or cancelled: its answer may go out."""

    answer: SaleAnswer


class AskPermission(Value):
    """Function 2: the receipt as it stands at this attempt to close it. Money in kopecks (document, section 2)."""

    receipt_number: int
    kind: Operation
    operations: int
    alcohol: int
    total: int
    discounts: int
    markups: int
    taxes: tuple[int, int, int, int, int]
    cash: int
    credit: int
    shift: int
    moment: datetime


class AskIdentifier(Value):
    """Function 3: the next block of the identifier; block 1 is "from the beginning" (document, section 3)."""

    receipt_number: int
    block: int


class WithdrawRequest(Value):
    """The till no longer wants an answer to its function 2 or 3; what is still queued of it must not go out."""


class ReportDone(Value):
    """Function 4: the receipt is complete, 0, or was ended without its identifier, 27 [D-37]."""

    result: ResultCode


Effect = Beep | AnswerSale | AskPermission | AskIdentifier | WithdrawRequest | ReportDone

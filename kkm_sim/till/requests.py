"""What the SmartBox says to the till, decoded and checked, and what the till awaits of it."""

from datetime import datetime
from typing import NamedTuple

from kkm_sim.messages.codes import CodeType, Function, Operation
from kkm_sim.till.amounts import PIECE
from kkm_sim.value import Value


class SaleRequest(Value):
    """Function 1 (document, section 1). Price in kopecks, quantity in thousandths.

    The till looks at the code type only, unless `honour_request_fields` [D-9].
    """

    code_type: CodeType
    price: int = 0
    quantity: int = PIECE
    name: str = ""
    section: int = 0
    tax: int = 0
    echo: bytes = b""
    """Opaque; goes back in the answer [D-10]."""


class OpenRequest(Value):
    """A sale request the operator has not finished, and what it is going to be: a sale or a return."""

    request: SaleRequest
    operation: Operation


class IdentifierText(Value):
    """A block of text of the identifier; CR breaks the line."""

    text: str


class IdentifierGraphics(Value):
    """A bitmap of the identifier: `rows` top to bottom, leftmost dot in the high bit, 1 = black."""

    width: int
    height: int
    rows: tuple[bytes, ...]


class IdentifierEnd(Value):
    """No more data."""


IdentifierBlock = IdentifierText | IdentifierGraphics | IdentifierEnd


class Awaiting(Value):
    """The till's function 2 or 3 that has no answer yet; `block` is 0 for function 2."""

    function: Function
    receipt_number: int
    block: int


class Status(NamedTuple):
    """What PING reports (document, section 5); the receipt's fields are 0 outside cash mode [D-39]."""

    cash_mode: bool
    smartbox_on: bool
    smartbox_served: bool
    request_open: bool
    fiscal: bool
    shift: int
    moment: datetime
    receipt_number: int
    operations: int
    alcohol: int
    total: int

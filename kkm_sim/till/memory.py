"""What survives a power failure, as plain data; all else the till forgets [D-38]."""

from dataclasses import dataclass, field
from enum import Enum

from kkm_sim.settings import Settings
from kkm_sim.till.printer import Job
from kkm_sim.till.receipt import Payment, Receipt
from kkm_sim.till.requests import OpenRequest
from kkm_sim.till.shift import Shift


class Stage(Enum):
    """How far the end of a receipt that may be closed has come."""

    TOTAL = "total"
    IDENTIFIER = "identifier"
    FOOTER = "footer"


@dataclass(slots=True)
class Memory:
    """The till's non-volatile memory."""

    options: dict[int, int]
    shift: Shift
    receipt: Receipt | None = None
    request: OpenRequest | None = None
    payment: Payment | None = None
    """How the receipt is being closed: from ИТ until it is done or the operator thinks better of it."""
    stage: Stage | None = None
    """Not None: the SmartBox has given its permission to close."""
    documents: int = 0
    """Receipts closed in the till's whole life."""
    queue: list[Job] = field(default_factory=list)
    """Still to print, and what is to be said when it is printed."""


def fresh_memory(settings: Settings) -> Memory:
    """A till that has sold nothing yet."""
    return Memory(
        options={27: settings.option_27, 29: settings.option_29, 30: settings.option_30},
        shift=Shift(cash=settings.cash_in_drawer),
    )

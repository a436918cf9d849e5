"""What the SmartBox tells: frozen values, each with a sentence for a person (`str(event)`)."""

from kkm_sim.link.events import PacketSeen
from kkm_sim.messages.codes import Function, ModeFlags, Operation, ShownMessage, result_words
from kkm_sim.messages.records import CloseRequest, PingAnswer
from kkm_sim.reasons import Reason, together
from kkm_sim.smartbox.basket import Article, BasketItem
from kkm_sim.till.amounts import roubles
from kkm_sim.value import Value

SHOWN = {ShownMessage.SCAN_EAN: "SCAn EAN", ShownMessage.SCAN_PDF: "SCAn PdF", ShownMessage.REPEAT: "ПОВtОР"}
"""What stands on the till's indicator, by the code of function 6."""

_FUNCTIONS = {
    Function.SALE: "the sale",
    Function.PING: "PING",
    Function.SHOW_MESSAGE: "the message",
    Function.ANNUL_RECEIPT: "the annulment of the receipt",
}

_MODES = (
    (ModeFlags.CASH_MODE, "cash mode", "not in cash mode"),
    (ModeFlags.SMARTBOX_ON, "SmartBox on", "SmartBox off"),
    (ModeFlags.REQUEST_OPEN, "a request is open", ""),
    (ModeFlags.FISCAL, "", "not fiscal"),
)


# The line


class TillFound(Value):
    """The till answers, for the first time or again."""

    def __str__(self) -> str:
        return "the till answers"


class TillLost(Value):
    """«Нет связи»."""

    def __str__(self) -> str:
        return "no link with the till"


class TillBusy(Value):
    """It answers DISC or BUSY to what is to be sent; told once, polling goes on."""

    def __str__(self) -> str:
        return "the till is busy with the operator or with printing: waiting for it"


class ExchangeFailed(Value):
    """A message could not be brought to the till, or its answer never came."""

    function: Function
    why: tuple[Reason, ...]

    def __str__(self) -> str:
        return f"{_FUNCTIONS.get(self.function, f'function {self.function}')} failed: {together(self.why)}"


class NotUnderstood(Value):
    """The till sent what is no message of the document, or none that was expected."""

    data: bytes
    why: tuple[Reason, ...]

    def __str__(self) -> str:
        return f"the till sent {self.data.hex(' ')}: {together(self.why)}"


# Scanning


class CodeScanned(Value):
    """A code was taken."""

    code: str
    kind: str
    """EAN or PDF."""

    def __str__(self) -> str:
        return f"scanned {self.kind} {self.code}"


class CodeRefused(Value):
    """A code was not taken."""

    code: str
    why: tuple[Reason, ...]

    def __str__(self) -> str:
        return f"{self.code} is not taken: {together(self.why)}"


# Commands


class MessageShown(Value):
    """Function 6 was accepted."""

    message: ShownMessage

    def __str__(self) -> str:
        return f"the indicator shows «{SHOWN[self.message]}»"


class Pinged(Value):
    """The till answered a PING that was asked for."""

    status: PingAnswer

    def __str__(self) -> str:
        status = self.status
        modes = [yes if status.flags & flag else no for flag, yes, no in _MODES]
        said = f"till {status.serial_number}: {', '.join(mode for mode in modes if mode)}, shift {status.shift}"
        if status.flags & ModeFlags.CASH_MODE:
            said += (
                f", receipt {status.receipt_number}: {status.operations} operations, {status.alcohol} of them "
                f"alcohol, {roubles(status.total)}"
            )
        return said


class NotRequested(Value):
    """PING showed that the till would not take the request: it was not sent."""

    function: Function
    why: tuple[Reason, ...]

    def __str__(self) -> str:
        return f"{_FUNCTIONS[self.function]} is not asked: {together(self.why)}"


class SaleRequested(Value):
    """The till has the sale request; the operator types the price now, unless it is refused."""

    article: Article
    duplicate: bool
    """Sent as a duplicate PDF: the bottle is in the basket."""

    def __str__(self) -> str:
        return f"{self.article} is asked to be sold" + (", it is in the basket already" if self.duplicate else "")


class RequestRefused(Value):
    """The till answered a result other than 0."""

    function: Function
    result: int

    def __str__(self) -> str:
        return f"the till refuses {_FUNCTIONS[self.function]}: {result_words(self.result)}"


class DuplicateRefused(Value):
    """The till refused a bottle that is in the receipt already («Err Alco»)."""

    article: Article
    result: int

    def __str__(self) -> str:
        return f"{self.article} is in the receipt already: the till refuses it, {result_words(self.result)}"


class RequestForgotten(Value):
    """The till knows nothing of the request that the SmartBox waits for."""

    article: Article

    def __str__(self) -> str:
        return f"the till has no request open: {self.article} is waited for no more"


class ItemRegistered(Value):
    """The operator sold or returned what was asked."""

    receipt_number: int
    item: BasketItem

    def __str__(self) -> str:
        verb = "returned" if self.item.operation is Operation.RETURN else "sold"
        return (
            f"{self.item.article} is {verb}: receipt {self.receipt_number}, operation {self.item.operation_number}, "
            f"{roubles(self.item.price_sum)}"
        )


class ItemAnnulled(Value):
    """The operator annulled the last operation. `item`: what left the basket, None where nothing was found."""

    receipt_number: int
    scanned: Article
    item: BasketItem | None

    def __str__(self) -> str:
        if self.item is None:
            return f"{self.scanned} is annulled in receipt {self.receipt_number}, but it was not in the basket"
        said = f"{self.item.article} is annulled in receipt {self.receipt_number}"
        return said if self.item.article == self.scanned else f"{said}, though {self.scanned} was scanned"


class ReceiptAnnulled(Value):
    """Function 7 was accepted."""

    receipt_number: int | None

    def __str__(self) -> str:
        return "the till annulled its receipt"


class BasketDropped(Value):
    """The till has another receipt now: the one in the basket was annulled, or closed and not reported."""

    receipt_number: int
    items: int
    allowed: bool
    """Its close had been allowed."""

    def __str__(self) -> str:
        fate = "is over, though the till did not say so" if self.allowed else "was annulled at the till"
        return f"receipt {self.receipt_number} {fate}: the basket with its {self.items} items is dropped"


# Closing


class UtmAsked(Value):
    """The receipt fits the basket; the UTM is working on it, `delay_s` seconds."""

    request: CloseRequest
    delay_s: int

    def __str__(self) -> str:
        return f"receipt {self.request.receipt_number} is with the UTM for {self.delay_s} s"


class CloseAllowed(Value):
    """The till may close the receipt."""

    request: CloseRequest
    url: str

    def __str__(self) -> str:
        return f"receipt {self.request.receipt_number} for {roubles(self.request.total)} may be closed: {self.url}"


class CloseRefused(Value):
    """The till may not close the receipt, and what does not fit."""

    request: CloseRequest
    why: tuple[Reason, ...]

    def __str__(self) -> str:
        return f"receipt {self.request.receipt_number} may not be closed: {together(self.why)}"


class BlockSent(Value):
    """A block of the identifier is on its way; block 1 is the beginning."""

    receipt_number: int
    block: int
    size: int

    def __str__(self) -> str:
        return f"identifier of receipt {self.receipt_number}, block {self.block}: {self.size} bytes"


class IdentifierEnded(Value):
    """The till asked for a block that is not there: no more data. `known` is False if there never were any."""

    receipt_number: int
    known: bool

    def __str__(self) -> str:
        if self.known:
            return f"identifier of receipt {self.receipt_number}: no more data"
        return f"receipt {self.receipt_number} has no identifier here: no data"


class ReceiptDone(Value):
    """Function 4. Result 0: printed to its end."""

    receipt_number: int | None
    result: int

    def __str__(self) -> str:
        name = "a receipt" if self.receipt_number is None else f"receipt {self.receipt_number}"
        if self.result == 0:
            return f"{name} is printed and done"
        return f"{name} is done without its identifier: {result_words(self.result)}"


SmartBoxEvent = (
    TillFound
    | TillLost
    | TillBusy
    | ExchangeFailed
    | NotUnderstood
    | CodeScanned
    | CodeRefused
    | MessageShown
    | Pinged
    | NotRequested
    | SaleRequested
    | RequestRefused
    | DuplicateRefused
    | RequestForgotten
    | ItemRegistered
    | ItemAnnulled
    | ReceiptAnnulled
    | BasketDropped
    | UtmAsked
    | CloseAllowed
    | CloseRefused
    | BlockSent
    | IdentifierEnded
    | ReceiptDone
    | PacketSeen
)

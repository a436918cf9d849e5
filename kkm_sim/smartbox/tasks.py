"""What the SmartBox has to say to the till, one after the other, and the exchange it is in."""

from dataclasses import dataclass
from enum import Enum

from kkm_sim.clock import Instant
from kkm_sim.messages.codes import CodeType, Function, ModeFlags, ShownMessage
from kkm_sim.messages.records import AnnulReceiptRequest, PingRequest, SaleRequest, ShowMessageRequest
from kkm_sim.reasons import Reason, ReasonCode
from kkm_sim.smartbox.basket import Article
from kkm_sim.till.amounts import PIECE
from kkm_sim.value import Value


class Ping(Value):
    """PING for its own sake. `told`: somebody asked for it."""

    told: bool


class Show(Value):
    """Function 6. `prompt`: the SmartBox's own, pointless once the scan it asks for was made."""

    message: ShownMessage
    prompt: bool


class Sell(Value):
    """Function 1, after a PING."""

    article: Article


class AnnulReceipt(Value):
    """Function 7, after a PING."""


Task = Ping | Show | Sell | AnnulReceipt


def function_of(task: Task) -> Function:
    """The function that the task is there for."""
    match task:
        case Ping():
            return Function.PING
        case Show():
            return Function.SHOW_MESSAGE
        case Sell():
            return Function.SALE
        case AnnulReceipt():
            return Function.ANNUL_RECEIPT


def is_checked(task: Task) -> bool:
    """Whether PING comes before it: «перед каждым запросом на чековую операцию» (section 5)."""
    return isinstance(task, Sell | AnnulReceipt)


PING = PingRequest().encode()


def request_of(task: Task, duplicate: bool) -> tuple[bytes, bool]:
    """The task's message and its HS bit. `duplicate`: the bottle to be sold is in the receipt already."""
    match task:
        case Ping():
            return PING, True
        case Show(message):
            return ShowMessageRequest(message=message).encode(), True
        case Sell(article):
            code_type = CodeType.DUPLICATE_PDF if duplicate else article.code_type
            request = SaleRequest(code_type=code_type, barcode=int(article.ean), quantity=PIECE)
            # HS=0: the operator takes his time, and RDY fetches the answer [D-7].
            return request.encode(), False
        case AnnulReceipt():
            return AnnulReceiptRequest().encode(), True


def obstacle_to(flags: ModeFlags) -> Reason | None:
    """Why a till in such a mode would not take a receipt operation; None if it would (section 5)."""
    if not flags & ModeFlags.CASH_MODE:
        return Reason(ReasonCode.NOT_IN_CASH_MODE)
    if not flags & ModeFlags.SMARTBOX_ON:
        return Reason(ReasonCode.OPTION_27_OFF)
    if flags & ModeFlags.REQUEST_OPEN:
        return Reason(ReasonCode.REQUEST_OPEN)
    return None


class Step(Enum):
    """How far an exchange has come."""

    PING = "PING is to be sent"
    PING_ANSWER = "PING's answer is awaited"
    REQUEST = "the request is to be sent"
    REQUEST_ANSWER = "the request's answer is awaited"


@dataclass(slots=True)
class Exchange:
    """The task that is being carried out."""

    task: Task
    step: Step
    serial: int = 0
    """Changes with each message sent: names it to the link."""
    answer_by: Instant | None = None


class Tag(Value):
    """Names a message to the link. `serial` is 0 for answers to the till."""

    function: Function
    serial: int = 0


class OpenSale(Value):
    """A sale request that the till has and the operator has not finished."""

    article: Article
    duplicate: bool

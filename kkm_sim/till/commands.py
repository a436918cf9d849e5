"""The SmartBox's commands: what each meets in every state, refused in the order of D-35 (the table of D-34)."""

from kkm_sim.messages.codes import CodeType, Operation, ResultCode, ShownMessage
from kkm_sim.till.actions import Actions
from kkm_sim.till.amounts import PIECE
from kkm_sim.till.chart import TillState
from kkm_sim.till.effects import SaleAnswer
from kkm_sim.till.entry import MAX_QUANTITY
from kkm_sim.till.indicator import show
from kkm_sim.till.receipt import MAX_ITEM
from kkm_sim.till.refusal import Refusal
from kkm_sim.till.requests import OpenRequest, SaleRequest

NOTHING_TO_ANNUL = (TillState.IDLE, TillState.RETURN_ARMED)
RECEIPT_AT_REST = (TillState.OPEN, TillState.REFUSED)
TAKES_REQUESTS = (*NOTHING_TO_ANNUL, *RECEIPT_AT_REST)

ANNULLED_BY: dict[CodeType | None, tuple[CodeType, ...]] = {
    CodeType.PDF: (CodeType.PDF, CodeType.DUPLICATE_PDF),
}
"""Which scan annuls an item, where another than its own does: the bottle is in the SmartBox's basket [D-28]."""

MESSAGES = {ShownMessage.SCAN_EAN: "SCAn EAN", ShownMessage.SCAN_PDF: "SCAn PdF", ShownMessage.REPEAT: "ПОВtОР"}


def request_sale(actions: Actions, request: SaleRequest) -> SaleAnswer | None:
    """Function 1: None where the operator has to finish it. Raises Refusal."""
    check_cash_mode(actions)
    if actions.state is TillState.ANNUL_SCAN:
        return _annul_scanned(actions, request)
    if actions.state not in TAKES_REQUESTS:
        raise Refusal(ResultCode.REJECTED)
    receipt = actions.memory.receipt
    returns = actions.returning if receipt is None else receipt.kind is Operation.RETURN
    if receipt is not None and returns and receipt.standing:
        raise Refusal(ResultCode.REJECTED)
    if request.code_type is CodeType.DUPLICATE_PDF:
        actions.notice = show("Err Alco")
        raise Refusal(ResultCode.REJECTED)
    if actions.settings.honour_request_fields:
        _check_fields(actions, request)
    actions.check_operation()
    actions.resume()
    actions.memory.request = OpenRequest(request, Operation.RETURN if returns else Operation.SALE)
    actions.fire("sale_requested")
    return None


def _annul_scanned(actions: Actions, request: SaleRequest) -> SaleAnswer:
    code_type = actions.receipt.last_standing().goods.code_type
    if request.code_type not in ANNULLED_BY.get(code_type, (code_type,)):
        raise Refusal(ResultCode.REJECTED)
    actions.fire("annul_scanned")
    actions.receipt.served = True
    return actions.answer(actions.receipt.operations[-1], request.echo)


def _check_fields(actions: Actions, request: SaleRequest) -> None:
    """What a request may ask for where the till looks at it [D-9]."""
    if request.code_type in actions.settings.alcohol_types and request.quantity != PIECE:
        raise Refusal(ResultCode.REJECTED)
    if request.price > MAX_ITEM or request.quantity > MAX_QUANTITY:
        raise Refusal(ResultCode.OVERFLOW)
    if request.tax > 5:
        raise Refusal(ResultCode.TAX_NOT_PROGRAMMED)
    if request.section > 99:
        raise Refusal(ResultCode.WRONG_SECTION)


def show_message(actions: Actions, message: ShownMessage) -> None:
    """Function 6: a hint until the next key or change [D-45]. Raises Refusal."""
    check_cash_mode(actions)
    actions.notice = show(MESSAGES[message])


def annul_receipt(actions: Actions) -> int:
    """Function 7: the result. Raises Refusal."""
    check_cash_mode(actions)
    if actions.state in NOTHING_TO_ANNUL:
        return actions.settings.annul_nothing_result  # [D-15]
    if actions.state not in RECEIPT_AT_REST:
        raise Refusal(ResultCode.REJECTED)
    actions.check_paper()
    actions.resume()
    actions.fire("receipt_annulled")
    actions.notice = show("АННУЛИРОВА")
    return ResultCode.OK


def check_cash_mode(actions: Actions) -> None:
    """The commands work in cash mode, with option 27 on."""
    if actions.state in (TillState.OFF, TillState.MENU) or actions.memory.options[27] == 0:
        raise Refusal(ResultCode.NOT_IN_THIS_MODE)

"""A till as the control API shows it.

Two steps, since the till may be touched only on the line's thread and JSON is better made elsewhere: `view`
takes what is needed, quickly; `snapshot` makes the answer of it, in any thread.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from kkm_sim.clock import Instant
from kkm_sim.control.models import (
    ErrorView,
    IndicatorCell,
    IndicatorView,
    OperationView,
    ReceiptView,
    Snapshot,
    StateName,
)
from kkm_sim.messages.codes import Operation, ResultCode
from kkm_sim.simulated_till import SimulatedTill
from kkm_sim.till.indicator import Indicator
from kkm_sim.till.receipt import Receipt, ReceiptOperation

KINDS: dict[Operation, Literal["sale", "return", "annul"]] = {
    Operation.SALE: "sale",
    Operation.RETURN: "return",
    Operation.ANNUL: "annul",
}

ERROR_TEXTS = {
    ResultCode.OK: "no error",
    ResultCode.UNKNOWN_COMMAND: "unknown command",
    ResultCode.NOT_IN_THIS_MODE: "not in this mode",
    ResultCode.BAD_FORMAT: "bad format or value",
    ResultCode.TILL_NOT_LISTED: "registration refused: the till is not in the list",
    ResultCode.TAX_BASE_DIFFERS: "refused: the tax base differs",
    ResultCode.REFUSED_WRONG_MODE: "refused: wrong mode",
    ResultCode.SHIFT_MUST_BE_CLOSED: "only with the shift closed",
    ResultCode.RECEIPT_MUST_BE_CLOSED: "only with the receipt closed",
    ResultCode.ITEM_NOT_FOUND: "item not found",
    ResultCode.NO_SUCH_QUANTITY: "no such quantity",
    ResultCode.PIECE_GOODS: "piece goods: no quantity here",
    ResultCode.NO_DISCOUNT: "no discount",
    ResultCode.DISCOUNT_FORBIDDEN: "this value of a discount is forbidden",
    ResultCode.CARD_REFUSED: "card refused",
    ResultCode.CARD_NOT_ENOUGH_MONEY: "card: not enough money",
    ResultCode.WRONG_PASSWORD: "wrong password",
    ResultCode.PRINTER_ERROR: "printer error, or no paper",
    ResultCode.OVERFLOW: "too much for the registers, or too many operations",
    ResultCode.NOT_ALLOWED: "operation not allowed",
    ResultCode.TAX_NOT_PROGRAMMED: "the tax is not programmed",
    ResultCode.JOURNAL_FULL: "the journal is full",
    ResultCode.NOT_ENOUGH_CASH: "not enough money in the drawer",
    ResultCode.WRONG_SECTION: "wrong or closed section",
    ResultCode.REJECTED: "cannot be done in the current state",
}
"""What an error means (document: «Коды ошибок»)."""


@dataclass(frozen=True, slots=True)
class TillView:
    """A till at one moment. Two views are equal when nothing but the indicator and the clock differs."""

    state: StateName
    indicator: Indicator = field(compare=False)
    receipt: Receipt | None
    shift: int
    address: int
    options: dict[int, int]
    clock: datetime = field(compare=False)
    paper: bool
    cash: int
    request: bool
    power: bool
    printing: bool
    error: ResultCode | None


def view(simulated: SimulatedTill, now: Instant) -> TillView:
    """Takes what a snapshot shows. On the line's thread only."""
    till = simulated.till
    receipt = till.receipt
    return TillView(
        state=till.state.value,
        indicator=till.indicator,
        # Operations are values; the receipt and its list are the till's own and go on changing.
        receipt=None if receipt is None else replace(receipt, operations=list(receipt.operations)),
        shift=till.shift.number,
        address=simulated.link.address,
        options=dict(till.options),
        clock=till.wall(now),
        paper=till.paper_present,
        cash=till.shift.cash,
        request=till.request_open,
        power=till.powered,
        printing=till.printing,
        error=till.error,
    )


def snapshot(seen: TillView) -> Snapshot:
    """The answer of `GET /v1/till`."""
    return Snapshot(
        state=seen.state,
        indicator=indicator_view(seen.indicator),
        receipt=None if seen.receipt is None else _receipt(seen.receipt),
        shift=seen.shift,
        address=seen.address,
        options={str(number): value for number, value in seen.options.items()},
        clock=seen.clock.isoformat(timespec="seconds"),
        paper=seen.paper,
        cash=seen.cash,
        request=seen.request,
        power=seen.power,
        printing=seen.printing,
        error=None if seen.error is None else ErrorView(code=int(seen.error), text=ERROR_TEXTS[seen.error]),
    )


def indicator_view(indicator: Indicator) -> IndicatorView:
    """Its text and its cells."""
    cells = [IndicatorCell(char=cell.char, point=cell.point, segments=cell.segments) for cell in indicator.cells]
    return IndicatorView(text=indicator.text, cells=cells)


def _receipt(receipt: Receipt) -> ReceiptView:
    return ReceiptView(
        number=receipt.number,
        kind="return" if receipt.kind is Operation.RETURN else "sale",
        total=receipt.total,
        discounts=receipt.discounts,
        markups=receipt.markups,
        taxes=list(receipt.taxes),
        operations=[_operation(operation) for operation in receipt.operations],
    )


def _operation(operation: ReceiptOperation) -> OperationView:
    goods = operation.goods
    return OperationView(
        number=operation.number,
        kind=KINDS[operation.kind],
        alcohol=goods.alcohol,
        code_type=goods.code_type,
        name=goods.name,
        quantity=goods.quantity,
        price=goods.price,
        sum=operation.sum,
        section=goods.section,
        tax=goods.tax,
        annulled=operation.annulled,
    )

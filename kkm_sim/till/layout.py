"""What the lines of a document say and where they stand: 24 characters a line (till, section 5)."""

from datetime import datetime

from kkm_sim.messages.codes import Operation
from kkm_sim.settings import Settings
from kkm_sim.till.amounts import pieces, roubles
from kkm_sim.till.receipt import Payment, Receipt, ReceiptOperation, control_number
from kkm_sim.till.shift import Shift
from kkm_sim.till.tape import COLUMNS, Cut, TapeEntry, TextLine

Lines = list[TapeEntry]

KIND_NAMES = {Operation.SALE: "ПРОДАЖА", Operation.RETURN: "ВОЗВРАТ"}


def wrapped(text: str) -> Lines:
    """Text cut every 24 characters; CR breaks the line, one at the very end adds none."""
    paragraphs = text.split("\r")
    if len(paragraphs) > 1 and not paragraphs[-1]:
        paragraphs.pop()
    return [
        TextLine(paragraph[start : start + COLUMNS].rstrip(" "))
        for paragraph in paragraphs
        for start in range(0, max(len(paragraph), 1), COLUMNS)
    ]


def amount_line(name: str, kopecks: int) -> Lines:
    """A name left and an amount right; on two lines where they do not fit on one."""
    amount = roubles(kopecks)
    if len(name) + 1 + len(amount) <= COLUMNS:
        return [TextLine(name + amount.rjust(COLUMNS - len(name)))]
    return [*wrapped(name), TextLine(amount.rjust(COLUMNS))]


def heading(settings: Settings, moment: datetime) -> Lines:
    """What every document begins with."""
    return [
        *(line for text in settings.header for line in wrapped(text)),
        *wrapped(f"ККМ {settings.serial_number}"),
        TextLine(f"{moment:%d-%m-%Y %H:%M}"),
    ]


def receipt_heading(settings: Settings, moment: datetime, shift: int, number: int, kind: Operation) -> Lines:
    """Printed with the first item of a receipt."""
    return [
        *heading(settings, moment),
        TextLine(f"СМЕНА {shift:04d} ЧЕК {number:04d}"),
        *wrapped(settings.cashier),
        TextLine(KIND_NAMES[kind]),
    ]


def operation_lines(operation: ReceiptOperation) -> Lines:
    """An item, or an annulment: its own lines, positive amounts."""
    goods = operation.goods
    title: Lines = [TextLine("АННУЛИРОВАНО")] if operation.kind is Operation.ANNUL else []
    count = f"{pieces(goods.quantity)} x {roubles(goods.price)}"
    return [*title, *wrapped(goods.name), *amount_line(count, operation.sum)]


def total_lines(receipt: Receipt, payment: Payment) -> Lines:
    """Total, payments, change, taxes."""
    lines = amount_line("ИТОГ", receipt.total)
    if payment.given or not payment.credit:
        lines += amount_line("НАЛИЧНЫМИ", payment.given)
    if payment.credit:
        lines += amount_line("КРЕДИТ", payment.credit)
    if payment.change:
        lines += amount_line("СДАЧА", payment.change)
    for group, (tax, rate) in enumerate(zip(receipt.taxes, receipt.tax_rates, strict=True), start=1):
        if tax:
            lines += amount_line(f"НАЛОГ {group} {rate}%", tax)
    return lines


def footer_lines(settings: Settings, receipt: Receipt, payment: Payment, document: int) -> Lines:
    """The end of a closed receipt: the ЭКЛЗ's number, the document's number and six digits that vouch for it."""
    control = control_number(settings.serial_number, receipt, payment, document)
    return [
        *wrapped(f"ЭКЛЗ {settings.eklz_number}"),
        TextLine(f"{document:08d} #{control:06d}"),
        Cut(),
    ]


def cash_lines(settings: Settings, moment: datetime, amount: int) -> Lines:
    """Cash in (over 0) or out."""
    name = "ВНЕСЕНИЕ" if amount > 0 else "ВЫПЛАТА"
    return [*heading(settings, moment), *wrapped(settings.cashier), *amount_line(name, abs(amount)), Cut()]


def report_lines(settings: Settings, moment: datetime, shift: Shift, title: str) -> Lines:
    """X or Z: the shift's counters."""
    return [
        *heading(settings, moment),
        TextLine(f"{title} СМЕНА {shift.number:04d}"),
        *amount_line(f"ПРОДАЖ {shift.sales}", shift.sales_sum),
        *amount_line("В Т.Ч. КРЕДИТ", shift.credit_sales),
        *amount_line(f"ВОЗВРАТОВ {shift.returns}", shift.returns_sum),
        *amount_line("В Т.Ч. КРЕДИТ", shift.credit_returns),
        *amount_line("ВНЕСЕНО", shift.cash_in),
        *amount_line("ВЫПЛАЧЕНО", shift.cash_out),
        TextLine(f"АННУЛИРОВАНО {shift.annulled}"),
        *amount_line("В КАССЕ", shift.cash),
        Cut(),
    ]

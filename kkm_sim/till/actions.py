"""What the chart's hooks ask and do: guards read as questions, actions as verbs. One method a hook.

Actions check everything before they change anything: a Refusal leaves the till as it was.
"""

from datetime import datetime

from transitions import Machine

from kkm_sim.clock import Instant
from kkm_sim.messages.codes import Operation, ResultCode
from kkm_sim.settings import Settings
from kkm_sim.till import layout
from kkm_sim.till.amounts import PIECE, roubles
from kkm_sim.till.chart import STATES, TRANSITIONS, TillState
from kkm_sim.till.effects import (
    AnswerSale,
    AskIdentifier,
    AskPermission,
    Effect,
    ReportDone,
    SaleAnswer,
    WithdrawRequest,
)
from kkm_sim.till.entry import Entry
from kkm_sim.till.indicator import Indicator, show
from kkm_sim.till.keyboard import Key
from kkm_sim.till.memory import Stage, fresh_memory
from kkm_sim.till.menu import Menu
from kkm_sim.till.printer import Job, Printer
from kkm_sim.till.receipt import Goods, Receipt, ReceiptOperation
from kkm_sim.till.refusal import Refusal
from kkm_sim.till.tape import Cut, Tape, TextLine
from kkm_sim.till.wait import Wait
from kkm_sim.till.wall import WallClock
from kkm_sim.value import replace

# One chart for all tills; it holds none of them. Hooks fire no triggers, so it needs no queue, which tills
# in several threads would have to share.
CHART = Machine(
    model=None,
    states=STATES,
    initial=TillState.OFF,
    transitions=TRANSITIONS,
    auto_transitions=False,
    ignore_invalid_triggers=True,
    before_state_change="clear_notice",
    after_state_change="clear_entry",
)


class Actions:
    """The chart's model: where the till stands, what it remembers and what it does."""

    def __init__(self, settings: Settings, state: TillState, wall: datetime, now: Instant) -> None:
        self.settings = settings
        self.state = state
        self.now = now
        self.clock = WallClock(wall, now)
        self.memory = fresh_memory(settings)
        self.tape = Tape()
        self.printer = Printer(settings.print_lines_per_s, self.memory.queue, self.tape)
        self.effects: list[Effect] = []
        self.forget()

    def forget(self) -> None:
        """Drops what does not survive a power failure [D-38]."""
        self.entry = Entry()
        self.key = Key.CLEAR  # the key being acted on
        self.notice: Indicator | None = None  # until the next key or change of state [D-44, D-45]
        self.menu = Menu(self.memory.options)
        self.wait = Wait(self.settings.close_timeout)
        request, receipt = self.memory.request, self.memory.receipt
        # An open receipt has its kind already; armed, ВЗ would make a return of the next one.
        self.returning = receipt is None and request is not None and request.operation is Operation.RETURN

    def fire(self, trigger: str) -> bool:
        """Something happened. False where the chart has no row for it in this state."""
        event = CHART.events[trigger]
        # Looked up first: for `transitions` a trigger without a row is worth a warning in the log, here it is a key.
        return self.state.name in event.transitions and bool(event.trigger(self))

    @property
    def moment(self) -> datetime:
        return self.clock.date(self.now)

    @property
    def receipt(self) -> Receipt:
        """The open receipt; there is one wherever the chart asks for it."""
        assert self.memory.receipt is not None
        return self.memory.receipt

    def print(self, *jobs: Job) -> None:
        self.printer.add(jobs, self.now)

    # The machine's own hooks

    def clear_notice(self) -> None:
        self.notice = None

    def clear_entry(self) -> None:
        if self.state is not TillState.ENTRY:
            self.entry = Entry()

    # Questions

    def has_request(self) -> bool:
        return self.memory.request is not None

    def has_permission(self) -> bool:
        return self.memory.stage is not None

    def has_receipt(self) -> bool:
        return self.memory.receipt is not None

    def has_alcohol(self) -> bool:
        return self.receipt.alcohol > 0

    def has_price(self) -> bool:
        return self.asked_price > 0

    def last_is_alcohol(self) -> bool:
        return self.receipt.last_standing().goods.alcohol

    def is_returning(self) -> bool:
        return self.returning

    def is_adjusting(self) -> bool:
        return self.entry.sign is not None and self.has_receipt()

    def is_moving_cash(self) -> bool:
        return self.entry.sign is not None and not self.has_receipt()

    def is_paying(self) -> bool:
        return self.entry.is_bare_number and self.has_receipt() and not self.has_request()

    def is_part(self) -> bool:
        return self.typed_amount() < self.receipt.due

    def is_alcohol_requested(self) -> bool:
        request = self.memory.request
        return request is not None and request.request.code_type in self.settings.alcohol_types

    def may_give_up_identifier(self) -> bool:
        return self.wait.may_give_up and self.memory.stage is Stage.IDENTIFIER

    # Typing

    def typed_amount(self) -> int:
        """The number typed, kopecks; raises Refusal where it is none."""
        return self.entry.kopecks(self.settings.amount_entry)

    @property
    def asked_price(self) -> int:
        """The price that the request brought, if the till looks at it [D-9]."""
        request = self.memory.request
        return request.request.price if request and self.settings.honour_request_fields else 0

    def type_number(self) -> None:
        self.entry = self.entry.typed(self.key)

    def type_sign(self) -> None:
        assert self.key in (Key.PLUS, Key.MINUS)
        self.entry = Entry(sign=self.key)

    def take_section(self) -> None:
        self.entry = self.entry.with_section()

    def take_quantity(self) -> None:
        if self.is_alcohol_requested():
            self.refuse_quantity()
        self.entry = self.entry.with_quantity()

    def refuse_quantity(self) -> None:
        """Each bottle is one piece with a code of its own."""
        raise Refusal(ResultCode.PIECE_GOODS)

    # Registering

    def check_operation(self) -> None:
        """One more operation may be registered: shift, room, paper, in this order [D-35]."""
        self.memory.shift.check_open(self.moment)
        if self.memory.receipt is not None:
            self.memory.receipt.check_room()
        self.check_paper()

    def check_paper(self) -> None:
        if not self.printer.paper:
            raise Refusal(ResultCode.PRINTER_ERROR)

    def register_item(self) -> None:
        """ПИ: what was typed becomes an operation; a request's answer goes when its lines are out [D-48]."""
        self.check_operation()
        if self.entry.sign is not None:
            raise Refusal
        request = self.memory.request
        operation = self._register(self._goods())
        if request is not None:
            self.memory.request = None
            self.receipt.served = True
            self.print(AnswerSale(self.answer(operation, request.request.echo)))

    def repeat_item(self) -> None:
        """Х alone."""
        goods = self.receipt.repeated()
        self.check_operation()
        self._register(goods)

    def _goods(self) -> Goods:
        request = self.memory.request.request if self.memory.request else None
        price = self.typed_amount() if self.entry.number or not self.asked_price else self.asked_price
        section = self.entry.section or 1
        goods = Goods(
            price=price,
            quantity=self.entry.quantity or PIECE,
            section=section,
            tax=self.settings.tax_of_section(section),
        )
        if request is None:
            return goods
        goods = replace(goods, alcohol=self.is_alcohol_requested(), code_type=request.code_type)
        if not self.settings.honour_request_fields:
            return goods
        section = self.entry.section or request.section or 1
        return replace(
            goods,
            quantity=self.entry.quantity or request.quantity or PIECE,
            name=request.name or goods.name,
            section=section,
            tax=request.tax or self.settings.tax_of_section(section),
        )

    def _register(self, goods: Goods) -> ReceiptOperation:
        receipt = self.memory.receipt
        if receipt is not None:
            operation = receipt.register(goods)
            self.print(*layout.operation_lines(operation))
        else:
            kind = Operation.RETURN if self.returning else Operation.SALE
            rates = (*self.settings.tax_rates, 0, 0, 0, 0, 0)[:5]
            receipt = Receipt(0, kind, rates)
            operation = receipt.register(goods)
            shift = self.memory.shift
            receipt.number = shift.next_receipt(self.moment)
            self.memory.receipt = receipt
            self.returning = False
            heading = layout.receipt_heading(self.settings, self.moment, shift.number, receipt.number, kind)
            self.print(*heading, *layout.operation_lines(operation))
        self.notice = show(right=roubles(operation.sum))
        return operation

    def answer(self, operation: ReceiptOperation, echo: bytes) -> SaleAnswer:
        """What the SmartBox is told of an operation (document, section 1)."""
        goods = operation.goods
        return SaleAnswer(
            result=ResultCode.OK,
            receipt_number=self.receipt.number,
            operation_number=operation.number,
            operation=operation.kind,
            alcohol=goods.alcohol,
            quantity=goods.quantity,
            price=goods.price,
            sum=operation.sum,
            section=goods.section,
            tax=goods.tax,
            echo=echo,
        )

    def cancel_request(self) -> None:
        """С: the SmartBox hears it at once [D-16]."""
        self.memory.request = None
        self.effects.append(AnswerSale(SaleAnswer(result=self.settings.cancel_result)))

    def adjust_by_sum(self) -> None:
        """A markup or discount, in kopecks, on the item registered last [D-18]."""
        self._adjust(self.typed_amount())

    def adjust_by_per_cent(self) -> None:
        if not self.entry.thousandths:
            raise Refusal
        self._adjust(self.receipt.share(self.entry.thousandths))

    def _adjust(self, amount: int) -> None:
        self.check_paper()
        if self.entry.sign is Key.MINUS:
            self.receipt.adjust(discount=amount)
            self.print(*layout.amount_line("СКИДКА", amount))
        else:
            self.receipt.adjust(markup=amount)
            self.print(*layout.amount_line("НАЦЕНКА", amount))
        self.notice = show(right=roubles(self.receipt.operations[-1].due))

    def arm_return(self) -> None:
        self.returning = True

    def disarm_return(self) -> None:
        self.returning = False

    def annul_last(self) -> None:
        """АН ПИ, or the scan that it asked for."""
        self.check_operation()
        operation = self.receipt.annul_last()
        self.print(*layout.operation_lines(operation))
        self.notice = show(right=roubles(self.receipt.total))

    def annul_whole(self) -> None:
        """The SmartBox hears nothing of it."""
        self.check_paper()
        self.print(TextLine("ЧЕК АННУЛИРОВАН"), Cut())
        self.memory.shift.count_annulled(takes_number=self.settings.annulled_takes_number)
        self._forget_receipt()

    # In and out of cash mode, reports, paper

    def open_menu(self) -> None:
        self.menu = Menu(self.memory.options)

    def feed(self) -> None:
        self.check_paper()
        self.print(TextLine(""))

    def move_cash(self) -> None:
        """`+ sum ИТ` puts cash into the drawer, `− sum ИТ` takes it out."""
        shift = self.memory.shift
        shift.check_open(self.moment)
        self.check_paper()
        amount = -self.typed_amount() if self.entry.sign is Key.MINUS else self.typed_amount()
        shift.move_cash(amount, self.moment)
        self.print(*layout.cash_lines(self.settings, self.moment, amount))

    def report(self, title: str) -> None:
        """X or Z, before the counters change."""
        self.check_paper()
        self.print(*layout.report_lines(self.settings, self.moment, self.memory.shift, title))

    # Closing

    def resume(self) -> None:
        """A receipt whose close was refused is open again, unpaid."""
        if self.state is TillState.REFUSED:
            self.fire("receipt_resumed")

    def pay_in_cash(self) -> None:
        given = self.typed_amount() if self.state is TillState.ENTRY else None
        payment = self.receipt.paid_in_cash(given)
        if self.receipt.kind is Operation.RETURN:
            self.memory.shift.check_drawer(payment.cash)
        self.check_paper()
        self.memory.payment = payment

    def pay_by_credit(self) -> None:
        payment = self.receipt.paid_by_credit(self.typed_amount() if self.state is TillState.ENTRY else None)
        self.check_paper()
        self.memory.payment = payment

    def pay_part(self) -> None:
        """`sum КР` under what is due: shows what is left [D-20]."""
        self.receipt.credit += self.typed_amount()
        self.notice = show(right=roubles(self.receipt.due))

    def check_payment(self) -> None:
        """The close is tried again with the payment of before; the drawer has not changed since."""
        self.check_paper()

    def forget_payment(self) -> None:
        """The last payment; part payments stay until the next С."""
        self.memory.payment = None

    def drop_payments(self) -> None:
        self.memory.payment = None
        self.receipt.credit = 0

    def ask_permission(self) -> None:
        """Function 2 goes when the lines so far are out; the wait counts from the key [D-4]."""
        receipt, payment = self.receipt, self.memory.payment
        assert payment is not None
        self.wait.unanswered = False
        self.wait.start(self.now)
        self.print(
            AskPermission(
                receipt_number=receipt.number,
                kind=receipt.kind,
                operations=len(receipt.operations),
                alcohol=receipt.alcohol,
                total=receipt.total,
                discounts=receipt.discounts,
                markups=receipt.markups,
                taxes=receipt.taxes,
                cash=payment.cash,
                credit=payment.credit,
                shift=self.memory.shift.number,
                moment=self.moment,
            )
        )

    def withdraw(self) -> None:
        """An answer to function 2 or 3 is no longer wanted."""
        self.printer.drop(AskPermission)
        if self.wait.awaiting is not None:
            self.effects.append(WithdrawRequest())
        self.wait.stop()

    def give_up_permission(self) -> None:
        self.withdraw()
        self.memory.payment = None

    def close_receipt(self) -> None:
        """An ordinary receipt closes by itself."""
        self._count_receipt()
        self.print(*self._total_lines(), *self._footer_lines())
        self._end_receipt()

    def print_total(self) -> None:
        """The SmartBox allows the close: the total, then the identifier from block 1."""
        self.memory.stage = Stage.TOTAL
        self._count_receipt()
        self.print(*self._total_lines(), AskIdentifier(self.receipt.number, 1))

    def ask_identifier_anew(self) -> None:
        """From block 1, whatever of it is on paper already (document, section 3, note 2)."""
        self.printer.drop()
        self.print(AskIdentifier(self.receipt.number, 1))

    def give_up_identifier(self) -> None:
        """С: the receipt ends without it, and the SmartBox hears that [D-24, D-37]."""
        self.withdraw()
        self.printer.drop()
        self.print(TextLine("БЕЗ ИДЕНТИФИКАТОРА"))
        self.print_footer(ResultCode.REJECTED)

    def print_footer(self, result: ResultCode) -> None:
        """The end of the receipt; function 4 when it is out."""
        self.memory.stage = Stage.FOOTER
        self.print(*self._footer_lines(), ReportDone(result))

    def finish_receipt(self) -> None:
        self.memory.stage = None
        self._end_receipt()

    def _count_receipt(self) -> None:
        assert self.memory.payment is not None
        self.memory.documents += 1
        self.memory.shift.count(self.receipt.kind, self.memory.payment)

    def _total_lines(self) -> layout.Lines:
        assert self.memory.payment is not None
        return layout.total_lines(self.receipt, self.memory.payment)

    def _footer_lines(self) -> layout.Lines:
        assert self.memory.payment is not None
        return layout.footer_lines(self.settings, self.receipt, self.memory.payment, self.memory.documents)

    def _end_receipt(self) -> None:
        """The change is shown until the next key [D-44]."""
        assert self.memory.payment is not None
        self.notice = show(right=roubles(self.memory.payment.change))
        self._forget_receipt()

    def _forget_receipt(self) -> None:
        self.memory.receipt = None
        self.memory.payment = None

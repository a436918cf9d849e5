"""The till: keys, requests, answers and time in; effects, tape, indicator and a deadline out (till, section 3).

`chart` says when, `Receipt` and `Shift` say how much, this module joins them. Nothing here waits or reads a clock:
every call brings `now`, `deadline` tells when `poll` is next due.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal, assert_never

from transitions import Machine

from kkm_sim.availability import Availability
from kkm_sim.clock import SECOND, Instant, earliest
from kkm_sim.messages.codes import CodeType, Function, Operation, ResultCode, ShownMessage
from kkm_sim.settings import OPTIONS, Settings
from kkm_sim.till import layout
from kkm_sim.till.amounts import PIECE, roubles
from kkm_sim.till.chart import AVAILABILITY, STATES, TRANSITIONS, TillState
from kkm_sim.till.effects import (
    AnswerSale,
    AskIdentifier,
    AskPermission,
    Beep,
    BeepLength,
    Effect,
    ReportDone,
    SaleAnswer,
    WithdrawRequest,
)
from kkm_sim.till.entry import MAX_QUANTITY, Entry
from kkm_sim.till.indicator import BLANK, Indicator, show
from kkm_sim.till.keyboard import NUMBER_KEYS, Key
from kkm_sim.till.memory import Memory, Stage, fresh_memory
from kkm_sim.till.menu import Choice, Menu, OptionChosen
from kkm_sim.till.printer import Job, Printer
from kkm_sim.till.receipt import Goods, Payment, Receipt, ReceiptOperation
from kkm_sim.till.refusal import Refusal
from kkm_sim.till.requests import (
    Awaiting,
    IdentifierBlock,
    IdentifierEnd,
    IdentifierGraphics,
    IdentifierText,
    OpenRequest,
    SaleRequest,
    Status,
)
from kkm_sim.till.shift import Shift
from kkm_sim.till.tape import Bitmap, Cut, Tape, TextLine

S = TillState

# One chart for all tills; it holds no till. Hooks fire no triggers, so nothing needs a queue, which tills in
# several threads would have to share.
CHART = Machine(
    model=None,
    states=STATES,
    initial=S.OFF,
    transitions=TRANSITIONS,
    auto_transitions=False,
    ignore_invalid_triggers=True,
    before_state_change="clear_notice",
    after_state_change="clear_entry",
)

TRIGGERS = dict.fromkeys(NUMBER_KEYS, "number_pressed") | {
    Key.PLUS: "sign_pressed",
    Key.MINUS: "sign_pressed",
    Key.PERCENT: "percent_pressed",
    Key.TIMES: "times_pressed",
    Key.SECTION: "section_pressed",
    Key.ITEM: "item_pressed",
    Key.TOTAL: "total_pressed",
    Key.CREDIT: "credit_pressed",
    Key.RETURN: "return_pressed",
    Key.ANNUL: "annul_pressed",
    Key.CLEAR: "clear_pressed",
    Key.MODE: "mode_pressed",
    Key.FEED: "feed_pressed",
}

TEXTS = {
    S.RETURN_ARMED: ("ВЗ", "0.00"),
    S.ANNUL_ARMED: ("АН", ""),
    S.ANNUL_SCAN: ("SCAn", ""),
    S.CLOSE_WAIT: ("ЗАПРОС", ""),
}
"""Indicator by state, where it is always the same [D-21]."""

MESSAGES = {ShownMessage.SCAN_EAN: "SCAn EAN", ShownMessage.SCAN_PDF: "SCAn PdF", ShownMessage.REPEAT: "ПОВtОР"}
REQUEST_MARK = "А"
KEYS_OF_REFUSED = frozenset({Key.TOTAL, Key.CREDIT, Key.ANNUL, Key.CLEAR})
LAST_BLOCK = 0xFFFF
ANNULLED_BY = {
    CodeType.PDF: (CodeType.PDF, CodeType.DUPLICATE_PDF),  # the bottle is in the SmartBox's basket [D-28]
}


class UnknownOption(KeyError):
    """The till has no option of that number."""


class BadOptionValue(ValueError):
    """The option does not take that value."""


class ReceiptOpen(RuntimeError):
    """Options do not change while a receipt is open."""


class Till:
    """One Mercury-130K: everything but its wire.

    Money in kopecks, quantity in thousandths. Calls with `now` never go back in time.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        now: Instant,
        wall: datetime,
        start: Literal["cash", "menu", "off"] = "cash",
    ) -> None:
        self.settings = settings
        self.memory: Memory = fresh_memory(settings)
        self.tape = Tape()
        self.paper_present = True
        self._printer = Printer(settings.print_lines_per_s, self.memory.queue, self.tape)
        self._now = now
        self._wall_at = now
        self._wall = wall
        self._effects: list[Effect] = []
        self._state = {"cash": S.IDLE, "menu": S.MENU, "off": S.OFF}[start]
        self._forget()

    def _forget(self) -> None:
        """What does not survive a power failure [D-38]."""
        self.entry = Entry()
        self.error: ResultCode | None = None
        self._notice: Indicator | None = None  # shown until the next key [D-44, D-45]
        self._key = Key.CLEAR  # the one being acted on
        self._scanned: SaleRequest | None = None  # answers an annul scan
        self._annulled: ReceiptOperation | None = None
        self._menu = Menu(self.memory.options)
        request = self.memory.request
        self._returning = request is not None and request.operation is Operation.RETURN
        self._awaiting: Awaiting | None = None
        self._wait_until: Instant | None = None
        self._unanswered = False  # the last function 2 or 3 timed out
        self._may_give_up = False
        self._halted = False  # the paper ended in mid-print

    # Views

    @property
    def state(self) -> TillState:
        return self._state

    @property
    def powered(self) -> bool:
        return self._state is not S.OFF

    @property
    def printing(self) -> bool:
        """True from the first line queued to the last one out, also while it stands without paper."""
        return self.powered and self._printer.busy

    @property
    def printing_since(self) -> Instant | None:
        return self._printer.since if self.printing else None

    @property
    def availability(self) -> Availability:
        """What the link may say."""
        by_state = AVAILABILITY[self._state]
        return Availability.BUSY if by_state is Availability.READY and self.printing else by_state

    @property
    def receipt(self) -> Receipt | None:
        return self.memory.receipt

    @property
    def shift(self) -> Shift:
        return self.memory.shift

    @property
    def options(self) -> Mapping[int, int]:
        return MappingProxyType(self.memory.options)

    @property
    def request(self) -> SaleRequest | None:
        """The SmartBox's request that the operator has not finished."""
        return self.memory.request.request if self.memory.request else None

    @property
    def request_open(self) -> bool:
        return self.memory.request is not None

    @property
    def awaiting(self) -> Awaiting | None:
        """The till's own request that has gone out to the link and has no answer yet."""
        return self._awaiting

    @property
    def indicator(self) -> Indicator:
        """What the operator sees now."""
        state = self._state
        if state is S.OFF:
            return BLANK
        if self.error is not None:
            return show(f"Err {self.error.value}")
        if self._notice is not None:
            return self._notice
        if state in TEXTS:
            return show(*TEXTS[state])
        if state is S.MENU:
            return self._menu.indicator
        if state in (S.REFUSED, S.QR_PRINT) and self._unanswered:
            return show("НЕt СВ")
        if state is S.REFUSED:
            return show("ОtКАЗАНО")
        if state is S.QR_PRINT:
            return show("ПЕЧАtЬ")
        number = self.entry.number or roubles(self._asked_price() if state is S.REQUEST else 0)
        if self.request_open:
            return show(REQUEST_MARK, number)
        if self.entry.sign is Key.MINUS:
            return show("-", number)
        return show("ВЗ" if self._returning else "", number)

    def status(self, now: Instant) -> Status:
        """What PING reports; between receipts the number given out last and zeros [D-39]."""
        self.poll(now)
        cash_mode = self._state not in (S.OFF, S.MENU)
        receipt = self.receipt if cash_mode else None
        return Status(
            cash_mode=cash_mode,
            smartbox_on=self.options[27] == 1,
            smartbox_served=receipt is not None and receipt.served,
            request_open=self.request_open,
            fiscal=self.settings.fiscal,
            shift=self.shift.number,
            moment=self.wall(now),
            receipt_number=self.shift.receipt_number if cash_mode else 0,
            operations=len(receipt.operations) if receipt else 0,
            alcohol=receipt.alcohol if receipt else 0,
            total=receipt.total if receipt else 0,
        )

    def wall(self, now: Instant) -> datetime:
        """The date on the till's clock."""
        return self._wall + timedelta(microseconds=(now - self._wall_at) // 1000)

    # The operator and what is around the till

    def press(self, key: Key, now: Instant) -> None:
        """A key goes down. Keys act at once, even while the tape prints."""
        self.poll(now)
        if not self.powered:
            return
        try:
            if self.error is not None:
                self._press_under_error(key)
            else:
                self._press(key)
        except Refusal as refusal:
            self._refuse(refusal.code)
        else:
            self._beep(BeepLength.SHORT)
        self.poll(now)

    def power(self, on: bool, now: Instant) -> None:
        """Mains on or off, at any time [D-38]."""
        self.poll(now)
        if on and not self.powered:
            self._forget()
            self._fire("power_came")
            if self.memory.stage is Stage.IDENTIFIER:
                self._ask_identifier_anew()
            self._printer.start(now)
        elif not on and self.powered:
            self._withdraw()
            if self.memory.stage is None:
                self.memory.payment = None
            self._fire("power_failed")
            self._forget()
        self.poll(now)

    def paper(self, present: bool, now: Instant) -> None:
        """The roll is put in or runs out."""
        self.poll(now)
        self.paper_present = present
        self.poll(now)

    def set_clock(self, wall: datetime, now: Instant) -> None:
        """Sets the till's date; it goes on from there."""
        self.poll(now)
        self._wall, self._wall_at = wall, now

    def set_option(self, number: int, value: int, now: Instant) -> None:
        """Sets a numbered option. Raises UnknownOption, BadOptionValue, ReceiptOpen."""
        self.poll(now)
        if number not in OPTIONS:
            raise UnknownOption(number)
        if value not in OPTIONS[number]:
            raise BadOptionValue(f"option {number} does not take {value}")
        if self.receipt is not None:
            raise ReceiptOpen(f"option {number} cannot change while a receipt is open")
        self.memory.options[number] = value

    # The SmartBox's commands

    def request_sale(self, request: SaleRequest, now: Instant) -> SaleAnswer | None:
        """Function 1. None: accepted, AnswerSale comes when the operator is done; else the answer at once."""
        self.poll(now)
        try:
            answer = self._take_request(request)
        except Refusal as refusal:
            self._beep(BeepLength.LONG)
            assert refusal.code is not None
            answer = SaleAnswer(result=refusal.code)
        else:
            self._beep(BeepLength.SHORT)
        self.poll(now)
        return answer

    def show_message(self, message: ShownMessage, now: Instant) -> ResultCode:
        """Function 6: a hint for the operator, until the next key or change [D-45]."""
        self.poll(now)
        try:
            self._check_cash_mode()
        except Refusal:
            self._beep(BeepLength.LONG)
            return ResultCode.NOT_IN_THIS_MODE
        self._notice = show(MESSAGES[message])
        self._beep(BeepLength.SHORT)
        return ResultCode.OK

    def annul_receipt(self, now: Instant) -> int:
        """Function 7: annuls the open receipt; the result code."""
        self.poll(now)
        result: int = ResultCode.OK
        try:
            self._check_cash_mode()
            if self._state in (S.IDLE, S.RETURN_ARMED):
                result = self.settings.annul_nothing_result  # [D-15]
            elif self._state in (S.OPEN, S.REFUSED):
                self._check_paper()
                self._resume()
                self._fire("receipt_annulled")
                self._notice = show("АННУЛИРОВА")
            else:
                result = ResultCode.REJECTED
        except Refusal as refusal:
            assert refusal.code is not None
            result = refusal.code
        self._beep(BeepLength.LONG if result else BeepLength.SHORT)
        self.poll(now)
        return result

    # The SmartBox's answers

    def request_acknowledged(self, now: Instant) -> None:
        """The master has taken function 2 or 3: the wait starts anew [D-4]."""
        self.poll(now)
        if self._awaiting is not None:
            self._wait(now)

    def wait_prolonged(self, now: Instant) -> None:
        """WAIT: the wait starts anew [D-4]."""
        self.request_acknowledged(now)

    def close_answered(self, result: int, now: Instant) -> None:
        """Function 2's answer: 0 allows the close. Too late, it changes nothing [D-32]."""
        self.poll(now)
        if self._awaiting is None or self._awaiting.function is not Function.CLOSE:
            return
        self._stop_waiting()
        self._unanswered = False
        if result:
            self._beep(BeepLength.LONG)
            self._fire("close_refused")
        else:
            self._fire("close_allowed")
        self.poll(now)

    def identifier_answered(self, block: IdentifierBlock, now: Instant) -> None:
        """Function 3's answer: prints the block and asks for the next. Too late, it changes nothing [D-32]."""
        self.poll(now)
        awaiting = self._awaiting
        if awaiting is None or awaiting.function is not Function.IDENTIFIER:
            return
        self._stop_waiting()
        self._unanswered = False
        following = AskIdentifier(awaiting.receipt_number, awaiting.block + 1)
        match block:
            case IdentifierEnd():
                self._print_footer(ResultCode.OK)
            case IdentifierText():
                self._print([*(layout.wrapped(block.text) if block.text else ()), following])
            case IdentifierGraphics():
                self._print([Bitmap(block.width, block.height, block.rows), following])
            case _:
                assert_never(block)
        self.poll(now)

    # Time

    def poll(self, now: Instant) -> None:
        """Printing goes on and waits end, up to `now`."""
        self._now = now
        while self.powered:
            if self._printer.wants_paper and not self.paper_present and not self._halted:
                self._halted = True
                self._refuse(ResultCode.PRINTER_ERROR)
            out = self._printing_until()
            moment = earliest(out, self._wait_until)
            if moment is None or moment > now:
                return
            if out == moment:
                self._come_out(self._printer.step(), moment)
            else:
                self._give_up_waiting()

    def deadline(self) -> Instant | None:
        """`poll` must be called no later than this; None where nothing is pending."""
        return earliest(self._printing_until(), self._wait_until) if self.powered else None

    def effects(self) -> list[Effect]:
        """Everything handed out since the last call."""
        effects, self._effects = self._effects, []
        return effects

    def _printing_until(self) -> Instant | None:
        return None if self._halted else self._printer.deadline()

    def _come_out(self, job: Job, moment: Instant) -> None:
        match job:
            case TextLine() | Bitmap() | Cut():
                return
            case AnswerSale():
                self._effects.append(job)
            case AskPermission():
                self._awaiting = Awaiting(Function.CLOSE, job.receipt_number, 0)
                self._effects.append(job)
            case AskIdentifier() if job.block > LAST_BLOCK:  # two bytes hold no more: this is all of it
                self._print_footer(ResultCode.OK)
            case AskIdentifier():
                self.memory.stage = Stage.IDENTIFIER
                self._awaiting = Awaiting(Function.IDENTIFIER, job.receipt_number, job.block)
                self._wait(moment)
                self._effects.append(job)
            case ReportDone():
                self._effects.append(job)
                self._fire("receipt_done")
            case _:
                assert_never(job)

    def _wait(self, since: Instant) -> None:
        self._wait_until = Instant(since + self.settings.close_timeout * SECOND)

    def _stop_waiting(self) -> None:
        self._awaiting = None
        self._wait_until = None

    def _withdraw(self) -> None:
        """No answer to function 2 or 3 is wanted any more."""
        self._printer.drop(AskPermission)
        if self._awaiting is not None:
            self._effects.append(WithdrawRequest())
        self._stop_waiting()

    def _give_up_waiting(self) -> None:
        self._withdraw()
        self._unanswered = True
        self._beep(BeepLength.LONG)
        if self._state is S.CLOSE_WAIT:
            self._fire("close_refused")
        else:
            self._may_give_up = True  # [D-24]
            self._ask_identifier_anew()

    def _ask_identifier_anew(self) -> None:
        """From block 1, whatever of it is on paper already (document, section 3, note 2)."""
        assert self.receipt is not None
        self._printer.drop()
        self._print([AskIdentifier(self.receipt.number, 1)])

    # Keys

    def _press(self, key: Key) -> None:
        self._notice = None
        self._key = key
        if self._state is S.MENU and key is not Key.FEED:
            return self._press_in_menu(key)
        if key not in KEYS_OF_REFUSED:
            self._resume()
        if not self._fire(TRIGGERS[key]):
            raise Refusal(None if self._state in (S.CLOSE_WAIT, S.QR_PRINT) else ResultCode.NOT_ALLOWED)

    def _press_under_error(self, key: Key) -> None:
        if key is not Key.CLEAR or (self._halted and not self.paper_present):
            raise Refusal(None)
        self.error = None
        if self._halted:
            self._halted = False
            if self.memory.stage is Stage.IDENTIFIER:  # [D-48]
                self._ask_identifier_anew()
            self._printer.start(self._now)

    def _press_in_menu(self, key: Key) -> None:
        match self._menu.press(key):
            case OptionChosen(number, value):
                self.memory.options[number] = value
            case Choice.CASH_MODE:
                self._fire("cash_mode_chosen")
            case Choice.X_REPORT:
                self._check_paper()
                self._print(layout.report_lines(self.settings, self._moment, self.shift, "X ОТЧЕТ"))
            case Choice.Z_REPORT:
                self._check_paper()
                self._print(layout.report_lines(self.settings, self._moment, self.shift, "Z ОТЧЕТ"))
                self.memory.shift = self.shift.closed()
            case None:
                pass

    def _refuse(self, code: ResultCode | None) -> None:
        """A long beep, and an error over the state; what was half typed is gone."""
        self._beep(BeepLength.LONG)
        if code is not None:
            if self._state is S.ENTRY:
                self._fire("entry_dropped")
            self.error = code

    def _resume(self) -> None:
        """A receipt whose close was refused is an open one again."""
        if self._state is S.REFUSED:
            self._fire("receipt_resumed")

    # The machine under the till

    def _fire(self, trigger: str) -> bool:
        """Something happened. False where the chart has no row for it in this state."""
        return CHART.events[trigger].trigger(self)

    def _beep(self, length: BeepLength) -> None:
        self._effects.append(Beep(length))

    def _print(self, jobs: list[Job]) -> None:
        self._printer.add(jobs, self._now)

    @property
    def _moment(self) -> datetime:
        return self.wall(self._now)

    @property
    def _open_receipt(self) -> Receipt:
        assert self.memory.receipt is not None
        return self.memory.receipt

    # Checks, in the order of D-35

    def _check_cash_mode(self) -> None:
        if self._state in (S.OFF, S.MENU) or self.options[27] == 0:
            raise Refusal(ResultCode.NOT_IN_THIS_MODE)

    def _check_paper(self) -> None:
        if not self.paper_present:
            raise Refusal(ResultCode.PRINTER_ERROR)

    def check_operation(self) -> None:
        """An operation may be registered: shift, room, paper [D-35]."""
        self.shift.check_open(self._moment)
        if self.receipt is not None:
            self.receipt.check_room()
        self._check_paper()

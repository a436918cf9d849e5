"""The till: keys, requests, answers and time in; effects, tape, indicator and a deadline out (till, section 3).

`chart` says when, `Actions` says what, `Receipt` and `Shift` say how much; this module is the face of them all.
Nothing here waits or reads a clock: every call brings `now`, `deadline` tells when `poll` is next due.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Literal, assert_never

from kkm_sim.availability import Availability
from kkm_sim.clock import Instant, earliest
from kkm_sim.messages.codes import Function, ResultCode, ShownMessage
from kkm_sim.settings import OPTIONS, Settings
from kkm_sim.till import commands, layout
from kkm_sim.till.actions import Actions
from kkm_sim.till.chart import AVAILABILITY, TillState
from kkm_sim.till.display import displayed
from kkm_sim.till.effects import (
    AnswerSale,
    AskIdentifier,
    AskPermission,
    Beep,
    BeepLength,
    Effect,
    ReportDone,
    SaleAnswer,
)
from kkm_sim.till.entry import Entry
from kkm_sim.till.indicator import Indicator
from kkm_sim.till.keyboard import NUMBER_KEYS, Key
from kkm_sim.till.memory import Memory, Stage
from kkm_sim.till.menu import Choice, OptionChosen
from kkm_sim.till.printer import Job
from kkm_sim.till.receipt import Receipt
from kkm_sim.till.refusal import NotTaken, Refusal
from kkm_sim.till.requests import (
    Awaiting,
    IdentifierBlock,
    IdentifierEnd,
    IdentifierGraphics,
    IdentifierText,
    SaleRequest,
    Status,
)
from kkm_sim.till.shift import Shift
from kkm_sim.till.tape import Bitmap, Cut, Tape, TextLine

S = TillState

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

STARTS = {"cash": S.IDLE, "menu": S.MENU, "off": S.OFF}
KEYS_OF_REFUSED = frozenset({Key.TOTAL, Key.CREDIT, Key.ANNUL, Key.CLEAR})
LAST_BLOCK = 0xFFFF


class UnknownOption(KeyError):
    """The till has no option of that number."""


class BadOptionValue(ValueError):
    """The option does not take that value."""


class OptionHeld(RuntimeError):
    """The option does not change now."""


class ReceiptOpen(OptionHeld):
    """No option changes while a receipt is open."""


class RequestOpen(OptionHeld):
    """Option 27 is not switched off while a request is open: the operator has to finish it first."""


class Till:
    """One Mercury-130K: everything but its wire.

    Money in kopecks, quantity in thousandths. `now` never goes back.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        now: Instant,
        wall: datetime,
        start: Literal["cash", "menu", "off"] = "cash",
    ) -> None:
        self._settings = settings
        self._actions = Actions(settings, STARTS[start], wall, now)
        self.error: ResultCode | None = None
        """Lies over the state until С."""

    # Views

    @property
    def memory(self) -> Memory:
        """What survives a power failure."""
        return self._actions.memory

    @property
    def state(self) -> TillState:
        return self._actions.state

    @property
    def powered(self) -> bool:
        return self.state is not S.OFF

    @property
    def paper_present(self) -> bool:
        return self._actions.printer.paper

    @property
    def printing(self) -> bool:
        """True from the first line queued to the last one out, also while it stands without paper."""
        return self.powered and self._actions.printer.busy

    @property
    def printing_since(self) -> Instant | None:
        return self._actions.printer.since if self.printing else None

    @property
    def availability(self) -> Availability:
        """What the link may say."""
        by_state = AVAILABILITY[self.state]
        return Availability.BUSY if by_state is Availability.READY and self.printing else by_state

    @property
    def tape(self) -> Tape:
        return self._actions.tape

    @property
    def receipt(self) -> Receipt | None:
        """The open receipt, until it is closed or annulled; `credit` in it is paid in part."""
        return self.memory.receipt

    @property
    def shift(self) -> Shift:
        return self.memory.shift

    @property
    def options(self) -> Mapping[int, int]:
        return MappingProxyType(self.memory.options)

    @property
    def entry(self) -> Entry:
        """What is half typed."""
        return self._actions.entry

    @property
    def request_open(self) -> bool:
        """True while the operator has not finished the SmartBox's request."""
        return self.memory.request is not None

    @property
    def awaiting(self) -> Awaiting | None:
        """The till's own request that was handed to the link and has no answer yet."""
        return self._actions.wait.awaiting

    @property
    def indicator(self) -> Indicator:
        """What the operator sees now."""
        return displayed(self._actions, self.error)

    def status(self, now: Instant) -> Status:
        """What PING reports; between receipts the number given out last and zeros [D-39]. `poll` comes first."""
        state, memory = self._actions.state, self.memory
        cash_mode = state is not S.OFF and state is not S.MENU
        receipt = memory.receipt if cash_mode else None
        return Status(
            cash_mode=cash_mode,
            smartbox_on=memory.options[27] == 1,
            smartbox_served=receipt is not None and receipt.served,
            request_open=memory.request is not None,
            fiscal=self._settings.fiscal,
            shift=memory.shift.number,
            moment=self.wall(now).replace(microsecond=0),
            receipt_number=memory.shift.receipt_number if cash_mode else 0,
            operations=len(receipt.operations) if receipt else 0,
            alcohol=receipt.alcohol if receipt else 0,
            total=receipt.total if receipt else 0,
        )

    def wall(self, now: Instant) -> datetime:
        """The date on the till's clock."""
        return self._actions.clock.date(now)

    # The operator and what is around the till

    def press(self, key: Key, now: Instant) -> None:
        """A key goes down. Keys act at once, even while the tape prints; to a till that is off nothing happens."""
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
        except NotTaken:
            self._beep(BeepLength.LONG)
        else:
            self._beep(BeepLength.SHORT)
        self.poll(now)

    def power(self, on: bool, now: Instant) -> None:
        """Mains on or off, at any time [D-38]."""
        self.poll(now)
        actions = self._actions
        if on and not self.powered:
            actions.forget()
            actions.fire("power_came")
            if self.memory.stage is Stage.IDENTIFIER:
                actions.ask_identifier_anew()
            actions.printer.start(now)
        elif not on and self.powered:
            actions.withdraw()
            if self.memory.stage is None:
                self.memory.payment = None
            actions.fire("power_failed")
            actions.forget()
            self.error = None
        self.poll(now)

    def paper(self, present: bool, now: Instant) -> None:
        """The roll is put in or runs out."""
        self.poll(now)
        self._actions.printer.paper = present
        self.poll(now)

    def set_clock(self, wall: datetime, now: Instant) -> None:
        """Sets the till's date; it goes on from there."""
        self.poll(now)
        self._actions.clock.set(wall, now)

    def set_option(self, number: int, value: int, now: Instant) -> None:
        """Sets a numbered option. Raises UnknownOption, BadOptionValue, OptionHeld."""
        self.poll(now)
        if number not in OPTIONS:
            raise UnknownOption(number)
        if value not in OPTIONS[number]:
            raise BadOptionValue(f"option {number} does not take {value}")
        if self.receipt is not None:
            raise ReceiptOpen(f"option {number} cannot change while a receipt is open")
        if number == 27 and not value and self.request_open:
            raise RequestOpen("option 27 cannot be switched off while a request is open")
        self.memory.options[number] = value

    # The SmartBox's commands

    def request_sale(self, request: SaleRequest, now: Instant) -> SaleAnswer | None:
        """Function 1. None: accepted, AnswerSale comes when the operator is done; else the answer at once."""
        self.poll(now)
        try:
            answer = commands.request_sale(self._actions, request)
        except Refusal as refusal:
            self._beep(BeepLength.LONG)
            return SaleAnswer(result=refusal.code)
        self._beep(BeepLength.SHORT)
        self.poll(now)
        return answer

    def show_message(self, message: ShownMessage, now: Instant) -> ResultCode:
        """Function 6: a hint for the operator; the result code."""
        self.poll(now)
        try:
            commands.show_message(self._actions, message)
        except Refusal as refusal:
            self._beep(BeepLength.LONG)
            return refusal.code
        self._beep(BeepLength.SHORT)
        return ResultCode.OK

    def annul_receipt(self, now: Instant) -> int:
        """Function 7: annuls the open receipt; the result code."""
        self.poll(now)
        try:
            result = commands.annul_receipt(self._actions)
        except Refusal as refusal:
            result = refusal.code
        self._beep(BeepLength.LONG if result else BeepLength.SHORT)
        self.poll(now)
        return result

    # The SmartBox's answers

    def request_acknowledged(self, now: Instant) -> None:
        """The master has taken function 2 or 3: the wait starts anew [D-4]."""
        self.poll(now)
        self._actions.wait.prolong(now)

    def wait_prolonged(self, now: Instant) -> None:
        """WAIT: the wait starts anew [D-4]."""
        self.poll(now)
        self._actions.wait.prolong(now)

    def close_answered(self, result: int, now: Instant) -> None:
        """Function 2's answer: 0 allows the close. Too late, it changes nothing [D-32]."""
        self.poll(now)
        if self._actions.wait.answered(Function.CLOSE) is None:
            return
        if result:
            self._beep(BeepLength.LONG)
        self._actions.fire("close_refused" if result else "close_allowed")
        self.poll(now)

    def identifier_answered(self, block: IdentifierBlock, now: Instant) -> None:
        """Function 3's answer: prints the block and asks for the next. Too late, it changes nothing [D-32]."""
        self.poll(now)
        asked = self._actions.wait.answered(Function.IDENTIFIER)
        if asked is None:
            return
        following = AskIdentifier(asked.receipt_number, asked.block + 1)
        match block:
            case IdentifierEnd():
                self._actions.print_footer(ResultCode.OK)
            case IdentifierText():
                self._actions.print(*(layout.wrapped(block.text) if block.text else ()), following)
            case IdentifierGraphics():
                self._actions.print(Bitmap(block.width, block.height, block.rows), following)
            case _:
                assert_never(block)
        self.poll(now)

    # Time

    def poll(self, now: Instant) -> None:
        """Printing goes on and waits end, up to `now`."""
        actions, printer = self._actions, self._actions.printer
        while self.powered:
            actions.now = now
            if printer.wants_paper:
                printer.halted = True
                self._refuse(ResultCode.PRINTER_ERROR)
            moment = self.deadline()
            if moment is None or moment > now:
                return
            if moment == printer.deadline():
                actions.now = moment
                self._come_out(printer.step())
            else:
                self._lose_patience()
        actions.now = now

    def deadline(self) -> Instant | None:
        """`poll` must be called no later than this; None where nothing is pending."""
        return earliest(self._actions.printer.deadline(), self._actions.wait.until) if self.powered else None

    def effects(self) -> list[Effect]:
        """Everything handed out since the last call."""
        taken = list(self._actions.effects)
        self._actions.effects.clear()
        return taken

    def _come_out(self, job: Job) -> None:
        """A job of the printer's queue is done: paper, or words for the SmartBox."""
        actions = self._actions
        match job:
            case TextLine() | Bitmap() | Cut():
                return
            case AskIdentifier() if job.block > LAST_BLOCK:  # its two bytes hold no more: that was all
                actions.print_footer(ResultCode.OK)
                return
            case AnswerSale():
                actions.effects.append(job)
            case AskPermission():
                actions.wait.awaiting = Awaiting(Function.CLOSE, job.receipt_number, 0)
                actions.effects.append(job)
            case AskIdentifier():
                self.memory.stage = Stage.IDENTIFIER
                actions.wait.awaiting = Awaiting(Function.IDENTIFIER, job.receipt_number, job.block)
                actions.wait.start(actions.now)
                actions.effects.append(job)
            case ReportDone():
                actions.effects.append(job)
                actions.fire("receipt_done")
            case _:
                assert_never(job)

    def _lose_patience(self) -> None:
        """`close_timeout` has passed without an answer [D-23, D-24]."""
        actions = self._actions
        actions.withdraw()
        actions.wait.unanswered = True
        self._beep(BeepLength.LONG)
        if self.state is S.CLOSE_WAIT:
            actions.fire("close_refused")
        else:
            actions.wait.may_give_up = True
            actions.ask_identifier_anew()

    # Keys

    def _press(self, key: Key) -> None:
        actions = self._actions
        actions.notice = None
        actions.key = key
        if self.state is S.MENU and key is not Key.FEED:
            self._press_in_menu(key)
            return
        if key not in KEYS_OF_REFUSED:
            actions.resume()
        if not actions.fire(TRIGGERS[key]):
            raise NotTaken if self.state in (S.CLOSE_WAIT, S.QR_PRINT) else Refusal

    def _press_under_error(self, key: Key) -> None:
        """Only С, and it clears the error only [D-42]; in mid-print it also takes paper [D-48]."""
        actions, printer = self._actions, self._actions.printer
        if key is not Key.CLEAR or (printer.halted and not printer.paper):
            raise NotTaken
        self.error = None
        if printer.halted:
            if self.memory.stage is Stage.IDENTIFIER:
                actions.ask_identifier_anew()
            printer.start(actions.now)

    def _press_in_menu(self, key: Key) -> None:
        actions = self._actions
        match actions.menu.press(key):
            case OptionChosen(number, value):
                self.memory.options[number] = value
            case Choice.CASH_MODE:
                actions.fire("cash_mode_chosen")
            case Choice.X_REPORT:
                actions.report("X ОТЧЕТ")
            case Choice.Z_REPORT:
                actions.report("Z ОТЧЕТ")
                self.memory.shift = self.shift.closed()
            case None:
                pass

    def _refuse(self, code: ResultCode) -> None:
        """A long beep, and an error over the state; what was half typed is gone."""
        self._beep(BeepLength.LONG)
        self._actions.fire("entry_dropped")
        self.error = code

    def _beep(self, length: BeepLength) -> None:
        self._actions.effects.append(Beep(length))

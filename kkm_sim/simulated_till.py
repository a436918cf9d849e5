"""One till with its link: messages become calls on the till, its effects become messages (document: sections 1–7).

What is wrong with a message is decided here, in the order of [D-35]: vector and function, then length and
values; everything after that is the till's to say.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, assert_never

from kkm_sim.availability import Availability
from kkm_sim.clock import MS, Instant, earliest
from kkm_sim.findings import Finding, FindingCode
from kkm_sim.link.events import LinkReset, MessageDelivered, MessageReceived, TillEvent, WaitReceived
from kkm_sim.link.till_link import TillLink
from kkm_sim.log import Log
from kkm_sim.messages.codes import DataKind, Function, ModeFlags, Operation, ResultCode
from kkm_sim.messages.forms import Fault, decode_text, mirrored, printable
from kkm_sim.messages.record import FieldFault
from kkm_sim.messages.records import (
    PING_INTERVAL,
    VECTOR,
    AnnulReceiptRequest,
    CloseAnswer,
    CloseRequest,
    DonePacket,
    IdentifierHead,
    IdentifierRequest,
    PingAnswer,
    PingRequest,
    SaleAnswer,
    SaleRequest,
    ShortAnswer,
    ShowMessageRequest,
    declared_length,
    text_may_go_on,
)
from kkm_sim.reasons import Reason, ReasonCode
from kkm_sim.settings import Settings
from kkm_sim.till import effects
from kkm_sim.till.machine import Till
from kkm_sim.till.requests import IdentifierEnd, IdentifierGraphics, IdentifierText, Status
from kkm_sim.till.requests import SaleRequest as TillSaleRequest

Start = Literal["cash", "menu", "off"]

_END_WITH_RECEIPT = 7
"""Function 3's "no more data" up to and with the receipt number."""

MAX_GRAPHICS_ROWS = 64
MAX_GRAPHICS_ROW_BYTES = 8

_REQUESTS = (Function.CLOSE, Function.IDENTIFIER)
"""The till's own requests, which the master answers."""

_ANSWERS = tuple(bytes((function,)) for function in _REQUESTS)
_PING = bytes((Function.PING,))
_SALE = bytes((Function.SALE,))

_KEPT = (Function.SALE, Function.DONE)
"""Whose messages outlive a power failure; answers to functions 5, 6 and 7 tell of a time before it [D-57]."""

_ECHOED_FIELDS = ("item_code", "barcode", "name")

_NOT_SALE = {Operation.RETURN: Reason(ReasonCode.IS_RETURN), Operation.ANNUL: Reason(ReasonCode.IS_ANNULMENT)}
_FAULTS = {Fault.BCD: FindingCode.BAD_BCD, Fault.VALUE: FindingCode.BAD_VALUE, Fault.TEXT: FindingCode.BAD_TEXT}


class SimulatedTill:
    """The till of one address. Pure: `receive` and the operator's calls in, `link` and logs out."""

    def __init__(self, settings: Settings, *, now: Instant, wall: datetime, start: Start = "cash") -> None:
        self.settings = settings
        self.till = Till(settings, now=now, wall=wall, start=start)
        self.link = TillLink(settings.option_30, settings, declared_length, text_may_go_on)
        self._findings: list[Finding] = []
        self.beeps: Log[effects.Beep] = Log(1000)
        self._sale_hs = False
        self._delivered: Function | None = None  # the till's request that the master has acknowledged
        self._last_ping: Instant | None = None
        self._pinged: Status | None = None
        self._ping_answer = b""
        self._powered = self.till.powered
        self.due: Instant | None = None
        """When `settle` must be called at the latest."""
        self.news = False
        """Whether findings, options or `due` may have changed since `take_findings`."""
        self.settle(now)

    # From the link

    def receive(self, event: TillEvent, now: Instant) -> None:
        """What the link tells."""
        match event:
            case MessageReceived():
                if event.as_answer and event.data[1:2] not in _ANSWERS:
                    self._found(FindingCode.DATA_WITHOUT_RDY, now, event.data)
                self._receive_message(event.data, event.hs, now)
            case MessageDelivered():
                if event.tag in _REQUESTS:
                    self._delivered = Function(event.tag)
                    self.till.request_acknowledged(now)
                    self.settle(now)
            case WaitReceived():
                self.till.wait_prolonged(now)
                self.settle(now)
            case LinkReset():
                pass
            case Finding():
                self._findings.append(event)
                self.news = True
            case _:
                assert_never(event)

    def settle(self, now: Instant) -> None:
        """Lets the till's time run to `now` and brings what it wants to the link."""
        till = self.till
        till.poll(now)
        for effect in till.effects():
            self._apply(effect)
        if till.powered != self._powered:
            self._powered = till.powered
            if not till.powered:
                self.link.power_lost(_KEPT)
        deaf_until = self._deaf_until(now)
        self.link.become(till.availability if deaf_until is None else Availability.SILENT, now)
        self.due = earliest(till.deadline(), deaf_until)
        self.news = True

    def take_findings(self) -> list[Finding]:
        """What was found since the last call."""
        found, self._findings = self._findings, []
        self.news = False
        return found

    def _deaf_until(self, now: Instant) -> Instant | None:
        """When the till hears again; None where it does hear [D-6]."""
        since = self.till.printing_since
        if since is None:
            return None
        end = Instant(since + self.settings.deaf_ms * MS)
        return end if now < end else None

    # The till's wishes

    def _apply(self, effect: effects.Effect) -> None:
        match effect:
            case effects.Beep():
                self.beeps.append(effect)
            case effects.AnswerSale():
                unasked = self._sale_hs and self.settings.hs1_sale_answer == "unasked"  # [D-7]
                self.link.send(self._sale_answer(effect.answer), Function.SALE, at_once=unasked)
            case effects.AskPermission():
                self._ask(Function.CLOSE, self._close_request(effect))
            case effects.AskIdentifier():
                request = IdentifierRequest(receipt_number=effect.receipt_number, block=effect.block)
                self._ask(Function.IDENTIFIER, request.encode())
            case effects.WithdrawRequest():
                self.link.withdraw(Function.CLOSE)
                self.link.withdraw(Function.IDENTIFIER)
            case effects.ReportDone():
                # It waits through later receipts, first in the queue [D-37].
                self.link.send(DonePacket(result=effect.result).encode(), Function.DONE, first=True)
            case _:
                assert_never(effect)

    def _ask(self, function: Function, data: bytes) -> None:
        self._delivered = None
        self.link.send(data, function, wants_answer=True)

    def _close_request(self, asked: effects.AskPermission) -> bytes:
        tax_1, tax_2, tax_3, tax_4, tax_5 = asked.taxes
        return CloseRequest(
            receipt_number=asked.receipt_number,
            kind=asked.kind,
            operations=asked.operations,
            alcohol=asked.alcohol,
            other=asked.operations - asked.alcohol,
            total=asked.total,
            discounts=asked.discounts,
            markups=asked.markups,
            tax_1=tax_1,
            tax_2=tax_2,
            tax_3=tax_3,
            tax_4=tax_4,
            tax_5=tax_5,
            cash=asked.cash,
            credit=asked.credit,
            shift=asked.shift,
            moment=asked.moment,
        ).encode(self.settings.datetime_order)

    def _sale_answer(self, answer: effects.SaleAnswer) -> bytes:
        if answer.result != ResultCode.OK:
            return refusal(Function.SALE, answer.result)
        data = SaleAnswer(
            receipt_number=answer.receipt_number,
            operation_number=answer.operation_number,
            operation=answer.operation,
            alcohol=answer.alcohol,
            quantity=answer.quantity,
            price=answer.price,
            sum=answer.sum,
            section=answer.section,
            tax=answer.tax,
        ).encode()
        for name in _ECHOED_FIELDS:
            data = SaleAnswer.with_raw_field(data, name, SaleRequest.raw_field(answer.echo, name))  # [D-10]
        return data

    # The master's messages

    def _receive_message(self, data: bytes, hs: bool, now: Instant) -> None:
        answer = self._answer_to(data, hs, now)
        if answer is not None:
            self.link.send(answer, Function.SALE if data[1:2] == _SALE else None, at_once=hs)
        if data[1:2] != _PING:  # the one that leaves the till as it was
            self.settle(now)

    def _answer_to(self, data: bytes, hs: bool, now: Instant) -> bytes | None:
        """The answer that is ready at once; None where there is none or it comes later."""
        if len(data) < 2:
            self._found(FindingCode.BAD_LENGTH, now, data)
            return ShortAnswer(function=0, result=ResultCode.BAD_FORMAT).encode()
        if data[0] != VECTOR:
            self._found(FindingCode.BAD_VECTOR, now, data)
            return refusal(data[1], ResultCode.UNKNOWN_COMMAND, unknown=True)
        match data[1]:
            case Function.SALE:
                return self._request_sale(data, hs, now)
            case Function.CLOSE | Function.IDENTIFIER:
                self._take_answer(data, now)
                return None
            case Function.DONE:
                self._found(FindingCode.UNASKED_ANSWER, now, data)
                return None
            case Function.PING:
                return self._ping(data, now)
            case Function.SHOW_MESSAGE:
                return self._show_message(data, now)
            case Function.ANNUL_RECEIPT:
                return self._annul_receipt(data, now)
            case _:
                self._found(FindingCode.UNKNOWN_FUNCTION, now, data, Reason(ReasonCode.FUNCTION, function=data[1]))
                return refusal(data[1], ResultCode.UNKNOWN_COMMAND, unknown=True)

    def _request_sale(self, data: bytes, hs: bool, now: Instant) -> bytes | None:
        if len(data) != SaleRequest.SIZE:
            return self._bad_length(Function.SALE, data, now)
        reading = SaleRequest.decode(data)
        self._found_faults(reading.faults, now, data)
        request = reading.record
        if request is None or any(self._counts(fault) for fault in reading.faults):
            return refusal(Function.SALE, ResultCode.BAD_FORMAT)
        if request.operation:
            self._found(FindingCode.OPERATION_NOT_SALE, now, data, _NOT_SALE[request.operation])
        answer = self.till.request_sale(
            TillSaleRequest(
                code_type=request.code_type,
                price=request.price,
                quantity=request.quantity,
                name=printable(decode_text(SaleRequest.raw_field(data, "name"))),  # [D-36]
                section=request.section,
                tax=request.tax,
                echo=data,
            ),
            now,
        )
        if answer is None:
            self._sale_hs = hs
            return None
        return self._sale_answer(answer)

    def _counts(self, fault: FieldFault) -> bool:
        """Whether a bad value in an ignored field is answered with error 3 [D-33]; a section is used with [D-9]."""
        used = self.settings.honour_request_fields and fault.name == "section"
        return used or self.settings.check_ignored_fields

    def _show_message(self, data: bytes, now: Instant) -> bytes:
        if len(data) != ShowMessageRequest.SIZE:
            return self._bad_length(Function.SHOW_MESSAGE, data, now)
        reading = ShowMessageRequest.decode(data)
        self._found_faults(reading.faults, now, data)
        if reading.record is None:
            return refusal(Function.SHOW_MESSAGE, ResultCode.BAD_FORMAT)
        result = self.till.show_message(reading.record.message, now)
        return ShortAnswer(function=Function.SHOW_MESSAGE, result=result).encode()

    def _annul_receipt(self, data: bytes, now: Instant) -> bytes:
        if len(data) not in (AnnulReceiptRequest.SIZE, AnnulReceiptRequest.SIZE + 1):  # [D-14]
            return self._bad_length(Function.ANNUL_RECEIPT, data, now)
        return ShortAnswer(function=Function.ANNUL_RECEIPT, result=self.till.annul_receipt(now)).encode()

    def _ping(self, data: bytes, now: Instant) -> bytes:
        if self._last_ping is not None and now - self._last_ping < PING_INTERVAL:
            self._found(
                FindingCode.PING_TOO_OFTEN, now, data, Reason(ReasonCode.SINCE_LAST, ms=(now - self._last_ping) // MS)
            )
        self._last_ping = now
        if len(data) != PingRequest.SIZE:
            return self._bad_length(Function.PING, data, now)
        status = self.till.status(now)
        if status != self._pinged:  # most PINGs of a second hear the same
            self._pinged, self._ping_answer = status, self._status_bytes(status)
        return self._ping_answer

    def _status_bytes(self, status: Status) -> bytes:
        flags = (
            ModeFlags.CASH_MODE * status.cash_mode
            | ModeFlags.SMARTBOX_ON * status.smartbox_on
            | ModeFlags.SMARTBOX_SERVED * status.smartbox_served
            | ModeFlags.REQUEST_OPEN * status.request_open
            | ModeFlags.FISCAL * status.fiscal
        )
        return PingAnswer(
            model=self.settings.model,
            serial_number=self.settings.serial_number,
            flags=flags,
            shift=status.shift,
            moment=status.moment,
            receipt_number=status.receipt_number,
            operations=status.operations,
            alcohol=status.alcohol,
            total=status.total,
        ).encode(self.settings.datetime_order)

    # The master's answers to functions 2 and 3 [D-31, D-32]

    def _take_answer(self, data: bytes, now: Instant) -> None:
        awaiting = self.till.awaiting
        # Data instead of ACK acknowledge nothing: the request comes again, and so must the answer [D-25].
        if awaiting is None or awaiting.function is not self._delivered:
            self._found(FindingCode.UNASKED_ANSWER, now, data)
        elif awaiting.function != data[1]:
            self._found(FindingCode.WRONG_ANSWER, now, data, Reason(ReasonCode.FUNCTION, function=data[1]))
        elif awaiting.function is Function.CLOSE:
            self._take_close_answer(data, awaiting.receipt_number, now)
        else:
            self._take_identifier_answer(data, awaiting.receipt_number, awaiting.block, now)

    def _take_close_answer(self, data: bytes, receipt_number: int, now: Instant) -> None:
        if len(data) != CloseAnswer.SIZE:
            self._found(FindingCode.WRONG_ANSWER, now, data, Reason(ReasonCode.SIZE, size=len(data)))
            return
        reading = CloseAnswer.decode(data)
        self._found_faults(reading.faults, now, data)
        if reading.record is not None:
            self._judge_receipt(reading.record.receipt_number, receipt_number, now, data)
            self.till.close_answered(reading.record.result, now)

    def _take_identifier_answer(self, data: bytes, receipt_number: int, block: int, now: Instant) -> None:
        size = IdentifierHead.SIZE
        if len(data) < 3 or (data[2] == 0 and len(data) < size) or (data[2] != 0 and len(data) > size):
            self._found(FindingCode.WRONG_ANSWER, now, data, Reason(ReasonCode.SIZE, size=len(data)))
            return
        if data[2] != 0:
            self._judge_end(data, receipt_number, now)
            self.till.identifier_answered(IdentifierEnd(), now)
            return
        reading = IdentifierHead.decode(data[:size])
        self._found_faults(reading.faults, now, data)
        head = reading.record
        if head is None:
            return
        self._judge_receipt(head.receipt_number, receipt_number, now, data)
        if head.block != block:
            other = Reason(ReasonCode.OTHER_NUMBER, came=head.block, expected=block)
            self._found(FindingCode.BLOCK_OUT_OF_ORDER, now, data, other)
            return
        dump = data[size:]
        found = self._text(head, dump, now) if head.kind is DataKind.TEXT else self._graphics(head, dump, now)
        if found is not None:
            self.till.identifier_answered(found, now)

    def _judge_end(self, data: bytes, receipt_number: int, now: Instant) -> None:
        # "No more data": only the receipt number means anything, and may be absent as all the rest [D-31].
        if len(data) >= _END_WITH_RECEIPT:
            reading = IdentifierHead.decode(data[:_END_WITH_RECEIPT].ljust(IdentifierHead.SIZE, b"\x00"))
            self._found_faults(reading.faults, now, data)
            if reading.record is not None:
                self._judge_receipt(reading.record.receipt_number, receipt_number, now, data)

    def _text(self, head: IdentifierHead, dump: bytes, now: Instant) -> IdentifierText | None:
        # The length may or may not count the closing 00; a text over 255 bytes has length 0 [D-31].
        uncounted_end = len(dump) == head.row_bytes + 1 and dump.endswith(b"\x00")
        if head.row_bytes and len(dump) != head.row_bytes and not uncounted_end:
            size = Reason(ReasonCode.TEXT_SIZE, size=len(dump), declared=head.row_bytes)
            self._found(FindingCode.WRONG_ANSWER, now, dump, size)
            return None
        text = decode_text(dump)
        if text != printable(text):
            self._found(FindingCode.BAD_TEXT, now, dump)
        return IdentifierText(printable(text))

    def _graphics(self, head: IdentifierHead, dump: bytes, now: Instant) -> IdentifierGraphics | None:
        row_bytes, width = head.row_bytes, head.bits or head.row_bytes * 8  # [D-51]
        if head.rows > MAX_GRAPHICS_ROWS or row_bytes > MAX_GRAPHICS_ROW_BYTES or width > row_bytes * 8:
            shape = Reason(ReasonCode.GRAPHICS_SHAPE, rows=head.rows, row_bytes=row_bytes, bits=head.bits)
            self._found(FindingCode.BITMAP_TOO_LARGE, now, dump, shape)
            return None
        if not dump or len(dump) != head.rows * row_bytes:
            size = Reason(ReasonCode.GRAPHICS_SIZE, size=len(dump), declared=head.rows * row_bytes)
            self._found(FindingCode.WRONG_ANSWER, now, dump, size)
            return None
        if self.settings.bitmap_order == "lsb":
            dump = mirrored(dump)  # [D-13]
        rows = (dump[i : i + row_bytes] for i in range(0, len(dump), row_bytes))
        return IdentifierGraphics(width, head.rows, tuple(_significant(row, width) for row in rows))

    def _judge_receipt(self, named: int, own: int, now: Instant, data: bytes) -> None:
        if named not in (0, own):
            other = Reason(ReasonCode.OTHER_NUMBER, came=named, expected=own)
            self._found(FindingCode.FOREIGN_RECEIPT, now, data, other)

    # Findings

    def _bad_length(self, function: Function, data: bytes, now: Instant) -> bytes:
        self._found(FindingCode.BAD_LENGTH, now, data, Reason(ReasonCode.SIZE, size=len(data)))
        return refusal(function, ResultCode.BAD_FORMAT)

    def _found_faults(self, faults: Iterable[FieldFault], now: Instant, data: bytes) -> None:
        for fault in faults:
            self._found(_FAULTS[fault.fault], now, data, fault.reason)

    def _found(self, code: FindingCode, now: Instant, raw: bytes, detail: Reason | None = None) -> None:
        self._findings.append(Finding(code, now, raw, detail))
        self.news = True


_ANSWER_SIZES = {Function.SALE: SaleAnswer.SIZE, Function.PING: PingAnswer.SIZE}


def refusal(function: int, result: int, *, unknown: bool = False) -> bytes:
    """An answer with a result that is not 0: full length, zeros after the result [D-36]."""
    size = ShortAnswer.SIZE if unknown else _ANSWER_SIZES.get(Function(function), ShortAnswer.SIZE)
    return bytes((VECTOR, function, result)).ljust(size, b"\x00")


def _significant(row: bytes, width: int) -> bytes:
    """The ⌈width/8⌉ bytes of a row that are printed, its insignificant bits cleared."""
    size = -(-width // 8)
    keep = (1 << width) - 1 << (size * 8 - width)
    return (int.from_bytes(row[:size], "big") & keep).to_bytes(size, "big")

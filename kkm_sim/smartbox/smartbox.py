"""The reference SmartBox: what an operator scans becomes the conversation of the document's sections 1–7.

It is driven like every end of a line: `receive`, `poll`, `deadline`; what happened is taken from `next_event`.
No I/O and no clock: bytes, codes and `now` in, bytes, events and deadlines out.
"""

from collections import deque
from collections.abc import Collection
from typing import assert_never

from kkm_sim.clock import MS, SECOND, Instant, earliest
from kkm_sim.link.events import LinkFound, LinkLost, MessageDelivered, MessageFailed, MessageReceived, PacketSeen
from kkm_sim.link.master_link import MasterLink
from kkm_sim.link.packets import ControlCode, ControlPacket, DataPacket, Direction
from kkm_sim.link.till_line import GAP
from kkm_sim.link.till_link import ANSWER_TIMEOUT
from kkm_sim.messages.codes import Function, ModeFlags, Operation, ResultCode, ShownMessage
from kkm_sim.messages.record import Record
from kkm_sim.messages.records import (
    CloseAnswer,
    CloseRequest,
    DonePacket,
    IdentifierRequest,
    PingAnswer,
    SaleAnswer,
    ShortAnswer,
    declared_till_length,
)
from kkm_sim.settings import Settings
from kkm_sim.smartbox.basket import UNKNOWN_ARTICLE, Article, Basket
from kkm_sim.smartbox.closing import Closing
from kkm_sim.smartbox.events import (
    CodeRefused,
    CodeScanned,
    DuplicateRefused,
    ExchangeFailed,
    ItemAnnulled,
    ItemRegistered,
    MessageShown,
    NotRequested,
    NotUnderstood,
    Pinged,
    ReceiptAnnulled,
    RequestForgotten,
    RequestRefused,
    SaleRequested,
    SmartBoxEvent,
    TillBusy,
    TillFound,
    TillLost,
)
from kkm_sim.smartbox.identifier import QrLevel, no_block
from kkm_sim.smartbox.pairing import Pairing
from kkm_sim.smartbox.reading import Misread, read_till_message
from kkm_sim.smartbox.scanner import BEER_PREFIX, Unreadable, classify
from kkm_sim.smartbox.tasks import (
    PING,
    AnnulReceipt,
    Exchange,
    OpenSale,
    Ping,
    Sell,
    Show,
    Step,
    Tag,
    Task,
    function_of,
    obstacle_to,
    request_of,
)
from kkm_sim.smartbox.utm import Utm

PING_INTERVAL = 200 * MS
"""«Команду на практике лучше не посылать чаще, чем каждые 200...300 мс»."""

BITS_A_BYTE = 10
"""Start, eight data bits, stop."""

_WORTH_REPEATING = frozenset({ResultCode.BAD_FORMAT, ResultCode.ITEM_NOT_FOUND})
"""Results that another scan may cure. 27 is not among them: «Err Alco» must stay on the indicator."""


class SmartBox:
    """The master of the till at `address`.

    `paced` False: bytes take no time and no gap is kept, as the till's `--pace off`. `trace`: `next_event` gives
    every packet on the line too.
    """

    def __init__(
        self,
        address: int,
        settings: Settings,
        *,
        baud: int,
        paced: bool,
        now: Instant,
        utm: Utm = Utm(),  # noqa: B008 - frozen
        qr_level: QrLevel = "M",
        beer_eans: Collection[str] = frozenset(),
        trace: bool = False,
    ) -> None:
        self.baud = baud
        self.byte_time = BITS_A_BYTE * SECOND // baud if paced else 0
        self.basket = Basket()
        self.linked = False
        self._settings = settings
        self._beer_eans = beer_eans
        self._trace = trace
        self._events: deque[SmartBoxEvent] = deque()
        self._closing = Closing(self.basket, utm, settings, qr_level, self._events)
        self._link = MasterLink(
            address, settings, declared_till_length, byte_time=self.byte_time, gap=GAP if paced else 0, now=now
        )
        self._now = now
        self._tasks: deque[Task] = deque()
        self._exchange: Exchange | None = None
        self._serial = 0
        self._open: OpenSale | None = None
        self._doubted = False  # a PING showed no request open where `_open` says there is one
        self._pairing = Pairing()
        self._lost = False
        self._busy_told = False
        self._last_ping: Instant | None = None

    # What an operator or a program wants

    def scan(self, code: str, now: Instant) -> None:
        """A code from the scanner: EAN and PDF of a bottle in either order, or a beer's EAN (see `classify`)."""
        self._now = now
        scan = classify(code, self._beer_eans)
        if self._selling:
            self._events.append(CodeRefused(code.strip(), "the till has not finished the item before"))
            if self._open is not None:
                self._add(Ping(told=False))
        elif isinstance(scan, Unreadable):
            self._events.append(CodeRefused(scan.code, scan.reason))
            self._prompt(ShownMessage.REPEAT)
        else:
            self._events.append(CodeScanned(str(scan), scan.KIND))
            wanted = self._pairing.take(scan)
            if isinstance(wanted, Article):
                self._drop_prompts()
                self._add(Sell(wanted))
            else:
                self._prompt(wanted)

    def sell_beer(self, code: str, now: Instant) -> None:
        """A beer by its EAN, whether it is among the known ones or not."""
        self.scan(BEER_PREFIX + code.strip(), now)

    def ping(self, now: Instant) -> None:
        """Asks the till's state; the answer comes as `Pinged`."""
        self._now = now
        self._add(Ping(told=True))

    def message(self, code: ShownMessage, now: Instant) -> None:
        """Shows a message on the indicator, function 6."""
        self._now = now
        self._add(Show(code, prompt=False))

    def annul(self, now: Instant) -> None:
        """Annuls the till's open receipt, function 7: for a basket and a receipt that do not fit any more."""
        self._now = now
        self._pairing.forget()
        self._add(AnnulReceipt())

    @property
    def utm(self) -> Utm:
        """How the UTM behaves; may be replaced at any time."""
        return self._closing.utm

    @utm.setter
    def utm(self, utm: Utm) -> None:
        self._closing.utm = utm

    @property
    def open_sale(self) -> Article | None:
        """What the operator is being asked to sell."""
        return self._open.article if self._open is not None else None

    @property
    def busy(self) -> bool:
        """Whether something is still to be said or answered."""
        return self._exchange is not None or bool(self._tasks) or self._closing.pending or self._link.busy

    @property
    def idle(self) -> bool:
        """Nothing to say, nothing half scanned, no sale that the operator has to finish."""
        return not self.busy and self._open is None and not self._pairing.begun

    def next_event(self) -> SmartBoxEvent | None:
        """The next thing that happened; None when there is nothing more."""
        return self._events.popleft() if self._events else None

    # The line

    def receive(self, data: bytes, now: Instant) -> None:
        """Takes bytes, the last of which arrived at `now`."""
        self._now = now
        self._link.receive_data(data, now)
        self._drain()

    def poll(self, now: Instant) -> bytes:
        """Runs the timeouts; returns the bytes that begin to go out at `now`, b"" for none."""
        self._now = now
        answer = self._closing.due(now)
        if answer is not None:
            self._answer(Function.CLOSE, answer)
        exchange = self._exchange
        if exchange is not None and exchange.answer_by is not None and now >= exchange.answer_by:
            self._fail("no answer")
        out = self._link.poll(now)
        self._drain()
        return out

    def deadline(self) -> Instant | None:
        """When `poll` must be called at the latest."""
        answer_by = self._exchange.answer_by if self._exchange is not None else None
        return earliest(self._link.deadline(), self._closing.deadline(), answer_by)

    def _drain(self) -> None:
        while (event := self._link.next_event()) is not None:
            match event:
                case PacketSeen():
                    self._packet_seen(event)
                case MessageReceived():
                    self._message_received(event.data)
                case MessageDelivered():
                    self._delivered(event.tag)
                case MessageFailed():
                    self._not_delivered(event)
                case LinkLost():
                    self._link_lost()
                case LinkFound():
                    self._link_found()
                case _:
                    assert_never(event)

    def _packet_seen(self, seen: PacketSeen) -> None:
        packet = seen.packet
        if self._trace:
            self._events.append(seen)
        if packet.direction is Direction.TO_TILL:
            if isinstance(packet, DataPacket):
                if packet.data == PING:
                    self._last_ping = seen.at
            elif packet.code in (ControlCode.RDY, ControlCode.SYN):
                self._hand_over(seen.at)
        elif isinstance(packet, ControlPacket):
            self._till_said(packet.code)

    def _till_said(self, code: int) -> None:
        if code in (ControlCode.DISC, ControlCode.BUSY):
            if self._exchange is not None or self._tasks:
                if not self._busy_told:
                    self._events.append(TillBusy())
                self._busy_told = True
            if self._exchange is not None and self._exchange.answer_by is not None:
                self._exchange.answer_by = Instant(self._now + ANSWER_TIMEOUT)
        elif code == ControlCode.RDY:
            self._busy_told = False
            # Only here the line is known to be quiet: WAIT would cross the till's answer to RDY otherwise.
            if not self._link.busy and self._closing.wait_due(self._now):
                self._link.send_wait()

    def _link_found(self) -> None:
        self.linked = True
        self._events.append(TillFound())
        if self._lost:
            self._lost = False
            self._tasks.appendleft(Ping(told=False))  # what happened to the receipt meanwhile?

    def _link_lost(self) -> None:
        self.linked, self._lost = False, True
        self._events.append(TillLost())
        self._fail("no link")
        while self._tasks:
            self._tell_failed(self._tasks.popleft(), "no link")

    # Saying something of our own

    @property
    def _selling(self) -> bool:
        tasks = self._tasks if self._exchange is None else (self._exchange.task, *self._tasks)
        return self._open is not None or any(isinstance(task, Sell) for task in tasks)

    def _add(self, task: Task) -> None:
        if task != Ping(told=False) or task not in self._tasks:
            self._tasks.append(task)

    def _prompt(self, message: ShownMessage) -> None:
        self._drop_prompts()
        self._add(Show(message, prompt=True))

    def _drop_prompts(self) -> None:
        self._tasks = deque(task for task in self._tasks if not (isinstance(task, Show) and task.prompt))

    def _hand_over(self, at: Instant) -> None:
        """RDY goes out: what is to be said waits in the link for the till's RDY. Only answers go without."""
        if self._link.busy:
            return
        if self._exchange is None:
            if not self._tasks:
                return
            self._exchange = Exchange(self._tasks.popleft(), Step.REQUEST, 0)
            if self._exchange.checked or isinstance(self._exchange.task, Ping):
                self._exchange.step = Step.PING
        exchange = self._exchange
        if exchange.step is Step.PING:
            if self._last_ping is None or at >= self._last_ping + PING_INTERVAL:
                self._send(exchange, Step.PING_ANSWER, PING, hs=True)
        elif exchange.step is Step.REQUEST:
            data, hs = request_of(exchange.task, self._is_duplicate(exchange.task))
            self._send(exchange, Step.REQUEST_ANSWER, data, hs=hs)

    def _is_duplicate(self, task: Task) -> bool:
        return isinstance(task, Sell) and self.basket.has_bottle(task.article.pdf)

    def _send(self, exchange: Exchange, step: Step, data: bytes, *, hs: bool) -> None:
        self._serial += 1
        exchange.serial = self._serial
        exchange.step = step
        self._link.send(data, Tag(function_of(exchange.task), exchange.serial), hs=hs)

    def _answer(self, function: Function, data: bytes) -> None:
        self._link.send(data, Tag(function))

    def _delivered(self, tag: object) -> None:
        exchange = self._exchange
        if exchange is None or tag != Tag(function_of(exchange.task), exchange.serial):
            return
        if isinstance(exchange.task, Sell) and exchange.step is Step.REQUEST_ANSWER:
            self._open = OpenSale(exchange.task.article, self._is_duplicate(exchange.task))
            self._doubted = False
            self._exchange = None
            self._events.append(SaleRequested(self._open.article, self._open.duplicate))
        else:
            exchange.answer_by = Instant(self._now + ANSWER_TIMEOUT)

    def _not_delivered(self, failed: MessageFailed) -> None:
        if not isinstance(failed.tag, Tag):
            return
        if failed.tag.serial == 0:
            self._events.append(ExchangeFailed(failed.tag.function, failed.reason))
        elif self._exchange is not None and failed.tag.serial == self._exchange.serial:
            self._fail(failed.reason)

    def _fail(self, reason: str) -> None:
        """The exchange comes to nothing; its codes must be scanned again."""
        if self._exchange is None:
            return
        task, self._exchange = self._exchange.task, None
        self._tell_failed(task, reason)
        if isinstance(task, Sell) and reason != "no link":
            self._prompt(ShownMessage.REPEAT)

    def _tell_failed(self, task: Task, reason: str) -> None:
        if task != Ping(told=False):
            self._events.append(ExchangeFailed(function_of(task), reason))

    # What the till says

    def _message_received(self, data: bytes) -> None:
        self._busy_told = False
        message = read_till_message(data, self._settings.datetime_order)
        if isinstance(message, Misread):
            self._events.append(NotUnderstood(data, message.reason))
            self._misread(message.function)
        else:
            self._record_received(message)

    def _misread(self, function: Function | None) -> None:
        match function:
            case Function.CLOSE:
                self._answer(function, CloseAnswer(result=ResultCode.BAD_FORMAT).encode())
            case Function.IDENTIFIER:
                self._answer(function, no_block(0, 0, ResultCode.BAD_FORMAT))
            case Function.SALE:
                self._open = None
                self._prompt(ShownMessage.REPEAT)
            case Function() if self._awaits(function):
                self._fail("its answer is not understood")

    def _record_received(self, record: Record) -> None:
        match record:
            case SaleAnswer():
                self._sale_answered(record)
            case PingAnswer():
                self._ping_answered(record)
            case ShortAnswer():
                self._short_answer(record)
            case CloseRequest():
                answer = self._closing.close_requested(record, self._now)
                if answer is not None:
                    self._answer(Function.CLOSE, answer)
            case IdentifierRequest():
                self._answer(Function.IDENTIFIER, self._closing.identifier_requested(record))
            case DonePacket():
                self._closing.done(record)
            case _:
                raise AssertionError(f"{type(record).__name__} is no message of the till")

    def _sale_answered(self, answer: SaleAnswer) -> None:
        sale = self._take_open_sale()
        article = sale.article if sale is not None else UNKNOWN_ARTICLE
        if answer.result:
            self._sale_refused(answer.result, sale)
            return
        if self.basket.ended_before_answer(answer):
            self._closing.receipt_replaced()
        self._closing.receipt_goes_on()
        if answer.operation is Operation.ANNUL:
            removed = self.basket.remove(answer, article)
            self._events.append(ItemAnnulled(answer.receipt_number, article, removed))
        else:
            self._events.append(ItemRegistered(answer.receipt_number, self.basket.add(answer, article)))

    def _take_open_sale(self) -> OpenSale | None:
        sale, self._open = self._open, None
        if sale is None and self._exchange is not None and isinstance(self._exchange.task, Sell):
            # The ACK to the request was lost: its answer is the first sign that the till took it.
            sale = OpenSale(self._exchange.task.article, self._is_duplicate(self._exchange.task))
        return sale

    def _sale_refused(self, result: int, sale: OpenSale | None) -> None:
        if sale is not None and sale.duplicate:
            self._events.append(DuplicateRefused(sale.article, result))
        else:
            self._events.append(RequestRefused(Function.SALE, result))
        if result in _WORTH_REPEATING:
            self._prompt(ShownMessage.REPEAT)

    def _ping_answered(self, status: PingAnswer) -> None:
        awaited = self._awaits(Function.PING)
        if status.result:
            self._refused(Function.PING, status.result)
            return
        self._learn(status)
        exchange = self._exchange
        if exchange is None or not awaited:
            return
        if isinstance(exchange.task, Ping):
            if exchange.task.told:
                self._events.append(Pinged(status))
            self._exchange = None
        elif obstacle := obstacle_to(ModeFlags(status.flags)):
            self._events.append(NotRequested(function_of(exchange.task), obstacle))
            self._exchange = None
        else:
            exchange.step = Step.REQUEST
            exchange.answer_by = None

    def _learn(self, status: PingAnswer) -> None:
        if self.basket.ended_before_ping(status):
            self._closing.receipt_replaced()
        if self._open is None or status.flags & ModeFlags.REQUEST_OPEN:
            self._doubted = False
        elif not self._doubted:
            # The operator may have finished just now: the answer then comes before the next PING can.
            self._doubted = True
            self._add(Ping(told=False))
        else:
            self._doubted = False
            self._events.append(RequestForgotten(self._open.article))
            self._open = None

    def _short_answer(self, answer: ShortAnswer) -> None:
        function = Function(answer.function)
        if answer.result:
            self._refused(function, answer.result)
        elif self._exchange is not None and self._awaits(function):
            task, self._exchange = self._exchange.task, None
            if isinstance(task, Show):
                self._events.append(MessageShown(task.message))
            elif isinstance(task, AnnulReceipt):
                self._events.append(ReceiptAnnulled(self.basket.receipt_number))
                self._closing.receipt_over()
        else:
            self._events.append(NotUnderstood(answer.encode(), "an answer to nothing that was asked"))

    def _refused(self, function: Function, result: int) -> None:
        if function is Function.SALE:
            self._sale_refused(result, self._take_open_sale())
            return
        self._events.append(RequestRefused(function, result))
        if self._awaits(function):
            self._exchange = None

    def _awaits(self, function: Function) -> bool:
        """Whether the exchange is at the answer to that function."""
        exchange = self._exchange
        if exchange is None:
            return False
        if exchange.step is Step.PING_ANSWER:
            return function is Function.PING
        return exchange.step is Step.REQUEST_ANSWER and function is function_of(exchange.task)

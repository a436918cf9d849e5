"""The reference SmartBox: what an operator scans becomes the conversation of the document's sections 1–7.

It is driven like every end of a line: `receive`, `poll`, `deadline`; what happened is taken from `next_event`.
No I/O and no clock: bytes, codes and `now` in, bytes, events and deadlines out.
"""

from collections import deque
from collections.abc import Collection
from typing import assert_never

from kkm_sim.clock import Instant, earliest
from kkm_sim.link.events import LinkFound, LinkLost, MessageDelivered, MessageFailed, MessageReceived, PacketSeen
from kkm_sim.link.master_link import NO_LINK, MasterLink
from kkm_sim.link.messenger import Messenger
from kkm_sim.link.packets import ControlCode, ControlPacket, DataPacket, Direction
from kkm_sim.link.till_line import GAP, byte_time
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
from kkm_sim.reasons import Reason, ReasonCode
from kkm_sim.settings import Settings
from kkm_sim.smartbox.basket import UNKNOWN_ARTICLE, Article, Basket
from kkm_sim.smartbox.closing import Closing
from kkm_sim.smartbox.commands import QUIET_PING, Commands
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
    TillFound,
    TillLost,
)
from kkm_sim.smartbox.pairing import Pairing
from kkm_sim.smartbox.reading import Misread, read_till_message
from kkm_sim.smartbox.receipt_identifier import QrLevel, no_block
from kkm_sim.smartbox.scanned_code import BEER_PREFIX, Unreadable, classify
from kkm_sim.smartbox.tasks import PING, AnnulReceipt, OpenSale, Ping, Sell, Show, Tag, function_of, obstacle_to
from kkm_sim.smartbox.utm import Utm

_WORTH_REPEATING = frozenset({ResultCode.BAD_FORMAT, ResultCode.ITEM_NOT_FOUND})
"""Results that another scan may cure. 27 is not among them: «Err Alco» must stay on the indicator."""


class SmartBox:
    """The master of the till at `address`.

    `paced` False: bytes take no time and no gap is kept, as the till's `--pace off`. `trace`: `next_event` gives
    every packet on the line too. `link`: who brings the messages to the till, where it is not our own engine.
    """

    def __init__(
        self,
        address: int,
        settings: Settings,
        *,
        baud: int,
        paced: bool,
        now: Instant,
        link: Messenger | None = None,
        utm: Utm = Utm(),  # noqa: B008 - frozen
        qr_level: QrLevel = "M",
        beer_eans: Collection[str] = frozenset(),
        trace: bool = False,
    ) -> None:
        self.address = address
        self.baud = baud
        self.byte_time = byte_time(baud) if paced else 0
        self.basket = Basket()
        self.linked = False
        self._settings = settings
        self._beer_eans = beer_eans
        self._trace = trace
        self._events: deque[SmartBoxEvent] = deque()
        self._closing = Closing(self.basket, utm, settings, qr_level, self._events)
        self._link: Messenger = link or MasterLink(
            address, settings, declared_till_length, byte_time=self.byte_time, gap=GAP if paced else 0, now=now
        )
        self._now = now
        self._commands = Commands(self._link, self.basket, self._events, now)
        self._open: OpenSale | None = None
        self._heard = b""  # the till's last message
        self._doubted = False  # a PING showed no request open where `_open` says there is one
        self._pairing = Pairing()
        self._lost = False

    # What an operator or a program wants

    def scan(self, code: str, now: Instant) -> None:
        """A code from the scanner: EAN and PDF of a bottle in either order, or a beer's EAN (see `classify`)."""
        self._now = now
        scan = classify(code, self._beer_eans)
        if self._open is not None or self._commands.selling:
            self._events.append(CodeRefused(code.strip(), (Reason(ReasonCode.ITEM_BEFORE),)))
            if self._open is not None:
                self._commands.add(QUIET_PING)
        elif isinstance(scan, Unreadable):
            self._events.append(CodeRefused(scan.code, (scan.reason,)))
            self._commands.prompt(ShownMessage.REPEAT)
        else:
            self._events.append(CodeScanned(str(scan), scan.KIND))
            wanted = self._pairing.take(scan)
            if isinstance(wanted, Article):
                self._commands.drop_prompts()
                self._commands.add(Sell(wanted))
            else:
                self._commands.prompt(wanted)

    def sell_beer(self, code: str, now: Instant) -> None:
        """A beer by its EAN, whether it is among the known ones or not."""
        self.scan(BEER_PREFIX + code.strip(), now)

    def ping(self, now: Instant) -> None:
        """Asks the till's state; the answer comes as `Pinged`."""
        self._now = now
        self._commands.add(Ping(told=True))

    def ask(self, now: Instant) -> None:
        """Asks what became of the receipt; of an answer that brings nothing new nothing is told."""
        self._now = now
        self._commands.add(QUIET_PING)

    def message(self, code: ShownMessage, now: Instant) -> None:
        """Shows a message on the indicator, function 6."""
        self._now = now
        self._commands.add(Show(code, prompt=False))

    def annul(self, now: Instant) -> None:
        """Annuls the till's open receipt, function 7: for a basket and a receipt that do not fit any more."""
        self._now = now
        self._pairing.forget()
        self._commands.add(AnnulReceipt())

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
        return self._commands.busy or self._closing.pending or self._link.busy

    @property
    def speaks(self) -> bool:
        """Whether a packet waits for its gap. Who leaves the line before it has gone owes the till an answer."""
        return self._link.speaks

    @property
    def silent(self) -> bool:
        """Whether the till has not answered: never yet, or not the last time that it was asked."""
        return self._link.silent

    @property
    def frame_number(self) -> int:
        """The frame number of the next data packet: where another master may go on."""
        return self._link.frame_number

    def take_line(self, quiet_from: Instant, now: Instant) -> None:
        """Another master has had the line until `quiet_from`: begins with SYN, and asks what became of the receipt."""
        self._now = now
        self._link.take_line(quiet_from)
        if self.linked:
            self.ask(now)

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
            self._link.send(answer, Tag(Function.CLOSE))  # something else may have been said meanwhile: RDY first
        if self._closing.wait_due(now):
            self._link.send_wait()
        self._commands.poll(now)
        out = self._link.poll(now)
        self._drain()
        return out

    def deadline(self) -> Instant | None:
        """When `poll` must be called at the latest."""
        return earliest(self._link.deadline(), self._closing.deadline(), self._commands.deadline())

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
            if isinstance(packet, DataPacket) and packet.data == PING:
                self._commands.ping_sent(seen.at)
        elif isinstance(packet, ControlPacket) and packet.code in (ControlCode.DISC, ControlCode.BUSY):
            self._commands.till_is_busy(self._now)
        elif isinstance(packet, DataPacket) or packet.code == ControlCode.RDY:
            self._commands.till_listens()

    def _link_found(self) -> None:
        self.linked = True
        self._events.append(TillFound())
        if self._lost:
            self._lost = False
            self._commands.add(QUIET_PING)  # what happened to the receipt meanwhile?

    def _link_lost(self) -> None:
        self.linked, self._lost = False, True
        self._events.append(TillLost())
        self._commands.fail_all(NO_LINK)

    def _delivered(self, tag: object) -> None:
        task = self._commands.delivered(tag, self._now)
        if isinstance(task, Sell):
            self._open = OpenSale(task.article, self._commands.is_duplicate(task))
            self._doubted = False
            self._events.append(SaleRequested(self._open.article, self._open.duplicate))

    def _not_delivered(self, failed: MessageFailed) -> None:
        sale = isinstance(failed.tag, Tag) and failed.tag.function is Function.SALE and failed.tag.serial
        if not sale or self._open is None:
            self._commands.not_delivered(failed)
            return
        # A messenger far away took the sale for delivered when it was sent; it did not reach the till.
        self._open = None
        self._events.append(ExchangeFailed(Function.SALE, (failed.reason,)))
        if failed.reason != NO_LINK:
            self._commands.prompt(ShownMessage.REPEAT)

    def _answer(self, function: Function, data: bytes) -> None:
        # A PING's answer may have come since the question: then this one waits for RDY.
        self._link.send(data, Tag(function), answer=self._heard[1:2] == data[1:2])

    # What the till says

    def _message_received(self, data: bytes) -> None:
        self._heard = data
        message = read_till_message(data, self._settings.datetime_order)
        if isinstance(message, Misread):
            self._events.append(NotUnderstood(data, message.why))
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
                self._commands.prompt(ShownMessage.REPEAT)
            case Function() if self._commands.awaits(function):
                self._commands.fail(Reason(ReasonCode.NOT_UNDERSTOOD))

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
        asked = self._commands.current
        if sale is None and isinstance(asked, Sell) and self._commands.awaits(Function.SALE):
            # The ACK to the request was lost: its answer is the first sign that the till took it.
            sale = OpenSale(asked.article, self._commands.is_duplicate(asked))
        return sale

    def _sale_refused(self, result: int, sale: OpenSale | None) -> None:
        if sale is not None and sale.duplicate:
            self._events.append(DuplicateRefused(sale.article, result))
        else:
            self._events.append(RequestRefused(Function.SALE, result))
        if result in _WORTH_REPEATING:
            self._commands.prompt(ShownMessage.REPEAT)

    def _ping_answered(self, status: PingAnswer) -> None:
        awaited = self._commands.awaits(Function.PING)
        if status.result:
            self._refused(Function.PING, status.result)
            return
        self._learn(status)
        task = self._commands.current
        if task is None or not awaited:
            return
        if isinstance(task, Ping):
            self._commands.finish()
            if task.told:
                self._events.append(Pinged(status))
        elif obstacle := obstacle_to(ModeFlags(status.flags)):
            self._commands.finish()
            self._events.append(NotRequested(function_of(task), (obstacle,)))
        else:
            self._commands.checked()

    def _learn(self, status: PingAnswer) -> None:
        if self.basket.ended_before_ping(status):
            self._closing.receipt_replaced()
        if self._open is None or status.flags & ModeFlags.REQUEST_OPEN:
            self._doubted = False
        elif not self._doubted:
            # The operator may have finished just now: the answer then comes before the next PING can.
            self._doubted = True
            self._commands.add(QUIET_PING)
        else:
            self._doubted = False
            self._events.append(RequestForgotten(self._open.article))
            self._open = None

    def _short_answer(self, answer: ShortAnswer) -> None:
        function = Function(answer.function)
        if answer.result:
            self._refused(function, answer.result)
        elif self._commands.awaits(function):
            task = self._commands.finish()
            if isinstance(task, Show):
                self._events.append(MessageShown(task.message))
            elif isinstance(task, AnnulReceipt):
                self._events.append(ReceiptAnnulled(self.basket.receipt_number))
                self._closing.receipt_over()
        else:
            self._events.append(NotUnderstood(answer.encode(), (Reason(ReasonCode.UNASKED),)))

    def _refused(self, function: Function, result: int) -> None:
        if function is Function.SALE:
            self._sale_refused(result, self._take_open_sale())
            return
        self._events.append(RequestRefused(function, result))
        if self._commands.awaits(function):
            self._commands.finish()

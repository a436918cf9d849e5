"""The master beside the till: carries out whole operations for whoever holds the device.

It is driven like every end of a line: `receive`, `poll`, `deadline`; what happened is taken from `next_event`. Pure.
Nobody's till is not polled: it is silent until `hold`, and what the till has queued waits.
"""

from collections import deque
from dataclasses import dataclass, fields
from typing import assert_never

from kkm_sim.clock import SECOND, Instant, earliest
from kkm_sim.link.events import LinkFound, LinkLost, MessageDelivered, MessageFailed, MessageReceived, PacketSeen
from kkm_sim.link.master_link import NO_LINK, MasterLink
from kkm_sim.link.packets import ControlCode, ControlPacket, DataPacket, Direction
from kkm_sim.link.till_line import GAP, byte_time
from kkm_sim.link.till_link import ANSWER_TIMEOUT
from kkm_sim.messages.codes import Function, ModeFlags
from kkm_sim.messages.record import Record
from kkm_sim.messages.records import (
    PING_INTERVAL,
    CloseAnswer,
    CloseRequest,
    DonePacket,
    IdentifierAnswer,
    IdentifierRequest,
    MasterRequest,
    PingAnswer,
    PingRequest,
    SaleAnswer,
    SaleRequest,
    ShortAnswer,
    declared_till_length,
)
from kkm_sim.remote.master.master_news import (
    Answered,
    Declined,
    Garbled,
    MasterNews,
    Outcome,
    Premature,
    Told,
    Unanswered,
    Wanted,
)
from kkm_sim.remote.protocol.silence import Silence
from kkm_sim.settings import Settings
from kkm_sim.smartbox.closing import WAIT_INTERVAL
from kkm_sim.smartbox.reading import Misread, read_till_message

OWN = -1
"""The number of the master's own PING, whose outcome is nobody's news."""

LOOK_INTERVAL = 5 * SECOND
"""Between two of them, while the operator is at a sale: a till that was changed for another would never answer it."""


@dataclass(slots=True)
class Counters:
    """What passed on the line since the start."""

    packets_to_till: int = 0
    packets_to_master: int = 0
    delivered: int = 0
    failed: int = 0
    lost: int = 0


@dataclass(slots=True)
class _Exchange:
    call: int
    operation: MasterRequest
    sent: bool = False
    answer_by: Instant | None = None


class TillMaster:
    """The master of the till at `address`, an engine for the pump.

    `paced` False: bytes take no time and no gap is kept, as the till's `--pace off`.
    """

    def __init__(self, address: int, settings: Settings, *, baud: int, paced: bool, now: Instant) -> None:
        self.address = address
        self.baud = baud
        self.byte_time = byte_time(baud) if paced else 0
        self.counters = Counters()
        self.linked = False
        self._order = settings.datetime_order
        self._link = MasterLink(
            address, settings, declared_till_length, byte_time=self.byte_time, gap=GAP if paced else 0, now=now
        )
        self._now = now
        self._held = False
        self._draining = False  # released: what is under way on the line is brought to its end
        self._ping_from = now
        self._calls: deque[_Exchange] = deque()
        self._current: _Exchange | None = None
        self._sale: tuple[int, SaleRequest] | None = None  # the call whose bottle the operator has in hand
        self._orphan: SaleRequest | None = None  # the same, when its caller is gone
        self._heard = b""  # the till's last message
        self._untold: deque[Told] = deque()
        self._news: deque[MasterNews] = deque()
        self._doubted = False  # PING said once that the till has no request open, though a sale waits for its answer
        self._orphan_sought = False  # whether the orphan's answer was asked after
        self._look_at: Instant | None = None  # when PING shall say whether the sale is still open
        self._patience = settings.close_timeout * SECOND
        self._sale_packets = 0  # how often the sale was sent
        self._refusal: int | None = None  # what the till said to one that was sent twice
        self._wanted: Wanted | None = None  # the till's question that nobody has answered yet
        self._wait_at: Instant | None = None  # when WAIT is due: the holder thinks about an answer
        self._wait_until = now  # how long the till waits for it

    @property
    def state(self) -> dict[str, int | bool]:
        """Whether the till is there, and the counters, by name."""
        return {"linked": self.linked} | {row.name: getattr(self.counters, row.name) for row in fields(Counters)}

    # The lease

    def hold(self, now: Instant) -> None:
        """Somebody holds the device: the till is polled from now on. What it told nobody comes first, and what it
        asked the holder before; his own calls begin when what is under way on the line has come to its end."""
        self._now = now
        if self.silent:
            self._link.take_line(now)
        self._held = True
        self._news.extend(self._untold)
        self._untold.clear()
        if self._wanted is not None and now < self._wait_until:
            self._ask_holder(self._wanted)

    def release(self, now: Instant) -> None:
        """Nobody holds it: calls that did not begin are forgotten, the rest comes to its end, then is silence."""
        self._now = now
        self._held, self._draining = False, True
        self._calls.clear()
        self._link.withdraw()
        sale = self._take_sale()
        if sale is not None:
            self._orphan, self._orphan_sought = sale[1], False
        self._current = self._wait_at = self._look_at = None
        self._news.clear()

    @property
    def held(self) -> bool:
        """Whether somebody holds the device."""
        return self._held

    @property
    def silent(self) -> bool:
        """Nobody holds it, and nothing is under way on the line any more."""
        return not self._held and not self._draining

    # What the holder wants

    def call(self, number: int, operation: MasterRequest, now: Instant) -> None:
        """Asks the till; an `Outcome` with that number follows. A sale's comes when the operator is done."""
        self._now = now
        sales = (one.operation for one in (*self._calls, self._current) if one is not None)
        if isinstance(operation, SaleRequest) and (
            self._sale is not None or any(isinstance(one, SaleRequest) for one in sales)
        ):
            self._news.append(Premature(number))
        else:
            self._calls.append(_Exchange(number, operation))

    def answer(
        self, request: CloseRequest | IdentifierRequest, answer: CloseAnswer | IdentifierAnswer | None, now: Instant
    ) -> None:
        """The holder's answer to what was `Wanted`; None: he has none, and the till is kept waiting no longer.

        It comes too late, and is dropped, where the till has asked for another thing meanwhile: the operator may have
        gone back to the receipt, and it is not the same any more.
        """
        self._now = now
        if self._wanted is None or request is not self._wanted.request:
            return
        self._wait_at = None
        if answer is None:
            return
        self._question_over()
        data = answer.encode()
        # A PING's answer may have come since the question: then this one waits for RDY.
        self._link.send(data, None, answer=data[1:2] == self._heard[1:2])

    def next_event(self) -> MasterNews | None:
        """The next thing that happened; None when there is nothing more."""
        return self._news.popleft() if self._news else None

    # The line

    def receive(self, data: bytes, now: Instant) -> None:
        """Takes bytes, the last of which arrived at `now`."""
        self._now = now
        if self._held or self._draining:
            self._link.receive_data(data, now)
            self._drain()

    def poll(self, now: Instant) -> bytes:
        """Runs the timeouts; returns the bytes that begin to go out at `now`, b"" for none."""
        self._now = now
        if self._draining and (self._link.at_rest(now) or self._calls_in_vain()):
            self._draining = False
        if not self._held and not self._draining:
            return b""
        if not self._draining:
            self._advance()
        self._ask_for_patience()
        out = self._link.poll(now)
        self._drain()
        return out

    def deadline(self) -> Instant | None:
        """When `poll` must be called at the latest."""
        if not self._held and not self._draining:
            return None
        return earliest(self._link.deadline(), None if self._draining else self._next_call(), self._wait_at)

    def _calls_in_vain(self) -> bool:
        """Whether a till that is not there would be called once more."""
        due = self._link.deadline()
        return not self.linked and due is not None and self._now >= due

    def _next_call(self) -> Instant | None:
        exchange = self._current
        if exchange is None:
            return self._now if self._calls else self._look_at
        if not exchange.sent:
            return max(self._now, self._ping_from)
        return exchange.answer_by

    def _advance(self) -> None:
        """Gives up an answer that did not come; hands the link the next call."""
        exchange = self._current
        if exchange is not None and exchange.answer_by is not None and self._now >= exchange.answer_by:
            self._end(Unanswered(exchange.call, Silence.SILENT))
        if self._current is None:
            self._current = self._next_exchange()
        exchange = self._current
        if exchange is None or exchange.sent:
            return
        is_ping = isinstance(exchange.operation, PingRequest)
        if is_ping and self._now < self._ping_from:
            return
        exchange.sent = True
        if isinstance(exchange.operation, SaleRequest):
            self._sale_packets, self._refusal = 0, None
        # HS=1 wants the answer at once; a sale's takes as long as the operator does.
        hs = not isinstance(exchange.operation, SaleRequest)
        self._link.send(exchange.operation.encode(self._order), exchange.call, hs=hs)

    def _next_exchange(self) -> _Exchange | None:
        if self._look_at is not None and self._now >= self._look_at:
            self._look_at = None
            if self._sale is not None or self._orphan is not None:
                return _Exchange(OWN, PingRequest())
        if not self._calls:
            return None
        if isinstance(self._calls[0].operation, SaleRequest) and self._orphan is not None and not self._orphan_sought:
            # A refusal does not say of which sale it is: the one before must be over first.
            self._orphan_sought = True
            return _Exchange(OWN, PingRequest())
        return self._calls.popleft()

    def _ask_for_patience(self) -> None:
        """WAIT while the holder thinks, for as long as the till itself would wait [D-4]: his answer has to cross a slow
        network, and «отсутствие ответа на запрос в течении 3 сек. рассматривается как ошибка»."""
        if self._wait_at is not None and self._now >= self._wait_at:
            due = Instant(self._now + WAIT_INTERVAL)
            self._wait_at = due if due < self._wait_until else None
            self._link.send_wait()

    def _ask_holder(self, wanted: Wanted) -> None:
        self._news.append(wanted)
        self._wait_at = Instant(self._now + WAIT_INTERVAL)
        self._wait_until = Instant(self._now + self._patience)

    def _question_over(self) -> None:
        self._wanted = self._wait_at = None
        self._link.forget_wait()

    def _drain(self) -> None:
        while (event := self._link.next_event()) is not None:
            match event:
                case PacketSeen():
                    self._seen(event)
                case MessageReceived():
                    self._received(event.data)
                case MessageDelivered():
                    self._delivered(event.tag)
                case MessageFailed():
                    self._failed(event)
                case LinkFound():
                    self.linked = True
                case LinkLost():
                    self.linked = False
                    self.counters.lost += 1
                case _:
                    assert_never(event)

    def _seen(self, seen: PacketSeen) -> None:
        packet = seen.packet
        if packet.direction is Direction.TO_TILL:
            self.counters.packets_to_till += 1
            if isinstance(packet, DataPacket):
                self._sent(packet.data, seen)
            return
        self.counters.packets_to_master += 1
        busy = isinstance(packet, ControlPacket) and packet.code in (ControlCode.DISC, ControlCode.BUSY)
        if busy and self._current is not None and self._current.answer_by is not None:
            self._current.answer_by = Instant(self._now + ANSWER_TIMEOUT)

    def _sent(self, data: bytes, seen: PacketSeen) -> None:
        function = data[1:2]
        if function == bytes((Function.PING,)):
            # Whoever's it was: the till minds, and no holder knows of the one before.
            self._ping_from = Instant(seen.at + len(seen.raw) * self.byte_time + PING_INTERVAL)
        elif function == bytes((Function.SALE,)):
            self._sale_packets += 1

    def _delivered(self, tag: object) -> None:
        self.counters.delivered += 1
        exchange = self._current
        if exchange is None or tag != exchange.call:
            return
        if isinstance(exchange.operation, PingRequest):
            self._ping_from = Instant(self._now + PING_INTERVAL)
        if isinstance(exchange.operation, SaleRequest):
            self._sale, self._current, self._doubted = (exchange.call, exchange.operation), None, False
            self._look_at = Instant(self._now + LOOK_INTERVAL)
        else:
            exchange.answer_by = Instant(self._now + ANSWER_TIMEOUT)

    def _failed(self, failed: MessageFailed) -> None:
        self.counters.failed += 1
        exchange = self._current
        if exchange is not None and failed.tag == exchange.call:
            there = failed.reason != NO_LINK
            self._end(Garbled(exchange.call) if there else Unanswered(exchange.call, Silence.NOT_THERE))

    def _end(self, outcome: Outcome) -> None:
        self._current = None
        if outcome.call == OWN:
            self._look_at = Instant(self._now + LOOK_INTERVAL)
        else:
            self._news.append(outcome)

    # What the till says

    def _received(self, data: bytes) -> None:
        self._heard = data
        message = read_till_message(data, self._order)
        match message:
            case SaleAnswer():
                self._question_over()
                self._sale_answered(message)
            case CloseRequest() | IdentifierRequest():
                self._wanted = Wanted(message)
                if self._held:
                    self._ask_holder(self._wanted)
                else:
                    self._wait_until = Instant(self._now + self._patience)
            case DonePacket():
                self._question_over()
                self._tell(Told(message))
            case PingAnswer() | ShortAnswer():
                self._short(message)
            case Misread():
                self._misread(message)
            case Record():
                raise AssertionError(f"{type(message).__name__} is no message of the till")
            case _:
                assert_never(message)

    def _sale_answered(self, answer: SaleAnswer) -> None:
        if self._orphan is not None and not answer.result and _answers(answer, self._orphan):
            self._orphan = None
            self._tell(Told(answer))
            return
        if answer.result:
            self._sale_refused(answer.result)
            return
        sale = self._take_sale()
        if sale is None:
            self._tell(Told(answer))
        else:
            self._news.append(Answered(sale[0], answer))

    def _sale_refused(self, result: int) -> None:
        if self._sale_packets > 1 and self._sale is not None:
            # Its ACK may have been lost: then the till refuses the second, and has the first open. PING knows.
            self._sale_packets, self._refusal, self._look_at = 0, result, self._now
            return
        sale = self._take_sale()
        if sale is not None:
            self._news.append(Declined(sale[0], result))

    def _take_sale(self) -> tuple[int, SaleRequest] | None:
        """The sale that is answered or given up. Its ACK may have been lost: then it is still being sent."""
        sale, self._sale = self._sale, None
        exchange = self._current
        if sale is None and exchange is not None and isinstance(exchange.operation, SaleRequest) and exchange.sent:
            sale, self._current = (exchange.call, exchange.operation), None
        return sale

    def _tell(self, told: Told) -> None:
        if self._held:
            self._news.append(told)
        else:
            self._untold.append(told)

    def _short(self, answer: PingAnswer | ShortAnswer) -> None:
        function = Function(answer.function)
        exchange = self._current
        if function is Function.SALE:
            self._sale_refused(answer.result)
        elif exchange is not None and exchange.sent and exchange.operation.function == function:
            self._end(Declined(exchange.call, answer.result) if answer.result else Answered(exchange.call, answer))
            if isinstance(answer, PingAnswer) and not answer.result:
                self._learn(answer)

    def _learn(self, status: PingAnswer) -> None:
        """A sale that the till has not open is answered, or lost with it. That answer comes before a second PING's."""
        if self._sale is None and self._orphan is None:
            return
        if status.flags & ModeFlags.REQUEST_OPEN:
            self._doubted = False
        elif not self._doubted:
            self._doubted, self._look_at = True, self._now
        else:
            self._doubted, self._orphan = False, None
            if self._sale is not None:
                call, self._sale = self._sale[0], None
                refused = self._refusal
                self._news.append(Unanswered(call, Silence.FORGOTTEN) if refused is None else Declined(call, refused))

    def _misread(self, misread: Misread) -> None:
        exchange = self._current
        if misread.function is Function.SALE:
            sale = self._take_sale()
            if sale is not None:
                self._news.append(Garbled(sale[0]))
        elif exchange is not None and exchange.sent and exchange.operation.function == misread.function:
            self._end(Garbled(exchange.call))


def _answers(answer: SaleAnswer, request: SaleRequest) -> bool:
    """Whether the answer carries that request's codes, which the till gives back byte for byte [D-10]."""
    return (answer.item_code, answer.barcode, answer.name) == (request.item_code, request.barcode, request.name)

"""A SmartBox and a scripted till on one line, in virtual time."""

from datetime import datetime
from typing import TypeVar

from kkm_sim.availability import Availability
from kkm_sim.clock import SECOND, Instant, ManualClock, earliest
from kkm_sim.findings import Finding
from kkm_sim.link.events import MessageReceived, WaitReceived
from kkm_sim.link.till_line import GAP, LinkEvent, TillLine
from kkm_sim.link.till_link import TillLink
from kkm_sim.messages.codes import CodeType, Function, ModeFlags, Operation
from kkm_sim.messages.records import (
    CloseRequest,
    DonePacket,
    IdentifierRequest,
    PingAnswer,
    SaleAnswer,
    ShortAnswer,
    declared_length,
)
from kkm_sim.settings import Settings
from kkm_sim.smartbox.events import SmartBoxEvent
from kkm_sim.smartbox.receipt_identifier import QrLevel
from kkm_sim.smartbox.smartbox import SmartBox
from kkm_sim.smartbox.utm import Utm

BAUD = 57_600
EAN = "4607012350015"
OTHER_EAN = "4600682000020"
BEER_EAN = "4600682000013"
PDF = "22N00001CRDVUGO0M7DTVZ2112100136785100000LG" + "1YTBGIHRHVQTFWOHMHJ0KHNO5"
OTHER_PDF = "33" + PDF[2:]
NOW = datetime(2016, 7, 1, 12, 0)
CASH = ModeFlags.CASH_MODE | ModeFlags.SMARTBOX_ON | ModeFlags.FISCAL

E = TypeVar("E")


class ScriptedTill:
    """A till that answers as told: it counts operations and nothing else."""

    def __init__(self, settings: Settings) -> None:
        self.link = TillLink(1, settings, declared_length)
        self.received: list[bytes] = []
        self.findings: list[Finding] = []
        self.waits = 0
        self.flags = CASH
        self.receipt_number = 0
        self.operations = 0
        self.alcohol = 0
        self.request: bytes | None = None
        self.result = 0
        """What it answers to functions 6 and 7, and to a sale request at once if not 0."""
        self.silent = False
        """It takes messages and answers nothing."""

    def take(self, event: MessageReceived) -> None:
        """A message of the SmartBox."""
        data = event.data
        self.received.append(data)
        if self.silent:
            return
        match data[1]:
            case Function.PING:
                self.send(self.status().encode(), at_once=event.hs)
            case Function.SALE if self.result:
                self.send(SaleAnswer(result=self.result).encode(), at_once=event.hs)
            case Function.SALE:
                self.request = data
            case Function.SHOW_MESSAGE | Function.ANNUL_RECEIPT:
                self.send(ShortAnswer(function=data[1], result=self.result).encode(), at_once=event.hs)

    def status(self) -> PingAnswer:
        flags = self.flags
        if self.request is not None:
            flags |= ModeFlags.REQUEST_OPEN
        if self.operations:
            flags |= ModeFlags.SMARTBOX_SERVED
        return PingAnswer(
            model=1,
            serial_number="1234567",
            flags=flags,
            shift=1,
            moment=NOW,
            receipt_number=self.receipt_number,
            operations=self.operations,
            alcohol=self.alcohol,
            total=self.operations * 15_000,
        )

    def finish(self, operation: Operation = Operation.SALE) -> None:
        """The operator finishes the sale that was asked for."""
        assert self.request is not None
        alcohol = self.request[3] in (CodeType.PDF, CodeType.DUPLICATE_PDF, CodeType.BEER)
        self.request = None
        if not self.operations:
            self.receipt_number += 1
        self.operations += 1
        self.alcohol += 0 if not alcohol else -1 if operation is Operation.ANNUL else 1
        answer = SaleAnswer(
            receipt_number=self.receipt_number,
            operation_number=self.operations,
            operation=operation,
            alcohol=alcohol,
            quantity=1000,
            price=15_000,
            sum=15_000,
        )
        self.send(answer.encode())

    def cancel(self, result: int = 27) -> None:
        """The operator presses С."""
        self.request = None
        self.send(SaleAnswer(result=result).encode())

    def annul_receipt(self) -> None:
        """At the till: nothing is sent."""
        self.operations = self.alcohol = 0

    def ask_close(
        self,
        *,
        receipt_number: int | None = None,
        kind: Operation = Operation.SALE,
        operations: int | None = None,
        alcohol: int | None = None,
        cash: int = 15_000,
        credit: int = 0,
    ) -> None:
        """Function 2, true unless told otherwise."""
        operations = self.operations if operations is None else operations
        alcohol = self.alcohol if alcohol is None else alcohol
        request = CloseRequest(
            receipt_number=self.receipt_number if receipt_number is None else receipt_number,
            kind=kind,
            operations=operations,
            alcohol=alcohol,
            other=max(operations - alcohol, 0),
            total=15_000,
            discounts=0,
            markups=0,
            tax_1=0,
            tax_2=0,
            tax_3=0,
            tax_4=0,
            tax_5=0,
            cash=cash,
            credit=credit,
            shift=1,
            moment=NOW,
        )
        self.send(request.encode(), wants_answer=True)

    def ask_block(self, block: int, receipt_number: int | None = None) -> None:
        """Function 3."""
        number = self.receipt_number if receipt_number is None else receipt_number
        self.send(IdentifierRequest(receipt_number=number, block=block).encode(), wants_answer=True)

    def say_done(self, result: int = 0) -> None:
        """Function 4."""
        self.operations = self.alcohol = 0
        self.send(DonePacket(result=result).encode())

    def send(self, data: bytes, *, at_once: bool = False, wants_answer: bool = False) -> None:
        self.link.send(data, tag=data[1], at_once=at_once, wants_answer=wants_answer)


class Bench:
    """The two ends and the wires between them."""

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        utm: Utm | None = None,
        qr_level: QrLevel = "M",
        beer_eans: frozenset[str] = frozenset(),
        paced: bool = True,
        trace: bool = False,
    ) -> None:
        settings = settings or Settings()
        self.clock = ManualClock()
        self.box = SmartBox(
            1,
            settings,
            baud=BAUD,
            paced=paced,
            now=self.clock.now(),
            utm=utm or Utm(),
            qr_level=qr_level,
            beer_eans=beer_eans,
            trace=trace,
        )
        self.till = ScriptedTill(settings)
        byte_time = self.box.byte_time
        self.line = TillLine([self.till.link], byte_time=byte_time, gap=GAP if paced else 0)
        self.events: list[SmartBoxEvent] = []
        self.cut = False
        """The cable is out: nothing arrives anywhere."""
        self._dropped = 0
        self._to_till: list[tuple[Instant, bytes]] = []
        self._to_box: list[tuple[Instant, bytes]] = []

    @property
    def now(self) -> Instant:
        return self.clock.now()

    @property
    def sent(self) -> list[bytes]:
        """Messages the till took so far."""
        return self.till.received

    def run(self, duration: int = SECOND) -> None:
        """Time passes, ns."""
        end = Instant(self.now + duration)
        while True:
            self._step()
            moments = [earliest(self.box.deadline(), self.line.deadline())]
            moments += [at for at, _ in self._to_till[:1] + self._to_box[:1]]
            following = earliest(*moments)
            if following is None or following > end:
                break
            self.clock.jump_to(max(following, Instant(self.now + 1)))
        self.clock.jump_to(end)

    def scan(self, *codes: str) -> None:
        """Codes scanned one after the other, the till answering between them."""
        for code in codes:
            self.box.scan(code, self.now)
            self.run()

    def sell(self, ean: str = EAN, pdf: str = PDF, operation: Operation = Operation.SALE) -> None:
        """A bottle from scan to answer."""
        self.scan(ean, pdf)
        self.till.finish(operation)
        self.run()

    def drop_from_till(self, packets: int) -> None:
        """The next packets of the till do not arrive."""
        self._dropped = packets

    def busy(self, availability: Availability) -> None:
        self.till.link.become(availability, self.now)

    def told(self, kind: type[E]) -> list[E]:
        """Events of one kind so far."""
        return [event for event in self.events if isinstance(event, kind)]

    def last(self, kind: type[E]) -> E:
        return self.told(kind)[-1]

    def forget(self) -> None:
        """What happened until now does not matter."""
        self.events.clear()
        self.sent.clear()

    def _step(self) -> None:
        while self._to_till and self._to_till[0][0] <= self.now:
            self.line.receive_data(self._to_till.pop(0)[1], self.now)
            self._drain_line()
        while self._to_box and self._to_box[0][0] <= self.now:
            self.box.receive(self._to_box.pop(0)[1], self.now)
        self._carry(self.box.poll(self.now), self._to_till)
        said = self.line.poll(self.now)
        if said and self._dropped:
            self._dropped -= 1
        else:
            self._carry(said, self._to_box)
        self._drain_line()
        while (event := self.box.next_event()) is not None:
            self.events.append(event)

    def _carry(self, data: bytes, wire: list[tuple[Instant, bytes]]) -> None:
        if data and not self.cut:
            wire.append((Instant(self.now + len(data) * self.box.byte_time), data))

    def _drain_line(self) -> None:
        while (event := self.line.next_event()) is not None:
            match event:
                case LinkEvent(event=MessageReceived() as message):
                    self.till.take(message)
                case LinkEvent(event=WaitReceived()):
                    self.till.waits += 1
                case LinkEvent(event=Finding() as finding) | (Finding() as finding):
                    self.till.findings.append(finding)

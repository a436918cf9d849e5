"""Functions 2, 3 and 4: the till's requests at the end of a receipt and what the SmartBox answers."""

from collections import deque
from dataclasses import dataclass

from kkm_sim.clock import SECOND, Instant
from kkm_sim.messages.codes import ResultCode
from kkm_sim.messages.records import CloseAnswer, CloseRequest, DonePacket, IdentifierRequest
from kkm_sim.reasons import Reason
from kkm_sim.settings import Settings
from kkm_sim.smartbox.basket import Basket
from kkm_sim.smartbox.events import (
    BasketDropped,
    BlockSent,
    CloseAllowed,
    CloseRefused,
    IdentifierEnded,
    ReceiptDone,
    SmartBoxEvent,
    UtmAsked,
)
from kkm_sim.smartbox.receipt_identifier import QrLevel, identifier_blocks, no_block
from kkm_sim.smartbox.utm import Utm, UtmReceipt

WAIT_INTERVAL = 2 * SECOND
"""Between two WAIT while the UTM works: well within the 3 s after which silence is an error."""


@dataclass(slots=True)
class PendingClose:
    """A close request that is with the UTM."""

    request: CloseRequest
    ready: Instant
    next_wait: Instant


class Closing:
    """The end of a receipt. Answers are returned as messages; what happened goes to `events`."""

    def __init__(
        self, basket: Basket, utm: Utm, settings: Settings, level: QrLevel, events: deque[SmartBoxEvent]
    ) -> None:
        self.utm = utm
        self._basket = basket
        self._settings = settings
        self._level = level
        self._events = events
        self._pending: PendingClose | None = None
        self._allowed: int | None = None  # number of the receipt that may be closed and is not done yet
        self._identified: int | None = None  # number of the receipt whose identifier is in `_blocks`
        self._blocks: tuple[bytes, ...] = ()

    @property
    def pending(self) -> bool:
        """Whether a close request waits for the UTM."""
        return self._pending is not None

    # The receipt's fate

    def receipt_goes_on(self) -> None:
        """Another operation after the close was asked for: the till has given up waiting."""
        self._pending = self._allowed = None

    def receipt_replaced(self) -> None:
        """The till has another receipt now, or none: the basket's was annulled unless its close was allowed."""
        basket = self._basket
        if basket.items and basket.receipt_number is not None:
            allowed = self._allowed == basket.receipt_number
            self._events.append(BasketDropped(basket.receipt_number, len(basket.items), allowed))
        self.receipt_over()

    def receipt_over(self) -> None:
        """The basket is emptied. The identifier stays: it may still be asked for."""
        self._basket.clear()
        self._pending = self._allowed = None

    # Function 2

    def close_requested(self, request: CloseRequest, now: Instant) -> bytes | None:
        """The answer; None while the UTM works on it."""
        reasons = self._basket.objections(request)
        if self._basket.ended_before_close(request):
            self.receipt_replaced()
        if not reasons and self.utm.delay_s:
            self._pending = PendingClose(request, Instant(now + self.utm.delay), Instant(now + WAIT_INTERVAL))
            self._events.append(UtmAsked(request, self.utm.delay_s))
            return None
        self._pending = None
        return self._decide(request, reasons)

    def due(self, now: Instant) -> bytes | None:
        """The answer that the UTM made possible by `now`."""
        if self._pending is None or now < self._pending.ready:
            return None
        request = self._pending.request
        self._pending = None
        return self._decide(request, self._basket.objections(request))

    def wait_due(self, now: Instant) -> bool:
        """Whether WAIT is to be said now [D-4]; the next one is due an interval later."""
        if self._pending is None or now < self._pending.next_wait:
            return False
        self._pending.next_wait = Instant(now + WAIT_INTERVAL)
        return True

    def deadline(self) -> Instant | None:
        """When `due` or `wait_due` has something."""
        return min(self._pending.ready, self._pending.next_wait) if self._pending is not None else None

    def _decide(self, request: CloseRequest, reasons: tuple[Reason, ...]) -> bytes:
        if not reasons and (objection := self.utm.objection):
            reasons = (objection,)
        number = request.receipt_number
        if reasons:
            self._events.append(CloseRefused(request, reasons))
            return CloseAnswer(result=ResultCode.REJECTED, receipt_number=number).encode()
        identifier = self.utm.identify(
            UtmReceipt(number, request.shift, request.moment, request.total, self._basket.items)
        )
        self._blocks = identifier_blocks(identifier, number, self._settings, self._level)
        self._allowed = self._identified = number
        self._events.append(CloseAllowed(request, identifier.url))
        return CloseAnswer(receipt_number=number).encode()

    # Functions 3 and 4

    def identifier_requested(self, request: IdentifierRequest) -> bytes:
        """The block asked for; block 1 again is the beginning again, as after a power failure."""
        number, block = request.receipt_number, request.block
        known = number == self._identified
        if known and 1 <= block <= len(self._blocks):
            data = self._blocks[block - 1]
            self._events.append(BlockSent(number, block, len(data)))
            return data
        self._events.append(IdentifierEnded(number, known))
        return no_block(number, block)

    def done(self, packet: DonePacket) -> None:
        """The receipt is printed to its end."""
        self._events.append(ReceiptDone(self._allowed, packet.result))
        if self._allowed is not None:
            self.receipt_over()

"""The slave engine of one till: packets and `now` in, packets and events out (document: «Основные алгоритмы обмена»).

The engine knows no till and no field of a message. The till tells it in `availability` how RDY is to be
answered; the length of a message by its table is asked from `declared_length`. It never speaks before it was
spoken to (but see `hs1_sale_answer`), and has at most one data packet in flight.

Their mistakes become findings; nothing that comes over the line raises.
"""

from collections import deque
from collections.abc import Container, Hashable
from enum import Enum
from typing import assert_never

from kkm_sim.availability import Availability
from kkm_sim.clock import SECOND, Instant, earliest
from kkm_sim.findings import Finding, FindingCode
from kkm_sim.link.decoder import Damage
from kkm_sim.link.events import LinkReset, MessageDelivered, MessageReceived, TillEvent, WaitReceived
from kkm_sim.link.frame_wait import FrameWait
from kkm_sim.link.masters_turn import UNCOUNTED_END, Invitation, MastersTurn
from kkm_sim.link.numbers import FrameNumbers
from kkm_sim.link.packets import (
    MASTER_ADDRESS,
    ControlCode,
    ControlPacket,
    DataPacket,
    Direction,
    Packet,
    till_reply,
)
from kkm_sim.link.transfer import DeclaredLength, Held, IncomingTransfer, Outgoing, OutgoingTransfer, UncountedEnd
from kkm_sim.reasons import Reason, ReasonCode
from kkm_sim.settings import Settings

ANSWER_TIMEOUT = 3 * SECOND
"""«Таймаут на получение ответа – 3 сек»."""

MAX_REPLIES = 8
"""Replies that may wait for the gap. A master that speaks without listening loses the rest: memory is bounded."""

MAX_QUEUE = 16
"""Messages that may wait for RDY. A master that asks on and never fetches an answer hears DISC."""

_REPLIES = (ControlCode.ACK, ControlCode.NAK, ControlCode.DISC, ControlCode.REJ)

_CALL_FOR_A_REPEAT = (ControlCode.NAK, ControlCode.REJ)
_CALL_FOR_A_FRAME = (ControlCode.ACK, ControlCode.NAK)

_BUSY_ANSWERS = {"disc": ControlCode.DISC, "busy": ControlCode.BUSY, "silent": None}


class Sending(Enum):
    """Where the till's own data packet stands."""

    WAITS_FOR_RDY = "waits for RDY"
    WAITS_FOR_GAP = "goes out after the gap"
    IN_FLIGHT = "awaits ACK"
    WAITS_FOR_SYN = "refused with REJ, waits for SYN"


class TillLink:
    """The link of one till.

    receive(packet)  →  state moves, replies are queued, events wait in `next_event`
    send(message)    →  the engine cuts, numbers and repeats
    take_packet()    →  what is to go on the line next; the line keeps the gap and calls `sent`
    """

    def __init__(
        self,
        address: int,
        settings: Settings,
        declared_length: DeclaredLength,
        uncounted_end: UncountedEnd = lambda message: False,
    ) -> None:
        self.address = address
        self._availability = Availability.READY
        self._settings = settings
        self._numbers = FrameNumbers(settings.frame_numbers)
        self._incoming = IncomingTransfer(declared_length)
        self._uncounted_end = uncounted_end
        self._next_frame = FrameWait(ANSWER_TIMEOUT, settings.transfer_hold * SECOND)
        self._events: deque[TillEvent] = deque()
        self._replies: deque[Packet] = deque()
        self._queue: deque[Outgoing] = deque()
        self._transfer: OutgoingTransfer | None = None
        self._sending = Sending.WAITS_FOR_RDY
        self._withdrawn = False  # the message under way is wanted no more
        self._turn = MastersTurn()
        self._last_taken: tuple[int, bytes] | None = None
        self._last_message = b""
        self._repeated: bytes | None = None  # a message that was taken already, and its last frame came again
        self._end_may_follow = False  # a text was complete by its length, which need not count its closing 00 [D-31]
        self._as_answer = False  # the message that is coming in began without RDY, as an answer
        self._ack_deadline: Instant | None = None
        self._now = Instant(0)

    # What the till wants

    @property
    def availability(self) -> Availability:
        """What the till lets its link say."""
        return self._availability

    def become(self, availability: Availability, now: Instant) -> None:
        """The till lets its link say something else from now on."""
        if availability is not self._availability:
            self._availability = availability
            self._next_frame.stand_still(availability is not Availability.READY, now)

    def send(
        self,
        data: bytes,
        tag: Hashable,
        *,
        wants_answer: bool = False,
        at_once: bool = False,
        first: bool = False,
    ) -> None:
        """Queues a whole message for the next RDY.

        `at_once`: it goes without RDY if nothing is in flight (an answer that HS=1 asked for). `first`: before
        whatever else is queued. `tag` comes back in MessageDelivered; None asks for no such news.
        """
        message = Outgoing(data, tag, wants_answer)
        if at_once and self._transfer is None:
            self._begin(message)
        elif first:
            self._queue.appendleft(message)
        else:
            self._queue.append(message)

    def withdraw(self, tag: Hashable) -> None:
        """Forgets a message that nobody wants any more. A packet in flight is not repeated; its ACK still counts.

        A transfer that the master may hold a frame of goes on to its end, or the master would join the next message
        to it; only SYN ends it before.
        """
        self._queue = deque(message for message in self._queue if message.tag != tag)
        transfer = self._transfer
        if transfer is not None and transfer.message.tag == tag:
            self._withdrawn = True
            on_the_line = self._sending in (Sending.WAITS_FOR_GAP, Sending.IN_FLIGHT)
            if not on_the_line and not self._must_end:
                self._end_transfer()

    @property
    def _must_end(self) -> bool:
        """Whether a withdrawn transfer goes on: the master has a frame of it, or may have the one in flight."""
        transfer = self._transfer
        if transfer is None or transfer.single:
            return False
        return transfer.under_way or self._sending is Sending.IN_FLIGHT

    @property
    def in_flight(self) -> bool:
        """Whether a data packet of ours awaits its ACK."""
        return self._transfer is not None and self._sending is Sending.IN_FLIGHT

    def power_lost(self, kept: Container[Hashable]) -> None:
        """Counters and half-done transfers are gone; messages not yet acknowledged stay where their tag is `kept`."""
        self._forget_exchange()
        if self._transfer is not None and not self._withdrawn:
            self._queue.appendleft(self._transfer.message)
        self._queue = deque(message for message in self._queue if message.tag in kept)
        self._transfer = None
        self._withdrawn = False
        self._last_taken = None
        self._numbers.reset(answered=False)

    # What the line brings

    def receive(self, packet: Packet, raw: bytes, now: Instant) -> None:
        """A good packet from the master to this till."""
        self._now = now
        if self._availability is Availability.SILENT and not self._is_reply(packet):
            return
        self._judge_turn(packet, raw)
        match packet:
            case ControlPacket():
                self._receive_control(packet, raw)
            case DataPacket():
                self._receive_data(packet, raw)
            case _:
                assert_never(packet)

    def _is_reply(self, packet: Packet) -> bool:
        """What answers our data is heard even by a till that turned deaf while it sent them."""
        return isinstance(packet, ControlPacket) and packet.code in _REPLIES and self.in_flight

    def receive_damaged(self, damage: Damage, packet: DataPacket, now: Instant) -> None:
        """A data packet for this till whose checksum is wrong: NAK, or DISC if nothing would be taken anyway."""
        self._now = now
        if self._availability is Availability.SILENT:
            return
        self._judge_turn(packet, damage.raw)
        self._found(FindingCode.BAD_DCRC, damage.raw)
        if not self._refused_by_state():
            self._refuse_frame(packet)

    def receive_broadcast_syn(self, now: Instant) -> None:
        """SYN to address 99: obeyed, unanswered, since 98 tills would collide [D-3]."""
        self._now = now
        if self.availability is not Availability.SILENT:
            self._reset()

    def overhear(self) -> None:
        """The master speaks to another till: its answer to this one needs RDY again."""
        self._turn.other_till()

    def next_event(self) -> TillEvent | None:
        """The next thing that happened; None when there is nothing more."""
        return self._events.popleft() if self._events else None

    # What goes on the line

    @property
    def speaks(self) -> bool:
        """Whether a packet waits for its gap."""
        return bool(self._replies)

    def take_packet(self) -> Packet:
        """The packet that goes on the line now. Only when `speaks`."""
        return self._replies.popleft()

    def sent(self, packet: Packet, end: Instant) -> None:
        """`packet` will have left the line at `end`: from there the master has three seconds."""
        timeout = Instant(end + ANSWER_TIMEOUT)
        if isinstance(packet, DataPacket):
            self._ack_deadline = timeout
            self._sending = Sending.IN_FLIGHT
            return
        if packet.code in _CALL_FOR_A_REPEAT:
            self._turn.owe(timeout)
        if packet.code in _CALL_FOR_A_FRAME and self._incoming.begun:
            self._next_frame.start(end)

    def poll(self, now: Instant) -> bool:
        """Runs the timeouts; whether there were any to run, so that there may be events."""
        frame_due, owed_by = self._next_frame.due, self._turn.owed_by
        if self._ack_deadline is None and owed_by is None and frame_due is None:
            return False
        self._now = now
        if self._ack_deadline is not None and now >= self._ack_deadline:
            self._ack_deadline = None
            self._found(FindingCode.NO_PACKET_IN_3S, b"", Reason(ReasonCode.NO_ACK))
        if (overdue := self._turn.overdue(now)) is not None:
            self._found(FindingCode.NO_PACKET_IN_3S, b"", overdue)
        if frame_due is not None and now >= frame_due:
            if self._next_frame.missed(now):
                self._found(FindingCode.TRANSFER_BROKEN_OFF, b"")
            if self._next_frame.over(now):
                self._incoming.drop()
        return True

    def deadline(self) -> Instant | None:
        """When `poll` has something to do."""
        frame_due, owed_by = self._next_frame.due, self._turn.owed_by
        if self._ack_deadline is None and owed_by is None and frame_due is None:
            return None
        return earliest(self._ack_deadline, owed_by, frame_due)

    # Control packets

    def _receive_control(self, packet: ControlPacket, raw: bytes) -> None:
        match packet.code:
            case ControlCode.RDY:
                self._asked_rdy()
            case ControlCode.ACK:
                self._acknowledged(packet, raw)
            case ControlCode.NAK | ControlCode.DISC | ControlCode.REJ:
                self._refused(packet.code, raw)
            case ControlCode.SYN:
                # Obeyed even where RDY hears DISC: it touches nothing but the link.
                self._reset()
                self._reply(ControlCode.RDY)
                self._turn.invitation = Invitation.GIVEN
            case ControlCode.RST:
                self._restart()
            case ControlCode.WAIT:
                self._events.append(WaitReceived())
            case ControlCode.BUSY:
                self._found(FindingCode.UNEXPECTED_CONTROL, raw, Reason(ReasonCode.OF_THE_TILL, packet="BUSY"))
            case _:
                self._found(FindingCode.UNDEFINED_CONTROL, raw, Reason(ReasonCode.CONTROL_CODE, code=packet.code))

    def _asked_rdy(self) -> None:
        if self._withdrawn and not self._must_end:
            self._end_transfer()
        if self._refused_by_state(rdy=True):
            return
        if self._incoming.begun:
            self._reply(ControlCode.RDY)  # in the middle of the master's own transfer
            self._turn.invitation = Invitation.GIVEN
        elif self._sending is Sending.WAITS_FOR_SYN or not self._send_due():
            self._reply(ControlCode.RDY)
            self._turn.invitation = Invitation.GIVEN

    def _send_due(self) -> bool:
        """Puts the packet on the line that RDY calls for: the one unacknowledged, else the next in the queue."""
        if self._transfer is None:
            if not self._queue:
                return False
            self._begin(self._queue.popleft())
        else:
            self._send_frame()
        return True

    def _acknowledged(self, packet: ControlPacket, raw: bytes) -> None:
        transfer = self._transfer
        if transfer is None or self._sending is not Sending.IN_FLIGHT:
            self._found(FindingCode.UNEXPECTED_CONTROL, raw, Reason(ReasonCode.UNAWAITED, packet="ACK"))
            return
        self._ack_deadline = None
        self._numbers.acknowledged()
        if transfer.last:
            wanted = not self._withdrawn
            self._end_transfer()
            self._turn.invitation = Invitation.ANSWER if transfer.message.wants_answer else Invitation.NONE
            if wanted and transfer.message.tag is not None:
                self._events.append(MessageDelivered(transfer.message.tag))
        else:
            transfer.advance()
            self._sending = Sending.WAITS_FOR_RDY
            if packet.hs:
                self._send_frame()

    def _refused(self, code: ControlCode | int, raw: bytes) -> None:
        if self._transfer is None or self._sending is not Sending.IN_FLIGHT:
            unawaited = Reason(ReasonCode.UNAWAITED, packet=ControlCode(code).name)
            self._found(FindingCode.UNEXPECTED_CONTROL, raw, unawaited)
            return
        self._ack_deadline = None
        if self._withdrawn and not self._transfer.under_way:
            self._end_transfer()
        elif code is ControlCode.NAK:
            self._send_frame()
        elif code is ControlCode.DISC:
            self._sending = Sending.WAITS_FOR_RDY
        else:
            self._numbers.refused()
            self._sending = Sending.WAITS_FOR_SYN

    def _restart(self) -> None:
        """RST: our own unacknowledged data from the first packet at once, else the master's come again [D-26]."""
        if self._withdrawn:
            self._end_transfer()
        if self._transfer is None:
            self._incoming.drop()
            self._next_frame.stop()
            self._turn.invitation = Invitation.GIVEN
        else:
            self._transfer.restart()
            if self._refused_by_state(rdy=True):
                self._sending = Sending.WAITS_FOR_RDY
            else:
                self._send_frame()

    def _reset(self) -> None:
        self._forget_exchange()
        self._numbers.reset()
        if self._withdrawn:
            self._end_transfer()
        self._events.append(LinkReset())

    def _forget_exchange(self) -> None:
        self._replies.clear()
        self._incoming.drop()
        self._end_may_follow = False
        self._sending = Sending.WAITS_FOR_RDY
        self._turn.forget()
        self._next_frame.stop()
        self._ack_deadline = None

    # Data packets

    def _receive_data(self, packet: DataPacket, raw: bytes) -> None:
        if self._refused_by_state():
            return
        if len(self._queue) >= MAX_QUEUE:
            self._reply(ControlCode.DISC)
            self._turn.invitation = Invitation.REFUSED
        elif len(packet.data) > self._settings.max_incoming:
            self._found(FindingCode.FRAME_TOO_LONG, raw, Reason(ReasonCode.SIZE, size=len(packet.data)))
            self._refuse_frame(packet)
        elif not self._numbers.take(packet.number):
            self._refuse_number(packet, raw)
        else:
            self._take_frame(packet, raw)

    def _take_frame(self, packet: DataPacket, raw: bytes) -> None:
        self._last_taken = (packet.number, packet.data)
        self._next_frame.stop()
        if self._end_may_follow:
            self._end_may_follow = False
            if packet.data == UNCOUNTED_END:
                self._acknowledge(Invitation.NONE)
                return
        if not self._incoming.begun:
            self._as_answer = self._turn.invitation is Invitation.ANSWER
        message = self._incoming.add(packet.data, packet.hs)
        if isinstance(message, bytes) and packet.hs and self._uncounted_end(message):
            self._end_may_follow = True
            self._acknowledge(Invitation.END)
        else:
            self._acknowledge(Invitation.GIVEN if self._incoming.begun else Invitation.NONE)
        if message is Held.TOO_LONG:
            self._found(FindingCode.TRANSFER_TOO_LONG, raw)
        elif not isinstance(message, Held):
            if message and message == self._repeated:
                self._found(FindingCode.EXECUTED_TWICE, raw)
            self._repeated = None
            self._last_message = message
            self._events.append(MessageReceived(message, packet.hs, self._as_answer))

    def _acknowledge(self, invitation: Invitation) -> None:
        """ACK; HS=1 calls for the next frame [D-30]."""
        self._reply(ControlCode.ACK, hs=invitation is not Invitation.NONE)
        self._turn.invitation = invitation

    def _refuse_number(self, packet: DataPacket, raw: bytes) -> None:
        # A repeat of the last frame (its ACK was lost) is refused like any other; after the master's SYN it will
        # be executed a second time, and that is worth a finding.
        if (packet.number, packet.data) == self._last_taken and not self._incoming.begun:
            self._repeated = self._last_message
        other = Reason(ReasonCode.OTHER_NUMBER, came=packet.number, expected=self._numbers.expected)
        self._found(FindingCode.WRONG_FRAME_NUMBER, raw, other)
        self._reply(ControlCode.REJ)
        self._turn.begin_again()

    def _refuse_frame(self, packet: DataPacket) -> None:
        self._reply(ControlCode.NAK)
        self._turn.repeat(packet.number)

    # Both

    def _refused_by_state(self, rdy: bool = False) -> bool:
        """Answers while the till cannot listen: DISC as the operator types, the busy answer as it prints."""
        answer: ControlCode | None
        if self._availability is Availability.READY:
            return False
        match self._availability:
            case Availability.ENTRY:
                if rdy and not self._settings.entry_holds_queue and (self._transfer or self._queue):
                    return False
                answer = ControlCode.DISC
            case Availability.BUSY:
                # Only RDY hears BUSY or nothing: data must be refused, or the master takes them for lost [D-6].
                answer = _BUSY_ANSWERS[self._settings.busy_reply] if rdy else ControlCode.DISC
            case _:
                return False
        if answer is not None:
            self._reply(answer)
            self._turn.invitation = Invitation.REFUSED
        return True

    def _judge_turn(self, packet: Packet, raw: bytes) -> None:
        for code in self._turn.taken(packet, in_flight=self.in_flight):
            self._found(code, raw)

    def _begin(self, message: Outgoing) -> None:
        self._transfer = OutgoingTransfer(message, self._settings.max_outgoing)
        self._send_frame()

    def _send_frame(self) -> None:
        transfer = self._transfer
        assert transfer is not None
        hs = not transfer.last or (self._settings.last_packet_hs == 1 and not transfer.single)
        packet = DataPacket(self._said_address, Direction.TO_MASTER, self._numbers.use(), transfer.frame, hs)
        if self._sending is Sending.WAITS_FOR_GAP:
            self._unsay_data()
        self._sending = Sending.WAITS_FOR_GAP
        self._turn.invitation = Invitation.NONE
        self._say(packet)

    def _unsay_data(self) -> None:
        """Never two data packets in flight: one that still waits for the gap gives way."""
        self._replies = deque(reply for reply in self._replies if not isinstance(reply, DataPacket))

    def _end_transfer(self) -> None:
        self._unsay_data()
        self._transfer = None
        self._withdrawn = False
        self._sending = Sending.WAITS_FOR_RDY
        self._ack_deadline = None

    def _reply(self, code: ControlCode, hs: bool = False) -> None:
        self._say(till_reply(self._said_address, code, hs))

    def _say(self, packet: Packet) -> None:
        if len(self._replies) < MAX_REPLIES:
            self._replies.append(packet)

    @property
    def _said_address(self) -> int:
        return self.address if self._settings.reply_address == "own" else MASTER_ADDRESS  # [D-2]

    def _found(self, code: FindingCode, raw: bytes, detail: Reason | None = None) -> None:
        self._events.append(Finding(code, self._now, raw, detail))

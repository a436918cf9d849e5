"""The master engine: the SmartBox's side of the link with one till (document: «Основные алгоритмы обмена»).

The same loop drives it as the till's line: `receive_data`, `next_event`, `send`, `poll`, `deadline`. It asks RDY
at intervals, so that the till's own requests come through; repeats what was not heard and gives up after
`retries` [D-53]; starts again with SYN where frame numbers disagree.
"""

from collections import deque
from collections.abc import Callable, Hashable
from enum import Enum
from typing import assert_never

from kkm_sim.clock import MS, SECOND, Instant, earliest
from kkm_sim.findings import FindingCode
from kkm_sim.link.decoder import Damage, PacketDecoder, Received
from kkm_sim.link.events import (
    LinkFound,
    LinkLost,
    MasterEvent,
    MessageDelivered,
    MessageFailed,
    MessageReceived,
    PacketSeen,
)
from kkm_sim.link.numbers import FrameNumbers
from kkm_sim.link.packets import MASTER_ADDRESS, ControlCode, ControlPacket, DataPacket, Direction, Packet
from kkm_sim.link.till_line import GAP
from kkm_sim.link.till_link import ANSWER_TIMEOUT
from kkm_sim.link.transfer import DeclaredLength, Held, IncomingTransfer, Outgoing, OutgoingTransfer
from kkm_sim.reasons import Reason, ReasonCode
from kkm_sim.settings import Settings
from kkm_sim.value import Value

MAX_FRAME = 127
"""The till accepts fewer than 128 data bytes in a frame."""

POLL_INTERVAL = 200 * MS
"""Between two RDY while nothing else is to be said: the document's "not more often than every 200…300 ms"."""


NO_LINK = Reason(ReasonCode.NO_LINK)
LINE_DATA_ERROR = Reason(ReasonCode.LINE_DATA_ERROR)
"""What the document calls the two ways to fail: RDY or SYN is not answered, or data do not get through."""

RESTART_BEFORE = 1 * SECOND
"""A transfer that stood still to so near the end of `transfer_hold` begins again: the till drops it then [D-56]."""


class Awaits(Enum):
    """What the till owes: the answer to the packet sent last."""

    NOTHING = "nothing"
    RDY_ANSWER = "an answer to RDY"
    SYN_ANSWER = "RDY after SYN"
    ACK = "ACK"
    FRAME = "its frame: the next one, or one again"


class MasterMessage(Value):
    """A message to be sent. `hs`: the answer is wanted right after the ACK."""

    outgoing: Outgoing
    hs: bool


class MasterLink:
    """The master's end of the line to the till at `address`."""

    def __init__(
        self,
        address: int,
        settings: Settings,
        declared_length: DeclaredLength,
        *,
        byte_time: int,
        gap: int = GAP,
        poll_interval: int = POLL_INTERVAL,
        now: Instant,
    ) -> None:
        self.address = address
        self.byte_time = byte_time
        self.gap = gap
        self.poll_interval = poll_interval
        self._retries = settings.retries
        self._restart_after = settings.transfer_hold * SECOND - RESTART_BEFORE
        self._max_frame = min(MAX_FRAME, settings.max_incoming)
        self._decoder = PacketDecoder()
        self._numbers = FrameNumbers(settings.frame_numbers, master=True)
        self._incoming = IncomingTransfer(declared_length)
        self._events: deque[MasterEvent] = deque()
        self._out: deque[Packet] = deque()
        self._queue: deque[MasterMessage] = deque()
        self._sending: MasterMessage | None = None
        self._transfer: OutgoingTransfer | None = None
        self._awaits = Awaits.SYN_ANSWER
        self._answer_deadline: Instant | None = None
        self._next_poll = now
        self._failures = {NO_LINK: 0, LINE_DATA_ERROR: 0}  # in a row
        self._linked: bool | None = None  # None: not known yet
        self._accepted_at = now  # when the till last took a frame of ours
        self._wait_due = False
        self._wait_from = now
        self._may_answer = False  # the till's data were just acknowledged: ours may follow without RDY
        self._in_frames = False  # the frame taken last was one of several, and its ACK may have been lost
        self._restart_theirs = False  # after SYN: the till's transfer is to begin again, RST
        self._restart_ours = False  # after SYN: our transfer begins again, RST and DATA
        self._arrived = now
        self._quiet_from = Instant(now - gap)
        self._syn()

    # What the SmartBox wants

    def send(self, data: bytes, tag: Hashable, *, hs: bool = False, answer: bool = False) -> None:
        """Queues a whole message, to go after RDY.

        `answer`: it answers what the till just sent, and goes without RDY if nothing was said since.
        """
        message = MasterMessage(Outgoing(data, tag), hs)
        if answer and self._may_answer and self._sending is None:
            self._queue.appendleft(message)
            self._begin()
        else:
            self._queue.append(message)
            self._hurry()

    def send_wait(self) -> None:
        """WAIT: an answer is still being prepared [D-4]. Goes as soon as the till owes nothing."""
        self._wait_due = True

    def forget_wait(self) -> None:
        """The answer is there, or nobody waits for it any more: a WAIT that did not go yet is not to go."""
        self._wait_due = False

    @property
    def busy(self) -> bool:
        """Whether a message is still to be delivered."""
        return self._sending is not None or bool(self._queue)

    @property
    def speaks(self) -> bool:
        """Whether a packet waits for its gap: an ACK that the till is owed, say."""
        return bool(self._out)

    def at_rest(self, now: Instant) -> bool:
        """Whether nothing is to be said and neither side owes an answer, the one that HS=1 wants after its ACK
        included: only RDY is to come."""
        return self._awaits is Awaits.NOTHING and not self._out and not self.busy and now >= self._wait_from

    def withdraw(self) -> None:
        """Forgets the messages that wait for their turn; the one that is being sent goes on."""
        self._queue.clear()

    @property
    def silent(self) -> bool:
        """Whether the till has not answered: never yet, or not the last time that it was asked."""
        return self._linked is not True or self._failures[NO_LINK] > 0

    @property
    def frame_number(self) -> int:
        """The number of the next frame that was not sent yet, or not acknowledged."""
        return self._numbers.outgoing

    def take_line(self, quiet_from: Instant) -> None:
        """Another master had the line, and its last byte was over at `quiet_from`: begins anew, with SYN."""
        self._quiet_from = max(self._quiet_from, quiet_from)  # our own last byte may be on its way still
        self._decoder = PacketDecoder()
        self._wait_due = False
        self._syn()

    # In

    def receive_data(self, data: bytes, now: Instant) -> None:
        """Stores bytes whose last one arrived at `now`. Drain `next_event` before the next call."""
        self._decoder.feed(data)
        self._arrived = now
        self._quiet_from = max(self._quiet_from, now)

    def next_event(self) -> MasterEvent | None:
        """The next thing that happened; None when all that came is dealt with."""
        while not self._events:
            found = self._decoder.next()
            if found is None:
                return None
            match found:
                case Received():
                    self._receive(found)
                case Damage():
                    self._receive_damage(found)
                case _:
                    assert_never(found)
        return self._events.popleft()

    def _receive(self, received: Received) -> None:
        packet = received.packet
        self._events.append(
            PacketSeen(packet, received.raw, Instant(self._arrived - len(received.raw) * self.byte_time))
        )
        if not self._from_our_till(packet):
            return
        self._heard()
        if isinstance(packet, DataPacket):
            self._receive_frame(packet)
            return
        match packet.code:
            case ControlCode.ACK:
                self._acknowledged(packet.hs)
            case ControlCode.RDY:
                self._till_ready()
            case ControlCode.DISC | ControlCode.BUSY:
                self._till_busy()
            case ControlCode.NAK if self._awaits is Awaits.ACK:
                self._try_again(self._send_frame, LINE_DATA_ERROR)
            case ControlCode.REJ if self._awaits is Awaits.ACK:
                self._numbers.refused()
                self._try_again(self._syn, LINE_DATA_ERROR)
            case _:
                pass  # it answers nothing: what was awaited is awaited still

    def _receive_damage(self, damage: Damage) -> None:
        if damage.code is FindingCode.BAD_DCRC and damage.packet is not None and self._from_our_till(damage.packet):
            self._heard()
            self._try_again(self._refuse_frame, LINE_DATA_ERROR)

    def _from_our_till(self, packet: Packet) -> bool:
        return packet.direction is Direction.TO_MASTER and packet.address in (self.address, MASTER_ADDRESS)

    # The till's answers

    def _till_ready(self) -> None:
        if self._awaits not in (Awaits.RDY_ANSWER, Awaits.SYN_ANSWER):
            return
        if self._awaits is Awaits.RDY_ANSWER and (self._transfer is None or not self._transfer.under_way):
            self._incoming.drop()  # it has nothing more to send: no ACK of ours was lost
            self._in_frames = False
        if self._awaits is Awaits.SYN_ANSWER and self._restart_theirs:
            self._say_control(ControlCode.RST)
            self._expect(Awaits.FRAME)
        elif self._transfer is not None:
            stood_still = self._transfer.under_way and self._arrived >= self._accepted_at + self._restart_after
            if self._restart_ours or stood_still:
                self._restart_ours = False
                self._transfer.restart()
                self._say_control(ControlCode.RST)
            self._send_frame()
        elif self._queue:
            self._begin()
        else:
            self._failures[LINE_DATA_ERROR] = 0
            self._rest()

    def _till_busy(self) -> None:
        """DISC or BUSY: nothing is lost, the same is tried at the next RDY."""
        if self._awaits in (Awaits.SYN_ANSWER, Awaits.NOTHING):
            return  # SYN is answered RDY in every state: this answers something older
        self._restart_theirs = False  # a till that cannot send now begins again when it can
        self._failures[LINE_DATA_ERROR] = 0
        self._rest()

    def _acknowledged(self, hs: bool) -> None:
        if self._awaits is not Awaits.ACK or self._transfer is None or self._sending is None:
            return
        self._failures[LINE_DATA_ERROR] = 0
        self._accepted_at = self._arrived
        self._numbers.acknowledged()
        if not self._transfer.last:
            self._transfer.advance()
            if hs:
                self._send_frame()
            else:
                self._ask()
            return
        message = self._sending
        self._transfer = self._sending = None
        self._events.append(MessageDelivered(message.outgoing.tag))
        self._rest()
        if message.hs:
            self._wait_from = self._next_poll  # the till may be about to answer: WAIT and RDY would cross that
        else:
            self._hurry()

    def _receive_frame(self, packet: DataPacket) -> None:
        if not self._numbers.take(packet.number):
            self._in_frames = self._in_frames or packet.hs
            self._try_again(self._syn, LINE_DATA_ERROR)
            return
        self._restart_theirs = False
        self._failures[LINE_DATA_ERROR] = 0
        self._wait_from = self._arrived
        first = not self._incoming.begun
        message = self._incoming.add(packet.data, packet.hs)
        self._in_frames = self._incoming.begun or not first
        self._say_control(ControlCode.ACK, hs=self._incoming.begun)
        if self._incoming.begun:
            self._expect(Awaits.FRAME)
        else:
            self._rest()
            if self.busy:
                self._hurry()
            self._may_answer = True
        if not isinstance(message, Held):
            self._events.append(MessageReceived(message, packet.hs))

    # Out

    def poll(self, now: Instant) -> bytes:
        """Runs the timeouts; returns the bytes that begin to go out at `now`, b"" for none."""
        if self._decoder.partial and now >= self._arrived + ANSWER_TIMEOUT:
            self._decoder.give_up()
        if self._answer_deadline is not None and now >= self._answer_deadline:
            self._unanswered()
        if self._awaits is Awaits.NOTHING and not self._out and not self._decoder.partial:
            if self._wait_due and now >= self._wait_from:
                self._wait_due = False
                self._say_control(ControlCode.WAIT)
            elif now >= self._next_poll:
                self._ask()
        out = b""
        while self._out and now >= self._quiet_from + self.gap:
            out += self._send_packet(self._out.popleft(), now)
        return out

    def deadline(self) -> Instant | None:
        """When `poll` must be called at the latest."""
        return earliest(
            Instant(self._arrived + ANSWER_TIMEOUT) if self._decoder.partial else None,
            self._answer_deadline,
            Instant(self._quiet_from + self.gap) if self._out else None,
            self._next_free_moment(),
        )

    def _next_free_moment(self) -> Instant | None:
        """When RDY or WAIT is due."""
        if self._awaits is not Awaits.NOTHING or self._out or self._decoder.partial:
            return None
        return max(self._quiet_from, self._wait_from) if self._wait_due else self._next_poll

    def _send_packet(self, packet: Packet, now: Instant) -> bytes:
        raw = packet.encode()
        self._quiet_from = Instant(now + len(raw) * self.byte_time)
        if self._awaits is not Awaits.NOTHING:
            self._answer_deadline = Instant(self._quiet_from + ANSWER_TIMEOUT)
        self._events.append(PacketSeen(packet, raw, now))
        return raw

    def _unanswered(self) -> None:
        # A frame that did not come, ours or theirs, is asked for with RDY: nothing of a transfer is lost by that.
        self._answer_deadline = None
        again = self._syn if self._awaits is Awaits.SYN_ANSWER or self._restart_theirs else self._ask
        no_link = self._awaits in (Awaits.RDY_ANSWER, Awaits.SYN_ANSWER)
        self._try_again(again, NO_LINK if no_link else LINE_DATA_ERROR)

    def _try_again(self, action: Callable[[], None], reason: Reason) -> None:
        """Repeats what failed, up to `retries` times; then the message is given up and polling goes on."""
        self._failures[reason] += 1
        if self._failures[reason] <= self._retries:
            action()
            return
        self._failures[reason] = 0
        if reason == NO_LINK and self._linked is not False:
            self._linked = False
            self._wait_due = False
            self._events.append(LinkLost())
        if self._sending is not None:
            failed, self._sending, self._transfer = self._sending, None, None
            self._events.append(MessageFailed(failed.outgoing.tag, reason))
        while reason == NO_LINK and self._queue:
            self._events.append(MessageFailed(self._queue.popleft().outgoing.tag, reason))
        if reason == LINE_DATA_ERROR:
            self._restart_theirs = self._in_frames = False
        self._syn()

    def _heard(self) -> None:
        self._failures[NO_LINK] = 0
        self._may_answer = False
        if not self._linked:
            self._linked = True
            self._events.append(LinkFound())

    def _ask(self) -> None:
        self._say_control(ControlCode.RDY)
        self._expect(Awaits.RDY_ANSWER)

    def _syn(self) -> None:
        """Both counters begin again, and so does a transfer that was under way, either way."""
        self._out.clear()
        self._restart_theirs = self._restart_theirs or self._incoming.begun or self._in_frames
        self._restart_ours = self._transfer is not None and not self._transfer.single
        self._incoming.drop()
        self._numbers.reset()
        self._say_control(ControlCode.SYN)
        self._expect(Awaits.SYN_ANSWER)

    def _begin(self) -> None:
        self._failures[LINE_DATA_ERROR] = 0
        self._sending = self._queue.popleft()
        self._transfer = OutgoingTransfer(self._sending.outgoing, self._max_frame)
        self._send_frame()

    def _send_frame(self) -> None:
        transfer, sending = self._transfer, self._sending
        if transfer is None or sending is None:
            return
        hs = not transfer.last or sending.hs
        self._say(DataPacket(self.address, Direction.TO_TILL, self._numbers.use(), transfer.frame, hs))
        self._expect(Awaits.ACK)

    def _refuse_frame(self) -> None:
        self._say_control(ControlCode.NAK)
        self._expect(Awaits.FRAME)

    def _rest(self) -> None:
        """Nothing is owed; the next RDY goes when the interval is over."""
        self._awaits = Awaits.NOTHING
        self._answer_deadline = None
        self._next_poll = Instant(self._arrived + self.poll_interval)

    def _hurry(self) -> None:
        """There is something to say or to fetch: the next RDY goes as soon as the gap allows, and crosses no answer."""
        self._next_poll = max(self._quiet_from, self._wait_from)

    def _expect(self, what: Awaits) -> None:
        self._awaits = what
        self._answer_deadline = None  # runs from the end of the packet, when it goes out

    def _say_control(self, code: ControlCode, hs: bool = False) -> None:
        self._say(ControlPacket(self.address, Direction.TO_TILL, code, hs))

    def _say(self, packet: Packet) -> None:
        self._may_answer = False
        self._out.append(packet)

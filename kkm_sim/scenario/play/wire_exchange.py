"""The wire master's part of an exchange: RDY until the till is ready, frames and their ACKs, the till's message."""

from kkm_sim.clock import MS, Instant
from kkm_sim.findings import FindingCode
from kkm_sim.link.packets import ControlCode, ControlPacket, DataPacket, Direction, Packet
from kkm_sim.link.till_line import GAP
from kkm_sim.link.till_link import ANSWER_TIMEOUT
from kkm_sim.link.transfer import Held, IncomingTransfer
from kkm_sim.messages.records import declared_till_length
from kkm_sim.scenario.format.field_types import duration_words
from kkm_sim.scenario.play.scene import NotMet
from kkm_sim.scenario.play.virtual_stage import VirtualStage
from kkm_sim.scenario.play.wire_master import Heard
from kkm_sim.scenario.report.packet_words import bytes_words, moment_words, packet_words
from kkm_sim.settings import DateTimeOrder

RDY_INTERVAL = 200 * MS
"""From one RDY to the next while the till is not ready."""

TRIES = 3
"""How often a frame goes out that hears NAK, and how often the till's damaged packet is refused with it."""

_BUSY = (ControlCode.DISC, ControlCode.BUSY)


class WireExchange:
    """One exchange with the till at `address`, over `within` ns. What the till does else raises NotMet.

    `spoken` is the address in the till's packets; `hears` the packet that is to refuse what is sent.
    """

    def __init__(
        self,
        stage: VirtualStage,
        *,
        verb: str,
        address: int,
        spoken: int,
        order: DateTimeOrder,
        within: int,
        frames: int = 127,
        hears: str | None = None,
    ) -> None:
        self._stage = stage
        self._verb = verb
        self._address = address
        self._spoken = spoken
        self._order = order
        self._end = Instant(stage.now() + within)
        self._soon = f"within {duration_words(within)}"
        self._last: Heard | None = None
        self._frames = frames
        self._hears = hears

    # The master's message

    def send(self, data: bytes, *, hs: bool, invited: bool = False) -> bool:
        """Brings a message to the till, in frames; False where it was refused as it should be.

        `invited`: the first frame needs no RDY, as it answers what was just acknowledged.
        """
        frames = [data[at : at + self._frames] for at in range(0, len(data), self._frames)] or [b""]
        for number, frame in enumerate(frames, 1):
            if not invited and not self._invited():
                return False
            acknowledged = self._send_frame(frame, hs=hs or number < len(frames))
            if acknowledged is None:
                return False
            invited = acknowledged.hs  # HS=1 calls for the next frame at once
        if self._hears is not None:
            raise NotMet(f"{self._hears} to `{self._verb}`", "ACK: the till has taken it")
        return True

    def _invited(self) -> bool:
        """RDY until the till says RDY; False where it refuses with what it should."""
        expected = f"RDY from the till, ready for `{self._verb}`, {self._soon}"
        while True:
            asked = self._stage.now()
            heard = self._ask_ready()
            match heard.packet if heard is not None else None:
                case ControlPacket(code=ControlCode.RDY):
                    return True
                case ControlPacket(code=ControlCode.DISC | ControlCode.BUSY) as packet if self._is_refusal(packet):
                    return False
                case DataPacket():
                    told = f"a message of its own, which a step must take first: {self._words(heard)}"
                    raise NotMet(expected, told)
                case _:
                    self._wait_for_next(asked, expected)

    def _send_frame(self, frame: bytes, *, hs: bool) -> ControlPacket | None:
        """Sends a frame until it is acknowledged; None where it is refused as it should be."""
        expected = f"{self._hears or 'ACK'} to `{self._verb}`"
        refused = 0
        while True:
            asked = self._stage.now()
            heard = self._say_frame(frame, hs=hs)
            packet = heard.packet if heard is not None else None
            if not isinstance(packet, ControlPacket):
                raise NotMet(expected, self._words(heard))
            if self._is_refusal(packet):
                return None
            if packet.code == ControlCode.ACK:
                return packet
            if self._hears is None and packet.code in _BUSY:
                self._wait_for_next(asked, expected)
                self._invited()
            elif self._hears is None and packet.code == ControlCode.NAK and refused < TRIES - 1:
                refused += 1  # the same frame at once
            else:
                raise NotMet(expected, self._words(heard))

    def _say_frame(self, frame: bytes, *, hs: bool) -> Heard | None:
        number = self._stage.wire.number(self._address)
        self._say(DataPacket(self._address, Direction.TO_TILL, number, frame, hs))
        return self._hear(ANSWER_TIMEOUT)

    def _is_refusal(self, packet: ControlPacket) -> bool:
        return self._hears is not None and packet.code == ControlCode[self._hears]

    # The till's message

    def take(self, *, after_ack: bool = False) -> bytes:
        """The till's next message, whole; its last frame is not acknowledged yet.

        `after_ack`: it may come by itself, as HS=1 asked for; RDY calls for it only if it does not.
        """
        expected = f"`{self._verb}` from the till {self._soon}"
        heard = self._hear(RDY_INTERVAL) if after_ack else None
        while heard is None or not isinstance(heard.packet, DataPacket):
            if heard is not None and heard.damage is FindingCode.BAD_DCRC:
                heard = self._again(heard, expected)
                continue
            asked = self._stage.now()
            heard = self._ask_ready()
            if heard is None or (heard.damage is not FindingCode.BAD_DCRC and not isinstance(heard.packet, DataPacket)):
                self._wait_for_next(asked, expected)
        return self._joined(heard.packet, expected)

    def acknowledge(self) -> None:
        """ACK to the message taken."""
        self._say(ControlPacket(self._address, Direction.TO_TILL, ControlCode.ACK))

    def _joined(self, packet: DataPacket, expected: str) -> bytes:
        transfer = IncomingTransfer(declared_till_length)
        while True:
            joined = transfer.add(packet.data, packet.hs)
            if isinstance(joined, bytes):
                return joined
            if joined is not Held.MORE_TO_COME:
                raise NotMet(expected, "a message that is longer than any of the document")
            self._say(ControlPacket(self._address, Direction.TO_TILL, ControlCode.ACK, hs=True))
            heard = self._hear(ANSWER_TIMEOUT)
            if heard is not None and heard.damage is FindingCode.BAD_DCRC:
                heard = self._again(heard, expected)
            if heard is None or not isinstance(heard.packet, DataPacket):
                raise NotMet(f"{expected}, its next frame", self._words(heard))
            packet = heard.packet

    def _again(self, heard: Heard | None, expected: str) -> Heard:
        """NAK to a damaged packet: it comes again at once."""
        for _ in range(TRIES):
            self._say(ControlPacket(self._address, Direction.TO_TILL, ControlCode.NAK))
            heard = self._hear(ANSWER_TIMEOUT)
            if heard is not None and isinstance(heard.packet, DataPacket):
                return heard
        raise NotMet(expected, self._words(heard))

    # Packets and time

    def _ask_ready(self) -> Heard | None:
        """What RDY hears; a message that came by itself before it needs none."""
        self._let_speak()
        heard = self._stage.wire.heard
        while heard:
            first = heard.popleft()
            if isinstance(first.packet, DataPacket) and first.packet.address == self._spoken:
                return first
        self._say(ControlPacket(self._address, Direction.TO_TILL, ControlCode.RDY))
        return self._hear(RDY_INTERVAL)

    def _let_speak(self) -> None:
        """Lets the till finish, or begin, what answers something said before this step."""
        wire = self._stage.wire
        gap = GAP if wire.byte_time else 0
        self._stage.pass_time(0)
        while (left := wire.line_quiet_since + gap - self._stage.now()) > 0:
            self._stage.pass_time(left)

    def _say(self, packet: Packet) -> None:
        say(self._stage, packet, after=GAP)

    def _hear(self, within: int) -> Heard | None:
        """The next packet of this till, or damage; None where nothing comes in time."""
        now = self._stage.now()
        until = min(Instant(now + within), max(self._end, now))
        while (heard := hear(self._stage, until)) is not None:
            if heard.packet is None or heard.packet.address == self._spoken:
                self._last = heard
                return heard
        return None

    def _wait_for_next(self, asked: Instant, expected: str) -> None:
        """Until 200 ms after the RDY before. Raises NotMet once the time is over, with what was heard last."""
        following = asked + RDY_INTERVAL
        self._stage.pass_time(max(0, min(following, self._end) - self._stage.now()))
        if following >= self._end:
            raise NotMet(expected, self._words(self._last))

    def _words(self, heard: Heard | None) -> str:
        return heard_words(heard, self._order)


def say(stage: VirtualStage, packet: Packet | bytes, *, after: int) -> None:
    """Puts a packet or bytes on the line; returns when the last byte is out."""
    wire = stage.wire
    wire.say(packet, stage.now(), after=after)
    stage.pass_time(after + ANSWER_TIMEOUT, lambda simulator: not wire.speaks)
    stage.pass_time(max(0, wire.line_quiet_since - stage.now()))


def hear(stage: VirtualStage, until: Instant) -> Heard | None:
    """The next that the wire master hears; None where nothing comes until then."""
    wire = stage.wire
    stage.pass_time(max(0, until - stage.now()), lambda simulator: bool(wire.heard))
    return wire.heard.popleft() if wire.heard else None


def heard_words(heard: Heard | None, order: DateTimeOrder) -> str:
    """What was heard, when, and its bytes."""
    if heard is None:
        return "nothing"
    at = moment_words(heard.begun)
    if heard.packet is None:
        why = f"{heard.damage.rule.code}" if heard.damage is not None else "no packet"
        return f"damaged bytes ({why}) at {at}; {bytes_words(heard.raw)}"
    return f"{packet_words(heard.packet, heard.raw, order)}, at {at}"

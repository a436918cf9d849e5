"""The master's turn: what it may send now and what it must, and whether a packet of its is that (document:
«Назначение квитанций»).
"""

from enum import Enum

from kkm_sim.clock import Instant
from kkm_sim.findings import FindingCode
from kkm_sim.link.packets import ControlCode, DataPacket, Packet
from kkm_sim.reasons import Reason, ReasonCode

UNCOUNTED_END = b"\x00"
"""A text's closing 00 that its length does not count, alone in a last frame: lawful, and no message [D-31]."""


class Invitation(Enum):
    """Whether the master may send data now: data without RDY are lawful in some places only."""

    NONE = "RDY must come first"
    GIVEN = "data may come"
    ANSWER = "the answer to the till's request may come"
    END = "the 00 that a text's length does not count may come"
    REFUSED = "DISC was said: RDY must come first"


class MastersTurn:
    """What the till's last word asks of the master.

    `invitation` is whether data may come; a repeat and SYN are owed at once, within the time of `owe`.
    """

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Nothing was said yet."""
        self.invitation = Invitation.NONE
        self._refused_frame: int | None = None
        self._syn_due = False
        self.owed_by: Instant | None = None
        """By when it comes; None where nothing is owed."""

    def repeat(self, number: int) -> None:
        """NAK was said of the frame of this number: it comes again at once."""
        self.invitation = Invitation.GIVEN
        self._refused_frame = number

    def begin_again(self) -> None:
        """REJ was said: SYN comes next."""
        self.invitation = Invitation.NONE
        self._syn_due = True

    def owe(self, by: Instant) -> None:
        """What NAK and REJ ask for is owed by then."""
        self.owed_by = by

    def other_till(self) -> None:
        """The master speaks to another till: its answer to this one needs RDY again."""
        if self.invitation is Invitation.ANSWER:
            self.invitation = Invitation.NONE

    def overdue(self, now: Instant) -> Reason | None:
        """What the master owed by now and has not sent; told once."""
        if self.owed_by is None or now < self.owed_by:
            return None
        self.owed_by = None
        return Reason(ReasonCode.NO_SYN if self._syn_due else ReasonCode.NO_REPEAT)

    def taken(self, packet: Packet, *, in_flight: bool) -> tuple[FindingCode, ...]:
        """What is wrong with the packet that came now. `in_flight`: data of the till's own await their ACK."""
        self.owed_by = None
        data = packet if isinstance(packet, DataPacket) else None
        found: tuple[FindingCode, ...] = ()
        if self._refused_frame is not None:
            if data is None or data.number != self._refused_frame:
                found = (FindingCode.NO_REPEAT_AFTER_NAK,)
            self._refused_frame = None
        if self._syn_due:
            self._syn_due = False
            if isinstance(packet, DataPacket) or packet.code is not ControlCode.SYN:
                found += (FindingCode.NO_SYN_AFTER_REJ,)
        elif data is not None:
            if in_flight:
                found += (FindingCode.DATA_INSTEAD_OF_ACK,)  # it acknowledges nothing [D-25]
            elif self.invitation is Invitation.REFUSED:
                found += (FindingCode.DATA_AFTER_DISC,)
            elif self.invitation is Invitation.NONE or (
                self.invitation is Invitation.END and data.data != UNCOUNTED_END
            ):
                found += (FindingCode.DATA_WITHOUT_RDY,)
        return found

"""What a link engine tells: values taken one at a time with `next_event`, never callbacks."""

from collections.abc import Hashable
from dataclasses import dataclass

from kkm_sim.clock import Instant
from kkm_sim.findings import Finding
from kkm_sim.link.packets import Packet
from kkm_sim.reasons import Reason


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """A whole message from the peer, its frames joined. `hs`: its last frame asked for the answer at once."""

    data: bytes
    hs: bool
    as_answer: bool = False
    """It came without RDY, as only the answer to what was just acknowledged may."""


@dataclass(frozen=True, slots=True)
class MessageDelivered:
    """The peer acknowledged the last frame of the message that was sent under `tag`."""

    tag: Hashable


@dataclass(frozen=True, slots=True)
class WaitReceived:
    """WAIT: the peer is still preparing its answer [D-4]."""


@dataclass(frozen=True, slots=True)
class LinkReset:
    """SYN: both frame counters start again."""


TillEvent = MessageReceived | MessageDelivered | WaitReceived | LinkReset | Finding


@dataclass(frozen=True, slots=True)
class PacketSeen:
    """A packet that passed on the line, either way: for those who watch."""

    packet: Packet
    raw: bytes
    at: Instant
    """When its first byte began."""


@dataclass(frozen=True, slots=True)
class MessageFailed:
    """The message sent under `tag` was given up: «нет связи» or «ошибка линии данных» [D-53]."""

    tag: Hashable
    reason: Reason


@dataclass(frozen=True, slots=True)
class LinkLost:
    """«Нет связи»: RDY was not answered, time after time."""


@dataclass(frozen=True, slots=True)
class LinkFound:
    """The till answers, for the first time or again."""


MasterEvent = MessageReceived | MessageDelivered | MessageFailed | LinkLost | LinkFound | PacketSeen

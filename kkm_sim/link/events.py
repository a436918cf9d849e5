"""What a link engine tells: values taken one at a time with `next_event`, never callbacks."""

from collections.abc import Hashable

from kkm_sim.clock import Instant
from kkm_sim.findings import Finding
from kkm_sim.link.packets import Packet
from kkm_sim.reasons import Reason
from kkm_sim.value import Value


class MessageReceived(Value):
    """A whole message from the peer, its frames joined. `hs`: its last frame asked for the answer at once."""

    data: bytes
    hs: bool
    as_answer: bool = False
    """It came without RDY, as only the answer to what was just acknowledged may."""


class MessageDelivered(Value):
    """The peer acknowledged the last frame of the message that was sent under `tag`."""

    tag: Hashable


class WaitReceived(Value):
    """WAIT: the peer is still preparing its answer [D-4]."""


class LinkReset(Value):
    """SYN: both frame counters start again."""


TillEvent = MessageReceived | MessageDelivered | WaitReceived | LinkReset | Finding


class PacketSeen(Value):
    """A packet that passed on the line, either way: for those who watch."""

    packet: Packet
    raw: bytes
    at: Instant
    """When its first byte began."""


class MessageFailed(Value):
    """The message sent under `tag` was given up: «нет связи» or «ошибка линии данных» [D-53]."""

    tag: Hashable
    reason: Reason


class LinkLost(Value):
    """«Нет связи»: RDY was not answered, time after time."""


class LinkFound(Value):
    """The till answers, for the first time or again."""


MasterEvent = MessageReceived | MessageDelivered | MessageFailed | LinkLost | LinkFound | PacketSeen

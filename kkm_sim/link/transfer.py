"""A message in its frames, both ways: cutting what goes out, joining what comes in (document: «Основные алгоритмы
обмена»).

A message longer than the peer's limit is a *transfer* of several data packets. Both ends of the link use the
same two classes.
"""

from collections.abc import Callable, Hashable
from enum import Enum

from kkm_sim.value import Value

MAX_MESSAGE = 525
"""The longest message of the document: an identifier answer of 13 + 512 bytes."""

DeclaredLength = Callable[[bytes], int | None]
"""What length a message has by its own table, judged from the bytes so far; None while they do not tell."""

UncountedEnd = Callable[[bytes], bool]
"""Whether a message that is complete by its length may be followed by one byte that the length does not count."""


class Outgoing(Value):
    """A whole message to be sent. `tag` names it for its sender; with `wants_answer` the peer's data may follow."""

    data: bytes
    tag: Hashable
    wants_answer: bool = False


class OutgoingTransfer:
    """A message on its way out, frame by frame."""

    def __init__(self, message: Outgoing, max_frame: int) -> None:
        self.message = message
        self._max_frame = max_frame
        self._begin = 0

    @property
    def frame(self) -> bytes:
        """Data of the frame that is due or awaits its ACK."""
        return self.message.data[self._begin : self._begin + self._max_frame]

    @property
    def single(self) -> bool:
        """Whether the whole message is one frame."""
        return len(self.message.data) <= self._max_frame

    @property
    def under_way(self) -> bool:
        """Whether a frame of it was acknowledged already."""
        return self._begin > 0

    @property
    def last(self) -> bool:
        """Whether no frame follows this one."""
        return self._begin + self._max_frame >= len(self.message.data)

    def advance(self) -> None:
        """The frame was acknowledged: on to the next."""
        self._begin += self._max_frame

    def restart(self) -> None:
        """RST: from the first frame again."""
        self._begin = 0


class Held(Enum):
    """Why a frame completed no message."""

    MORE_TO_COME = "more to come"
    TOO_LONG = "too long"
    """The frame made it longer than any message: all of it is dropped, the rest of its frames too."""
    DROPPED = "dropped"
    """The last frame of a message that is too long."""


class IncomingTransfer:
    """A message on its way in: complete when its declared length is reached or a frame says it is the last."""

    def __init__(self, declared_length: DeclaredLength) -> None:
        self._declared_length = declared_length
        self._data = b""
        self._begun = False
        self._too_long = False

    @property
    def begun(self) -> bool:
        """Whether a frame was taken and more must come."""
        return self._begun or self._too_long

    def add(self, frame: bytes, more: bool) -> bytes | Held:
        """Adds a frame whose HS bit is `more`: the whole message once it is complete."""
        if self._too_long:
            self._too_long = more
            return Held.MORE_TO_COME if more else Held.DROPPED
        data = self._data + frame
        if len(data) > MAX_MESSAGE:
            self.drop()
            self._too_long = more
            return Held.TOO_LONG
        if more:
            length = self._declared_length(data)
            if length is None or len(data) < length:
                self._data = data
                self._begun = True
                return Held.MORE_TO_COME
        self.drop()
        return data

    def drop(self) -> None:
        """Forgets what is held."""
        self._data = b""
        self._begun = False
        self._too_long = False

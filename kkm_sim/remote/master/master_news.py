"""What comes of a call to the till, and what the till says by itself. Pure values."""

from dataclasses import dataclass

from kkm_sim.messages.records import (
    CloseRequest,
    DonePacket,
    IdentifierRequest,
    PingAnswer,
    SaleAnswer,
    ShortAnswer,
)
from kkm_sim.remote.protocol.silence import Silence


@dataclass(frozen=True, slots=True)
class Answered:
    """The till answered with result 0."""

    call: int
    answer: PingAnswer | SaleAnswer | ShortAnswer


@dataclass(frozen=True, slots=True)
class Declined:
    """The till answered another result."""

    call: int
    result: int


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The till did not answer."""

    call: int
    why: Silence


@dataclass(frozen=True, slots=True)
class Garbled:
    """«Ошибка линии данных», or an answer that is no message of the document."""

    call: int


@dataclass(frozen=True, slots=True)
class Premature:
    """A sale was asked while the operator is at the one before: the till never heard of it."""

    call: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """The till wants an answer: may the receipt be closed, what is its identifier?"""

    request: CloseRequest | IdentifierRequest


@dataclass(frozen=True, slots=True)
class Told:
    """The till told something that nobody waits for: the receipt is done, a sale whose caller is gone [D-55]."""

    message: DonePacket | SaleAnswer


Outcome = Answered | Declined | Unanswered | Garbled | Premature
MasterNews = Outcome | Wanted | Told


def at_a_line(gone: bool, news: MasterNews) -> MasterNews:
    """What it is, where it is known that the line itself is not there."""
    if gone and isinstance(news, Unanswered) and news.why is Silence.NOT_THERE:
        return Unanswered(news.call, Silence.PORT_GONE)
    return news


def owed_to_next(news: MasterNews) -> Told | None:
    """What the next holder must hear when this one's is gone; None: nothing [D-55]."""
    match news:
        case Told():
            return news
        case Answered(_, SaleAnswer() as answer):
            return Told(answer)
    return None

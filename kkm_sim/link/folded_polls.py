"""Polls folded: a master says RDY all the time, and those that hear the same again are one row that counts."""

from collections import deque
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar


class _Seen(Protocol):
    """A packet that was seen; `packet` is the same where it says the same."""

    @property
    def packet(self) -> object: ...


P = TypeVar("P", bound=_Seen)


@dataclass(frozen=True, slots=True)
class Poll(Generic[P]):
    """RDY to a till and the control packet that it heard, None: nothing so far; `times` in a row.

    `asked` and `answer` are the newest, `first` is the RDY that they began with.
    """

    till: int
    first: P
    asked: P
    answer: P | None = None
    times: int = 1

    def says_the_same(self, other: "Poll[P]") -> bool:
        """Whether the two tell nobody anything new."""
        mine, others = self.answer and self.answer.packet, other.answer and other.answer.packet
        return (self.till, self.asked.packet, mine) == (other.till, other.asked.packet, others)


def add_poll(rows: deque[Any], poll: Poll[P]) -> None:
    """The next poll: a row of its own, or one more of the till's last one, if nothing but polls came between.

    A row never changes; the poll that counts one more is a new row in the old one's place.
    """
    for back, row in enumerate(reversed(rows), start=1):
        if not isinstance(row, Poll):
            break
        if row.till == poll.till:
            if row.says_the_same(poll):
                rows[-back] = replace(poll, first=row.first, times=row.times + poll.times)
                return
            break
    rows.append(poll)

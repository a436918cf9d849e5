"""Frame numbers, 1…7 and round again, one counter each way (document: «Пакеты с данными»).

The document gives the first number twice over ("the initial value is one", "incremented before sending"), so
the first frame after SYN or power-on is 1 by one sentence and 2 by the other. **[D-5]** makes it a setting.
"""

from kkm_sim.settings import FrameNumbering

_FIRST: dict[FrameNumbering, tuple[int, int]] = {
    # convention: first number the till sends, first number the till expects
    "from-1": (1, 1),
    "from-2": (2, 2),
    "literal": (2, 1),
}


def following(number: int) -> int:
    """The number after `number`: 7 is followed by 1."""
    return number % 7 + 1


class FrameNumbers:
    """The pair of counters of one end of the link.

    With `auto` each direction finds the convention by itself: receiving takes 1 or 2 first; sending begins with
    the number that last worked after a reset, else with what the peer's first frame showed, else with 2 (the
    till) or 1 (the master), and a first frame that was refused goes next under the other number.
    """

    def __init__(self, convention: FrameNumbering, *, master: bool = False) -> None:
        self._auto = convention == "auto"
        sends, expects = _FIRST.get(convention, (1, 1) if master else (2, 1))
        if master and not self._auto:
            sends, expects = expects, sends
        self._first_sent, self._first_expected = sends, expects
        self._worked = False  # `_first_sent` has been accepted by the peer
        self._tried = False  # a first frame went out under `_first_sent` and was not accepted yet
        self.reset()

    def reset(self, *, answered: bool = True) -> None:
        """SYN or power-on: both counters start again. `answered`: SYN may have been the answer to a first frame."""
        if self._auto and self._tried and answered:
            self._other_first()
        self._tried = False
        self._fresh_out = self._fresh_in = True
        self._outgoing = self._first_sent
        self._expected = self._first_expected

    @property
    def expected(self) -> int:
        """The number the next incoming frame should have."""
        return self._expected

    @property
    def outgoing(self) -> int:
        """The number of the next frame to go out."""
        return self._outgoing

    def take(self, number: int) -> bool:
        """Whether an incoming frame has the right number; if so the counter moves on."""
        if self._auto and self._fresh_in and number in (1, 2):
            self._expected = number
            if self._fresh_out and not self._worked and not self._tried:
                self._first_sent = self._outgoing = number
        if number != self._expected:
            return False
        self._fresh_in = False
        self._expected = following(number)
        return True

    def use(self) -> int:
        """The number of the frame that goes out now; a repeat has the same one."""
        if self._fresh_out:
            self._tried = True
        return self._outgoing

    def acknowledged(self) -> None:
        """The peer accepted the outgoing frame: the next one has the next number."""
        if self._fresh_out:
            self._fresh_out = False
            self._worked = True
            self._tried = False
        self._outgoing = following(self._outgoing)

    def refused(self) -> None:
        """The peer answered REJ: with `auto` a first frame goes next under the other number."""
        if self._auto and self._fresh_out and self._tried:
            self._other_first()
            self._outgoing = self._first_sent

    def _other_first(self) -> None:
        self._first_sent = 3 - self._first_sent
        self._worked = False
        self._tried = False

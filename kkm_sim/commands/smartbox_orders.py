"""What a line of stdin makes `kkm-sim smartbox … serve` do: scan a code, or obey."""

import re
from collections.abc import Callable

from kkm_sim.clock import Instant
from kkm_sim.drivers.cable import Cable
from kkm_sim.messages.codes import ShownMessage
from kkm_sim.smartbox import SmartBox, Utm

USAGE = (
    "a line is a code that was scanned, or: beer EAN, ping, message 1|2|3, annul, "
    "utm up|down|refuses|slow [SECONDS], cable out|in, quit"
)

SLOW_S = 8
"""Seconds of a UTM that is slow: the till hears WAIT a few times [D-4]."""

_SLOW = re.compile(r"slow(?: +0*([1-9][0-9]{0,8}))?")
"""Nine digits are thirty years."""


class Orders:
    """Obeys lines, between two steps of the line. `quit_`: ends serving; `explain`: says `USAGE`.

    `cable` None: the line is far away, there is no plug to pull.
    """

    def __init__(
        self, box: SmartBox, cable: Cable | None, *, quit_: Callable[[], None], explain: Callable[[], None]
    ) -> None:
        self._box = box
        self._cable = cable
        self._quit = quit_
        self._explain = explain

    def obey(self, line: str, now: Instant) -> None:
        """`line` has no space around it and is not empty. What cannot be obeyed is explained, and changes nothing."""
        command, _, rest = line.partition(" ")
        match command:
            case "help":
                self._explain()
            case "quit":
                self._quit()
            case "ping":
                self._box.ping(now)
            case "annul":
                self._box.annul(now)
            case "message" if rest in ("1", "2", "3"):
                self._box.message(ShownMessage(int(rest)), now)
            case "beer":
                self._box.sell_beer(rest, now)
            case "utm" if (utm := _utm(rest)) is not None:
                self._box.utm = utm
            case "cable" if rest in ("out", "in") and self._cable is not None:
                self._cable.plugged = rest == "in"
            case "message" | "utm" | "cable":
                self._explain()
            case _:
                self._box.scan(line, now)


def _utm(words: str) -> Utm | None:
    """The UTM that behaves so; None where there is none."""
    if words in ("up", "down", "refuses"):
        return Utm(down=words == "down", refuses=words == "refuses")
    slow = _SLOW.fullmatch(words)
    return Utm(delay_s=int(slow[1] or SLOW_S)) if slow else None

"""What the demo's panel shows of its SmartBox and has in hand for it. It knows no terminal and no process."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, assert_never

from kkm_sim.tui.demo.bottles import BEER, Bottle, bottle

EVENTS_KEPT = 200

BoxEvent = Mapping[str, Any]
"""A line of `kkm-sim smartbox --json`: `event` is its kind, `text` its English sentence."""


class BoxCommand(Enum):
    """What the panel's keys do, by their letters; none of them is a key of the till."""

    EAN = "e"
    PDF = "d"
    AGAIN = "r"
    BEER = "l"
    ANNUL = "y"
    UTM = "u"
    CABLE = "w"


class UtmMode(Enum):
    """How the stand-in for the UTM behaves, by its words in `kkm-sim smartbox serve`. Slow: the till hears WAIT."""

    ALLOWS = "up"
    REFUSES = "refuses"
    DOWN = "down"
    SLOW = "slow 5"


@dataclass(frozen=True, slots=True)
class BoxStarted:
    """A SmartBox of its own has begun, and knows nothing of what was before."""


@dataclass(frozen=True, slots=True)
class BoxSaid:
    """It told an event."""

    event: BoxEvent


@dataclass(frozen=True, slots=True)
class BoxEnded:
    """It is no more."""

    code: int


BoxNews = BoxStarted | BoxSaid | BoxEnded


class BoxView:
    """The panel's state. `take` what comes; `order` turns a key of the panel into lines for the SmartBox."""

    def __init__(self) -> None:
        self.utm = UtmMode.ALLOWS
        self.plugged = True
        self.told: deque[BoxEvent | BoxEnded] = deque(maxlen=EVENTS_KEPT)
        self._number = 1
        self._last: Bottle | None = None

    def take(self, news: BoxNews) -> None:
        """Takes what its process tells."""
        match news:
            case BoxStarted():
                self.utm, self.plugged = UtmMode.ALLOWS, True
            case BoxSaid(event):
                self.told.append(event)
                if event["event"] == "sale-requested" and event["article"]["pdf"] == self.bottle.pdf:
                    self._last = self.bottle
                    self._number += 1
            case BoxEnded():
                self.told.append(news)
            case _:
                assert_never(news)

    @property
    def bottle(self) -> Bottle:
        """The bottle in hand: the next one once the till has been asked to sell this one."""
        return bottle(self._number)

    def order(self, command: BoxCommand) -> list[str]:
        """The lines for `kkm-sim smartbox serve`; the panel shows what they bring about from now on."""
        match command:
            case BoxCommand.EAN:
                return [self.bottle.ean]
            case BoxCommand.PDF:
                return [self.bottle.pdf]
            case BoxCommand.AGAIN:
                last = self._last or self.bottle
                return [last.ean, last.pdf]
            case BoxCommand.BEER:
                return [f"beer {BEER}"]
            case BoxCommand.ANNUL:
                return ["annul"]
            case BoxCommand.UTM:
                modes = list(UtmMode)
                self.utm = modes[(modes.index(self.utm) + 1) % len(modes)]
                return [f"utm {self.utm.value}"]
            case BoxCommand.CABLE:
                self.plugged = not self.plugged
                return [f"cable {'in' if self.plugged else 'out'}"]
            case _:
                assert_never(command)

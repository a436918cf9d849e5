"""A till on virtual time, driven in the words of its operator."""

from datetime import datetime
from typing import Any, Literal

from kkm_sim.clock import SECOND, Instant
from kkm_sim.messages.codes import CodeType, ResultCode
from kkm_sim.settings import Settings
from kkm_sim.till.effects import Beep, BeepLength, Effect
from kkm_sim.till.keyboard import parse_keys
from kkm_sim.till.machine import Till
from kkm_sim.till.requests import IdentifierEnd, SaleRequest
from kkm_sim.till.tape import TextLine

NOON = datetime(2016, 7, 1, 12, 0)


class Bench:
    """`lines_per_s` 0: everything prints at once."""

    def __init__(self, start: Literal["cash", "menu", "off"] = "cash", lines_per_s: int = 0, **settings: Any) -> None:
        self.now = Instant(0)
        self.till = Till(Settings(print_lines_per_s=lines_per_s, **settings), now=self.now, wall=NOON, start=start)

    def keys(self, text: str) -> "Bench":
        for key in parse_keys(text):
            self.till.press(key, self.now)
        return self

    def wait(self, nanoseconds: int) -> "Bench":
        """Lets time pass, from deadline to deadline as a driver would."""
        end = Instant(self.now + nanoseconds)
        while (moment := self.till.deadline()) is not None and moment <= end:
            assert moment >= self.now
            self.now = moment
            self.till.poll(moment)
        self.now = end
        self.till.poll(end)
        return self

    def ask(self, code_type: CodeType = CodeType.PDF, **fields: Any) -> int:
        """A sale request; the result, 0 where it is accepted or done."""
        answer = self.till.request_sale(SaleRequest(code_type, **fields), self.now)
        return answer.result if answer else ResultCode.OK

    def bottle(self, price: str = "500", code_type: CodeType = CodeType.PDF) -> "Bench":
        """Sells alcohol through the SmartBox."""
        assert self.ask(code_type) == 0
        return self.keys(f"{price} ПИ")

    def allow(self) -> "Bench":
        self.till.close_answered(0, self.now)
        return self

    def end(self) -> "Bench":
        """The identifier has no more blocks."""
        self.till.identifier_answered(IdentifierEnd(), self.now)
        return self

    def power_cut(self, seconds: int = 5) -> "Bench":
        self.till.power(False, self.now)
        self.wait(seconds * SECOND)
        self.till.power(True, self.now)
        return self

    def paper(self, present: bool) -> "Bench":
        self.till.paper(present, self.now)
        return self

    def said(self) -> list[Effect]:
        """Effects since the last look, without sounds."""
        return [effect for effect in self.till.effects() if not isinstance(effect, Beep)]

    def beeps(self) -> list[BeepLength]:
        return [effect.length for effect in self.till.effects() if isinstance(effect, Beep)]

    def printed(self, since: int = 0) -> list[str]:
        """Tape as text; other entries by their kind."""
        return [
            entry.text if isinstance(entry, TextLine) else type(entry).__name__
            for _, entry in self.till.tape.since(since)
        ]

    @property
    def state(self) -> str:
        return self.till.state.value

    @property
    def shows(self) -> str:
        return self.till.indicator.text

    @property
    def total(self) -> int:
        assert self.till.receipt is not None
        return self.till.receipt.total

"""A till as a test has it before its eyes: keys to press, things to see. What live and virtual tills have in common."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self, TypeVar

from kkm_sim.clock import Instant
from kkm_sim.findings import Finding, Severity
from kkm_sim.link.events import PacketSeen
from kkm_sim.render.text import tape_text
from kkm_sim.settings import OPTIONS
from kkm_sim.simulated_till import SimulatedTill
from kkm_sim.simulator import Simulator
from kkm_sim.till.keyboard import ALIASES, Key, UnknownKey, parse_keys
from kkm_sim.till.machine import BadOptionValue, OptionHeld, UnknownOption
from kkm_sim.till.receipt import Receipt
from kkm_sim.till.tape import TapeEntry

T = TypeVar("T")

SHOWN_LINES = 8
"""How much of the tape stands in the message of a wait in vain."""


@dataclass(frozen=True, slots=True)
class SeenFinding:
    """What the program at the other end did against the document.

    `code`: the finding's short name, `bad-dcrc`. `section`: the document's section. `raw`: the bytes.
    """

    code: str
    message: str
    section: str
    severity: Severity
    raw: bytes

    def __str__(self) -> str:
        return f"{self.code} ({self.severity}; document, «{self.section}»): {self.message}\n    {self.raw.hex(' ')}"


class WrongKey(UnknownKey):
    """A word that is no key, in a sentence that says which keys there are."""

    def __str__(self) -> str:
        names = " ".join(key.value for key in Key)
        return f"there is no key {self.word!r}; the keys are {names}, in Latin also {' '.join(ALIASES)}"


class OperatedTill(ABC):
    """A till that a test operates. Each call and each property is one moment of the till."""

    def __init__(self, simulated: SimulatedTill, place: str) -> None:
        self.place = place
        """Where the till can be found, for people."""
        self._simulated = simulated

    def __repr__(self) -> str:
        return f"<{type(self).__name__} at {self.place}>"

    @abstractmethod
    def act(self, action: Callable[[Simulator, Instant], T]) -> T:
        """Does something to the simulator, or looks at it, between two steps of the line; returns what that gives."""

    @abstractmethod
    def wait_for(self, condition: Callable[[Self], T], within_s: float = 5) -> T:
        """Waits until the condition holds: it is given the till, and its value is returned once that is true.

            kkm.wait_for(lambda kkm: kkm.state == "request")

        Raises AssertionError after `within_s` seconds of the till, with what is seen then.
        """

    # What a person does

    def press(self, keys: str) -> None:
        """Presses keys, named as on the machine, `1 5 0 . 5 ПИ`, or in Latin, `1 5 0 PI`.

        Raises UnknownKey, and presses none, if one of them is no key.
        """
        __tracebackhide__ = True
        try:
            pressed = parse_keys(keys)
        except UnknownKey as unknown:
            raise WrongKey(unknown.word) from None

        def press(simulator: Simulator, now: Instant) -> None:
            for key in pressed:
                # Looked up each time: keys can change option 30.
                simulator.press(key, now, self._simulated.link.address)

        self.act(press)

    def power(self, on: bool) -> None:
        """Switches the mains on or off."""
        self.act(lambda simulator, now: simulator.power(on, now, self._simulated.link.address))

    def paper(self, present: bool) -> None:
        """Puts paper in, or lets it run out."""
        self.act(lambda simulator, now: simulator.paper(present, now, self._simulated.link.address))

    def set_clock(self, wall: datetime) -> None:
        """Sets the till's date, local and without a zone."""
        self.act(lambda simulator, now: simulator.set_clock(wall, now, self._simulated.link.address))

    def set_option(self, number: int, value: int) -> None:
        """Sets option 27, 29 or 30. Raises UnknownOption, BadOptionValue, OptionHeld (ReceiptOpen, RequestOpen)."""
        __tracebackhide__ = True
        try:
            self.act(lambda simulator, now: simulator.set_option(number, value, now, self._simulated.link.address))
        except UnknownOption:
            raise UnknownOption(f"there is no option {number}; there are {', '.join(map(str, OPTIONS))}") from None
        except BadOptionValue as refused:
            allowed = OPTIONS[number]
            raise BadOptionValue(f"{refused}: it takes {allowed[0]} to {allowed[-1]}") from None
        except OptionHeld as refused:
            raise refused.with_traceback(None) from None  # not by way of the line's thread

    # What a person sees and hears

    @property
    def indicator(self) -> str:
        """What the indicator shows; blanks at its ends are dropped."""
        return self.act(lambda simulator, now: self._simulated.till.indicator.text)

    @property
    def state(self) -> str:
        """The till's state: `off`, `menu`, `idle`, `request`, `entry`, `open`, `close_wait` …"""
        return self.act(lambda simulator, now: self._simulated.till.state.value)

    @property
    def receipt(self) -> Receipt | None:
        """The open receipt as it is now (it does not go on changing): `number`, `total` in kopecks, `operations` …"""

        def copy(simulator: Simulator, now: Instant) -> Receipt | None:
            receipt = self._simulated.till.receipt
            return None if receipt is None else replace(receipt, operations=list(receipt.operations))

        return self.act(copy)

    @property
    def tape(self) -> str:
        """Everything printed, as text: 24 characters a line, pictures in half blocks."""
        return tape_text(self.tape_entries)

    @property
    def tape_entries(self) -> tuple[TapeEntry, ...]:
        """Everything printed: TextLine, Bitmap and Cut."""
        return self.act(lambda simulator, now: self._simulated.till.tape.entries)

    @property
    def beeps(self) -> list[str]:
        """The beeps so far, `short` or `long`."""
        return self.act(lambda simulator, now: [beep.length.value for _, beep in self._simulated.beeps.since()])

    @property
    def address(self) -> int:
        """The till's address on the line, option 30."""
        return self.act(lambda simulator, now: self._simulated.link.address)

    # What the program at the other end does

    @property
    def findings(self) -> list[SeenFinding]:
        """What the program did against the document, on the whole line, in order."""
        found = self.act(lambda simulator, now: simulator.findings.since())
        return [_seen(finding) for _, finding in found]

    @property
    def packets(self) -> list[PacketSeen]:
        """The packets on the line, both ways, in order; the newest 10 000."""
        seen = self.act(lambda simulator, now: simulator.wire.since())
        return [packet for _, packet in seen]

    def assert_no_findings(self) -> None:
        """Raises AssertionError with what was found, if anything was."""
        __tracebackhide__ = True
        if findings := self.findings:
            raise AssertionError(findings_text(findings))

    def described(self) -> str:
        """What is seen now, some lines of text."""
        receipt = self.receipt
        lines = self.tape.splitlines()
        told = [
            f"indicator  {self.indicator!r}",
            f"state      {self.state}",
            f"receipt    {'none' if receipt is None else f'{receipt.number}, total {receipt.total} kopecks'}",
            f"findings   {', '.join(finding.code for finding in self.findings) or 'none'}",
        ]
        if lines:
            told += ["tape", *(f"    {line}".rstrip() for line in lines[-SHOWN_LINES:])]
        return "\n".join(told)

    def _waited_in_vain(self, within_s: float) -> AssertionError:
        return AssertionError(f"not within {within_s:g} s; the till at {self.place}:\n{self.described()}")


def findings_text(findings: list[SeenFinding]) -> str:
    """The findings, each with its bytes, below a line that counts them."""
    count = f"{len(findings)} findings" if len(findings) > 1 else "a finding"
    return "\n".join([f"{count}:", *map(str, findings)])


def _seen(finding: Finding) -> SeenFinding:
    rule = finding.code.rule
    return SeenFinding(rule.code, finding.message, rule.section, rule.severity, finding.raw)

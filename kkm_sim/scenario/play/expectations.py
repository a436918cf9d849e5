"""What a person sees and hears of a till, as expectations: when each holds, its words, how it is waited for."""

import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, assert_never

from kkm_sim.findings import Finding
from kkm_sim.messages.codes import Operation, ResultCode
from kkm_sim.scenario.format.field_types import duration_words, literal
from kkm_sim.scenario.format.steps import (
    BeepStep,
    Expectation,
    FindingsStep,
    IndicatorStep,
    ReceiptFields,
    ReceiptStep,
    StateStep,
    TapeContains,
    TapeStep,
)
from kkm_sim.scenario.format.variables import captured, expected_fields, reference, unlike
from kkm_sim.scenario.play.scene import NotMet, Scene
from kkm_sim.scenario.report.packet_words import bytes_words, moment_words
from kkm_sim.simulated_till import SimulatedTill
from kkm_sim.simulator import Simulator
from kkm_sim.till.receipt import Receipt
from kkm_sim.till.tape import Bitmap, Cut, TapeEntry, TextLine

_BITMAP_WITH_DOTS = re.compile(r"\[bitmap \S+ .+\]")
"""`[bitmap 41x41 ff…]`: its rows are expected too."""


class Check(ABC):
    """One expectation. What it asks after each thing that happens is cheap: texts are made when it is over."""

    waits = True

    def __init__(self, scene: Scene, step: Expectation) -> None:
        self.scene = scene
        self.index = scene.index(step.till)
        self.marks = scene.marks[self.index]
        self.soon = f"within {duration_words(step.within)}"

    @property
    @abstractmethod
    def expected(self) -> str:
        """What is expected, in words."""

    @abstractmethod
    def holds(self, simulator: Simulator) -> bool:
        """Whether it is so now."""

    @abstractmethod
    def seen(self, simulator: Simulator) -> str:
        """What there is instead, in words."""

    @abstractmethod
    def value(self, simulator: Simulator) -> object:
        """What there is, as the step would be written."""

    def settled(self, simulator: Simulator) -> bool:
        """Whether there is nothing more to wait for."""
        return self.holds(simulator)

    def passed(self, simulator: Simulator) -> None:  # noqa: B027 - most look at what stays
        """Takes what was looked at."""

    def till(self, simulator: Simulator) -> SimulatedTill:
        """The till that it looks at."""
        return simulator.tills[self.index]


def expect(scene: Scene, step: Expectation) -> None:
    """Waits until the expectation holds; raises NotMet."""
    wait_for(_check(scene, step), scene, step)


def _check(scene: Scene, step: Expectation) -> Check:
    match step:
        case IndicatorStep():
            return IndicatorCheck(scene, step)
        case TapeStep():
            whole = not isinstance(step.tape, TapeContains)
            return TapeCheck(scene, step) if whole else TapeContainsCheck(scene, step)
        case BeepStep():
            return BeepCheck(scene, step)
        case StateStep():
            return StateCheck(scene, step)
        case ReceiptStep():
            return ReceiptCheck(scene, step)
        case FindingsStep():
            return FindingsCheck(scene, step)
        case _:
            raise AssertionError(f"{step.VERB} is no expectation of a person")


def wait_for(check: Check, scene: Scene, step: Expectation) -> None:
    """Waits until the check holds; raises NotMet. With `update` it takes what there is after the wait."""
    if check.waits:
        scene.stage.pass_time(step.within, check.settled)
    held = scene.look(check.holds)
    if scene.is_updated(step):
        scene.note_update(step.at, step.VERB, scene.look(check.value))
    elif not held:
        raise NotMet(check.expected, scene.look(check.seen))
    scene.look(check.passed)


class IndicatorCheck(Check):
    """The indicator's text; blanks at its ends do not count."""

    def __init__(self, scene: Scene, step: IndicatorStep) -> None:
        super().__init__(scene, step)
        self._wanted = scene.scope.text(step.indicator).strip()

    @property
    def expected(self) -> str:
        return f"`{self._wanted}` {self.soon}"

    def holds(self, simulator: Simulator) -> bool:
        return self.till(simulator).till.indicator.text == self._wanted

    def seen(self, simulator: Simulator) -> str:
        till = self.till(simulator).till
        return f"`{till.indicator.text}`, state `{till.state.value}`"

    def value(self, simulator: Simulator) -> object:
        return self.till(simulator).till.indicator.text


class StateCheck(Check):
    """The till's state."""

    def __init__(self, scene: Scene, step: StateStep) -> None:
        super().__init__(scene, step)
        self._wanted = step.state

    @property
    def expected(self) -> str:
        return f"`{self._wanted}` {self.soon}"

    def holds(self, simulator: Simulator) -> bool:
        return self.till(simulator).till.state.value == self._wanted

    def seen(self, simulator: Simulator) -> str:
        till = self.till(simulator).till
        return f"`{till.state.value}`, `{till.indicator.text}` on the indicator"

    def value(self, simulator: Simulator) -> object:
        return self.till(simulator).till.state.value


class BeepCheck(Check):
    """The last beep that is new."""

    def __init__(self, scene: Scene, step: BeepStep) -> None:
        super().__init__(scene, step)
        self._wanted = step.beep
        self.waits = step.beep != "none"

    @property
    def expected(self) -> str:
        return f"a {self._wanted} beep {self.soon}" if self.waits else "no beep"

    def holds(self, simulator: Simulator) -> bool:
        return self._last(simulator) == self._wanted

    def seen(self, simulator: Simulator) -> str:
        last = self._last(simulator)
        return "no beep" if last == "none" else f"a {last} beep"

    def value(self, simulator: Simulator) -> object:
        return self._last(simulator)

    def passed(self, simulator: Simulator) -> None:
        self.marks.beep = self.till(simulator).beeps.last

    def _last(self, simulator: Simulator) -> str:
        beeps = self.till(simulator).beeps
        if beeps.last == self.marks.beep:
            return "none"
        return beeps.since(beeps.last - 1)[0][1].length.value


# The tape


class TapeCheck(Check):
    """Every line printed since the last `tape`, once the printer stands still."""

    def __init__(self, scene: Scene, step: TapeStep) -> None:
        super().__init__(scene, step)
        self._block = isinstance(step.tape, str)
        self._lines = [scene.scope.text(line) for line in _as_lines(step.tape)]
        self._wanted = [_plain(line) for line in self._lines]
        self._dots = any(_BITMAP_WITH_DOTS.match(line) for line in self._wanted)

    @property
    def expected(self) -> str:
        return _block(f"on the tape, {self.soon}:", self._lines, "nothing new")

    def holds(self, simulator: Simulator) -> bool:
        tape = self.till(simulator).till.tape
        if tape.last - self.marks.tape != len(self._wanted) or self._prints(simulator):
            return False
        return all(map(_is_line, self._new(simulator), self._wanted))

    def seen(self, simulator: Simulator) -> str:
        new = self._new(simulator)
        still = "it prints on" if self._prints(simulator) else ""
        lines = [tape_line(entry, dots=self._dots) for entry in new]
        tape = _block("on the tape:", lines, "nothing new on the tape")
        # The difference first: a report of one line shows only the first one.
        return "\n".join(part for part in (self._difference(new), still, tape) if part)

    def value(self, simulator: Simulator) -> object:
        new = [literal(tape_line(entry, dots=self._dots).rstrip()) for entry in self._new(simulator)]
        return "".join(f"{line}\n" for line in new) if self._block else new

    def passed(self, simulator: Simulator) -> None:
        self.marks.tape = self.till(simulator).till.tape.last

    def _prints(self, simulator: Simulator) -> bool:
        """More is on its way to the paper; without paper nothing is until somebody helps [D-48]."""
        till = self.till(simulator).till
        return till.printing and till.error is not ResultCode.PRINTER_ERROR

    def _new(self, simulator: Simulator) -> list[TapeEntry]:
        return [entry for _, entry in self.till(simulator).till.tape.since(self.marks.tape)]

    def _difference(self, new: Sequence[TapeEntry]) -> str:
        """In one line; nothing where there is none."""
        for number, (entry, wanted) in enumerate(zip(new, self._wanted, strict=False), 1):
            if not _is_line(entry, wanted):
                return f"line {number} is `{_plain(tape_line(entry, dots=self._dots))}`, expected `{wanted}`"
        common = min(len(new), len(self._wanted))
        if len(new) > common:
            return f"line {common + 1}, `{_plain(tape_line(new[common]))}`, is one too many"
        return f"line {common + 1} is missing: `{self._wanted[common]}`" if len(self._wanted) > common else ""


class TapeContainsCheck(TapeCheck):
    """Some lines in their order, others between."""

    def __init__(self, scene: Scene, step: TapeStep) -> None:
        super().__init__(scene, step)
        self._read = self.marks.tape  # entries looked at
        self._matched = 0  # lines found in them
        self._behind = self.marks.tape  # the entry of the last line found

    @property
    def expected(self) -> str:
        return _block(f"on the tape, {self.soon}, with others between:", self._lines, "")

    def holds(self, simulator: Simulator) -> bool:
        tape = self.till(simulator).till.tape
        if tape.last > self._read:
            for number, entry in tape.since(self._read):
                if self._matched < len(self._wanted) and _is_line(entry, self._wanted[self._matched]):
                    self._matched += 1
                    self._behind = number
            self._read = tape.last
        return self._matched == len(self._wanted)

    def passed(self, simulator: Simulator) -> None:
        whole = self._matched < len(self._wanted)  # `--update` has taken all there is
        self.marks.tape = self._read if whole else self._behind

    def _difference(self, new: Sequence[TapeEntry]) -> str:
        after = f", after `{self._wanted[self._matched - 1]}`" if self._matched else ""
        return f"not there: `{self._wanted[self._matched]}`{after}"


def tape_line(entry: TapeEntry, *, dots: bool = False) -> str:
    """An entry of the tape as a scenario writes it; with `dots` a bitmap's rows too, in hex."""
    match entry:
        case TextLine():
            return entry.text
        case Bitmap():
            rows = "".join(f" {row.hex()}" for row in entry.rows) if dots else ""
            return f"[bitmap {entry.width}x{entry.height}{rows}]"
        case Cut():
            return "[cut]"
        case _:
            assert_never(entry)


def _as_lines(tape: str | list[str] | TapeContains) -> list[str]:
    match tape:
        case str():
            return tape.splitlines()
        case TapeContains():
            return tape.contains
        case _:
            return tape


def _is_line(entry: TapeEntry, wanted: str) -> bool:
    dots = _BITMAP_WITH_DOTS.match(wanted) is not None
    return _plain(tape_line(entry, dots=dots)) == wanted


def _plain(line: str) -> str:
    return " ".join(line.split())


def _block(title: str, lines: Sequence[str], nothing: str) -> str:
    return "\n".join([title, *(f"  {line}".rstrip() for line in lines)]) if lines else nothing


# The receipt and the findings


class ReceiptCheck(Check):
    """The open receipt."""

    def __init__(self, scene: Scene, step: ReceiptStep) -> None:
        super().__init__(scene, step)
        self._fields = step.receipt if isinstance(step.receipt, ReceiptFields) else None
        self._wanted: dict[str, Any] = {}
        self._free: dict[str, str] = {}
        if self._fields is not None:
            self._wanted, self._free = expected_fields(self._fields, scene.scope)

    @property
    def expected(self) -> str:
        if self._fields is None:
            return f"no open receipt {self.soon}"
        return f"{_receipt_words(self._wanted)} {self.soon}"

    def holds(self, simulator: Simulator) -> bool:
        receipt = self.till(simulator).till.receipt
        if self._fields is None or receipt is None:
            return self._fields is None and receipt is None
        if any(_OF_RECEIPT[name](receipt) != value for name, value in self._wanted.items()):
            return False
        return not self._unlike(receipt)

    def seen(self, simulator: Simulator) -> str:
        till = self.till(simulator).till
        if till.receipt is None:
            return f"no receipt is open, state `{till.state.value}`"
        if self._fields is None:
            return _receipt_words({name: of(till.receipt) for name, of in _OF_RECEIPT.items()})
        there = {name: _OF_RECEIPT[name](till.receipt) for name in self._wanted | self._free}
        told = [
            f"{name} is {there[name]}, expected {wanted}"
            for name, wanted in self._wanted.items()
            if there[name] != wanted
        ]
        told += [
            f"{name} is {there[name]}, but {first} is {there[first]}: both are ${self._free[name]}"
            for first, name in self._unlike(till.receipt)
        ]
        return ", ".join(told)

    def _unlike(self, receipt: Receipt) -> list[tuple[str, str]]:
        """Fields that share a variable without a value, and differ."""
        return unlike(self._free, {name: _OF_RECEIPT[name](receipt) for name in self._free})

    def value(self, simulator: Simulator) -> object:
        receipt = self.till(simulator).till.receipt
        if receipt is None:
            return "none"
        given = dict(self._fields.given()) if self._fields is not None else dict.fromkeys(_OF_RECEIPT)
        return {
            name: value if reference(value) is not None else _OF_RECEIPT[name](receipt) for name, value in given.items()
        }

    def passed(self, simulator: Simulator) -> None:
        receipt = self.till(simulator).till.receipt
        if receipt is not None:
            for name, variable in self._free.items():
                self.scene.scope.bind(variable, captured(_OF_RECEIPT[name](receipt)))


_OF_RECEIPT: dict[str, Callable[[Receipt], int | str]] = {
    "number": lambda receipt: receipt.number,
    "kind": lambda receipt: "return" if receipt.kind is Operation.RETURN else "sale",
    "total": lambda receipt: receipt.total,
    "discounts": lambda receipt: receipt.discounts,
    "markups": lambda receipt: receipt.markups,
    "operations": lambda receipt: len(receipt.operations),
    "alcohol": lambda receipt: receipt.alcohol,
}


def _receipt_words(fields: dict[str, Any]) -> str:
    told = ", ".join(f"{name} {value}" for name, value in fields.items())
    return f"an open receipt with {told}" if told else "an open receipt"


class FindingsCheck(Check):
    """The findings that no step has taken yet."""

    def __init__(self, scene: Scene, step: FindingsStep) -> None:
        super().__init__(scene, step)
        self._any = step.findings == "any"
        self._codes = list(step.findings) if isinstance(step.findings, list) else []
        self._wanted = Counter(self._codes)
        self.waits = bool(self._codes)

    @property
    def expected(self) -> str:
        return f"{', '.join(f'`{code}`' for code in self._codes)} {self.soon}" if self._codes else "no findings"

    def holds(self, simulator: Simulator) -> bool:
        if self._any:
            return True
        if simulator.findings.last - self.scene.findings != len(self._codes):
            return False
        return Counter(_codes(self._new(simulator))) == self._wanted

    def settled(self, simulator: Simulator) -> bool:
        if simulator.findings.last == self.scene.findings:
            return not self._codes
        return bool(Counter(_codes(self._new(simulator))) - self._wanted) or self.holds(simulator)

    def seen(self, simulator: Simulator) -> str:
        return findings_words(self._new(simulator))

    def value(self, simulator: Simulator) -> object:
        return _codes(self._new(simulator)) or "none"

    def passed(self, simulator: Simulator) -> None:
        self.scene.findings = simulator.findings.last

    def _new(self, simulator: Simulator) -> list[Finding]:
        return untaken(self.scene, simulator)


def untaken(scene: Scene, simulator: Simulator) -> list[Finding]:
    """The findings that no step has taken."""
    return [finding for _, finding in simulator.findings.since(scene.findings)]


def findings_words(findings: Iterable[Finding]) -> str:
    """A line each: code, when, what is wrong, the document's section, the bytes."""
    lines = [
        f"`{finding.code.rule.code}` at {moment_words(finding.at)}: {finding.message} "
        f"(document, «{finding.code.rule.section}»); {bytes_words(finding.raw)}"
        for finding in findings
    ]
    return "\n".join(lines) or "no findings"


def _codes(findings: Iterable[Finding]) -> list[str]:
    return [finding.code.rule.code for finding in findings]


def receipts_closed(simulator: Simulator) -> int:
    """Receipts that the tills have closed in their lives."""
    return sum(till.till.memory.documents for till in simulator.tills)

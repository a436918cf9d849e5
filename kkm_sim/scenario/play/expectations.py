"""What a person sees and hears of a till, as expectations: when each holds, what it looks at, and its words."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from kkm_sim.findings import Finding
from kkm_sim.messages.codes import Operation
from kkm_sim.scenario.format.model import (
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
from kkm_sim.scenario.play.expecting import Check, wait_for
from kkm_sim.scenario.play.scene import Scene
from kkm_sim.scenario.play.tape_expectations import TapeCheck, TapeContainsCheck
from kkm_sim.scenario.report.packet_words import bytes_words, moment_words
from kkm_sim.simulator import Simulator
from kkm_sim.till.receipt import Receipt


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

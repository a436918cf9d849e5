"""The tape as an expectation: every line printed since the last one, or some of them."""

import re
from collections.abc import Sequence
from typing import assert_never

from kkm_sim.messages.codes import ResultCode
from kkm_sim.scenario.format.field_types import literal
from kkm_sim.scenario.format.model import TapeContains, TapeStep
from kkm_sim.scenario.play.expecting import Check
from kkm_sim.scenario.play.scene import Scene
from kkm_sim.simulator import Simulator
from kkm_sim.till.tape import Bitmap, Cut, TapeEntry, TextLine

_BITMAP_WITH_DOTS = re.compile(r"\[bitmap \S+ .+\]")
"""`[bitmap 41x41 ff…]`: its rows are expected too."""


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

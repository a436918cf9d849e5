"""What `kkm-sim replay` tells: a line a scenario, or, on a terminal, a bar that fills; failures in full; the sum."""

import sys
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, Protocol, Self

from kkm_sim.commands.joining import say
from kkm_sim.commands.replay_playing import Played
from kkm_sim.scenario.format.model import Scenario
from kkm_sim.scenario.report.failure_text import Part, failure_lines

_COLOURS: dict[Part, str] = {"where": "bold", "path": "dim", "expected": "green", "seen": "red", "packets": "dim"}


class Report(Protocol):
    """Told of everything as it happens."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def step(self, line: str) -> None:
        """A step begins."""
        ...

    def played(self, played: Played) -> None:
        """A scenario is over."""
        ...

    def skipped(self, scenario: Scenario, why: str) -> None:
        """A scenario is not played."""
        ...

    def end(self, took: int, *, interrupted: bool) -> None:
        """All are, or no more are played. `took`: ns of real time."""
        ...


def report(total: int, *, quiet: bool, verbose: bool) -> Report:
    """The report that suits where stdout goes."""
    if sys.stdout is not None and sys.stdout.isatty():
        return TerminalReport(total, quiet=quiet, verbose=verbose)
    return PlainReport(total, quiet=quiet, verbose=verbose)


class PlainReport:
    """A line a scenario."""

    def __init__(self, total: int, *, quiet: bool, verbose: bool) -> None:
        self._total = total
        self._quiet = quiet
        self._verbose = verbose
        self._passed = 0
        self._failed = 0
        self._skipped = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def step(self, line: str) -> None:
        """A step begins."""
        if self._verbose:
            self.line(line)

    def played(self, played: Played) -> None:
        """A scenario is over."""
        for line in played.steps:
            self.step(line)
        if played.outcome.passed:
            self._passed += 1
            if self.tells_passed:
                self.line(headline(played), "green")
            return
        self._failed += 1
        self.line(headline(played), "bold red")
        for part, line in failure_body(played):
            self.line(f"     {line}", _COLOURS.get(part, ""))

    def skipped(self, scenario: Scenario, why: str) -> None:
        """A scenario is not played."""
        self._skipped += 1
        if self.tells_passed:
            self.line(f"skip {one_line(scenario.title)}  ({scenario.file})  {why}", "yellow")

    def end(self, took: int, *, interrupted: bool) -> None:
        """The sum."""
        left = self._total - self._passed - self._failed
        counts = {"passed": self._passed, "failed": self._failed, "skipped": self._skipped, "not played": left}
        self.line(("interrupted: " if interrupted else "") + summary(counts, took), "bold")

    @property
    def tells_passed(self) -> bool:
        """Whether a scenario that passed is worth a line."""
        return not self._quiet

    def line(self, text: str, colour: str = "") -> None:
        """A line on stdout."""
        say(text)


class TerminalReport(PlainReport):
    """A bar that fills, above it what failed."""

    def __init__(self, total: int, *, quiet: bool, verbose: bool) -> None:
        super().__init__(total, quiet=quiet, verbose=verbose)
        # Only here: who replays in a script has no need of it.
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        # It is drawn when something happens: a thread of its own would be in the way of forks.
        self._bar = Progress(
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}", markup=False),
            auto_refresh=False,
            transient=True,
        )
        self._task = self._bar.add_task("", total=total)

    def __enter__(self) -> Self:
        self._bar.start()
        self._bar.refresh()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def played(self, played: Played) -> None:
        """A scenario is over."""
        super().played(played)
        self._bar.update(self._task, advance=1, description=one_line(played.outcome.title), refresh=True)

    @property
    def tells_passed(self) -> bool:
        """Only where each step is told as well: the bar tells of the rest."""
        return self._verbose

    def line(self, text: str, colour: str = "") -> None:
        """A line above the bar."""
        style: Any = colour or None
        self._bar.console.print(text, style=style, markup=False, highlight=False, emoji=False, soft_wrap=True)


def one_line(title: str) -> str:
    """A title as a line shows it, whatever is in it."""
    return "".join(letter if letter.isprintable() else "·" for letter in " ".join(title.split()))


def headline(played: Played) -> str:
    """`ok   one bottle  (sale.kkm.yaml)  1.2 s virtual`."""
    outcome = played.outcome
    tenths = outcome.time // 100_000_000
    time = f"{tenths // 10}.{tenths % 10} s" + ("" if played.real else " virtual")
    return f"{'ok  ' if outcome.passed else 'FAIL'} {one_line(outcome.title)}  ({outcome.file})  {time}"


def failure_body(played: Played) -> Iterator[tuple[Part, str]]:
    """The lines of a failure."""
    if played.outcome.failure is not None:
        yield from failure_lines(played.outcome.failure)


def summary(counts: Mapping[str, int], took: int) -> str:
    """`52 passed, 1 failed in 1.9 s`; what passed is told even where nothing did."""
    told = ", ".join(f"{count} {what}" for what, count in counts.items() if count or what == "passed")
    tenths = took // 100_000_000
    return f"{told} in {tenths // 10}.{tenths % 10} s"

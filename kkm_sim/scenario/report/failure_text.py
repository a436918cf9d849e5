"""A failure in words: where, the step as it is written, what was expected and seen, what was on the line."""

from collections.abc import Iterator
from typing import Literal

from kkm_sim.scenario.report.outcome import Failure

Part = Literal["where", "step", "expected", "seen", "path", "packets"]
"""What a line of the report is, for whoever colours it."""


def headline(failure: Failure) -> str:
    """One line: `sale.kkm.yaml:14:5: indicator: expected …, seen …`."""
    return f"{failure.at}: {failure.verb}: expected {_one_line(failure.expected)}, seen {_one_line(failure.seen)}"


def failure_text(failure: Failure) -> str:
    """The whole report, without colour."""
    return "\n".join(line for _, line in failure_lines(failure))


def failure_lines(failure: Failure) -> Iterator[tuple[Part, str]]:
    """The lines of the report and what each is."""
    yield "where", f"{failure.at}  (step {failure.number})"
    for around in failure.path:
        yield "path", f"in {around}"
    for line in failure.at.text.splitlines():
        yield "step", f"    {line}".rstrip()
    yield from (("expected", line) for line in _labelled("expected", failure.expected))
    yield from (("seen", line) for line in _labelled("seen", failure.seen))
    if failure.packets:
        yield "packets", "the last packets:"
        yield from (("packets", f"    {line}") for line in failure.packets)


def _labelled(label: str, text: str) -> Iterator[str]:
    first, *others = text.splitlines() or [""]
    if others:
        # A tape: whole and by itself, so that its columns stay columns.
        yield label
        yield from (f"    {line}".rstrip() for line in (first, *others))
    else:
        yield f"{label:8} {first}"


def _one_line(text: str) -> str:
    first, *others = [line.strip() for line in text.splitlines() if line.strip()] or [""]
    more = f"{len(others)} line{'s' if len(others) > 1 else ''} more"
    return f"{first} … ({more})" if others else first

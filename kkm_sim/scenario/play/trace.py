"""The trace of a scenario: what happened and when, a line each, the same in every run."""

from typing import Protocol

from kkm_sim.clock import SECOND, Instant


class Writable(Protocol):
    """Takes text: a file open for it, for one."""

    def write(self, text: str, /) -> object: ...


class Trace:
    """Lines `seconds.nanoseconds  what  text`. They are kept, or go to `out` at once where there is one."""

    def __init__(self, out: Writable | None = None) -> None:
        self._out = out
        self._lines: list[str] = []

    def note(self, at: Instant, what: str, text: str) -> None:
        """Something happened: `what` is one word, `text` one line."""
        line = f"{at // SECOND:5}.{at % SECOND:09}  {what:<8} {text}".rstrip() + "\n"
        if self._out is None:
            self._lines.append(line)
        else:
            self._out.write(line)

    def text(self) -> str:
        """The lines so far; none where they went to `out`."""
        return "".join(self._lines)

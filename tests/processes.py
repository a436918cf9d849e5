"""The processes of this computer, as Linux's /proc has them: no program of others is asked."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc: Linux only")


@dataclass(frozen=True, slots=True)
class Process:
    """`words`: its command; `terminal`: the device number of the terminal it belongs to, 0 for none."""

    pid: int
    parent: int
    terminal: int
    words: str


def processes() -> Iterator[Process]:
    """All that are there now, but for those that have ended and wait for their parent."""
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            state, parent, _, _, terminal, *_ = (directory / "stat").read_text().rpartition(")")[2].split()
            words = (directory / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has just ended
        if state != "Z":
            yield Process(
                int(directory.name), int(parent), int(terminal), words.replace(b"\0", b" ").decode(errors="replace")
            )


def children_of(pid: int) -> list[Process]:
    """The processes that a process has started."""
    return [process for process in processes() if process.parent == pid]

"""The real screen, in a real terminal: kkm-sim in tmux."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.program import ROOT
from tests.other_programs import found
from tests.processes import processes
from tests.waiting import PATIENCE_S

needs_tmux = pytest.mark.usefixtures("tmux")
"""The real screen is looked at through tmux."""


@pytest.fixture
def tmux() -> str:
    """Where tmux is; does without the test where there is none."""
    return found("tmux")


ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")} | {
    "LC_ALL": "C.UTF-8"
}
"""pytest loads readline, which says 80 and 24 there to all that pytest-xdist starts."""


class Terminal:
    """A screen of kkm-sim in a tmux of its own: its keys, what is on it."""

    def __init__(self, socket: str, *words: str, size: tuple[int, int] = (80, 24), environment: str = "") -> None:
        self._socket = socket
        program = f"{sys.executable} -m kkm_sim {' '.join(words)} --lang ru"
        command = f"env TERM=tmux-256color LC_ALL=C.UTF-8 {environment} {program}; echo LEFT WITH $?; stty -a; cat"
        columns, rows = map(str, size)
        self._tmux("new-session", "-d", "-x", columns, "-y", rows, "-c", str(ROOT), command)

    def press(self, *keys: str) -> None:
        self._tmux("send-keys", *keys)

    def paste(self, data: Path) -> None:
        """Pastes the bytes of a file as they are."""
        self._tmux("load-buffer", str(data))
        self._tmux("paste-buffer", "-r")

    def screen(self, *, colours: bool = False) -> str:
        return self._tmux("capture-pane", "-p", *["-e"] * colours)

    def waits_for(self, words: str) -> str:
        """The screen as soon as these words are on it."""
        until = time.monotonic() + PATIENCE_S
        while words not in (shown := self.screen()):
            assert time.monotonic() < until, f"{words!r} never came:\n{shown}"
            time.sleep(0.02)
        return shown

    def processes(self) -> list[int]:
        """Those of this terminal."""
        terminal = os.stat(self._tmux("list-panes", "-F", "#{pane_tty}").strip()).st_rdev
        return [process.pid for process in processes() if process.terminal == terminal]

    def close(self) -> None:
        subprocess.run(["tmux", "-L", self._socket, "kill-server"], capture_output=True)

    def _tmux(self, *words: str) -> str:
        return subprocess.run(
            ["tmux", "-L", self._socket, "-f", os.devnull, *words],
            check=True,
            capture_output=True,
            encoding="utf-8",
            env=ENVIRONMENT,
        ).stdout


@pytest.fixture
def terminals() -> Iterator[list[Terminal]]:
    """Those that a test has opened; closed when it ends."""
    opened: list[Terminal] = []
    yield opened
    for terminal in opened:
        terminal.close()


def picture_on(screen: str, width: int = 80) -> list[str]:
    """The rows of a screen of that width that has a picture and nothing else; empty where it is another."""
    rows = [line.ljust(width) for line in screen.splitlines()]
    return rows if set("".join(rows)) == set(" ▀▄█") else []

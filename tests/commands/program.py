"""`python -m kkm_sim` as a user runs it: to its end, or beside the test."""

import contextlib
import gc
import io
import json
import logging
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from kkm_sim.cli import main
from tests.processes import processes
from tests.waiting import PATIENCE_S, eventually

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "kkm_sim")

posix = pytest.mark.skipif(os.name != "posix", reason="ptys and signals are POSIX")


def run_to_end(
    *arguments: str, stdin: str = "", cwd: Path = ROOT, environment: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """A command that ends by itself. `environment`: what is other in it than here."""
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        env=_environment() | dict(environment or {}),
        timeout=2 * PATIENCE_S,
    )


def run_here(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """The same within this process, a tenth of the time: for one that needs no input and starts no process."""
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.TextIOWrapper(io.BytesIO(), "utf-8")
    root, ours = logging.getLogger(), logging.getLogger("kkm_sim")
    handlers, level = root.handlers, ours.level
    signals = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    root.handlers = []
    try:
        with contextlib.chdir(ROOT), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = main(arguments)
            except SystemExit as end:  # argparse's
                code = end.code if isinstance(end.code, int) else 1
    finally:
        root.handlers = handlers
        ours.setLevel(level)
        for number, handler in signals.items():
            signal.signal(number, handler)
        gc.unfreeze()
    said = []
    for stream in (out, err):
        stream.seek(0)
        said.append(stream.read())
    return subprocess.CompletedProcess([*COMMAND, *arguments], code, *said)


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONIOENCODING": "utf-8"}


class Program:
    """A command that goes on until it is told to end. Its lines are read as they come; killed when the test ends."""

    def __init__(self, *arguments: str, within: Sequence[str] = ()) -> None:
        """`within`: the words that run it elsewhere, such as `ip netns exec NAME`."""
        self.out: list[str] = []
        self.err: list[str] = []
        self.process = subprocess.Popen(
            [*within, *COMMAND, *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env=_environment(),
            start_new_session=True,
        )
        self._readers = [
            threading.Thread(target=self._read, args=(self.process.stdout, self.out), daemon=True),
            threading.Thread(target=self._read, args=(self.process.stderr, self.err), daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.wait()

    def ready(self) -> dict[str, Any]:
        """The ready line of `run`."""
        self.waits_for("{")
        ready: dict[str, Any] = json.loads(self.out[0])
        return ready

    def says(self, line: str) -> None:
        """A line on its stdin."""
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def ends_input(self) -> None:
        """The end of its stdin."""
        assert self.process.stdin is not None
        self.process.stdin.close()

    def waits_for(self, words: str, *, err: bool = False) -> str:
        """The first line of its stdout or stderr with these words."""
        lines = self.err if err else self.out

        def found() -> list[str]:
            over = self.process.poll() is not None and not any(map(threading.Thread.is_alive, self._readers))
            said = [line for line in lines if words in line]
            assert said or not over, f"it ended without {words!r}: {self.out} {self.err}"
            return said

        return eventually(found, why=lambda: f"{words!r} was never said: {self.out} {self.err}")[0]

    def stop(self, number: int = signal.SIGTERM, *, group: bool = False) -> int:
        """A signal to it, or to its process group as a terminal does; its exit code."""
        if group:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)
        return self.wait()

    def wait(self, seconds: float = PATIENCE_S) -> int:
        """Its exit code, and all that it and its children said read."""
        code = self.process.wait(seconds)
        for reader in self._readers:
            reader.join(PATIENCE_S)
            assert not reader.is_alive(), "a child of it goes on"
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()
        return code

    @staticmethod
    def _read(stream: Any, lines: list[str]) -> None:
        for line in stream:
            lines.append(line.rstrip("\n"))


def address_of(program: Program) -> str:
    """Where a browser finds the screen of `tui --web`, as it says."""
    line = program.waits_for("http://")
    found = re.fullmatch(r"The till's screen for browsers: (http://\S+/) \(Ctrl-C ends it\)", line)
    assert found is not None
    return found[1]


def tills_of(link: Path) -> list[int]:
    """Processes `kkm-sim run` that serve this line."""
    return [process.pid for process in processes() if "kkm_sim run" in process.words and str(link) in process.words]


def is_alive(pid: int) -> bool:
    """Whether a process is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True

"""The demo's SmartBox: `kkm-sim smartbox --json … serve` in a process of its own, as the till is."""

import asyncio
import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence

from kkm_sim.tui.demo.smartbox_view import BoxEnded, BoxNews, BoxSaid, BoxStarted

AGAIN_S = 1
"""How long until it is started again after an end that nobody asked for."""

PATIENCE_S = 3
"""How long the process may take to end when it is told to."""


class BoxProcess:
    """Serves the till whose line is at `where()`; None there means that there is none at the moment."""

    def __init__(self, where: Callable[[], str | None], options: Sequence[str] = ()) -> None:
        self._where = where
        self._options = options
        self._process: subprocess.Popen[str] | None = None
        self._restarts = False

    @property
    def pid(self) -> int | None:
        """Its process, None when there is none."""
        return None if self._process is None else self._process.pid

    def say(self, line: str) -> None:
        """A line for its stdin. While there is no SmartBox it goes nowhere."""
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.write(f"{line}\n")
                self._process.stdin.flush()

    def restart(self) -> None:
        """The till has another line now."""
        if self._process is not None:
            self._restarts = True
            self._process.terminate()

    async def run(self, tell: Callable[[BoxNews], None]) -> None:
        """Keeps one running until it is cancelled; `tell` is called with all that is new."""
        try:
            while True:
                url = self._where()
                if url is None:
                    await asyncio.sleep(AGAIN_S)
                    continue
                code = await self._serve(url, tell)
                if self._restarts:
                    self._restarts = False
                else:
                    tell(BoxEnded(code))
                    await asyncio.sleep(AGAIN_S)
        finally:
            self.stop()

    def stop(self) -> None:
        """Ends it and waits for its end."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        assert process.stdin is not None
        with contextlib.suppress(OSError):  # what was still to be written there
            process.stdin.close()

    async def _serve(self, url: str, tell: Callable[[BoxNews], None]) -> int:
        """One process from its beginning to its end. Returns its exit code."""
        lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._process = process = self._start(url)
        reader = threading.Thread(
            target=_read, args=(process, asyncio.get_running_loop(), lines), name="SmartBox's stdout", daemon=True
        )
        reader.start()
        tell(BoxStarted())
        while (line := await lines.get()) is not None:
            tell(BoxSaid(json.loads(line)))
        self.stop()
        return process.returncode

    def _start(self, url: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [
                *(sys.executable, "-m", "kkm_sim", "smartbox", "--json", "--port", url, "--timeout", "1"),
                *(*self._options, "serve"),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            # Ctrl-C is ours: it ends with its stdin, whatever becomes of this process.
            start_new_session=True,
        )


def _read(
    process: "subprocess.Popen[str]", loop: asyncio.AbstractEventLoop, lines: "asyncio.Queue[str | None]"
) -> None:
    """Hands on the lines of its stdout, then None. In a thread: waiting for a pipe is no matter of loops everywhere."""
    assert process.stdout is not None
    with process.stdout as stdout, contextlib.suppress(RuntimeError):  # the loop is closed: nobody hears any more
        for line in stdout:
            loop.call_soon_threadsafe(lines.put_nowait, line)
        loop.call_soon_threadsafe(lines.put_nowait, None)

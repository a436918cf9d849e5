"""The demo's SmartBox: `kkm-sim smartbox --json … serve` in a process of its own, as the till is."""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Callable, Sequence

from kkm_sim.tui.box_view import BoxEnded, BoxNews, BoxSaid, BoxStarted

AGAIN_S = 1
"""How long until it is started again after an end that nobody asked for."""

LARGEST_LINE = 2**20
"""Bytes of the largest event."""


class BoxProcess:
    """Serves the till whose line is at `where()`; None there means that there is none at the moment."""

    def __init__(self, where: Callable[[], str | None], options: Sequence[str] = ()) -> None:
        self._where = where
        self._options = options
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        """Its process, None when there is none."""
        return None if self._process is None else self._process.pid

    def say(self, line: str) -> None:
        """A line for its stdin. While there is no SmartBox it goes nowhere."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.write(f"{line}\n".encode())

    def restart(self) -> None:
        """The till has another line now."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.terminate()

    async def run(self, tell: Callable[[BoxNews], None]) -> None:
        """Keeps one running until it is cancelled, and ends it then; `tell` is called with all that is new."""
        while True:
            url = self._where()
            if url is not None:
                tell(BoxEnded(await self._serve(url, tell)))
            await asyncio.sleep(AGAIN_S)

    async def _serve(self, url: str, tell: Callable[[BoxNews], None]) -> int:
        """One process from its beginning to its end. Returns its exit code."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "kkm_sim", "smartbox", "--json", "--port", url, "--timeout", "1"),
            *(*self._options, "serve"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=LARGEST_LINE,
            env=os.environ | {"PYTHONIOENCODING": "utf-8"},
            # Ctrl-C is ours: it ends with its stdin, whatever becomes of this process.
            start_new_session=True,
        )
        self._process = process
        tell(BoxStarted())
        try:
            assert process.stdout is not None
            async for line in process.stdout:
                tell(BoxSaid(json.loads(line)))
            return await process.wait()
        finally:
            self._process = None
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.terminate()
                await process.wait()

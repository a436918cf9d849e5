"""A browser's tab: the connection to its page, and the process that draws the till for it."""

import asyncio
import contextlib
import shlex
from collections.abc import Sequence

from aiohttp import web
from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

PATIENCE_S = 0.8
"""How long a tab's process may take to end when it is told to."""


class Tab(AppService):
    """`command`, the words of a command line, runs from `start` to `stop`. Its end closes the page's connection."""

    def __init__(
        self, command: Sequence[str], websocket: web.WebSocketResponse, download_manager: DownloadManager
    ) -> None:
        async def close() -> None:
            await websocket.close()

        super().__init__(
            shlex.join(command),
            write_bytes=websocket.send_bytes,
            write_str=websocket.send_str,
            close=close,
            download_manager=download_manager,
        )
        self._argv = command
        self._downloads = download_manager
        self._passing_on: asyncio.Task[None] | None = None
        self._stopping = asyncio.Lock()

    async def start(self, width: int, height: int) -> None:
        """Starts the process, for a screen of that size.

        The library's own starts it through a shell, which may stay between us and the process and hears our signals in
        its stead.
        """
        process = await asyncio.create_subprocess_exec(
            *self._argv,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=self._build_environment(width, height),
            # A terminal sends Ctrl-C to all: a session of its own leaves it to us to end the process.
            start_new_session=True,
        )
        self._process, self._stdin = process, process.stdin
        self._passing_on = asyncio.create_task(self.run())

    async def stop(self) -> None:
        """Ends the process, and returns when it has ended. Any number of times.

        The library's own asks the process and waits for ever: one that hangs, or writes to a page that has gone
        while nobody reads, would outlive us all. It has no terminal to put in order, and no till: it may be killed.
        """
        async with self._stopping:
            process, self._process = self._process, None
            if process is None:
                return
            await self._downloads.cancel_app_downloads(app_service_id=self.app_service_id)
            if self._passing_on is not None:
                self._passing_on.cancel()
                await asyncio.gather(self._passing_on, return_exceptions=True)
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            try:
                # Reads what is still being written: a full pipe would keep the process from its end.
                await asyncio.wait_for(process.communicate(), PATIENCE_S)
            except TimeoutError:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.communicate()

    async def run(self) -> None:
        """Passes on what the process writes. Of a process that was killed, or never came up, the page hears too."""
        await super().run()
        await self.remote_close()

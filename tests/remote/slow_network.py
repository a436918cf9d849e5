"""A slow and long link on this computer: a TCP proxy that holds every byte back for as long as it is told."""

import asyncio
import contextlib
import threading
from collections import deque
from types import TracebackType
from typing import Self

CHUNK = 65536


class SlowNetwork:
    """Listens on a free port of the loopback and passes on to `target`, HOST:PORT, both ways, `one_way_s` later.

    The way there and back is open at once, as a router's is: only bytes, and the ends of connections, take their time.
    """

    def __init__(self, target: str, one_way_s: float) -> None:
        self._host, _, self._host_port = target.rpartition(":")
        self._one_way = one_way_s
        self._loop = asyncio.new_event_loop()
        self._up = threading.Event()
        self._port = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self._thread = threading.Thread(target=self._run, name="slow network", daemon=True)
        self._thread.start()
        self._up.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    @property
    def address(self) -> str:
        """Where to connect."""
        return f"127.0.0.1:{self._port}"

    def reset(self) -> None:
        """Cuts all connections at once, as a network does that is gone."""

        def cut() -> None:
            for writer in list(self._writers):
                writer.transport.abort()

        self._loop.call_soon_threadsafe(cut)

    def _run(self) -> None:
        with contextlib.closing(self._loop):
            self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        self._over = asyncio.Event()
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self._port = server.sockets[0].getsockname()[1]
        self._up.set()
        await self._over.wait()
        server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(self._host, self._host_port)
        except OSError:
            writer.transport.abort()
            return
        own = {writer, far_writer}
        self._writers |= own
        try:
            # Being cancelled at the end is no news: Python 3.11 would log it (cpython #113538).
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.gather(self._pass(reader, far_writer), self._pass(far_reader, writer))
        finally:
            self._writers -= own
            for one in own:
                one.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One way: reads without waiting for what is still under way."""
        under_way: deque[tuple[float, bytes]] = deque()
        more = asyncio.Event()

        async def arrive() -> None:
            while True:
                while not under_way:
                    more.clear()
                    await more.wait()
                due, data = under_way.popleft()
                await asyncio.sleep(due - self._loop.time())
                if not data:
                    with contextlib.suppress(OSError):
                        writer.write_eof()
                    return
                writer.write(data)

        arriving = asyncio.create_task(arrive())
        try:
            data = b"?"
            while data:
                try:
                    data = await reader.read(CHUNK)
                except OSError:
                    data = b""  # a reset is an end, too
                under_way.append((self._loop.time() + self._one_way, data))
                more.set()
            await arriving
        finally:
            arriving.cancel()

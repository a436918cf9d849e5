"""A connection to the remote access server as a port for the pump: texts, each ending with a line feed.

With a `RemoteLink` a SmartBox runs over it as over any line. A connection that is lost is made again, as a device that
was unplugged is waited for.
"""

import contextlib
import logging
import queue
import ssl as tls
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Future
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from kkm_sim.clock import SECOND
from kkm_sim.drivers.ports import PortGone
from kkm_sim.remote.client.connecting import open_connection
from kkm_sim.remote.client.loop_thread import LoopThread
from kkm_sim.remote.client.remote_link import connection_lost
from kkm_sim.remote.protocol.addresses import TIMEOUT_S
from kkm_sim.remote.protocol.errors import RemoteError

log = logging.getLogger(__name__)

_READY = b'{"jsonrpc":"2.0","method":"ready","params":{}}\n'


class RemotePort:
    """Holds a device from `__init__` to `close`. Raises what `open_connection` raises."""

    def __init__(
        self,
        server: str,
        device: str | None = None,
        *,
        timeout: float = TIMEOUT_S,
        token: str | None = None,
        ssl: tls.SSLContext | None = None,
        client: str | None = None,
    ) -> None:
        self._where = server if device is None else f"{device} at {server}"
        self._open: Callable[[], Coroutine[Any, Any, ClientConnection]] = lambda: open_connection(
            server, device, timeout=timeout, token=token, ssl=ssl, client=client
        )
        self._texts: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()  # None: woken
        self._opening: Future[ClientConnection] | None = None
        self._lost = False
        self._gone = False
        self._closed = False
        self._loop = LoopThread("kkm-sim remote")
        try:
            self._connection = self._loop.run(self._open())
        except BaseException:
            self._loop.close()
            raise
        self._loop.submit(self._listen(self._connection))

    @property
    def paced(self) -> bool:
        return False

    @property
    def names(self) -> Mapping[str, str]:
        return {"port": self._where}

    def read(self, timeout_ns: int | None) -> bytes:
        """As a port's; of a connection that is lost it reads that it is, before it raises PortGone."""
        if self._lost and not self._gone:
            self._gone = True
            self._opening = self._loop.submit(self._open())  # a pump that looks a second later finds it there
            raise PortGone(f"{self._where}: the connection is lost")
        with contextlib.suppress(queue.Empty):
            text = self._texts.get(timeout=None if timeout_ns is None else max(timeout_ns, 0) / SECOND)
            if text == connection_lost():
                self._lost = True
            return text or b""
        return b""

    def pause(self, timeout_ns: int | None) -> None:
        """Texts have no pace of their own: there is never a peer to be held."""

    def write(self, data: bytes) -> None:
        if self._lost or self._closed:
            return
        for text in data.decode().splitlines():
            self._loop.submit(self._send(self._connection, text))

    def client_baud(self) -> int | None:
        return None

    def follow(self, baud: int) -> None:
        """The line is the server's."""

    def reopen(self) -> bool:
        if self._opening is None:
            self._opening = self._loop.submit(self._open())
        if not self._opening.done():
            return False
        opening, self._opening = self._opening, None
        try:
            self._connection = opening.result()
        except RemoteError as error:
            log.info("%s", error)
            return False
        self._lost = self._gone = False
        self._texts.put(_READY)
        self._loop.submit(self._listen(self._connection))
        return True

    def wake(self) -> None:
        self._texts.put(None)

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        if self._opening is not None and not self._opening.cancel() and self._opening.exception() is None:
            self._loop.run(self._opening.result().close())
        self._loop.run(self._connection.close())
        self._loop.close()

    async def _send(self, connection: ClientConnection, text: str) -> None:
        with contextlib.suppress(ConnectionClosed):  # whoever listens hears of it
            await connection.send(text)

    async def _listen(self, connection: ClientConnection) -> None:
        try:
            while True:
                text = await connection.recv()
                if isinstance(text, str):
                    self._texts.put(text.replace("\n", " ").encode() + b"\n")
        except ConnectionClosed:
            self._texts.put(connection_lost())

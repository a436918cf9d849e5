"""The remote access server: devices at an address, for one client a device at a time."""

import asyncio
import contextlib
import functools
import logging
import socket
import ssl
import sys
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, cast

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

from kkm_sim.drivers.listening import address_of, is_loopback
from kkm_sim.remote.protocol.openrpc import openrpc
from kkm_sim.remote.server.connection import Connection
from kkm_sim.remote.server.device import Device
from kkm_sim.remote.server.gate import DEVICES, OPENRPC, Gate, problem

log = logging.getLogger(__name__)

MOST_CLIENTS = 500
"""Clients at once, those that wait among them, unless the user says otherwise."""

LARGEST = 65_536
"""Bytes of a client's message; a picture of 64 rows takes 2 KB."""

MOST_KNOCKING = 256
"""Connections whose handshake is under way. Where there are more the oldest is cut: it may never mean to finish."""

OPEN_S = 10
"""How long a handshake may take, over a slow network: with TLS six times 1.6 s there or back."""

PING_S = 10
"""Between pings, and the wait for a pong. A client that fell silent is missed within 20 s; one whose network takes
1.6 s each way has long answered."""

CLOSE_S = 5
"""How long a good-bye may take."""

MOST_UNTAKEN = 1 << 20
"""Bytes that may wait for a client that takes nothing. What we say waits its turn; the library's pongs do not."""

STOP_S = 1
"""How long clients may take to go when the server ends."""

WAITING_CONNECTIONS = 1024
"""Connections that the system may accept for us."""

AT_ONCE = 1
"""Of those, taken in one turn of the event loop. asyncio calls that `backlog`, too; where the system has no file
descriptors left it tries all of them, and tries each of them again a second later (cpython #151615)."""

SWITCH_INTERVAL_S = 0.0001
"""How long this thread may keep a line's thread waiting for the interpreter; Python's own 5 ms is half a gap."""


class RemoteServer:
    """Serves devices on a bound socket, which is its own from now on."""

    def __init__(
        self,
        devices: Sequence[Device],
        bound: socket.socket,
        *,
        tokens: Sequence[str] = (),
        tls: ssl.SSLContext | None = None,
        most: int = MOST_CLIENTS,
    ) -> None:
        """Without `tokens` whoever can reach the socket is let in; not more than `most` at once."""
        self.url = f"{'ws' if tls is None else 'wss'}://{address_of(bound)}"
        self._devices = {device.name: device for device in devices}
        self._bound = bound
        self._tls = tls
        self._gate = Gate(
            list(self._devices),
            {DEVICES: self._list, OPENRPC: lambda: openrpc(self.url)},
            tokens=tokens,
            loopback_only=is_loopback(bound.getsockname()[0]),
            full=self._full,
        )
        self._most = most
        self._knocking: dict[ServerConnection, None] = {}  # in the order they came
        self._connections: set[ServerConnection] = set()
        self._server: Server | None = None
        self._switch_interval = sys.getswitchinterval()

    async def start(self) -> None:
        """Returns when connections are accepted. Raises OSError."""
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        # The library's own words are about its insides; what clients do wrong they are told.
        quiet = logging.getLogger(f"{__name__}.websockets")
        quiet.setLevel(logging.CRITICAL + 1)
        self._server = await serve(
            self._serve,
            sock=self._bound,
            ssl=self._tls,
            create_connection=cast(type[ServerConnection], functools.partial(_Socket, self._knocking)),
            process_request=self._look,
            server_header="kkm-sim",
            compression=None,
            open_timeout=OPEN_S,
            ping_interval=PING_S,
            ping_timeout=PING_S,
            close_timeout=CLOSE_S,
            max_size=LARGEST,
            backlog=AT_ONCE,
            logger=quiet,
        )
        self._bound.listen(WAITING_CONNECTIONS)

    async def stop(self) -> None:
        """Ends it within a little more than a second, whatever its clients do. Its devices are for others to stop."""
        for device in self._devices.values():
            device.close()
        if self._server is not None:
            self._server.close()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._server.wait_closed(), STOP_S)
            for connection in self._connections:
                connection.transport.abort()
        self._bound.close()
        sys.setswitchinterval(self._switch_interval)

    def _list(self) -> dict[str, Any]:
        return {"devices": [device.describe() for device in self._devices.values()]}

    def _full(self) -> str:
        # Those that were just let in count, too: their `_serve` has not begun.
        if self._server is None or len(self._server.connections) < self._most:
            return ""
        return f"The server has {self._most} clients, and takes no more (--max-clients): try again later."

    def _look(self, connection: ServerConnection, request: Request) -> Response | None:
        self._knocking.pop(connection, None)
        try:
            return self._gate.answer(request)
        except Exception:
            log.exception("%s: a bug in kkm-sim", request.path)
            return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "A mistake in kkm-sim itself; its log says more.")

    async def _serve(self, connection: ServerConnection) -> None:
        request = connection.request
        assert request is not None
        wish = self._gate.wish(request.path)
        self._connections.add(connection)
        try:
            who = _where(connection.remote_address)
            name = f"{wish.client} ({who})" if wish.client else who
            await Connection(connection, self._devices[wish.device], name).run(wish.timeout)
        except Exception:
            log.exception("%s: a bug in kkm-sim", wish.device)
            raise
        finally:
            self._connections.discard(connection)


class _Socket(ServerConnection):
    """A connection that is cut when its client pings without end and never listens, or keeps others from knocking."""

    def __init__(self, knocking: dict[ServerConnection, None], *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._knocking = knocking

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._knocking[self] = None
        if len(self._knocking) > MOST_KNOCKING:
            oldest = next(iter(self._knocking))
            del self._knocking[oldest]
            oldest.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._knocking.pop(self, None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.transport.get_write_buffer_size() > MOST_UNTAKEN:
            self.transport.abort()


def _where(address: Any) -> str:
    """A client's end of the connection; one that was reset at once has none any more."""
    if not address:
        return "somebody"
    host, port = address[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

"""The control API on a socket, in a thread of its own beside the line's."""

import contextlib
import socket
import sys
import threading

import uvicorn

from kkm_sim.control.app import create_app
from kkm_sim.control.loopback import is_loopback
from kkm_sim.control.mailbox import CAPACITY
from kkm_sim.drivers.pump import Pump
from kkm_sim.simulator import Simulator

SWITCH_INTERVAL_S = 0.0001
"""How long this thread may keep the line's thread waiting for the interpreter; Python's own 5 ms is half a gap."""

PATIENCE_S = 0.5
"""How long clients may take to go when the server stops."""


class ControlServer:
    """Bound as soon as it is made: `url` has the real port. Raises OSError where it cannot be bound."""

    def __init__(
        self,
        pump: Pump,
        simulator: Simulator,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        event_capacity: int = CAPACITY,
    ) -> None:
        """`event_capacity`: events that may wait for a client of `WS /v1/events` before it is too slow."""
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        # asyncio switches Nagle's delays off only where the protocol is named.
        self._socket = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            if sys.platform != "win32":
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                self._socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            self._socket.bind(address)
        except OSError:
            self._socket.close()
            raise
        bound = self._socket.getsockname()
        self.host: str = bound[0]
        self.port: int = bound[1]
        app = create_app(pump, simulator, loopback_only=is_loopback(self.host), event_capacity=event_capacity)
        self._server = _Server(
            uvicorn.Config(
                app,
                loop="asyncio",
                lifespan="off",
                log_config=None,
                log_level="warning",
                access_log=False,
                ws_per_message_deflate=False,
                timeout_graceful_shutdown=1,
            )
        )
        self._thread = threading.Thread(target=self._run, name="kkm-sim control", daemon=True)
        self._switch_interval = sys.getswitchinterval()

    @property
    def url(self) -> str:
        """Where it is: `http://127.0.0.1:8130`."""
        return f"http://[{self.host}]:{self.port}" if ":" in self.host else f"http://{self.host}:{self.port}"

    def start(self) -> None:
        """Returns when connections are accepted. Raises RuntimeError when that does not come about."""
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        self._thread.start()
        self._server.settled.wait()
        if not self._server.started:
            raise RuntimeError("the control API did not start; the log says why")

    def stop(self) -> None:
        """Ends it within a second, whatever its clients do. Again, or without `start`, it only closes the socket."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(PATIENCE_S)
            self._server.force_exit = True
            self._thread.join(PATIENCE_S / 2)
        self._socket.close()
        sys.setswitchinterval(self._switch_interval)

    def _run(self) -> None:
        try:
            # Uvicorn ends a thread that could not start with SystemExit, after logging the reason.
            with contextlib.suppress(SystemExit):
                self._server.run(sockets=[self._socket])
        finally:
            self._server.settled.set()


class _Server(uvicorn.Server):
    """Uvicorn that says when it accepts. In a thread it leaves the process's signals alone."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.settled = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.settled.set()

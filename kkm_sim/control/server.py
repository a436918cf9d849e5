"""The control API on a socket, in a thread of its own beside the line's."""

import contextlib
import socket
import sys
import threading
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

from kkm_sim.control.app import create_app
from kkm_sim.control.mailbox import CAPACITY
from kkm_sim.drivers.listening import address_of, bound_socket, is_loopback
from kkm_sim.drivers.pump import Pump
from kkm_sim.simulator import Simulator

SWITCH_INTERVAL_S = 0.0001
"""How long this thread may keep the line's thread waiting for the interpreter; Python's own 5 ms is half a gap."""

PATIENCE_S = 0.5
"""How long clients may take to go when the server stops."""


class AppServer:
    """An application on a socket, bound as soon as it is made: `url` has the real port. Raises OSError where it
    cannot be bound.

    `make`: the application, told whether only this computer can reach it.
    """

    def __init__(self, make: Callable[[bool], ASGIApp], host: str = "127.0.0.1", port: int = 0) -> None:
        self._socket = bound_socket(host, port)
        bound = self._socket.getsockname()
        self.host: str = bound[0]
        self.port: int = bound[1]
        self._server = _Server(
            uvicorn.Config(
                make(is_loopback(self.host)),
                # Named, or uvicorn takes what else it finds installed.
                loop="asyncio",
                http="h11",
                ws="websockets-sansio",
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
        self.url = f"http://{address_of(self._socket)}"
        """Where it is: `http://127.0.0.1:8130`."""

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


class ControlServer(AppServer):
    """The control API of one line's tills."""

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

        def make(loopback_only: bool) -> ASGIApp:
            return create_app(pump, simulator, loopback_only=loopback_only, event_capacity=event_capacity)

        super().__init__(make, host, port)


class _Server(uvicorn.Server):
    """Uvicorn that says when it accepts. In a thread it leaves the process's signals alone."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.settled = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.settled.set()

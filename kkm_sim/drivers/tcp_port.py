"""Raw bytes over TCP: a listener that a program connects to as to a serial device server."""

import contextlib
import socket
from collections.abc import Mapping

from kkm_sim.drivers.ports import Doorbell, PortError

_READ_SIZE = 4096


class TcpPort:
    """Listens on `host`:`port` (0 = any free port) and talks to one client at a time.

    The newest client wins: one that connects while another is there takes its place, since a connection left
    behind by a crash is far commoner than two masters on one line. Any number of reconnects. Raises PortError
    when it cannot listen.
    """

    paced = True
    _scheme = "tcp"

    def __init__(self, host: str, port: int) -> None:
        if not 0 <= port <= 65535:
            raise PortError(f"cannot listen on {host}:{port}: a port is 0 to 65535")
        self._client: socket.socket | None = None
        self._bell = Doorbell()
        try:
            family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            self._listener = socket.create_server((address[0], port), family=family)
        except OSError as error:
            self._bell.close()
            raise PortError(
                f"cannot listen on {host}:{port}: {(error.strerror or str(error)).split(' (')[0]}"
            ) from error
        self._listener.setblocking(False)
        bound = self._listener.getsockname()
        self._name = f"[{bound[0]}]:{bound[1]}" if family == socket.AF_INET6 else f"{bound[0]}:{bound[1]}"

    @property
    def names(self) -> Mapping[str, str]:
        return {self._scheme: self._name}

    def read(self, timeout_ns: int | None) -> bytes:
        listener = self._listener.fileno()
        fds = [listener] if self._client is None else [listener, self._client.fileno()]
        ready = self._bell.wait(fds, timeout_ns)
        if not ready:
            return b""
        if listener in ready:
            self._accept()
            return b""
        return self._receive()

    def pause(self, timeout_ns: int | None) -> None:
        self._bell.wait((), timeout_ns)

    def write(self, data: bytes) -> None:
        if self._client is None:
            return
        try:
            self._client.send(data)
        except BlockingIOError:
            pass
        except OSError:
            self._drop_client()

    def client_baud(self) -> int | None:
        """None: raw TCP has no speed."""
        return None

    def follow(self, baud: int) -> None:
        """Nothing: raw TCP has no speed."""

    def reopen(self) -> bool:
        return True

    def wake(self) -> None:
        self._bell.ring()

    def close(self) -> None:
        self._drop_client()
        self._listener.close()
        self._bell.close()

    def _accept(self) -> None:
        # A client may be gone again before we come to it.
        with contextlib.suppress(OSError):
            client, _ = self._listener.accept()
            self._drop_client()
            client.setblocking(False)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._client = client
            self._connected()

    def _connected(self) -> None:
        """A client has just come."""

    def _receive(self) -> bytes:
        if self._client is None:
            return b""
        try:
            data = self._client.recv(_READ_SIZE)
        except BlockingIOError:
            return b""
        except OSError:
            data = b""
        if not data:
            self._drop_client()
        return data

    def _drop_client(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

"""A serial port over telnet (RFC 2217): clients set speed and parity as on a port of their own."""

from kkm_sim.drivers.tcp_port import TcpPort
from kkm_sim.drivers.telnet import Telnet, TelnetBroken, escaped


class Rfc2217Port(TcpPort):
    """Listens on `host`:`port` for one RFC 2217 client at a time, the newest, as `TcpPort` does.

    Until a client sets a speed it is taken to have the till's. Raises PortError when it cannot listen.
    """

    _scheme = "rfc2217"

    def __init__(self, host: str, port: int, baud: int) -> None:
        super().__init__(host, port)
        self._baud = baud
        self._telnet: Telnet | None = None

    def write(self, data: bytes) -> None:
        self.write_raw(escaped(data))

    def write_raw(self, data: bytes) -> None:
        """Writes telnet's own bytes."""
        super().write(data)

    def client_baud(self) -> int | None:
        return None if self._telnet is None else self._telnet.asked_baud

    def follow(self, baud: int) -> None:
        """Remembers the till's speed for clients that ask before they set one."""
        self._baud = baud

    def _connected(self) -> None:
        self._telnet = Telnet(self._baud, self.write_raw)

    def _receive(self) -> bytes:
        data = super()._receive()
        if self._telnet is None:
            return b""
        try:
            return self._telnet.heard(data)
        except TelnetBroken:
            self._drop_client()
            return b""

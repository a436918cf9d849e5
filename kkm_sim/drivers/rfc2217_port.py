"""A serial port over telnet (RFC 2217): clients set speed and parity as on a port of their own."""

import struct
from typing import Any, cast

from serial import rfc2217

from kkm_sim.drivers.tcp_port import TcpPort


class _LineSettings:
    """What a client has asked for, in the shape of a pyserial port; everything is granted.

    Three wires have no modem lines: the inputs look as if the other side were there.
    """

    def __init__(self, baud: int) -> None:
        self.asked_baud: int | None = None
        self._baud = baud
        self.bytesize = 8
        self.parity = "N"
        self.stopbits = 1
        self.xonxoff = self.rtscts = self.break_condition = False
        self.rts = self.dtr = True
        self.cts = self.dsr = self.cd = True
        self.ri = False

    @property
    def baudrate(self) -> int:
        return self._baud if self.asked_baud is None else self.asked_baud

    @baudrate.setter
    def baudrate(self, baud: int) -> None:
        self.asked_baud = baud

    def reset_input_buffer(self) -> None:
        """Nothing: what the till said has left."""

    def reset_output_buffer(self) -> None:
        """Nothing: what the client sent has arrived."""


class _Telnet(rfc2217.PortManager):
    """pyserial's server side, and the two acknowledgements it forgets; some clients wait for them."""

    def _telnet_process_subnegotiation(self, suboption: bytes) -> None:
        super()._telnet_process_subnegotiation(suboption)  # type: ignore[misc]
        if suboption[:2] == rfc2217.COM_PORT_OPTION + rfc2217.SET_LINESTATE_MASK:
            self.rfc2217_send_subnegotiation(rfc2217.SERVER_SET_LINESTATE_MASK, suboption[2:3])
        elif suboption[:2] == rfc2217.COM_PORT_OPTION + rfc2217.SET_MODEMSTATE_MASK:
            self.rfc2217_send_subnegotiation(rfc2217.SERVER_SET_MODEMSTATE_MASK, suboption[2:3])


class _Replies:
    """Where telnet's own answers go: past all pacing, they are no bytes of the serial line."""

    def __init__(self, port: "Rfc2217Port") -> None:
        self._port = port

    def write(self, data: bytes) -> None:
        self._port.write_raw(data)


class Rfc2217Port(TcpPort):
    """Listens on `host`:`port` for one RFC 2217 client at a time, the newest, as `TcpPort` does.

    Until a client sets a speed it is taken to have the till's. Raises PortError when it cannot listen.
    """

    _scheme = "rfc2217"

    def __init__(self, host: str, port: int, baud: int) -> None:
        super().__init__(host, port)
        self._baud = baud
        self._settings = _LineSettings(baud)
        self._telnet: _Telnet | None = None

    def write(self, data: bytes) -> None:
        super().write(data.replace(rfc2217.IAC, rfc2217.IAC_DOUBLED))

    def write_raw(self, data: bytes) -> None:
        """Writes telnet's own bytes."""
        super().write(data)

    def client_baud(self) -> int | None:
        return self._settings.asked_baud

    def follow(self, baud: int) -> None:
        """Remembers the till's speed for clients that ask before they set one."""
        self._baud = baud

    def _connected(self) -> None:
        self._settings = _LineSettings(self._baud)
        # Typed for pyserial's own classes; it needs no more than these have.
        self._telnet = _Telnet(cast(Any, self._settings), cast(Any, _Replies(self)))

    def _receive(self) -> bytes:
        data = super()._receive()
        if self._telnet is None:
            return b""
        try:
            return b"".join(self._telnet.filter(data))
        except (struct.error, LookupError, TypeError, ValueError):
            # Telnet that breaks its own grammar: pyserial has no error of its own for it.
            self._drop_client()
            return b""

"""Telnet with COM port control (RFC 2217), the server's side: what a client says, taken apart."""

import struct
from collections.abc import Callable
from typing import Any, cast

from serial import rfc2217

LONGEST_COMMAND = 1024
"""Bytes of a sub-negotiation; RFC 2217's longest are signatures, texts for people."""


class TelnetBroken(Exception):
    """A client broke telnet's own grammar: it cannot be understood any more."""


class Telnet:
    """One client's side of the line. Everything it asks for is granted.

    `reply`: where telnet's own answers go: past all pacing, they are no bytes of the serial line.
    """

    def __init__(self, baud: int, reply: Callable[[bytes], object]) -> None:
        self._settings = _LineSettings(baud)
        # Typed for pyserial's own classes; it needs no more than these have.
        self._server = _Server(cast(Any, self._settings), cast(Any, _Replies(reply)))

    @property
    def asked_baud(self) -> int | None:
        """The speed that the client has set; None before it has."""
        return self._settings.asked_baud

    def heard(self, data: bytes) -> bytes:
        """The line's bytes among those that the client has sent. Raises TelnetBroken."""
        try:
            line = b"".join(self._server.filter(data))
        except (struct.error, LookupError, TypeError, ValueError) as error:
            # pyserial has no error of its own for it.
            raise TelnetBroken from error
        if len(self._server.suboption or b"") > LONGEST_COMMAND:
            raise TelnetBroken
        return line


def escaped(data: bytes) -> bytes:
    """The line's bytes as they go to a client."""
    return data.replace(rfc2217.IAC, rfc2217.IAC_DOUBLED)


class _LineSettings:
    """What a client has asked for, in the shape of a pyserial port.

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


class _Server(rfc2217.PortManager):
    """pyserial's server side, and the two acknowledgements it forgets; some clients wait for them."""

    def _telnet_process_subnegotiation(self, suboption: bytes) -> None:
        super()._telnet_process_subnegotiation(suboption)  # type: ignore[misc]
        if suboption[:2] == rfc2217.COM_PORT_OPTION + rfc2217.SET_LINESTATE_MASK:
            self.rfc2217_send_subnegotiation(rfc2217.SERVER_SET_LINESTATE_MASK, suboption[2:3])
        elif suboption[:2] == rfc2217.COM_PORT_OPTION + rfc2217.SET_MODEMSTATE_MASK:
            self.rfc2217_send_subnegotiation(rfc2217.SERVER_SET_MODEMSTATE_MASK, suboption[2:3])


class _Replies:
    """What pyserial writes its answers to."""

    def __init__(self, reply: Callable[[bytes], object]) -> None:
        self.write = reply

"""A pty read in packet mode: less to ask the system for at each packet from the client. Linux only.

In packet mode (`TIOCPKT`) what the master end reads begins with a byte that says what it is: 0 for data, flags for
what happened to the slave end. That the client changed its settings comes by that way too (where `EXTPROC` is set),
in its place among the data, and need not be asked for with every packet.
"""

import fcntl
import os
import struct
import termios

from kkm_sim.drivers.ports import PortGone
from kkm_sim.drivers.pty_port import READ_SIZE, PtyPort

_DATA = 0
_SETTINGS_CHANGED = 0x40  # TIOCPKT_IOCTL, asm-generic/ioctls.h
_EXTPROC = 0o200000


class PacketPtyPort(PtyPort):
    """What `PtyPort` is, with less work for each packet. Raises OSError where a kernel has no packet mode."""

    def __init__(self, link: str | os.PathLike[str] | None, baud: int) -> None:
        super().__init__(link, baud)
        try:
            self._tell_settings()
            fcntl.ioctl(self._master, termios.TIOCPKT, struct.pack("i", 1))
        except OSError:
            self.close()
            raise
        self._baud = super().client_baud()

    def read(self, timeout_ns: int | None) -> bytes:
        # Woken by a bell of our own: to stop and start the slave's flow would do it too, and would make a client's
        # write between the two fail.
        if not self._bell.wait((self._master,), timeout_ns):
            return b""
        try:
            packet = os.read(self._master, READ_SIZE)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise PortGone(f"{self._name}: {error.strerror}") from error
        if packet[0] == _DATA:
            return packet[1:]
        if packet[0] & _SETTINGS_CHANGED:
            self._baud = super().client_baud()
            self._tell_settings()
        return b""

    def client_baud(self) -> int:
        return self._baud

    def _tell_settings(self) -> None:
        """Sets EXTPROC, which a client may have cleared with its own settings."""
        attributes = termios.tcgetattr(self._slave)
        if not attributes[3] & _EXTPROC:
            attributes[3] |= _EXTPROC
            termios.tcsetattr(self._slave, termios.TCSANOW, attributes)

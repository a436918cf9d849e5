"""A pty read in packet mode: less to ask the system for at each packet from the client. Linux only.

In packet mode (`TIOCPKT`) what the master end reads begins with a byte that says what it is: 0 for data, flags for
what happened to the slave end. Two things come by that way that would else cost a call for every packet: that the
client changed its settings (told where `EXTPROC` is set), and that another thread wants the reader's attention (our
own stop and start of the slave's flow), so that one file descriptor is all there is to wait for.
"""

import fcntl
import os
import select
import struct
import termios
import threading

from kkm_sim.drivers.ports import PortGone
from kkm_sim.drivers.pty_port import READ_SIZE, PtyPort

_DATA = 0
_SETTINGS_CHANGED = 0x40  # TIOCPKT_IOCTL, asm-generic/ioctls.h
_EXTPROC = 0o200000


class PacketPtyPort(PtyPort):
    """What `PtyPort` is, with less work for each packet. Raises OSError where a kernel has no packet mode."""

    def __init__(self, link: str | os.PathLike[str] | None, baud: int) -> None:
        # Who wakes the reader must not find the slave closed, or another file in its place. Re-entrant: the one who
        # wakes may be a signal's handler.
        self._closing = threading.RLock()
        super().__init__(link, baud)
        try:
            self._tell_settings()
            fcntl.ioctl(self._master, termios.TIOCPKT, struct.pack("i", 1))
        except OSError:
            self.close()
            raise
        # Where nothing is pending there is no timeout to round to milliseconds, and poll is quicker than select.
        self._poll = select.poll()
        self._poll.register(self._master, select.POLLIN)
        self._baud = super().client_baud()

    def read(self, timeout_ns: int | None) -> bytes:
        master = self._master
        if timeout_ns is None:
            self._poll.poll()
        elif not select.select([master], [], [], timeout_ns / 1_000_000_000)[0]:
            return b""
        try:
            packet = os.read(master, READ_SIZE)
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

    def wake(self) -> None:
        super().wake()  # for `pause`
        with self._closing:
            if not self._closed:
                termios.tcflow(self._slave, termios.TCOOFF)
                termios.tcflow(self._slave, termios.TCOON)

    def close(self) -> None:
        with self._closing:
            super().close()

    def _tell_settings(self) -> None:
        """Sets EXTPROC, which a client may have cleared with its own settings."""
        attributes = termios.tcgetattr(self._slave)
        if not attributes[3] & _EXTPROC:
            attributes[3] |= _EXTPROC
            termios.tcsetattr(self._slave, termios.TCSANOW, attributes)

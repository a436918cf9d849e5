"""A virtual null modem of our own: a pty and a symbolic link to it. POSIX only."""

import contextlib
import os
from collections.abc import Mapping

from kkm_sim.drivers.ports import Doorbell, PortError, PortGone

READ_SIZE = 4096


class PtyPort:
    """The master end of a pty whose slave end clients open as a serial port.

    `link`: where to put a symbolic link to the slave, or None. `baud`: the speed the slave starts with; after
    that it is the client's. Our own hold on the slave keeps its speed when a client leaves, and saves the
    master from EIO. Raises PortError where there are no ptys or the link cannot be made.
    """

    paced = True

    def __init__(self, link: str | os.PathLike[str] | None, baud: int) -> None:
        try:
            import fcntl
            import termios
            import tty
        except ImportError:
            raise PortError("--pty needs a POSIX system; use --tcp, --rfc2217 or --port here") from None
        self._tcgetattr = termios.tcgetattr
        self._bauds = {
            getattr(termios, f"B{speed}"): speed
            for speed in (300, 600, 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400)
            if hasattr(termios, f"B{speed}")
        }
        self._closed = False
        self._bell = Doorbell()
        try:
            self._master, self._slave = os.openpty()
        except OSError as error:
            self._bell.close()
            raise PortError(f"cannot make a pty: {error.strerror}") from error
        os.set_blocking(self._master, False)
        # Says to other tills that this one lives. Not flock: clients take that for their own exclusive use.
        if link is not None:
            with contextlib.suppress(OSError):
                fcntl.lockf(self._slave, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _place_of(link))
        # Before anybody can open it: a fresh pty echoes.
        tty.setraw(self._slave)
        attributes = termios.tcgetattr(self._slave)
        attributes[4] = attributes[5] = getattr(termios, f"B{baud}")
        termios.tcsetattr(self._slave, termios.TCSANOW, attributes)
        self._name = os.ttyname(self._slave)
        self._link = None
        if link is not None:
            try:
                _publish(self._name, link)
            except PortError:
                self.close()
                raise
            self._link = os.path.abspath(link)

    @property
    def names(self) -> Mapping[str, str]:
        return {"port": self._name} | ({"link": self._link} if self._link else {})

    def read(self, timeout_ns: int | None) -> bytes:
        if not self._bell.wait((self._master,), timeout_ns):
            return b""
        try:
            return os.read(self._master, READ_SIZE)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise PortGone(f"{self._name}: {error.strerror}") from error

    def pause(self, timeout_ns: int | None) -> None:
        self._bell.wait((), timeout_ns)

    def write(self, data: bytes) -> None:
        try:  # noqa: SIM105 - on the way of every answer, where suppress() costs as much as the write
            os.write(self._master, data)
        except BlockingIOError:
            pass

    def client_baud(self) -> int:
        """The slave's speed; 0 for one that no till has."""
        return self._bauds.get(self._tcgetattr(self._master)[5], 0)

    def follow(self, baud: int) -> None:
        """Nothing: the pty's speed is the client's, who must change it as on a real line."""

    def reopen(self) -> bool:
        return True

    def wake(self) -> None:
        self._bell.ring()

    def close(self) -> None:
        """Closes both ends and removes the link if it is still ours."""
        if self._closed:
            return
        self._closed = True
        if self._link is not None:
            with contextlib.suppress(OSError):
                if os.readlink(self._link) == self._name:
                    os.unlink(self._link)
        os.close(self._master)
        os.close(self._slave)
        self._bell.close()


def _publish(target: str, link: str | os.PathLike[str]) -> None:
    """Makes `link` point to `target` in one step, over a link left behind but over nothing else."""
    if os.path.lexists(link):
        if not os.path.islink(link):
            raise PortError(f"{link} is in the way: it exists and is not a symbolic link")
        if not os.readlink(link).startswith("/dev/"):
            raise PortError(f"{link} is in the way: it is a link to {os.readlink(link)}, which is no device")
        if _is_alive(link):
            raise PortError(f"{link} is the port of another till that is running: end it, or choose another name")
    folder, name = os.path.split(link)
    fresh = os.path.join(folder, f".{name}.{os.getpid()}")
    try:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(fresh)
        os.symlink(target, fresh)
        os.replace(fresh, link)
    except OSError as error:
        raise PortError(f"cannot make the link {link}: {error.strerror}") from error


def _is_alive(link: str | os.PathLike[str]) -> bool:
    """Whether a link leads to the pty of another process's till, not to one that was left behind."""
    import fcntl

    try:
        slave = os.open(link, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.lockf(slave, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _place_of(link))
    except OSError:
        return True
    finally:
        os.close(slave)
    return False


def _place_of(link: str | os.PathLike[str]) -> int:
    """The byte of the pty whose lock stands for this link: another till may have got the number of one that died."""
    import zlib

    folder, name = os.path.split(os.path.abspath(link))
    return zlib.crc32(os.fsencode(os.path.join(os.path.realpath(folder), name)))

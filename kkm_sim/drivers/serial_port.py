"""A real serial port, or any pyserial URL, that may vanish and come back."""

import contextlib
import errno
import os
import queue
import re
import socket
import threading
from collections.abc import Mapping

import serial

from kkm_sim.drivers.ports import Doorbell, PortAbsent, PortError, PortGone

_READ_SIZE = 4096
_READER_PATIENCE_S = 0.2
_OPENER_PATIENCE_S = 0.05


def _device_errors() -> tuple[type[Exception], ...]:
    """What a device may raise; termios.error is no OSError and is not everywhere."""
    try:
        import termios
    except ImportError:
        return (OSError, ValueError)
    return (OSError, ValueError, termios.error)


_DEVICE_ERRORS = _device_errors()


class SerialPort:
    """`url`: a device (`/dev/ttyUSB0`, `COM5`) or a pyserial URL (`socket://`, `rfc2217://`, `loop://`).

    Opened at `baud`, 8 data bits, no parity, 1 stop bit. Raises PortError when it cannot be opened; `may_be_absent`:
    only when it never could, else it is as if it had just vanished. A pty that vanished is back when another link
    leads to one: its number may meanwhile be a stranger's terminal, which must not be written to.
    """

    def __init__(self, url: str, baud: int, *, may_be_absent: bool = False) -> None:
        self._url = url
        self._baud = baud
        if self._scheme in ("socket", "rfc2217") and not re.search(r":\d+(/|\?|$)", url):
            raise PortError(f"cannot open port {url}: say {self._scheme}://HOST:PORT")
        self._bell = Doorbell()
        self._arrived: queue.SimpleQueue[bytes | OSError] = queue.SimpleQueue()
        self._device: serial.Serial | None = None
        self._reader: threading.Thread | None = None
        self._opener: threading.Thread | None = None
        self._opened: serial.Serial | None = None
        self._closed = False
        self._fd: int | None = None
        self._absent: str | None = None
        self._way: list[tuple[int, int, int]] | None = None
        try:
            self._install(self._open())
        except _DEVICE_ERRORS as error:
            # ValueError: not even the URL is one.
            if may_be_absent and not isinstance(error, ValueError):
                self._absent = _reason(error)
                return
            self._bell.close()
            raise PortError(f"cannot open port {url}: {_reason(error)}") from error

    @property
    def paced(self) -> bool:
        """Sockets, loops and ptys have no speed of their own; the rest does its own pacing."""
        return self._scheme in ("socket", "loop") or _is_pty(self._url)

    @property
    def names(self) -> Mapping[str, str]:
        return {"port": self._url}

    def read(self, timeout_ns: int | None) -> bytes:
        if self._absent is not None:
            reason, self._absent = self._absent, None
            self._release()
            raise PortAbsent(f"{self._url}: {reason}")
        if self._fd is not None:
            if not self._bell.wait((self._fd,), timeout_ns):
                return b""
            try:
                data = os.read(self._fd, _READ_SIZE)
            except BlockingIOError:
                return b""
            except OSError as error:
                raise self._gone(_reason(error)) from error
            if not data:
                raise self._gone("the other end has gone")
            return data
        if self._arrived.empty():
            self._bell.wait((), timeout_ns)
        data = b""
        while not self._arrived.empty():
            item = self._arrived.get()
            if isinstance(item, OSError):
                raise self._gone(_reason(item)) from item
            data += item
        return data

    def pause(self, timeout_ns: int | None) -> None:
        self._bell.wait((), timeout_ns)

    def write(self, data: bytes) -> None:
        if self._device is None:
            return
        try:
            if self._fd is not None:
                os.write(self._fd, data)
            else:
                self._device.write(data)
        except (BlockingIOError, serial.SerialTimeoutException):
            pass
        except OSError as error:
            raise self._gone(_reason(error)) from error

    def client_baud(self) -> int | None:
        """None: the far end of a real line cannot be asked."""
        return None

    def follow(self, baud: int) -> None:
        """Sets the device's speed, once what was written has left it."""
        if baud == self._baud:
            return
        self._baud = baud
        if self._device is None:
            return
        try:
            if self._scheme == "":
                self._device.flush()
            self._device.baudrate = baud
        except _DEVICE_ERRORS as error:
            raise self._gone(_reason(error)) from error

    def reopen(self) -> bool:
        """Opening may take seconds (a far host), so it is tried in a thread; what that opened is taken into
        use here, now or at a later call."""
        if self._device is not None:
            return True
        if self._opener is None:
            self._opener = threading.Thread(target=self._try_open, name=f"open {self._url}", daemon=True)
            self._opener.start()
        self._opener.join(_OPENER_PATIENCE_S)
        if self._opener.is_alive():
            return False
        device, self._opened, self._opener = self._opened, None, None
        if device is None:
            return False
        try:
            self._install(device)
        except _DEVICE_ERRORS:
            device.close()
        return self._device is not None

    def wake(self) -> None:
        self._bell.ring()

    def close(self) -> None:
        self._closed = True
        self._release()
        if self._opener is not None:
            self._opener.join(_READER_PATIENCE_S)
        if self._opened is not None:
            self._opened.close()
            self._opened = None
        self._bell.close()

    @property
    def _scheme(self) -> str:
        return self._url.partition("://")[0].lower() if "://" in self._url else ""

    def _open(self) -> serial.Serial:
        # Two who read one device would each get half of what is said.
        exclusive = True if self._scheme == "" else None
        device = serial.serial_for_url(self._url, baudrate=self._baud, timeout=_READER_PATIENCE_S, exclusive=exclusive)
        if self._scheme == "socket":
            # pyserial leaves Nagle's algorithm on: 40 ms an answer (pyserial #768).
            line = socket.socket(fileno=device.fileno())
            try:
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            finally:
                line.detach()
        return device

    def _install(self, device: serial.Serial) -> None:
        """Takes an open device into use: by its file descriptor where select can wait for it, else by a thread."""
        if _is_pty(self._url):
            self._way = _links(self._url)
        if os.name == "posix" and self._scheme in ("", "socket", "hwgrep"):
            fd = device.fileno()
            os.set_blocking(fd, False)
            self._fd = fd
            self._device = device
            return
        self._device = device
        self._reader = threading.Thread(
            target=self._read_on, args=(device, self._arrived), name=f"read {self._url}", daemon=True
        )
        self._reader.start()

    def _read_on(self, device: serial.Serial, arrived: "queue.SimpleQueue[bytes | OSError]") -> None:
        while self._device is device:
            try:
                data = device.read(1)
                if data:
                    data += device.read(device.in_waiting)
                    arrived.put(data)
                    self._bell.ring()
            except (OSError, TypeError, ValueError) as error:
                # TypeError is what pyserial's ports say when closed under a read (pyserial #328).
                arrived.put(error if isinstance(error, OSError) else OSError(str(error)))
                self._bell.ring()
                return

    def _gone(self, reason: str) -> PortGone:
        self._release()
        if self._way == []:
            reason += " (its number goes to anybody's next pty: it is not opened again unless it was named by a link)"
        self._arrived = queue.SimpleQueue()
        return PortGone(f"{self._url}: {reason}")

    def _release(self) -> None:
        device, self._device, self._fd = self._device, None, None
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.join(2 * _READER_PATIENCE_S)
        if device is not None:
            with contextlib.suppress(OSError):
                device.close()

    def _try_open(self) -> None:
        with contextlib.suppress(*_DEVICE_ERRORS):
            if self._way is not None and _links(self._url) == self._way:
                return
            device = self._open()
            if self._closed:
                device.close()
            else:
                self._opened = device


def _is_pty(url: str) -> bool:
    if os.name != "posix" or "://" in url:
        return False
    device = os.path.realpath(url)
    return device.startswith(("/dev/pts/", "/dev/ttys"))


def _links(name: str) -> list[tuple[int, int, int]]:
    """The symbolic links that lead from `name` to a device, each as it was made once; none for the device itself."""
    links: list[tuple[int, int, int]] = []
    # So many the kernel follows; more are a ring.
    while os.path.islink(name) and len(links) < 40:
        made = os.lstat(name)
        links.append((made.st_dev, made.st_ino, made.st_ctime_ns))
        name = os.path.join(os.path.dirname(name), os.readlink(name))
    return links


def _reason(error: BaseException) -> str:
    """The operating system's own words. What pyserial raises has the number of its error where that was an OSError,
    of what termios says it has not (pyserial #786)."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, socket.gaierror):
            return cause.strerror or str(cause)
        if number := getattr(cause, "errno", None):
            return "another program has it" if number == errno.EAGAIN else os.strerror(number)
        if isinstance(cause, _DEVICE_ERRORS) and cause.args and isinstance(cause.args[0], int):
            return f"{os.strerror(cause.args[0])}: it is no serial device"
        cause = cause.__cause__ or cause.__context__
    return str(error)

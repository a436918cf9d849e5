"""What a port is to the pump, whatever is behind it: a device, a pty, a TCP or an RFC 2217 client."""

import contextlib
import os
import select
import sys
from collections.abc import Mapping, Sequence
from io import FileIO, RawIOBase
from typing import Protocol


class PortError(Exception):
    """A port that cannot be opened: a user's mistake, one sentence."""


class PortGone(Exception):
    """An open port vanished (unplugged, the other end died). The port is closed; `reopen` may bring it back."""


class PortAbsent(PortGone):
    """A port that was not there to begin with. `reopen` may bring it, as one that vanished."""


class Port(Protocol):
    """One end of a line. All methods but `wake` belong to the pump's thread.

    A port that vanished raises `PortGone` once, from `read` or `write`; then it reads nothing and drops what
    is written until `reopen` says True.
    """

    @property
    def paced(self) -> bool:
        """Whether bytes must be paced for it; False where hardware does."""
        ...

    @property
    def names(self) -> Mapping[str, str]:
        """Where it can be reached, as the ready line says it: some of `port`, `link`, `tcp`, `rfc2217`."""
        ...

    def read(self, timeout_ns: int | None) -> bytes:
        """Waits for bytes, `wake()` or the timeout (None: no timeout); b"" when no bytes came."""
        ...

    def pause(self, timeout_ns: int | None) -> None:
        """Waits for `wake()` or the timeout and reads nothing: the peer is to hold its bytes."""
        ...

    def write(self, data: bytes) -> None:
        """Writes without ever waiting; what does not fit is lost, as on a line nobody listens to."""
        ...

    def client_baud(self) -> int | None:
        """The speed the peer has set on its end; None where that cannot be seen."""
        ...

    def follow(self, baud: int) -> None:
        """The till's own speed is now `baud` (option 29)."""
        ...

    def reopen(self) -> bool:
        """Tries to bring a vanished port back, without waiting; True when it is there."""
        ...

    def wake(self) -> None:
        """Ends a `read` or `pause` early. From any thread, at any time."""
        ...

    def close(self) -> None:
        """Closes it for good; again does nothing."""
        ...


class Doorbell:
    """Waits for file descriptors and for `ring()` from other threads, or for a byte written to `button`.

    select, not poll or epoll: those round a timeout to milliseconds, and 10 ms is the gap we keep.
    """

    def __init__(self) -> None:
        self._inside, self._outside = _pair()
        self._fd = self._inside.fileno()
        self.button = self._outside.fileno()
        """A file descriptor; on Windows a socket's."""

    def ring(self) -> None:
        # Full means it rings already; closed means nobody is left to hear it.
        with contextlib.suppress(OSError, ValueError):
            self._outside.write(b"!")

    def wait(self, fds: Sequence[int], timeout_ns: int | None) -> list[int]:
        """Those of `fds` that can be read, after at most `timeout_ns`; none when rung or timed out."""
        timeout = None if timeout_ns is None else timeout_ns / 1_000_000_000
        ready = select.select([self._fd, *fds], [], [], timeout)[0]
        if self._fd in ready:
            ready.remove(self._fd)
            self._inside.read(4096)
        return ready

    def close(self) -> None:
        self._inside.close()
        self._outside.close()


def _pair() -> tuple[RawIOBase, RawIOBase]:
    """What is written to the second can be read from the first; neither ever waits."""
    if sys.platform != "win32":
        ends = os.pipe()
        for end in ends:
            os.set_blocking(end, False)
        return FileIO(ends[0], "rb"), FileIO(ends[1], "wb")
    import socket  # the only thing that Windows' select knows, and 2 ms of a start elsewhere

    inside, outside = socket.socketpair()
    with inside, outside:  # the files go on with them
        inside.setblocking(False)
        outside.setblocking(False)
        return inside.makefile("rb", buffering=0), outside.makefile("wb", buffering=0)

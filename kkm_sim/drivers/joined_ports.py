"""Two ports joined within the program: a line between a till and its master that no other program can reach."""

import threading
from collections import deque
from collections.abc import Mapping

from kkm_sim.drivers.ports import Doorbell

CAPACITY = 65_536
"""Bytes that may wait at one end; more are lost, as on a line nobody listens to."""


class JoinedPort:
    """One end of a line within the program; `joined_ports` makes both. `sees_speed`: whether it knows the other's."""

    paced = True
    names: Mapping[str, str] = {}

    def __init__(self, *, sees_speed: bool) -> None:
        self._sees_speed = sees_speed
        self._peer: JoinedPort | None = None
        self._baud: int | None = None
        self._bell = Doorbell()
        self._arrived: deque[bytes] = deque()
        self._waiting = 0
        self._lock = threading.Lock()

    def join(self, peer: "JoinedPort") -> None:
        """What is written here arrives there."""
        self._peer = peer

    def read(self, timeout_ns: int | None) -> bytes:
        if not self._waiting:
            self._bell.wait((), timeout_ns)
        with self._lock:
            data = b"".join(self._arrived)
            self._arrived.clear()
            self._waiting = 0
        return data

    def pause(self, timeout_ns: int | None) -> None:
        self._bell.wait((), timeout_ns)

    def write(self, data: bytes) -> None:
        if self._peer is not None:
            self._peer.arrive(data)

    def arrive(self, data: bytes) -> None:
        """The other end has written."""
        with self._lock:
            if self._waiting + len(data) <= CAPACITY:
                self._arrived.append(data)
                self._waiting += len(data)
        self._bell.ring()

    def client_baud(self) -> int | None:
        return self._peer._baud if self._sees_speed and self._peer is not None else None

    def follow(self, baud: int) -> None:
        self._baud = baud

    def reopen(self) -> bool:
        return True

    def wake(self) -> None:
        self._bell.ring()

    def close(self) -> None:
        self._peer = None
        self._bell.close()


def joined_ports() -> tuple[JoinedPort, JoinedPort]:
    """Both ends of a line: the till's, which hears noise where the speeds differ, and the master's."""
    till_end, master_end = JoinedPort(sees_speed=True), JoinedPort(sees_speed=False)
    till_end.join(master_end)
    master_end.join(till_end)
    return till_end, master_end

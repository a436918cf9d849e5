"""Who holds a device. Pure: clients and moments in, decisions and a deadline out.

One client at a time; the others wait in the order they came, each as long as its own timeout («Таймаут подключения»
of the remote connection server).
"""

from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass

from kkm_sim.clock import Instant


@dataclass(frozen=True, slots=True)
class Lease:
    """A device in somebody's hands. `name`: who it is, for those who wait; `since`: when it was granted."""

    client: Hashable
    name: str
    since: Instant


@dataclass(frozen=True, slots=True)
class Granted:
    """The device is this client's now."""

    lease: Lease


@dataclass(frozen=True, slots=True)
class Refused:
    """The client has waited as long as it wanted to; `held` is whose the device is."""

    client: Hashable
    held: Lease


Decision = Granted | Refused


@dataclass(frozen=True, slots=True)
class _Waiting:
    client: Hashable
    name: str
    until: Instant


class Leases:
    """The holder of one device and the queue for it. Take the decisions with `next_decision` after each call."""

    def __init__(self) -> None:
        self.lease: Lease | None = None
        self._queue: deque[_Waiting] = deque()
        self._decisions: deque[Decision] = deque()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._queue)

    def ask(self, client: Hashable, name: str, timeout: int, now: Instant) -> None:
        """A client wants the device and will wait `timeout` ns for it. One that holds it or waits may not ask."""
        if (self.lease is not None and self.lease.client == client) or any(one.client == client for one in self._queue):
            raise ValueError(f"{name} has asked already")
        self._queue.append(_Waiting(client, name, Instant(now + timeout)))
        self.poll(now)

    def leave(self, client: Hashable, now: Instant) -> None:
        """The client is gone: its lease is over, or its place in the queue free. Others' are as they were."""
        if self.lease is not None and self.lease.client == client:
            self.lease = None
        self._queue = deque(one for one in self._queue if one.client != client)
        self.poll(now)

    def poll(self, now: Instant) -> None:
        """Grants a free device to the first that waits, and refuses those whose time is up."""
        if self.lease is None and self._queue:
            first = self._queue.popleft()
            self.lease = Lease(first.client, first.name, now)
            self._decisions.append(Granted(self.lease))
        if self.lease is not None:
            held = self.lease
            self._decisions.extend(Refused(one.client, held) for one in self._queue if one.until <= now)
            self._queue = deque(one for one in self._queue if one.until > now)

    def deadline(self) -> Instant | None:
        """When `poll` has somebody to refuse; None while nobody waits."""
        return min((one.until for one in self._queue), default=None)

    def next_decision(self) -> Decision | None:
        """The next decision; None when there is none."""
        return self._decisions.popleft() if self._decisions else None

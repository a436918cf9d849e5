"""Two computers for a test: this one twice, with a slow network between, or two network namespaces and a cable."""

import contextlib
import ctypes
import itertools
import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest

from tests.commands.program import Program, is_alive
from tests.other_programs import found

T = TypeVar("T")

CLONE_NEWNET = 0x40000000
NAMESPACES = Path("/run/netns")
PREFIX = "kkm-sim"
_numbers = itertools.count(1)


class Computer:
    """Where programs run. `host`: how others reach it."""

    def __init__(self, host: str = "127.0.0.1", namespace: str | None = None) -> None:
        self.host = host
        self.namespace = namespace
        # A thread is in a namespace, not a process; threads and sockets that it makes are there, too.
        self._thread = ThreadPoolExecutor(1, initializer=self._enter)

    @property
    def within(self) -> Sequence[str]:
        """The words that run a command there."""
        return () if self.namespace is None else ("ip", "netns", "exec", self.namespace)

    def program(self, *arguments: str) -> Program:
        """A `kkm-sim` that runs there."""
        return Program(*arguments, within=self.within)

    def does(self, work: Callable[[], T]) -> T:
        """Something that this process does there."""
        return self._thread.submit(work).result()

    def moves(self) -> None:
        """To another address, as a mobile device does; the one before is not there any more."""
        assert self.namespace is not None
        network, _, number = self.host.rpartition(".")
        before, self.host = self.host, f"{network}.{int(number) + 10}"
        _ip("-n", self.namespace, "address", "delete", f"{before}/24", "dev", "cable")
        _ip("-n", self.namespace, "address", "add", f"{self.host}/24", "dev", "cable")

    def gone(self) -> None:
        """Its end: nothing of ours holds the namespace any more."""
        self._thread.shutdown()

    def _enter(self) -> None:
        if self.namespace is not None:
            with (NAMESPACES / self.namespace).open("rb") as namespace:
                if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), CLONE_NEWNET) != 0:
                    raise OSError(ctypes.get_errno(), "setns")


@contextlib.contextmanager
def two_computers() -> Iterator[tuple[Computer, Computer]]:
    """Two network namespaces with one cable between them. Does without the test where that cannot be."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("network namespaces are made by root alone")
    found("ip")
    _sweep()
    number = next(_numbers)
    computers = [Computer(f"10.213.{number % 256}.{end}", f"{PREFIX}-{os.getpid()}-{number}-{end}") for end in (1, 2)]
    try:
        for one in computers:
            _ip("netns", "add", str(one.namespace))
            _ip("-n", str(one.namespace), "link", "set", "lo", "up")
        first, second = (str(one.namespace) for one in computers)
        _ip("-n", first, "link", "add", "cable", "type", "veth", "peer", "name", "cable", "netns", second)
        for one in computers:
            _ip("-n", str(one.namespace), "address", "add", f"{one.host}/24", "dev", "cable")
            _ip("-n", str(one.namespace), "link", "set", "cable", "up")
        yield computers[0], computers[1]
    finally:
        for one in computers:
            one.gone()
            if (NAMESPACES / str(one.namespace)).exists():
                _delete(str(one.namespace))


def _ip(*words: str) -> None:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, timeout=20)
    if done.returncode != 0:
        pytest.skip(f"no network namespaces here: ip {' '.join(words)}: {done.stderr.strip()}")


def _delete(namespace: str) -> None:
    subprocess.run(["ip", "netns", "delete", namespace], capture_output=True, timeout=20)


def _sweep() -> None:
    """What a run that was killed has left."""
    for left in NAMESPACES.glob(f"{PREFIX}-*"):
        pid = left.name.removeprefix(f"{PREFIX}-").partition("-")[0]
        if pid.isdigit() and not is_alive(int(pid)):
            _delete(left.name)

"""What is measured: a process with a pty, ours or the floor, and what is written into it."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RDY = bytes.fromhex("7f 02 01 c5 3a")
ACK = bytes.fromhex("7f 02 01 ca 35")
SYN = bytes.fromhex("7f 02 01 cc 33")
BYTE_NS = 173_612
GAP_NS = 10_000_000

KKM_SIM = (sys.executable, "-m", "kkm_sim")
RUN = (*KKM_SIM, "run", "--pty")
FLOOR = (sys.executable, str(Path(__file__).with_name("floor.py")))


def ping_packet(number: int) -> bytes:
    """PING with HS=1 to till 1 under a frame number."""
    flc = 0x90 | number
    return bytes((0x7F, 2, 1, flc, -(1 + flc) & 0xFF, 0, 3, 5, 0x7F, 3, 0xF8))


@dataclass
class Device:
    """A running device and its pty, opened raw."""

    process: subprocess.Popen[str]
    fd: int
    http: str | None
    """Where its control API is, of a till with `--http`."""

    def ask(self, data: bytes, size: int) -> None:
        """Writes, then reads `size` bytes."""
        os.write(self.fd, data)
        while size > 0:
            size -= len(os.read(self.fd, 4096))

    def overshoot(self) -> float:
        """By how much the gap before its answer to RDY is longer than 10 ms, ms."""
        begun = time.perf_counter_ns()
        self.ask(RDY, 5)
        return (time.perf_counter_ns() - begun - 10 * BYTE_NS - GAP_NS) / 1e6

    def hear(self, size: int) -> bytes:
        """Reads so many bytes and no more."""
        heard = b""
        while len(heard) < size:
            heard += os.read(self.fd, size - len(heard))
        return heard


@contextlib.contextmanager
def running(*command: str, stderr: int | None = None) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """A process that says in a JSON line where it serves, and that line; ended at the end."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True)
    assert process.stdout is not None
    try:
        yield process, json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


@contextlib.contextmanager
def device(*command: str) -> Iterator[Device]:
    """A device, ours or the floor, and its pty opened."""
    with running(*command) as (process, ready):
        fd = os.open(ready["port"], os.O_RDWR | os.O_NOCTTY)
        try:
            yield Device(process, fd, ready["http"])
        finally:
            os.close(fd)


def resident_mib(pid: int) -> float:
    """The memory that a process has now."""
    return _mib(str(pid), "VmRSS")


def peak_mib() -> float:
    """The most that this process has had. Not `ru_maxrss`: that begins with what the process had that started it."""
    return _mib("self", "VmHWM")


def _mib(process: str, what: str) -> float:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(what))

"""What is measured: a process with a pty, ours or the floor, and what is written into it."""

import contextlib
import json
import os
import subprocess
import sys
import tty
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RDY = bytes.fromhex("7f 02 01 c5 3a")
ACK = bytes.fromhex("7f 02 01 ca 35")
SYN = bytes.fromhex("7f 02 01 cc 33")
BYTE_NS = 173_612
GAP_NS = 10_000_000

RUN = (sys.executable, "-m", "kkm_sim", "run", "--pty")
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

    def hear(self, size: int) -> bytes:
        """Reads so many bytes and no more."""
        heard = b""
        while len(heard) < size:
            heard += os.read(self.fd, size - len(heard))
        return heard


@contextlib.contextmanager
def device(*command: str) -> Iterator[Device]:
    """Starts a device, which says its pty's path in its first line, and ends it."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    ready: dict[str, Any] = json.loads(line) if line.startswith("{") else {"port": line, "http": None}
    fd = os.open(ready["port"], os.O_RDWR | os.O_NOCTTY)
    try:
        if not line.startswith("{"):
            tty.setraw(fd)
        yield Device(process, fd, ready["http"])
    finally:
        os.close(fd)
        process.terminate()
        process.wait()
        process.stdout.close()


def resident_mib(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))

"""How long the turns of a process are, as its kernel tells."""

import platform
import sys
from pathlib import Path

import pytest


def kernel() -> tuple[int, ...]:
    return tuple(int(number) for number in platform.release().split("-")[0].split(".")[:2])


eevdf = pytest.mark.skipif(
    sys.platform != "linux" or kernel() < (6, 12), reason="turns can be asked for on Linux from 6.12 on"
)


def slice_ns(thread: int) -> int:
    """Of a thread, or of a process's first one."""
    lines = Path(f"/proc/{thread}/sched").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[-1]) for line in lines if line.startswith("se.slice"))

"""How long a turn on a processor this program asks for. Linux, from 6.12 on; elsewhere nothing happens.

Where all processors are busy, Linux lets who has the turn end it, which takes as long as a tick of 4 ms. Who has asked
for shorter turns than he need not wait: a line asks for the shortest, for its 10 ms gap; a screen for long ones, so
that nobody has to wait for it. Everybody gets as much time as before, and no privilege is needed.
"""

import os
import struct
import sys

SHORT_NS = 100_000
"""The shortest turns there are."""

LONG_NS = 20_000_000

_SCHED_SETATTR = {"x86_64": 314, "aarch64": 274, "riscv64": 274}
"""The number of this system call, for 64 bits; few C libraries have a function for it yet."""


def ask_for_turns(length_ns: int) -> bool:
    """For this thread and those it starts from now on. Returns whether the system took the call.

    An older Linux takes it too, and ignores the length. A thread with a scheduling policy of its own (`chrt`) keeps
    that, and its niceness it keeps in any case.
    """
    if sys.platform != "linux":
        return False
    # The machine is the kernel's: a program of 32 bits has other numbers there.
    number = _SCHED_SETATTR.get(os.uname().machine) if struct.calcsize("P") == 8 else None
    if number is None or os.sched_getscheduler(0) != os.SCHED_OTHER:
        return False
    try:
        import ctypes
    except ImportError:  # a Python that was built without it
        return False
    # struct sched_attr: size, policy, flags, nice, priority, runtime, deadline, period.
    niceness = os.getpriority(os.PRIO_PROCESS, 0)
    attributes = struct.pack("=IIQiIQQQ", 48, os.SCHED_OTHER, 0, niceness, 0, length_ns, 0, 0)
    return int(ctypes.CDLL(None).syscall(number, 0, attributes, 0)) == 0

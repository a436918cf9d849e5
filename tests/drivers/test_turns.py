"""Asked of the kernel this runs on, in processes of their own: turns stay with who has asked for them."""

import json
import subprocess
import sys
from typing import Any

import pytest

from kkm_sim.drivers.turns import LONG_NS, SHORT_NS
from tests.drivers.slices import eevdf

PROGRAM = """
import json, os, sys, threading
from kkm_sim.drivers.turns import ask_for_turns
from tests.drivers.slices import slice_ns

def told():
    return slice_ns(threading.get_native_id())

def kept():
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id()), os.sched_getscheduler(0)

exec(sys.argv[1])
before = kept()
took = [ask_for_turns(int(length)) for length in sys.argv[2:]]
seen = []
thread = threading.Thread(target=lambda: seen.append(told()))
thread.start()
thread.join()
print(json.dumps({"took": took, "here": told(), "in a thread": seen[0], "kept": before == kept()}))
"""


def run(*lengths: int, first: str = "") -> dict[str, Any]:
    command = [sys.executable, "-c", PROGRAM, first, *map(str, lengths)]
    told: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return told


@eevdf
def test_turns_are_as_long_as_was_asked_and_nothing_else_changes() -> None:
    niced = "os.nice(5)"
    assert run(SHORT_NS, first=niced) == {"took": [True], "here": SHORT_NS, "in a thread": SHORT_NS, "kept": True}
    assert run(LONG_NS, first=niced) == {"took": [True], "here": LONG_NS, "in a thread": LONG_NS, "kept": True}


@eevdf
def test_who_has_a_policy_of_his_own_keeps_it() -> None:
    told = run(SHORT_NS, first="os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))")
    assert told["took"] == [False]
    assert told["here"] > SHORT_NS
    assert told["kept"]


@pytest.mark.parametrize(
    "elsewhere",
    [
        "sys.platform = 'darwin'",
        "import types; os.uname = lambda: types.SimpleNamespace(machine='s390x')",
        "import struct; struct.calcsize = lambda layout: 4",
        "sys.modules['ctypes'] = None",
    ],
)
@eevdf
def test_elsewhere_nothing_happens(elsewhere: str) -> None:
    told = run(SHORT_NS, first=elsewhere)
    assert told["took"] == [False]
    assert told["here"] > SHORT_NS

"""What a thread is told of the time that it was kept from a processor."""

import os
import subprocess
import sys
import threading

import pytest

from kkm_sim.drivers.run_delay import RunDelay
from tests.waiting import PATIENCE_S

counted = pytest.mark.skipif(
    not os.access("/proc/thread-self/schedstat", os.R_OK), reason="this kernel does not count: no /proc/…/schedstat"
)


@counted
def test_a_thread_beside_others_on_one_processor_is_kept_from_it() -> None:
    told: list[int] = []
    over = threading.Event()

    def count() -> None:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        # Two that want the one processor: each waits for the other's turn.
        with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as other:
            delay = RunDelay()
            waited = 0
            while waited < 10_000_000 and not over.is_set():
                waited += delay.since_last()
            told.append(waited)
            delay.close()
            other.kill()

    thread = threading.Thread(target=count)
    thread.start()
    thread.join(PATIENCE_S)
    over.set()
    thread.join()
    assert told
    assert told[0] >= 10_000_000


def test_where_nobody_counts_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> int:
        raise FileNotFoundError

    monkeypatch.setattr(os, "open", refuse)
    delay = RunDelay()
    assert delay.since_last() == 0
    delay.close()


@pytest.mark.skipif(sys.platform != "linux", reason="counts file descriptors in /proc: Linux only")
def test_its_file_is_given_back() -> None:
    before = len(os.listdir("/proc/self/fd"))
    delay = RunDelay()
    delay.close()
    delay.close()
    assert len(os.listdir("/proc/self/fd")) == before
    assert delay.since_last() == 0

"""What all ports wait with."""

import os
import threading
import time

import pytest

from kkm_sim.clock import MS, SECOND
from kkm_sim.drivers.ports import Doorbell
from tests.waiting import PATIENCE_S


def test_a_ring_from_another_thread_ends_the_wait() -> None:
    bell = Doorbell()
    threading.Timer(0.02, bell.ring).start()
    start = time.monotonic()
    assert bell.wait((), PATIENCE_S * SECOND) == []
    assert time.monotonic() - start < PATIENCE_S
    bell.close()


def test_a_ring_is_heard_by_the_next_wait_only() -> None:
    bell = Doorbell()
    for _ in range(100_000):
        bell.ring()
    # More rings than the socket holds: none blocks. Wait them out.
    for _ in range(1000):
        start = time.monotonic()
        bell.wait((), 5 * MS)
        if time.monotonic() - start >= 0.005:
            break
    else:
        pytest.fail("the bell never stops")
    bell.close()


def test_readable_descriptors_are_named() -> None:
    bell = Doorbell()
    read_end, write_end = os.pipe()
    assert bell.wait((read_end,), 0) == []
    os.write(write_end, b"x")
    assert bell.wait((read_end,), None) == [read_end]
    os.close(read_end)
    os.close(write_end)
    bell.close()


def test_ringing_a_closed_bell_is_harmless() -> None:
    bell = Doorbell()
    bell.close()
    bell.ring()

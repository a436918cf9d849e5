"""The drivers' clock."""

import time

from kkm_sim.clock import MS, SECOND
from kkm_sim.drivers.monotonic import MonotonicClock
from tests.waiting import PATIENCE_S


def test_starts_at_zero_and_counts_nanoseconds() -> None:
    clock = MonotonicClock()
    first = clock.now()
    time.sleep(0.02)
    assert 0 <= first < PATIENCE_S * SECOND
    assert 20 * MS <= clock.now() - first < PATIENCE_S * SECOND

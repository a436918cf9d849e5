"""The drivers' clock."""

import time

from kkm_sim.clock import MS
from kkm_sim.drivers.monotonic import MonotonicClock


def test_starts_at_zero_and_counts_nanoseconds() -> None:
    clock = MonotonicClock()
    first = clock.now()
    time.sleep(0.02)
    assert 0 <= first < 20 * MS
    assert 20 * MS <= clock.now() - first < 500 * MS

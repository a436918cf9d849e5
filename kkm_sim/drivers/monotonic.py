"""Real time for the drivers."""

import time

from kkm_sim.clock import Instant


class MonotonicClock:
    """Nanoseconds since this clock was made; unmoved by changes of the computer's date."""

    def __init__(self) -> None:
        self._start = time.monotonic_ns()

    def now(self) -> Instant:
        return Instant(time.monotonic_ns() - self._start)

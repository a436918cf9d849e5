"""The till's own clock: dates, as set by whoever keeps it, going on with the simulator's time."""

from datetime import datetime, timedelta

from kkm_sim.clock import Instant


class WallClock:
    """Naive local dates. It goes on while the till is off: it has a battery."""

    def __init__(self, date: datetime, now: Instant) -> None:
        self.set(date, now)

    def set(self, date: datetime, now: Instant) -> None:
        """It is `date` at `now`."""
        self._date, self._at = date, now

    def date(self, now: Instant) -> datetime:
        try:
            return self._date + timedelta(microseconds=(now - self._at) // 1000)
        except OverflowError:
            return datetime.max  # the end of all dates: it stands still

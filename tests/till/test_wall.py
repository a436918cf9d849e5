"""The till's own clock."""

from datetime import datetime

from kkm_sim.clock import SECOND, US, Instant
from kkm_sim.till.wall import WallClock


def test_date_goes_on_from_where_it_was_set() -> None:
    clock = WallClock(datetime(2016, 2, 28, 23, 59, 59), Instant(5 * SECOND))
    assert clock.date(Instant(5 * SECOND)) == datetime(2016, 2, 28, 23, 59, 59)
    assert clock.date(Instant(6 * SECOND)) == datetime(2016, 2, 29)
    assert clock.date(Instant(5 * SECOND + US + 999)) == datetime(2016, 2, 28, 23, 59, 59, 1)
    clock.set(datetime(2020, 1, 1), Instant(60 * SECOND))
    assert clock.date(Instant(61 * SECOND)) == datetime(2020, 1, 1, 0, 0, 1)


def test_the_end_of_all_dates() -> None:
    clock = WallClock(datetime(9999, 12, 31, 23, 59, 59), Instant(0))
    assert clock.date(Instant(SECOND)) == datetime.max

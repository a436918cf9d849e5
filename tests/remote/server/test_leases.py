from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkm_sim.clock import SECOND, Instant
from kkm_sim.remote.server.leases import Decision, Granted, Lease, Leases, Refused


def at(seconds: int) -> Instant:
    return Instant(seconds * SECOND)


def decisions(leases: Leases) -> list[Decision]:
    taken = []
    while (decision := leases.next_decision()) is not None:
        taken.append(decision)
    return taken


def test_a_free_device_is_granted_at_once() -> None:
    leases = Leases()
    leases.ask(1, "one", 0, at(7))
    assert decisions(leases) == [Granted(Lease(1, "one", at(7)))]
    assert leases.deadline() is None


def test_the_others_wait_in_the_order_they_came() -> None:
    leases = Leases()
    for client in (1, 2, 3):
        leases.ask(client, str(client), 60 * SECOND, at(0))
    decisions(leases)
    leases.leave(1, at(5))
    assert decisions(leases) == [Granted(Lease(2, "2", at(5)))]
    leases.leave(2, at(6))
    assert decisions(leases) == [Granted(Lease(3, "3", at(6)))]
    assert leases.waiting == 0


def test_each_waits_as_long_as_its_own_timeout() -> None:
    leases = Leases()
    leases.ask(1, "one", 0, at(0))
    leases.ask(2, "two", 9 * SECOND, at(0))
    leases.ask(3, "three", 5 * SECOND, at(1))
    held = Lease(1, "one", at(0))
    decisions(leases)
    assert leases.deadline() == at(6)
    leases.poll(Instant(at(6) - 1))
    assert decisions(leases) == []
    leases.poll(at(6))
    assert decisions(leases) == [Refused(3, held)]
    assert leases.deadline() == at(9)
    leases.poll(at(9))
    assert decisions(leases) == [Refused(2, held)]


def test_no_time_to_wait() -> None:
    leases = Leases()
    leases.ask(1, "one", 0, at(0))
    leases.ask(2, "two", 0, at(3))
    assert decisions(leases)[1:] == [Refused(2, Lease(1, "one", at(0)))]


def test_a_device_that_is_freed_in_the_last_moment_is_granted() -> None:
    leases = Leases()
    leases.ask(1, "one", 0, at(0))
    leases.ask(2, "two", 5 * SECOND, at(0))
    decisions(leases)
    leases.leave(1, at(5))
    assert decisions(leases) == [Granted(Lease(2, "two", at(5)))]


def test_who_leaves_the_queue_loses_its_place_and_nobody_elses() -> None:
    leases = Leases()
    for client in (1, 2, 3):
        leases.ask(client, str(client), 60 * SECOND, at(0))
    decisions(leases)
    leases.leave(2, at(1))
    leases.leave(99, at(1))
    leases.leave(1, at(2))
    assert decisions(leases) == [Granted(Lease(3, "3", at(2)))]


def test_nobody_asks_twice() -> None:
    leases = Leases()
    leases.ask(1, "one", 0, at(0))
    with pytest.raises(ValueError, match="one has asked already"):
        leases.ask(1, "one", 0, at(1))
    leases.ask(2, "two", SECOND, at(1))
    with pytest.raises(ValueError, match="two has asked already"):
        leases.ask(2, "two", SECOND, at(1))


@given(
    st.lists(st.tuples(st.sampled_from(["ask", "leave", "wait"]), st.integers(1, 6), st.integers(0, 4)), max_size=60)
)
def test_one_holder_first_come_first_served_and_nobody_forgotten(
    steps: list[tuple[str, int, int]],
) -> None:
    leases, now = Leases(), at(0)
    holder: int | None = None
    queue: deque[tuple[int, Instant]] = deque()
    for what, client, seconds in steps:
        known = holder == client or any(client == waiting for waiting, _ in queue)
        if what == "ask" and not known:
            queue.append((client, Instant(now + seconds * SECOND)))
            leases.ask(client, str(client), seconds * SECOND, now)
        elif what == "leave":
            holder = None if holder == client else holder
            queue = deque(one for one in queue if one[0] != client)
            leases.leave(client, now)
        else:
            now = Instant(now + seconds * SECOND)
            leases.poll(now)
        expected: list[tuple[str, int]] = []
        if holder is None and queue:
            holder = queue.popleft()[0]
            expected.append(("granted", holder))
        expected += [("refused", waiting) for waiting, until in queue if until <= now]
        queue = deque(one for one in queue if one[1] > now)
        assert [
            ("granted", decision.lease.client) if isinstance(decision, Granted) else ("refused", decision.client)
            for decision in decisions(leases)
        ] == expected
        assert (leases.lease.client if leases.lease else None) == holder
        assert leases.waiting == len(queue)
        assert leases.deadline() == min((until for _, until in queue), default=None)

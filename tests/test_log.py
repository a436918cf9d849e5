"""The numbered, bounded list."""

from hypothesis import given
from hypothesis import strategies as st

from kkm_sim.log import DEFAULT_SIZE, Log


def test_numbers_from_one_and_what_is_new_since() -> None:
    log: Log[str] = Log()
    assert (log.last, log.since()) == (0, [])
    for entry in "abc":
        log.append(entry)
    assert log.last == 3
    assert log.since() == log.since(0) == log.since(-5) == [(1, "a"), (2, "b"), (3, "c")]
    assert log.since(2) == [(3, "c")]
    assert log.since(3) == log.since(99) == []


def test_numbers_go_on_after_clear() -> None:
    log: Log[str] = Log()
    log.append("a")
    log.clear()
    assert (log.last, log.since()) == (1, [])
    log.append("b")
    assert log.since() == log.since(1) == [(2, "b")]
    assert log.since(2) == []


def test_only_the_newest_are_kept() -> None:
    log: Log[int] = Log()
    for number in range(1, DEFAULT_SIZE + 3):
        log.append(number)
    kept = log.since()
    assert len(kept) == DEFAULT_SIZE
    assert kept[0] == (3, 3)
    assert kept[-1] == (DEFAULT_SIZE + 2, DEFAULT_SIZE + 2)
    assert log.since(1) == kept


@given(
    size=st.integers(1, 5),
    entries=st.lists(st.integers() | st.none(), max_size=30),  # None clears
    since=st.integers(-3, 35),
)
def test_agrees_with_a_list_that_forgets_nothing(size: int, entries: list[int | None], since: int) -> None:
    log: Log[int] = Log(size)
    all_entries: list[tuple[int, int]] = []
    cleared = 0
    for entry in entries:
        if entry is None:
            log.clear()
            cleared = len(all_entries)
        else:
            log.append(entry)
            all_entries.append((len(all_entries) + 1, entry))
    assert log.last == len(all_entries)
    assert log.since(since) == [pair for pair in all_entries[cleared:][-size:] if pair[0] > since]

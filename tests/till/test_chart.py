from kkm_sim.availability import Availability
from kkm_sim.till.actions import Actions
from kkm_sim.till.chart import AVAILABILITY, STATES, TRANSITIONS, Row, TillState


def hooks(row: Row) -> list[str]:
    found: list[str] = []
    for kind in ("conditions", "before", "after"):
        names = row.get(kind, [])
        found += [names] if isinstance(names, str) else names
    return found


def test_every_hook_is_a_method() -> None:
    """A misspelt hook would be noticed only when fired."""
    named = {hook for row in TRANSITIONS for hook in hooks(row)}
    assert {name for name in named if not callable(getattr(Actions, name, None))} == set()


def test_rows_have_no_other_hooks() -> None:
    keys = {key for row in TRANSITIONS for key in row}
    assert keys == {"trigger", "source", "dest", "conditions", "before", "after"}


def test_every_state_is_reachable_and_has_its_availability() -> None:
    reached = {TillState.OFF}
    for _ in STATES:
        for row in TRANSITIONS:
            sources = row["source"] if isinstance(row["source"], list) else [row["source"]]
            if row["dest"] and reached & set(sources):
                reached.add(row["dest"])
    assert reached == set(TillState) == set(AVAILABILITY)


def test_only_entry_is_deaf_and_only_off_is_dumb() -> None:
    """«ККМ будет возвращать DISC»: in the entry and nowhere else (document, section 5)."""
    assert [s for s in STATES if AVAILABILITY[s] is Availability.ENTRY] == [TillState.ENTRY]
    assert [s for s in STATES if AVAILABILITY[s] is Availability.SILENT] == [TillState.OFF]


def test_row_after_a_row_without_conditions_would_never_be_taken() -> None:
    closed: set[tuple[str, TillState]] = set()
    for row in TRANSITIONS:
        for source in row["source"] if isinstance(row["source"], list) else [row["source"]]:
            assert (row["trigger"], source) not in closed, row
            if "conditions" not in row:
                closed.add((row["trigger"], source))

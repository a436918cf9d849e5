from textual.pilot import Pilot

from kkm_sim.tui.catalogue import ENGLISH
from kkm_sim.tui.widgets.state import State
from tests.tui.support import operation, receipt, settled, snapshot
from tests.tui.widgets.screens import alone, rows_of


def test_the_total_is_seen_where_the_receipt_is_long() -> None:
    state = State(ENGLISH)
    long = receipt(*(operation(number, 100) for number in range(1, 60)))

    async def look(pilot: Pilot[None]) -> None:
        state.show(snapshot("open", receipt=long))
        await settled(pilot)
        rows = rows_of(state)
        assert rows[-1].startswith("total ")
        assert " 59.00" in rows[-1]

    alone(state, look)


def test_nothing_is_shown_where_nothing_is_known() -> None:
    state = State(ENGLISH)

    async def look(pilot: Pilot[None]) -> None:
        state.show(snapshot())
        state.show(None)
        await settled(pilot)
        assert not any(row.strip(" ▁▂▃▄▅▆▇█") for row in rows_of(state))

    alone(state, look)

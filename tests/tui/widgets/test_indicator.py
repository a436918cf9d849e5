from textual.pilot import Pilot

from kkm_sim.control.snapshot import indicator_view
from kkm_sim.till.indicator import show
from kkm_sim.tui.widgets.indicator import Indicator
from tests.tui.support import settled
from tests.tui.widgets.screens import alone, rows_of


def test_the_request_mark_and_the_point_in_its_cell() -> None:
    indicator = Indicator("Mercury")

    async def look(pilot: Pilot[None]) -> None:
        indicator.show(indicator_view(show("А", "0.00")))
        await settled(pilot)
        assert rows_of(indicator) == [
            "┏━━┓                               ┏━━┓ ┏━━┓ ┏━━┓",
            "┃  ┃                               ┃  ┃ ┃  ┃ ┃  ┃",
            "┣━━┫                               ┃  ┃ ┃  ┃ ┃  ┃",
            "┃  ┃                               ┃  ┃ ┃  ┃ ┃  ┃",
            "╹  ╹                               ┗━━┛▄┗━━┛ ┗━━┛",
        ]
        assert indicator.border_subtitle == "А      0.00"

    alone(indicator, look)


def test_dark_where_nothing_is_known() -> None:
    indicator = Indicator("Mercury")

    async def look(pilot: Pilot[None]) -> None:
        indicator.show(indicator_view(show("", "8")))
        indicator.show(None)
        await settled(pilot)
        assert rows_of(indicator) == [""] * 5
        assert indicator.border_subtitle == ""

    alone(indicator, look)

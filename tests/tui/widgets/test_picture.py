import asyncio

from textual.widgets import Static

from kkm_sim.tui.catalogue import ENGLISH
from kkm_sim.tui.widgets.picture import PictureScreen
from tests.render.matrix import decode_qr, modules_of
from tests.tui.support import LINK, picture, settled
from tests.tui.widgets.screens import Alone, rows_of


def shown(size: tuple[int, int]) -> list[str] | None:
    """The picture's rows on a terminal of this size; None: it is not shown."""

    async def main() -> list[str] | None:
        app = Alone(Static())
        async with app.run_test(size=size) as pilot:
            await app.push_screen(PictureScreen(picture(1), ENGLISH))
            await settled(pilot)
            found = app.screen.query_one("#picture", Static)
            return [row.ljust(found.size.width) for row in rows_of(found)] if found.display else None

    return asyncio.run(main())


def test_with_the_whole_quiet_zone_where_there_is_room() -> None:
    rows = shown((80, 30))
    assert rows is not None
    assert (len(rows[0]), len(rows)) == (49, 25)
    assert decode_qr(modules_of(rows)) == LINK


def test_with_less_of_it_on_80x24() -> None:
    rows = shown((80, 24))
    assert rows is not None
    assert len(rows) == 24
    assert decode_qr(modules_of(rows)) == LINK


def test_not_at_all_where_it_would_be_cut() -> None:
    assert shown((80, 20)) is None
    assert shown((40, 60)) is None

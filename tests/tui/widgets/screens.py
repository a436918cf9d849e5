"""A screen with one widget on it."""

import asyncio
from collections.abc import Awaitable, Callable

from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widget import Widget

from tests.tui.support import settled


class Alone(App[None]):
    """Shows one widget, with the style sheet of the real screen."""

    CSS_PATH = "../../../kkm_sim/tui/app.tcss"

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self._widget = widget

    def compose(self) -> ComposeResult:
        yield self._widget


def alone(widget: Widget, look: Callable[[Pilot[None]], Awaitable[None]], size: tuple[int, int] = (80, 24)) -> None:
    """Shows the widget and lets a test look at it."""

    async def main() -> None:
        async with Alone(widget).run_test(size=size) as pilot:
            await settled(pilot)
            await look(pilot)

    asyncio.run(main())


def rows_of(widget: Widget) -> list[str]:
    """What the widget shows, row by row, without its frame."""
    region = widget.content_region
    strips = widget.screen._compositor.render_strips()[region.y : region.bottom]
    rows = ("".join(segment.text for segment in strip) for strip in strips)
    return [row[region.x : region.right].rstrip() for row in rows]

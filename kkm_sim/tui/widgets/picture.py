"""The QR code alone on the screen, in full size, to hold a phone to."""

from textual.app import ComposeResult
from textual.widgets import Static

from kkm_sim.control.models import BitmapEntry
from kkm_sim.render.text import QUIET_MODULES
from kkm_sim.tui.catalogue import Words
from kkm_sim.tui.tape_lines import picture_lines
from kkm_sim.tui.widgets.overlay import Overlay

NARROWEST_QUIET = 2
"""White modules around that decoders can do with, where the terminal has no room for the four of the standard."""


class PictureScreen(Overlay):
    """Black on white; says so where the terminal is too small. Any key closes it."""

    def __init__(self, entry: BitmapEntry, words: Words) -> None:
        super().__init__()
        self._entry = entry
        self._words = words

    def compose(self) -> ComposeResult:
        yield Static(id="picture", markup=False)
        yield Static(id="too-big", markup=False)

    def on_resize(self) -> None:
        width, height = self.app.size
        sizes = [picture_lines(self._entry, quiet) for quiet in range(QUIET_MODULES, NARROWEST_QUIET - 1, -1)]
        lines = next((lines for lines in sizes if len(lines[0]) <= width and len(lines) <= height), None)
        picture, too_big = self.query_one("#picture", Static), self.query_one("#too-big", Static)
        picture.display = lines is not None
        too_big.display = lines is None
        picture.update("\n".join(lines or ()))
        columns, rows = len(sizes[0][0]), len(sizes[0])
        too_big.update(self._words.picture_too_big.format(columns=columns, rows=rows, width=width, height=height))

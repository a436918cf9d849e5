"""The paper: black on white whatever the terminal's colours are, so that a phone can read its QR codes."""

from collections.abc import Sequence

from kkm_sim.control.models import TapeEntryView
from kkm_sim.tui.catalogue import Words
from kkm_sim.tui.tape_lines import entry_lines
from kkm_sim.tui.widgets.lines import Line, Lines


class Tape(Lines):
    """Scrolls; shows its end until somebody scrolls up."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self.border_title = words.tape
        self._words = words
        self._entries: Sequence[TapeEntryView] = ()
        # A picture takes its time: each entry is drawn once for a width. The entry is kept beside its lines, or
        # another could take its id.
        self._drawn: dict[int, tuple[TapeEntryView, list[Line]]] = {}

    def show(self, entries: Sequence[TapeEntryView]) -> None:
        """Shows the tape; does nothing where all of it is shown."""
        self._entries = entries
        shown = self._drawn.get(id(entries[-1])) if entries else None
        if shown is None or len(entries) != len(self._drawn):
            self._draw()

    def on_resize(self) -> None:
        self._drawn = {}
        self._draw()

    def _draw(self) -> None:
        width, known, self._drawn = self.columns, self._drawn, {}
        for entry in self._entries:
            drawn = known.get(id(entry))
            if drawn is None:
                drawn = (entry, [Line(text) for text in entry_lines(entry, width, self._words)])
            self._drawn[id(entry)] = drawn
        self.show_lines([line for _, lines in self._drawn.values() for line in lines])

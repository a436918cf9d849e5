"""The paper: black on white whatever the terminal's colours are, so that a phone can read its QR codes."""

from collections.abc import Sequence

from kkm_sim.control.models import TapeEntryView
from kkm_sim.tui.catalogue import Words
from kkm_sim.tui.tape_lines import entry_lines
from kkm_sim.tui.widgets.lines import Line, Rows


class Tape(Rows[TapeEntryView]):
    """Scrolls; shows its end until somebody scrolls up."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self.border_title = words.tape
        self._words = words
        self._newest: TapeEntryView | None = None
        self._length = 0

    def show(self, entries: Sequence[TapeEntryView]) -> None:
        """Shows the tape; does nothing where all of it is shown."""
        newest = entries[-1] if entries else None
        if newest is not self._newest or len(entries) != self._length:
            self._newest, self._length = newest, len(entries)
            self.show_rows(entries)

    def lines_of(self, row: TapeEntryView) -> list[Line]:
        return [Line(text) for text in entry_lines(row, self.columns, self._words)]

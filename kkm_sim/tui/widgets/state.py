"""The till's state in words: name, what RDY would hear, flags of PING, the receipt so far."""

from kkm_sim.control.models import Snapshot
from kkm_sim.tui.catalogue import Words
from kkm_sim.tui.state_lines import state_lines
from kkm_sim.tui.widgets.lines import Line, Lines


class State(Lines):
    """Its end is seen where it is longer than its place: the newest operations and the total."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self.border_title = words.state
        self._words = words
        self._snapshot: Snapshot | None = None

    def show(self, snapshot: Snapshot | None) -> None:
        """Shows the state; None: nothing is known of it."""
        self._snapshot = snapshot
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        told = [] if self._snapshot is None else state_lines(self._snapshot, self._words, self.columns)
        self.show_lines([Line(text) for text in told])

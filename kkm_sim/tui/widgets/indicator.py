"""The operator's indicator: ten seven-segment cells, and the same text in letters on its frame."""

from textual.widgets import Static

from kkm_sim.control.models import IndicatorView
from kkm_sim.till.indicator import WIDTH
from kkm_sim.tui.segments import cells


class Indicator(Static, can_focus=False):
    """Dark and green whatever the terminal's colours are."""

    def __init__(self, title: str) -> None:
        super().__init__(markup=False)
        self.border_title = title
        self._shown: IndicatorView | None = None

    def on_mount(self) -> None:
        self._draw()

    def show(self, indicator: IndicatorView | None) -> None:
        """Lights the cells; None: nothing is known of them, they are dark."""
        if indicator != self._shown:
            self._shown = indicator
            self._draw()

    def _draw(self) -> None:
        shown = self._shown
        lit = [("", False)] * WIDTH if shown is None else [(cell.segments, cell.point) for cell in shown.cells]
        self.update("\n".join(cells(lit)), layout=False)
        self.border_subtitle = "" if shown is None else shown.text.replace("[", r"\[")

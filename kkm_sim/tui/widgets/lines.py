"""Lines to scroll through that stay at their end until somebody scrolls up: ground of tape, line, state and panel."""

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

PLAIN = Style()

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the screen."""

    text: str
    style: Style = PLAIN


class Lines(ScrollView, can_focus=False):
    """Shows lines that are no wider than itself."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[Line] = []
        self._follows = True

    @property
    def columns(self) -> int:
        """How many characters a line may have: the place without its scrollbar."""
        return self.scrollable_content_region.width

    def show_lines(self, lines: list[Line]) -> None:
        """Shows these lines in place of those before."""
        if lines == self._lines and self.virtual_size == Size(self.columns, len(lines)):
            return
        self._lines = lines
        follows = self._follows
        self.virtual_size = Size(self.columns, len(lines))
        if follows:
            self.scroll_to(y=self.max_scroll_y, animate=False, immediate=True)
            self._follows = True
        self.refresh()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._follows = new_value >= self.max_scroll_y

    def render_line(self, y: int) -> Strip:
        number = y + self.scroll_offset.y
        line = self._lines[number] if number < len(self._lines) else Line("")
        style = self.rich_style + line.style
        return Strip([Segment(line.text, style)]).adjust_cell_length(self.columns, style)


class Rows(Lines, Generic[R]):
    """Lines made of rows of one kind, each drawn once for a width. A row is a value: it does not change."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: Iterable[R] = ()
        # The row is kept beside its lines, or another could take its id.
        self._drawn: dict[int, tuple[R, list[Line]]] = {}

    @abstractmethod
    def lines_of(self, row: R) -> list[Line]:
        """The lines of one row, no wider than `columns`."""

    def show_rows(self, rows: Iterable[R]) -> None:
        """Shows these rows in place of those before."""
        self._rows = rows
        known, self._drawn = self._drawn, {}
        for row in rows:
            self._drawn[id(row)] = known.get(id(row)) or (row, self.lines_of(row))
        self.show_lines([line for _, lines in self._drawn.values() for line in lines])

    def draw_anew(self) -> None:
        """Draws all of them again: they look otherwise now."""
        self._drawn = {}
        self.show_rows(self._rows)

    def on_resize(self) -> None:
        self.draw_anew()

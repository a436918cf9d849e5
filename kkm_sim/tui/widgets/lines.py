"""Lines to scroll through that stay at their end until somebody scrolls up. Ground of the tape and of the line."""

from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

PLAIN = Style()


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

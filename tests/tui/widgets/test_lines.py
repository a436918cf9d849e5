from rich.style import Style
from textual.pilot import Pilot

from kkm_sim.tui.widgets.lines import Line, Lines, Rows
from tests.tui.support import settled
from tests.tui.widgets.screens import alone, rows_of


def numbered(count: int) -> list[Line]:
    return [Line(f"line {number}") for number in range(1, count + 1)]


def test_its_end_is_seen_as_it_grows() -> None:
    lines = Lines()

    async def look(pilot: Pilot[None]) -> None:
        for count in (3, 50, 51):
            lines.show_lines(numbered(count))
            await settled(pilot)
            shown = [row for row in rows_of(lines) if row]
            assert shown[-1].startswith(f"line {count}")

    alone(lines, look, size=(30, 12))


def test_who_scrolled_up_stays_there_until_he_is_at_the_end_again() -> None:
    lines = Lines()

    async def look(pilot: Pilot[None]) -> None:
        lines.show_lines(numbered(50))
        await settled(pilot)
        lines.scroll_to(y=5, animate=False, immediate=True)
        lines.show_lines(numbered(60))
        await settled(pilot)
        assert rows_of(lines)[0].startswith("line 6")
        lines.scroll_end(animate=False, immediate=True)
        lines.show_lines(numbered(70))
        await settled(pilot)
        assert rows_of(lines)[-1].startswith("line 70")

    alone(lines, look, size=(30, 12))


def test_a_line_has_its_style() -> None:
    lines = Lines()

    async def look(pilot: Pilot[None]) -> None:
        lines.show_lines([Line("plain"), Line("red", Style(color="red"))])
        strip = lines.render_line(1)
        (segment, *_) = strip
        assert segment.text == "red"
        assert segment.style is not None
        assert segment.style.color is not None
        assert segment.style.color.name == "red"

    alone(lines, look)


class Doubled(Rows[str]):
    """Each row twice, and what was drawn how wide."""

    def __init__(self) -> None:
        super().__init__()
        self.drawn: list[tuple[str, int]] = []

    def lines_of(self, row: str) -> list[Line]:
        self.drawn.append((row, self.columns))
        return [Line(row), Line(row.upper())]


def test_a_row_is_drawn_once_for_a_width() -> None:
    rows = Doubled()

    async def look(pilot: Pilot[None]) -> None:
        rows.show_rows(["one"])
        rows.show_rows(["one", "two"])
        wide = rows.columns
        assert rows.drawn == [("one", wide), ("two", wide)]
        await pilot.resize_terminal(20, 12)
        await settled(pilot)
        assert rows.drawn[2:] == [("one", rows.columns), ("two", rows.columns)]
        assert rows.columns == wide - 10
        rows.show_rows(["two", "one"])
        await settled(pilot)
        assert [row.rstrip(" ▁▂▃▄▅▆▇█") for row in rows_of(rows)[:5]] == ["two", "TWO", "one", "ONE", ""]

    alone(rows, look, size=(30, 12))

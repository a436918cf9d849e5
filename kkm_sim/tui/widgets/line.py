"""The line, live: each packet in a sentence, what the master does wrong in colour, bytes where they are asked for."""

from collections.abc import Iterable
from textwrap import wrap

from rich.style import Style

from kkm_sim.link.folded_polls import Poll
from kkm_sim.tui.catalogue import Words
from kkm_sim.tui.line_log import Found, LineRow, Ping
from kkm_sim.tui.packet_sentences import sentence
from kkm_sim.tui.widgets.lines import PLAIN, Line, Rows

_POLL = Style(dim=True)
_SEVERITIES = {"error": Style(color="red", bold=True), "warning": Style(color="magenta", bold=True)}
"""Both can be read on light ground and on dark; packets have the terminal's own colour."""

_INDENT = " " * 10


def lines_of(row: LineRow, words: Words, width: int, bytes_shown: bool) -> list[Line]:
    """The lines of one row: its moment, its sentence, and its bytes where they are wanted."""
    match row:
        case Poll():
            at, raws, style = row.asked.at, [row.asked.bytes, row.answer.bytes if row.answer else ""], _POLL
        case Ping():
            at, raws, style = row.asked.at, [row.asked.bytes, row.answer.bytes], _POLL
        case Found():
            at, raws, style = row.finding.at, [row.finding.bytes], _SEVERITIES[row.finding.severity]
        case _:
            at, raws, style = row.packet.at, [row.packet.bytes], PLAIN
    moment = f"{at // 1_000_000_000:5}.{at // 1_000_000 % 1000:03} "
    width = max(width, len(_INDENT) + 20)
    told = wrap(moment + sentence(row, words), width, subsequent_indent=_INDENT)
    lines = [Line(text, style) for text in told]
    if bytes_shown:
        dumps = [wrap(bytes.fromhex(raw).hex(" "), width - len(_INDENT)) for raw in raws]
        lines += [Line(_INDENT + text, _POLL) for dump in dumps for text in dump]
    return lines


class LineView(Rows[LineRow]):
    """Scrolls; shows its end until somebody scrolls up."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self.border_title = words.line
        self._words = words
        self._bytes_shown = False

    def show(self, rows: Iterable[LineRow], bytes_shown: bool) -> None:
        """Shows what passed."""
        if bytes_shown != self._bytes_shown:
            self._bytes_shown = bytes_shown
            self.draw_anew()
        self.show_rows(rows)

    def lines_of(self, row: LineRow) -> list[Line]:
        return lines_of(row, self._words, self.columns, self._bytes_shown)

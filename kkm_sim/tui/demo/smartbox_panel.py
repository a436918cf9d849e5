"""The SmartBox's panel: what the scanner, the UTM and the cable can be made to do, and what came of it."""

from textwrap import wrap

from textual.app import ComposeResult
from textual.containers import Grid, Vertical
from textual.message import Message
from textual.widgets import Static

from kkm_sim.tui.catalogue import Words
from kkm_sim.tui.demo.catalogue import DemoWords
from kkm_sim.tui.demo.smartbox_sentences import box_sentence
from kkm_sim.tui.demo.smartbox_view import BoxCommand, BoxEnded, BoxEvent, BoxView
from kkm_sim.tui.keymap import with_cyrillic
from kkm_sim.tui.widgets.lines import Line, Rows

NARROWEST = 10
"""Columns of the text while it has no place on the screen yet."""


class BoxOrdered(Message):
    """Somebody clicked on one of the panel's keys."""

    def __init__(self, command: BoxCommand) -> None:
        super().__init__()
        self.command = command


class PanelKey(Static, can_focus=False):
    """One line: the host's key and what it does."""

    def __init__(self, command: BoxCommand) -> None:
        super().__init__(markup=False)
        self.command = command

    def show(self, does: str) -> None:
        """Says what it does, or how that stands."""
        self.update(f"{with_cyrillic(self.command.value)}  {does}", layout=False)

    def on_click(self) -> None:
        self.post_message(BoxOrdered(self.command))


class Told(Rows[BoxEvent | BoxEnded]):
    """What the SmartBox told, the newest at the end."""

    def __init__(self, words: Words, demo: DemoWords) -> None:
        super().__init__()
        self._words = words
        self._demo = demo

    def lines_of(self, row: BoxEvent | BoxEnded) -> list[Line]:
        sentence = box_sentence(row, self._words, self._demo)
        return [Line(text) for text in wrap(sentence, max(self.columns, NARROWEST), subsequent_indent="  ")]


class Panel(Vertical, can_focus=False):
    """The keys, and below them what the SmartBox tells."""

    def __init__(self, words: Words, demo: DemoWords) -> None:
        super().__init__()
        self.border_title = demo.panel
        self._demo = demo
        self._keys = {command: PanelKey(command) for command in BoxCommand}
        self._told = Told(words, demo)

    def compose(self) -> ComposeResult:
        with Grid(id="panel-keys"):
            yield from self._keys.values()
        yield self._told

    def show(self, box: BoxView) -> None:
        """Shows how it stands with the SmartBox."""
        for command, key in self._keys.items():
            key.show(
                self._demo.commands[command].format(mode=self._demo.utm[box.utm], state=self._demo.cable[box.plugged])
            )
        self._keys[BoxCommand.CABLE].set_class(not box.plugged, "trouble")
        self._told.show_rows(box.told)

"""The map of the keyboard."""

from itertools import groupby, zip_longest

from textual.app import ComposeResult
from textual.widgets import Static

from kkm_sim.tui.catalogue import Words
from kkm_sim.tui.keymap import HOST_KEYS, written
from kkm_sim.tui.widgets.overlay import Overlay


def help_text(words: Words) -> str:
    """A line for each key that is not a digit, then two a line what else this screen's keys do."""
    keys = [f"{f'{key.value:3}  {written(HOST_KEYS[key])}':24} {does}" for key, does in words.key_does.items()]
    told = [f"{'0…9':12} {words.digits}"]
    # Two that do the same, up and down, are told together.
    for does, commands in groupby(words.command_does, words.command_does.__getitem__):
        told.append(f"{'  '.join(written(command.host) for command in commands):12} {does}")
    pairs = zip_longest(told[::2], told[1::2], fillvalue="")
    return "\n".join([*keys, *(f"{left:38} {right}".rstrip() for left, right in pairs), words.help_close])


class HelpScreen(Overlay):
    """Any key closes it."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words

    def compose(self) -> ComposeResult:
        text = Static(help_text(self._words), id="help", markup=False)
        text.border_title = self._words.help_title
        yield text

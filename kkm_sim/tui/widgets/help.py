"""The map of the keyboard."""

from itertools import zip_longest

from textual.app import ComposeResult
from textual.widgets import Static

from kkm_sim.tui.catalogue import Words
from kkm_sim.tui.keymap import Command, with_cyrillic, written
from kkm_sim.tui.widgets.overlay import Overlay


def help_text(words: Words) -> str:
    """A line for each key that is not a digit, then two a line what else this screen's keys do."""
    keys = [f"{f'{key.value:3}  {written(key)}':24} {does}" for key, does in words.key_does.items()]
    line = f"{with_cyrillic(Command.LINE_UP.value)}  {with_cyrillic(Command.LINE_DOWN.value)}"
    screen = [
        ("0…9", words.digits),
        (with_cyrillic(Command.PICTURE.value), words.show_picture),
        (with_cyrillic(Command.BYTES.value), words.show_bytes),
        (with_cyrillic(Command.SAVE.value), words.save_title),
        ("PgUp  PgDn", words.scroll_tape),
        (line, words.scroll_line),
        ("F8", words.switch_paper),
        ("F9", words.switch_power),
        ("F10  Ctrl-C", words.quit),
        ("F2", words.switch_parts),
    ]
    told = [f"{keys:12} {does}" for keys, does in screen]
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

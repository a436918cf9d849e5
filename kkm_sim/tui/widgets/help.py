"""The map of the keyboard."""

from textual.app import ComposeResult
from textual.events import Key as HostKey
from textual.screen import ModalScreen
from textual.widgets import Static

from kkm_sim.tui.catalogue import Words
from kkm_sim.tui.keymap import Command, with_cyrillic, written


def help_text(words: Words) -> str:
    """A line for each key that is not a digit, then what else this screen's keys do."""
    keys = [(f"{key.value:3}  {written(key)}", does) for key, does in words.key_does.items()]
    screen = [
        (f"{with_cyrillic(Command.PICTURE.value)}", words.show_picture),
        (f"{with_cyrillic(Command.BYTES.value)}", words.show_bytes),
        ("PgUp  PgDn", words.scroll_tape),
        (
            f"{with_cyrillic(Command.LINE_UP.value)}  {with_cyrillic(Command.LINE_DOWN.value)}",
            words.scroll_line,
        ),
        ("F10  Ctrl-Q  Ctrl-C", words.quit),
    ]
    rows = "\n".join(f"{keys:24} {does}" for keys, does in (*keys, ("0…9", words.digits), *screen))
    return f"{rows}\n{words.help_close}"


class HelpScreen(ModalScreen[None]):
    """Any key closes it."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words

    def compose(self) -> ComposeResult:
        text = Static(help_text(self._words), id="help", markup=False)
        text.border_title = self._words.help_title
        yield text

    def on_key(self, event: HostKey) -> None:
        event.stop()  # it is not for the till behind
        self.dismiss()

    def on_click(self) -> None:
        self.dismiss()

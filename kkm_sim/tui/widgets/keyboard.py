"""The keyboard as on the machine: each key says its name and what presses it on the host's keyboard."""

from textual.app import ComposeResult
from textual.containers import Grid
from textual.message import Message
from textual.widgets import Static

from kkm_sim.till.keyboard import Key
from kkm_sim.tui.keymap import HOST_KEYS
from kkm_sim.tui.timer import once

ROWS = (
    (Key.FEED, Key.MODE, Key.RETURN, Key.ANNUL, Key.CLEAR),
    (Key.D7, Key.D8, Key.D9, Key.PERCENT, Key.SECTION),
    (Key.D4, Key.D5, Key.D6, Key.MINUS, Key.TIMES),
    (Key.D1, Key.D2, Key.D3, Key.PLUS, Key.CREDIT),
    (Key.D0, Key.DOUBLE_ZERO, Key.POINT, Key.ITEM, Key.TOTAL),
)

FLASH_S = 0.15


class KeyPressed(Message):
    """Somebody clicked on a key."""

    def __init__(self, key: Key) -> None:
        super().__init__()
        self.key = key


class KeyButton(Static, can_focus=False):
    """One key."""

    def __init__(self, key: Key) -> None:
        super().__init__(key.value, markup=False)
        self.key = key
        host = HOST_KEYS[key].shown
        if host != key.value:
            self.border_subtitle = host

    def flash(self) -> None:
        """Lights up for a moment."""
        self.add_class("pressed")
        once(self, FLASH_S, lambda: self.remove_class("pressed"))

    def on_click(self) -> None:
        self.post_message(KeyPressed(self.key))


class Keyboard(Grid, can_focus=False):
    """All the keys."""

    def compose(self) -> ComposeResult:
        for row in ROWS:
            for key in row:
                yield KeyButton(key)

    def flash(self, key: Key) -> None:
        """A key went down, here or elsewhere."""
        next(button for button in self.query(KeyButton) if button.key is key).flash()

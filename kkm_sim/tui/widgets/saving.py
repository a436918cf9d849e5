"""Where to save the tape: asks for a file, whose ending says what it becomes."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.events import Key as HostKey
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from kkm_sim.tui.catalogue import Words
from kkm_sim.tui.client import TapeFormat


def fresh_name() -> str:
    """A name that nothing has yet, short of two savings within a second."""
    return f"kkm-tape-{datetime.now():%Y%m%d-%H%M%S}.png"


class SaveScreen(ModalScreen[Path | None]):
    """Enter saves, Esc does not. A name that cannot be is not taken, and told why."""

    FORMATS: ClassVar[Mapping[str, TapeFormat]] = {".png": "png", ".svg": "svg", ".txt": "text"}
    """What a file becomes, by its ending."""

    def __init__(self, name: str, words: Words) -> None:
        super().__init__()
        self._proposed = name
        self._words = words

    def compose(self) -> ComposeResult:
        name = Input(self._proposed, id="save")
        name.border_title = self._words.save_title
        name.border_subtitle = self._words.save_how
        yield name
        yield Static(id="save-problem", markup=False)

    def on_mount(self) -> None:
        name = self.query_one(Input)
        # The name without its ending is what is typed over.
        name.cursor_position = len(self._proposed) - len(Path(self._proposed).suffix)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        path = Path(event.value.strip()).expanduser()
        problem = self._problem(path)
        if problem:
            self.query_one("#save-problem", Static).update(problem)
        else:
            self.dismiss(path)

    def _problem(self, path: Path) -> str:
        words = self._words
        if path.suffix not in self.FORMATS:
            return words.save_ending.format(endings=" ".join(self.FORMATS))
        if not path.parent.is_dir():
            return words.save_no_folder.format(folder=path.parent)
        return words.save_exists.format(path=path) if path.exists() else ""

    def on_key(self, event: HostKey) -> None:
        if event.key == "escape":
            event.stop()
            self.dismiss(None)

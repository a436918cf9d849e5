"""Where to save the tape: asks for a file, whose ending says what it becomes."""

from collections.abc import Awaitable, Callable, Collection
from datetime import datetime
from pathlib import Path

from textual.app import ComposeResult
from textual.events import Key as HostKey
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from kkm_sim.tui.catalogue import Words
from kkm_sim.tui.system_errors import reason_of


def fresh_name() -> str:
    """A name that nothing has yet, short of two savings within a second."""
    return f"kkm-tape-{datetime.now():%Y%m%d-%H%M%S}.png"


class NotSaved(Exception):
    """The tape could not be saved; the message says why, in the user's language."""


class SaveScreen(ModalScreen[None]):
    """Enter saves, Esc does not. It stays until the tape is saved: what cannot be is told, and the name is kept."""

    def __init__(
        self, name: str, endings: Collection[str], words: Words, save: Callable[[Path], Awaitable[None]]
    ) -> None:
        """`endings`: of the names that `save` can save under; it raises NotSaved."""
        super().__init__()
        self._proposed = name
        self._endings = endings
        self._words = words
        self._save = save
        self._busy = False

    def compose(self) -> ComposeResult:
        name = Input(self._proposed, id="save", select_on_focus=False)
        name.border_title = self._words.save_title
        name.border_subtitle = self._words.save_how
        yield name
        yield Static(id="save-problem", markup=False)

    def on_mount(self) -> None:
        name = self.query_one(Input)
        name.cursor_position = len(self._proposed)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        # Keys may come faster than a file is written or a screen goes.
        if not self._busy:
            self._busy = True
            self.run_worker(self._submit(event.value.strip()))

    async def _submit(self, name: str) -> None:
        try:
            await self._save(self._path(name))
        except NotSaved as problem:
            self.query_one("#save-problem", Static).update(str(problem))
            self._busy = False
        else:
            self.dismiss()

    def _path(self, name: str) -> Path:
        words = self._words
        try:
            path = Path(name).expanduser()
            if path.suffix.lower() not in self._endings:
                raise NotSaved(words.save_ending.format(endings=" ".join(self._endings)))
            # In a browser the file goes to where that is.
            if not self.app.is_web and not path.parent.is_dir():
                raise NotSaved(words.save_no_folder.format(folder=path.parent))
        except RuntimeError:
            raise NotSaved(words.not_saved.format(path=name, reason=words.no_such_home)) from None
        except OSError as error:  # a folder that is not ours
            raise NotSaved(words.not_saved.format(path=name, reason=reason_of(error, words))) from None
        return path

    def on_key(self, event: HostKey) -> None:
        if event.key == "escape":
            event.stop()
            if not self._busy:
                self._busy = True
                self.dismiss()

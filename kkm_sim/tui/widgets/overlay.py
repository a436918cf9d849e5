"""What lies over the screen until any key or click takes it away."""

from textual.events import Key as HostKey
from textual.screen import ModalScreen


class Overlay(ModalScreen[None]):
    """The key that takes it away does nothing else, nor do those that come before it is gone."""

    def __init__(self) -> None:
        super().__init__()
        self._leaves = False

    def on_key(self, event: HostKey) -> None:
        event.stop()  # it is not for the till behind
        self._leave()

    def on_click(self) -> None:
        self._leave()

    def _leave(self) -> None:
        if not self._leaves:
            self._leaves = True
            self.dismiss()

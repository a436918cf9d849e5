"""The demo's screen: a till's face, the panel of the SmartBox at the other end of its line, and a guided tour."""

from collections.abc import Callable, Iterable
from typing import Protocol

from textual.widget import Widget

from kkm_sim.tui.app import Face, OwnTill, Watcher
from kkm_sim.tui.demo.catalogue import DemoWords
from kkm_sim.tui.demo.smartbox_panel import BoxOrdered, Panel
from kkm_sim.tui.demo.smartbox_view import BoxCommand, BoxNews, BoxSaid, BoxView
from kkm_sim.tui.demo.tour import PICTURE_SEEN, Tour
from kkm_sim.tui.keymap import place
from kkm_sim.tui.view import Connection, View

_ORDERS = {command.value: command for command in BoxCommand}


class Box(Protocol):
    """The SmartBox, wherever it runs."""

    async def run(self, tell: Callable[[BoxNews], None]) -> None: ...

    def say(self, line: str) -> None: ...

    def restart(self) -> None: ...


class DemoFace(Face):
    """The screen of a till of ours and of its SmartBox."""

    def __init__(
        self, view: View, watcher: Watcher, own: OwnTill, box: Box, demo: DemoWords, *, rings: bool = False
    ) -> None:
        super().__init__(view, watcher, own, rings=rings)
        self.box_view = BoxView()
        self._box = box
        self._demo = demo
        self._panel = Panel(view.words, demo)
        self._tour: Tour | None = None
        self.bind("question_mark", "tour", description=demo.show_tour, key_display="?")

    def more_parts(self) -> Iterable[Widget]:
        return (self._panel,)

    def on_mount(self) -> None:
        # Textual calls Face's own as well.
        self.run_worker(self._box.run(self._hear), exit_on_error=True)

    def _hear(self, news: BoxNews) -> None:
        self.box_view.take(news)
        if isinstance(news, BoxSaid) and self._tour is not None:
            self._tour.happens(news.event["event"])
        self.show_soon()

    def show_view(self) -> None:
        if self._tour is not None and self.view.snapshot is not None:
            self._tour.look(self.view.snapshot, self.box_view.utm, self.box_view.plugged)
        super().show_view()
        self._panel.show(self.box_view)

    @property
    def status(self) -> str:
        if self._tour is None or self.view.connection is not Connection.CONNECTED:
            return self.view.status
        tour = self._tour
        return f"{tour.progress} {self._demo.chapters[tour.name]}: {self._demo.hints[tour.hint]}"

    async def obey(self, name: str, character: str | None) -> bool:
        order = _ORDERS.get(place(name, character))
        if order is None:
            return await super().obey(name, character)
        self._order(order)
        return True

    def on_box_ordered(self, message: BoxOrdered) -> None:
        self._order(message.command)

    def _order(self, command: BoxCommand) -> None:
        for line in self.box_view.order(command):
            self._box.say(line)
        self.show_view()

    def action_tour(self) -> None:
        self._tour = Tour() if self._tour is None else None
        self.screen_stack[0].set_class(self._tour is not None, "toured")
        self.show_view()

    def action_picture(self) -> None:
        super().action_picture()
        if self._tour is not None and len(self.screen_stack) > 1:
            self._tour.happens(PICTURE_SEEN)
            self.show_soon()

    def started_again(self) -> None:
        self._box.restart()

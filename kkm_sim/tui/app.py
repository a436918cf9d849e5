"""The application: puts what the client tells into the view, and the view on the screen."""

import asyncio
import time
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path
from typing import Protocol

from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical
from textual.driver import Driver
from textual.events import Key as HostKey
from textual.events import Resize
from textual.widget import Widget
from textual.widgets import Footer, Static

from kkm_sim.till.keyboard import Key
from kkm_sim.tui.client import TAPE_FORMATS, NoApi, TapeFormat
from kkm_sim.tui.keymap import Command, meaning
from kkm_sim.tui.system_errors import reason_of
from kkm_sim.tui.tape_lines import newest_picture
from kkm_sim.tui.till_process import NotStarted
from kkm_sim.tui.timer import once
from kkm_sim.tui.view import Connection, News, View
from kkm_sim.tui.widgets.help import HelpScreen
from kkm_sim.tui.widgets.indicator import Indicator
from kkm_sim.tui.widgets.keyboard import Keyboard, KeyPressed
from kkm_sim.tui.widgets.line import LineView
from kkm_sim.tui.widgets.picture import PictureScreen
from kkm_sim.tui.widgets.saving import NotSaved, SaveScreen, fresh_name
from kkm_sim.tui.widgets.state import State
from kkm_sim.tui.widgets.tape import Tape

SHOW_S = 0.02
"""Time from one picture of the screen to the next: a busy line tells hundreds of things a second."""

GATHER_S = 0.003
"""What a key brings about is told in several events: they are shown together."""

WIDE, HIGH = 110, 36
"""From this size on all the parts have room."""


class Watcher(Protocol):
    """Who tells the news, takes the keys and switches the till's power and paper."""

    async def run(self, tell: Callable[[News], None]) -> None: ...

    def press(self, key: Key) -> None: ...

    def power(self, on: bool) -> None: ...

    def paper(self, present: bool) -> None: ...

    async def tape(self, form: TapeFormat) -> bytes: ...


class OwnTill(Protocol):
    """A till that this screen has started."""

    @property
    def url(self) -> str: ...

    @property
    def port(self) -> str | None: ...

    def start(self) -> None: ...

    def why_ended(self) -> tuple[int, str] | None: ...


class Face(App[None]):
    """The screen of a till. `own` is the till it has started, None: the till is another's.

    `rings`: the terminal's bell rings when the till beeps an error.
    """

    # Whole: one beside a class is looked for beside each that inherits it.
    CSS_PATH = Path(__file__).with_name("app.tcss")
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, view: View, watcher: Watcher, own: OwnTill | None = None, *, rings: bool = False) -> None:
        super().__init__()
        self._rings = rings
        self.view = view
        self._watcher = watcher
        self._own = own
        self._will_show = False
        self._shown_at = 0.0
        self._bound: Connection | None = None
        words = view.words
        self._indicator = Indicator(words.indicator)
        self._keyboard = Keyboard()
        self._tape = Tape(words)
        self._line = LineView(words)
        self._state = State(words)
        self._status = Static(id="status", markup=False)
        for command in Command:
            shown, *others = command.host.names
            footer = words.footer.get(command)
            # From dialogs too, which would take Ctrl-C for a copy.
            always = command is Command.QUIT
            self._bindings.bind(shown, command.action, footer or "", show=footer is not None, priority=always)
            for name in others:
                self._bindings.bind(name, command.action, show=False, priority=always)

    def compose(self) -> ComposeResult:
        yield self._status
        with Horizontal(id="parts"):
            with Vertical(id="left"):
                yield self._indicator
                yield self._keyboard
                yield self._state
            with Vertical(id="right"):
                yield self._tape
                yield self._line
                yield from self.more_parts()
        yield Footer(show_command_palette=False)

    def more_parts(self) -> Iterable[Widget]:
        """What stands below the line; a till alone has nothing there."""
        return ()

    def get_driver_class(self) -> type[Driver]:
        chosen = super().get_driver_class()
        if chosen.__name__ == "LinuxDriver":
            from kkm_sim.tui.terminal_driver import TerminalDriver

            return TerminalDriver
        return chosen

    def on_mount(self) -> None:
        self.theme = "ansi-dark"
        self.run_worker(self._watcher.run(self._take), exit_on_error=True)
        self.show_view()

    # What comes

    def _take(self, news: News) -> None:
        self.view.take(news)
        ended = self._own.why_ended() if self._own and self.view.connection is Connection.LOST else None
        if ended is not None:
            self._till_ended(*ended)
        self.show_soon()

    def _till_ended(self, code: int, said: str) -> None:
        self.view.till_ended(said or self.view.words.ended_with.format(code=code))

    def show_soon(self) -> None:
        """Puts the view on the screen, with all else that comes shortly."""
        if not self._will_show:
            self._will_show = True
            once(self, max(GATHER_S, self._shown_at + SHOW_S - time.monotonic()), self.show_view)

    def show_view(self) -> None:
        """Puts the view on the screen, now."""
        self._will_show = False
        self._shown_at = time.monotonic()
        view = self.view
        self._indicator.show(view.indicator)
        self._tape.show(view.tape)
        self._line.show(view.line, view.bytes_shown)
        self._state.show(view.snapshot if view.connection is Connection.CONNECTED else None)
        for key in view.pressed():
            self._keyboard.flash(key)
        if view.errors_heard() and self._rings:
            self.bell()
        trouble = view.connection in (Connection.LOST, Connection.ENDED)
        # One line unless something is the matter, which is told in full.
        self._status.update(self.status, layout=trouble)
        self._status.set_class(trouble, "trouble")
        if view.connection is not self._bound:
            self._bound = view.connection
            self.refresh_bindings()  # F5 is there for a till that has ended

    @property
    def status(self) -> str:
        """The line over everything."""
        return self.view.status

    # What the user does

    async def on_key(self, event: HostKey) -> None:
        if len(self.screen_stack) == 1 and await self.obey(event.key, event.character):
            event.stop()
            event.prevent_default()

    async def obey(self, name: str, character: str | None) -> bool:
        """Does what a key of the host is for; False where it is for nothing here."""
        match meaning(name, character):
            case Key() as key:
                self._press(key)
            case Command() as command:
                await self.run_action(command.action)
            case None:
                return False
        return True

    def on_key_pressed(self, message: KeyPressed) -> None:
        self._press(message.key)

    def _press(self, key: Key) -> None:
        if self._is_connected():
            self._watcher.press(key)

    def _is_connected(self) -> bool:
        """Whether there is a till to do something with; a bell where there is none."""
        connected = self.view.connection is Connection.CONNECTED
        if not connected:
            self.bell()
        return connected

    def on_resize(self, event: Resize) -> None:
        self.screen_stack[0].set_class(event.size.width < WIDE or event.size.height < HIGH, "small")
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == Command.PARTS.action:
            return self.screen_stack[0].has_class("small")
        if action == Command.START_AGAIN.action:
            return self.view.connection is Connection.ENDED
        return True

    def action_help(self) -> None:
        if len(self.screen_stack) == 1:
            self.push_screen(HelpScreen(self.view.words))

    def action_parts(self) -> None:
        self.screen_stack[0].toggle_class("-other")

    def action_picture(self) -> None:
        picture = newest_picture(self.view.tape)
        if picture is None:
            self.notify(self.view.words.no_picture)
        elif len(self.screen_stack) == 1:
            self.push_screen(PictureScreen(picture, self.view.words))

    def action_save(self) -> None:
        if len(self.screen_stack) == 1 and self._is_connected():
            self.push_screen(SaveScreen(fresh_name(), TAPE_FORMATS, self.view.words, self._save))

    async def _save(self, path: Path) -> None:
        """Saves the tape. Raises NotSaved."""
        words = self.view.words
        try:
            tape = await self._watcher.tape(TAPE_FORMATS[path.suffix.lower()])
            if self.is_web:
                # The file is wanted where the browser is.
                self.deliver_binary(BytesIO(tape), save_filename=path.name)
                return
            with path.open("xb") as file:
                file.write(tape)
        except FileExistsError:
            raise NotSaved(words.save_exists.format(path=path)) from None
        except OSError as error:
            raise NotSaved(words.not_saved.format(path=path, reason=reason_of(error, words))) from None
        except (NoApi, ValueError) as error:
            raise NotSaved(words.not_saved.format(path=path, reason=error)) from None
        self.notify(words.saved.format(path=path.absolute()))

    def action_paper(self) -> None:
        if self._is_connected() and self.view.snapshot is not None:
            self._watcher.paper(not self.view.snapshot.paper)

    def action_power(self) -> None:
        if self._is_connected() and self.view.snapshot is not None:
            self._watcher.power(not self.view.snapshot.power)

    def action_bytes(self) -> None:
        self.view.bytes_shown = not self.view.bytes_shown
        self.show_view()

    def action_tape_up(self) -> None:
        self._tape.scroll_page_up(animate=False)

    def action_tape_down(self) -> None:
        self._tape.scroll_page_down(animate=False)

    def action_line_up(self) -> None:
        self._line.scroll_page_up(animate=False)

    def action_line_down(self) -> None:
        self._line.scroll_page_down(animate=False)

    def action_start_again(self) -> None:
        self.view.till_starts()
        self.show_view()
        # Not awaited here: it takes its time, and somebody may want to leave meanwhile.
        self.run_worker(self._start_again(), group="start", exclusive=True)

    async def _start_again(self) -> None:
        assert self._own is not None
        try:
            await asyncio.to_thread(self._own.start)
        except NotStarted as reason:
            self._till_ended(reason.code, reason.said)
        else:
            self.view.till_started(self._own.url, self._own.port)
            self.started_again()
        self.show_view()

    def started_again(self) -> None:
        """The till that had ended runs again."""

import asyncio

from textual import on
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from kkm_sim.till.keyboard import Key
from kkm_sim.tui.widgets.keyboard import ROWS, Keyboard, KeyButton, KeyPressed
from tests.tui.widgets.screens import alone, rows_of
from tests.waiting import eventually_async


class Listening(App[None]):
    """Hears which keys are clicked."""

    CSS_PATH = "../../../kkm_sim/tui/app.tcss"

    def __init__(self) -> None:
        super().__init__()
        self.keys: list[Key] = []

    def compose(self) -> ComposeResult:
        yield Keyboard()

    @on(KeyPressed)
    def hear(self, message: KeyPressed) -> None:
        self.keys.append(message.key)


def test_it_has_every_key_once() -> None:
    assert sorted((key for row in ROWS for key in row), key=lambda key: key.value) == sorted(
        Key, key=lambda key: key.value
    )


def test_each_key_says_its_name_and_what_presses_it() -> None:
    keyboard = Keyboard()

    async def look(pilot: Pilot[None]) -> None:
        rows = rows_of(keyboard)
        assert rows[1].replace("│", " ").split() == ["↑", "РЕЖ", "ВЗ", "АН", "С"]
        assert rows[2].replace("─", " ").replace("╰", " ").replace("╯", " ").split() == ["F", "M", "V", "A", "Esc"]

    alone(keyboard, look)


def test_a_click_says_which_key() -> None:
    async def main() -> None:
        app = Listening()
        async with app.run_test(size=(80, 24)) as pilot:
            buttons = {button.key: button for button in app.query(KeyButton)}
            await pilot.click(buttons[Key.ITEM])
            await pilot.click(buttons[Key.D0])
            assert app.keys == [Key.ITEM, Key.D0]

    asyncio.run(main())


def test_a_flash_is_over_soon() -> None:
    keyboard = Keyboard()

    async def look(pilot: Pilot[None]) -> None:
        keyboard.flash(Key.TOTAL)
        assert [button.key for button in keyboard.query(".pressed").results(KeyButton)] == [Key.TOTAL]
        await eventually_async(lambda: not keyboard.query(".pressed"))

    alone(keyboard, look)

from inspect import signature
from itertools import count
from pathlib import Path

import pytest
from textual.app import App
from textual.binding import BindingsMap

from kkm_sim.control.models import BeepEvent, FindingEvent, KeyEvent, PacketEntry, PacketEvent, StateEvent
from kkm_sim.findings import FindingCode
from kkm_sim.link.packets import ControlCode
from kkm_sim.messages.codes import CodeType
from kkm_sim.messages.records import SaleRequest
from kkm_sim.till.indicator import show
from kkm_sim.till.keyboard import Key
from kkm_sim.tui.app import Face
from kkm_sim.tui.catalogue import ENGLISH, RUSSIAN, Words
from kkm_sim.tui.keymap import Command
from kkm_sim.tui.till_process import NotStarted
from kkm_sim.tui.view import Connection, Happened, Lost
from kkm_sim.tui.widgets.keyboard import KeyButton
from tests.render.matrix import decode_qr, modules_of
from tests.tui.conftest import LooksLike
from tests.tui.support import (
    LINK,
    Screen,
    Wire,
    a_receipt,
    caught_up,
    finding,
    look_at,
    operation,
    receipt,
    settled,
    snapshot,
    text,
)
from tests.waiting import eventually_async

SMALL, LARGE = (80, 24), (120, 40)
REQUEST = snapshot("request", show("А", "0.00"), request=True)


@pytest.mark.parametrize("words", [ENGLISH, RUSSIAN], ids=["en", "ru"])
def test_a_sale_on_a_large_screen(words: Words, looks_like: LooksLike) -> None:
    open_receipt = receipt(operation(1, 15050, alcohol=True, code_type=1))

    async def look(screen: Screen) -> None:
        shown = await screen.tell(
            caught_up(
                snapshot("open", show("", "150.50"), receipt=open_receipt),
                *a_receipt(),
                packets=a_talk(),
                findings=(finding(1), finding(2, FindingCode.PING_TOO_OFTEN)),
            )
        )
        looks_like(f"sale-120x40-{'en' if words is ENGLISH else 'ru'}", shown)

    look_at(look, size=LARGE, words=words, port="/dev/pts/7")


def a_talk() -> tuple[PacketEntry, ...]:
    """A poll, and a request that is taken."""
    wire = Wire()
    return (
        wire.to_till(ControlCode.RDY),
        wire.to_master(ControlCode.RDY),
        wire.to_till(SaleRequest(code_type=CodeType.PDF, name="ВОДКА").encode()),
        wire.to_master(ControlCode.ACK),
    )


def test_a_request_on_a_small_screen(looks_like: LooksLike) -> None:
    async def look(screen: Screen) -> None:
        shown = await screen.tell(caught_up(REQUEST, *a_receipt(), packets=a_talk(), findings=(finding(),)))
        looks_like("request-80x24", shown)
        looks_like("request-80x24-line", await screen.press("f2"))
        assert await screen.press("f2") == shown

    look_at(look, size=SMALL)


def test_the_end_of_the_tape_is_seen_as_it_grows() -> None:
    async def look(screen: Screen) -> None:
        await screen.tell(caught_up(snapshot(), *(text(n, f"строка {n}") for n in range(1, 60))))
        assert "строка 59" in await screen.text()
        up = await screen.press("pageup")
        assert "строка 59" not in up
        await screen.press("pagedown", "pagedown")
        assert "строка 59" in await screen.text()

    look_at(look)


def test_keys_are_pressed_in_either_layout_and_case() -> None:
    async def look(screen: Screen) -> None:
        await screen.tell(caught_up())
        await screen.press("1", "p", "з", "P", "З", "enter", "escape", "z", "w")
        assert screen.told.keys == [Key.D1, *[Key.ITEM] * 4, Key.TOTAL, Key.CLEAR, Key.DOUBLE_ZERO]

    look_at(look)


def test_keys_are_pressed_by_the_mouse() -> None:
    async def look(screen: Screen) -> None:
        await screen.tell(caught_up())
        for button in screen.face.query(KeyButton):
            await screen.click(button)
        assert len(screen.told.keys) == 25
        assert set(screen.told.keys) == set(Key)

    look_at(look)


def test_a_key_flashes_when_it_went_down_at_the_till() -> None:
    async def look(screen: Screen) -> None:
        await screen.tell(caught_up())
        screen.told.tell(Happened(KeyEvent(at=1, key="ПИ")))
        screen.face.show_view()
        assert [button.key for button in screen.face.query(".pressed").results(KeyButton)] == [Key.ITEM]

    look_at(look)


@pytest.mark.parametrize("rings", [True, False])
def test_the_bell_rings_at_errors_if_it_is_asked_for(rings: bool) -> None:
    rung: list[bool] = []

    async def look(screen: Screen) -> None:
        screen.face.bell = lambda: rung.append(True)  # type: ignore[method-assign]
        await screen.tell(caught_up(), Happened(BeepEvent(at=1, length="long")))
        assert rung == [True] * rings

    look_at(look, rings=rings)


def test_without_a_connection_no_key_is_pressed() -> None:
    async def look(screen: Screen) -> None:
        await screen.press("1")
        await screen.tell(caught_up())
        await screen.tell(Lost("нет"))
        await screen.press("2")
        assert screen.told.keys == []

    look_at(look)


def test_the_map_and_no_key_reaches_the_till_behind_it(looks_like: LooksLike) -> None:
    async def look(screen: Screen) -> None:
        before = await screen.tell(caught_up())
        looks_like("map-80x24", await screen.press("f1"))
        assert await screen.press("p") == before
        assert screen.told.keys == []

    look_at(look)


def test_the_qr_code_alone_in_full_size() -> None:
    async def look(screen: Screen) -> None:
        before = await screen.tell(caught_up(snapshot(), *a_receipt()))
        for key in ("q", "Q", "й", "Й"):
            shown = await screen.press(key)
            picture = screen.face.screen.query_one("#picture").region
            rows = shown.splitlines()[picture.y : picture.bottom]
            lines = [row.ljust(80)[picture.x : picture.right] for row in rows]
            assert decode_qr(modules_of(lines)) == LINK
            assert await screen.press("5") == before
            assert screen.told.keys == []

    look_at(look, size=(80, 30))


def test_a_qr_code_that_has_no_room() -> None:
    async def look(screen: Screen) -> None:
        await screen.tell(caught_up(snapshot(), *a_receipt()))
        assert "нужен терминал" in await screen.press("q")

    look_at(look, size=(80, 15))


def test_no_qr_code_yet() -> None:
    async def look(screen: Screen) -> None:
        await screen.tell(caught_up())
        assert RUSSIAN.no_picture in await screen.press("q")

    look_at(look)


def test_paper_and_power_are_switched() -> None:
    async def look(screen: Screen) -> None:
        await screen.tell(caught_up())
        await screen.press("f8", "f9")
        await screen.tell(caught_up(snapshot("off", paper=False, power=False)))
        await screen.press("f8", "f9")
        assert screen.told.switched == [("paper", False), ("power", False), ("paper", True), ("power", True)]

    look_at(look)


def test_bytes_on_demand() -> None:
    async def look(screen: Screen) -> None:
        packet = Wire().to_till(ControlCode.SYN)
        shown = await screen.tell(caught_up(), Happened(PacketEvent(at=1, packet=packet)))
        assert "SYN" in shown
        assert "7f 02 01 cc" not in shown
        assert "7f 02 01 cc" in await screen.press("b")
        assert "7f 02 01 cc" not in await screen.press("И")

    look_at(look, size=LARGE)


def test_a_finding_as_it_happens() -> None:
    async def look(screen: Screen) -> None:
        shown = await screen.tell(caught_up(), Happened(FindingEvent(at=1, finding=finding())))
        assert "ОШИБКА bad-fcrc" in shown

    look_at(look, size=LARGE)


def test_a_state_as_it_happens() -> None:
    async def look(screen: Screen) -> None:
        shown = await screen.tell(
            caught_up(), Happened(StateEvent(at=1, state="entry", snapshot=snapshot("entry", show("", "15."))))
        )
        assert shown.startswith("оператор набирает · на RDY ответ: DISC")
        assert " 15. " in shown

    look_at(look)


def test_what_comes_is_shown_on_a_busy_computer_too(monkeypatch: pytest.MonkeyPatch) -> None:
    async def look(screen: Screen) -> None:
        with monkeypatch.context() as busy:
            # Textual looks at the clock, and this process is away for a second, each time.
            busy.setattr("textual._time.get_time", map(float, count()).__next__)
            for state, words in (("menu", "меню"), ("open", "чек открыт")):
                screen.told.tell(caught_up(snapshot(state)))
                await screen.shows(words)

    look_at(look)


def test_a_lost_connection_and_its_return(looks_like: LooksLike) -> None:
    async def look(screen: Screen) -> None:
        before = await screen.tell(caught_up(snapshot(), *a_receipt()))
        looks_like("lost-80x24", await screen.tell(Lost(RUSSIAN.refused_connection)))
        assert await screen.tell(caught_up()) == before

    look_at(look)


class Dying:
    """A till of our own that has ended, and may come up again."""

    url = "http://127.0.0.1:9999"
    port = "/dev/pts/9"

    def __init__(self, *, comes_up: bool, says: str = "") -> None:
        self.comes_up = comes_up
        self.says = says

    def start(self) -> None:
        if not self.comes_up:
            raise NotStarted(2, self.says)

    def why_ended(self) -> tuple[int, str] | None:
        return -9, ""


def test_our_till_has_died_and_is_started_anew(looks_like: LooksLike) -> None:
    async def look(screen: Screen) -> None:
        assert RUSSIAN.footer[Command.START_AGAIN] not in await screen.tell(caught_up())
        await screen.tell(Lost("…"))
        looks_like("ended-80x24", await screen.shows(RUSSIAN.footer[Command.START_AGAIN]))
        await screen.press("f5")
        assert (await screen.text()).startswith("соединение с http://127.0.0.1:")
        await eventually_async(lambda: screen.face.view.url == Dying.url)

    look_at(look, own=Dying(comes_up=True))


@pytest.mark.parametrize(
    ("says", "reason"),
    [("cannot open /dev/ttyUSB0", "cannot open /dev/ttyUSB0"), ("", "код 2")],
    ids=["said", "silent"],
)
def test_our_till_does_not_come_up_again(says: str, reason: str) -> None:
    async def look(screen: Screen) -> None:
        await screen.tell(caught_up(), Lost("…"))
        await screen.press("f5")
        assert (await screen.shows(reason)).startswith(f"касса завершилась (F5 запускает снова): {reason}\n")

    look_at(look, own=Dying(comes_up=False, says=says))


def test_a_till_that_is_there_before_its_start_is_over_stays_connected() -> None:
    class Quick(Dying):
        def start(self) -> None:
            screen_of_it[0].face.call_from_thread(screen_of_it[0].told.tell, caught_up())

    screen_of_it: list[Screen] = []

    async def look(screen: Screen) -> None:
        screen_of_it.append(screen)
        await screen.tell(caught_up(), Lost("…"))
        await screen.press("f5")
        await eventually_async(lambda: screen.face.view.url == Dying.url)
        assert screen.face.view.connection is Connection.CONNECTED

    look_at(look, own=Quick(comes_up=True))


def test_why_the_till_has_ended_is_told_in_full() -> None:
    class Wordy(Dying):
        def why_ended(self) -> tuple[int, str] | None:
            return 2, "a reason that is " + "very " * 30 + "long indeed"

    async def look(screen: Screen) -> None:
        await screen.tell(caught_up())
        assert "long indeed" in " ".join((await screen.tell(Lost("…"))).split())
        assert (await screen.tell(caught_up())).splitlines()[1].startswith("╭─ Меркурий-130К")

    look_at(look, own=Wordy(comes_up=True))


WAYS_OUT = ("ctrl+q", "ctrl+c", "f10")


@pytest.mark.parametrize("over", [None, "f1", "q", "t"])
def test_the_ways_out_from_wherever_one_is(over: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    ends: list[str] = []

    async def look(screen: Screen) -> None:
        await screen.tell(caught_up(snapshot(), *a_receipt()))
        if over is not None:
            await screen.press(over)
        for key in WAYS_OUT:
            with monkeypatch.context() as instead:
                instead.setattr(screen.face, "exit", lambda key=key: ends.append(key))
                await screen.press(key)

    look_at(look, size=(80, 30))
    assert tuple(ends) == WAYS_OUT


def test_out_is_out() -> None:
    async def look(screen: Screen) -> None:
        await screen.tell(caught_up())
        await screen.press("f10")
        assert not screen.face.is_running

    look_at(look)


def test_nothing_has_a_ground_of_its_own_and_the_terminals_letters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # where the tape is saved

    # On a light terminal, or on a dark one, such letters could not be read.
    async def look(screen: Screen) -> None:
        await screen.tell(caught_up(snapshot(), *a_receipt()))
        for keys in ((), ("f1",), ("x", "t"), ("enter", "escape")):
            await screen.press(*keys)
            screen.face.notify("said", severity="error")
            await settled(screen.pilot)
            strips = screen.face.screen._compositor.render_strips()
            for segment in (segment for strip in strips for segment in strip if segment.text.strip()):
                style = segment.style
                if style is None or style.reverse or style.bgcolor is None or style.bgcolor.is_default:
                    continue
                assert style.color is not None, segment
                assert not style.color.is_default, segment

    look_at(look, size=LARGE)


def test_any_size_will_do() -> None:
    async def look(screen: Screen) -> None:
        await screen.tell(caught_up(snapshot(), *a_receipt()))
        for size in ((20, 5), (1, 1), (300, 90), (80, 24), LARGE):
            await screen.pilot.resize_terminal(*size)
            await screen.text()
        assert RUSSIAN.ping_flags in await screen.text()

    look_at(look)


def test_every_command_has_its_action() -> None:
    assert [command for command in Command if not hasattr(Face, f"action_{command.action}")] == []


def test_what_is_private_in_textual_is_as_it_is_used() -> None:
    """Bindings in the user's language that come before those of dialogs have no public way: pyproject pins them."""
    assert isinstance(App()._bindings, BindingsMap)
    assert {"keys", "action", "description", "show", "priority"} <= signature(BindingsMap.bind).parameters.keys()

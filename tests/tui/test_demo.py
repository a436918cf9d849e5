import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from kkm_sim.till.indicator import show
from kkm_sim.tui import catalogue, demo_catalogue
from kkm_sim.tui.bottles import BEER, bottle
from kkm_sim.tui.box_view import BoxEnded, BoxNews, BoxSaid, BoxStarted
from kkm_sim.tui.demo import DemoFace
from kkm_sim.tui.view import Lost, View
from kkm_sim.tui.widgets.panel import PanelKey
from tests.tui.conftest import LooksLike
from tests.tui.support import URL, Screen, Told, a_receipt, caught_up, snapshot

SMALL, LARGE = (80, 24), (120, 40)


class Counter:
    """A SmartBox that does nothing of itself: a test says what it tells, and sees what it was told."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.restarts = 0
        self._tell: Callable[[BoxNews], None] | None = None

    async def run(self, tell: Callable[[BoxNews], None]) -> None:
        self._tell = tell
        await asyncio.Event().wait()

    def say(self, line: str) -> None:
        self.lines.append(line)

    def restart(self) -> None:
        self.restarts += 1

    def tells(self, *news: BoxNews) -> None:
        assert self._tell is not None
        for one in news:
            self._tell(one)


class Alive:
    """A till of our own that is well."""

    url = URL
    port = "/dev/pts/7"

    def start(self) -> None:
        pass

    def why_ended(self) -> tuple[int, str] | None:
        return None


def said(event: str, text: str = "", **fields: Any) -> BoxSaid:
    return BoxSaid({"event": event, "text": text, **fields})


Look = Callable[[Screen, Counter], Awaitable[None]]


def look_at_demo(look: Look, *, size: tuple[int, int] = SMALL, lang: str = "en") -> None:
    async def main() -> None:
        told, counter = Told(), Counter()
        view = View(catalogue.LANGUAGES[lang], URL, "/dev/pts/7")
        face = DemoFace(view, told, Alive(), counter, demo_catalogue.LANGUAGES[lang])
        async with face.run_test(size=size, notifications=True) as pilot:
            await pilot.pause()
            await look(Screen(face, pilot, told), counter)

    asyncio.run(main())


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_panel_beside_the_till(size: tuple[int, int], lang: str, looks_like: LooksLike) -> None:
    async def look(screen: Screen, counter: Counter) -> None:
        counter.tells(
            BoxStarted(),
            said("till-found", "the till answers"),
            said("code-scanned", "scanned EAN 4600000000015", kind="EAN", code="4600000000015"),
        )
        shown = await screen.tell(caught_up(snapshot(), *a_receipt()))
        looks_like(f"demo-{size[0]}x{size[1]}-{lang}", shown)

    look_at_demo(look, size=size, lang=lang)


def test_the_keys_of_the_panel_go_to_the_smartbox_and_not_to_the_till() -> None:
    async def look(screen: Screen, counter: Counter) -> None:
        await screen.tell(caught_up())
        await screen.press("e", "В", "л", "L", "y", "p")
        assert counter.lines == [bottle(1).ean, bottle(1).pdf, f"beer {BEER}", "annul"]
        assert [key.value for key in screen.told.keys] == ["КР", "ПИ"]

    look_at_demo(look)


def test_the_panel_is_worked_by_the_mouse() -> None:
    async def look(screen: Screen, counter: Counter) -> None:
        await screen.tell(caught_up())
        for key in screen.face.query(PanelKey):
            assert await screen.pilot.click(key)
        codes = [bottle(1).ean, bottle(1).pdf]
        assert counter.lines == [*codes, *codes, f"beer {BEER}", "annul", "utm refuses", "cable out"]

    look_at_demo(look)


def test_the_switches_say_how_they_stand() -> None:
    async def look(screen: Screen, counter: Counter) -> None:
        await screen.tell(caught_up())
        shown = [await screen.press("u") for _ in range(4)]
        assert ["UTM refuses" in shown[0], "UTM is down" in shown[1], "UTM is slow" in shown[2]] == [True] * 3
        assert "UTM allows" in shown[3]
        assert "cable IS OUT" in await screen.press("w")
        assert "cable is in" in await screen.press("w")
        assert counter.lines[-2:] == ["cable out", "cable in"]

    look_at_demo(look)


def test_an_end_of_the_smartbox_is_told() -> None:
    async def look(screen: Screen, counter: Counter) -> None:
        counter.tells(BoxEnded(1))
        assert "the SmartBox has ended with code 1" in await screen.tell(caught_up())

    look_at_demo(look, size=LARGE)


def test_the_till_started_anew_gets_a_smartbox_for_its_new_line() -> None:
    async def look(screen: Screen, counter: Counter) -> None:
        await screen.tell(caught_up())
        screen.face.view.till_ended("")
        await screen.press("f5")
        assert counter.restarts == 1

    look_at_demo(look)


def test_the_tour_names_the_next_key() -> None:
    async def look(screen: Screen, counter: Counter) -> None:
        before = await screen.tell(caught_up())
        assert (await screen.press("?")).startswith("1/10 A bottle: E: the scanner reads the EAN of a bottle\n")
        scanned = snapshot(indicator=show("SCAn PdF"))
        assert (await screen.tell(caught_up(scanned))).startswith("1/10 A bottle: D: it reads")
        counter.tells(said("receipt-done", receipt_number=1, result=0))
        shown = await screen.tell(caught_up(snapshot(), *a_receipt()))
        assert shown.startswith("2/10 Its code: Q: the QR code alone")
        await screen.pilot.resize_terminal(80, 30)
        await screen.press("q")
        assert (await screen.press("x")).startswith("3/10 A refusal: U, until the UTM refuses")
        assert (await screen.press("?")).startswith(before.splitlines()[0])

    look_at_demo(look)


def test_a_lost_till_is_told_before_the_tour_goes_on() -> None:
    async def look(screen: Screen, counter: Counter) -> None:
        await screen.tell(caught_up())
        await screen.press("?")
        assert (await screen.tell(Lost("gone"))).startswith("no connection to")

    look_at_demo(look)

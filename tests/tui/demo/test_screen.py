import pytest

from kkm_sim.till.indicator import show
from kkm_sim.tui.demo.bottles import BEER, bottle
from kkm_sim.tui.demo.smartbox_view import BoxStarted
from kkm_sim.tui.view import Lost
from tests.tui.conftest import LooksLike
from tests.tui.demo.support import LARGE, SMALL, Counter, look_at_demo, said
from tests.tui.support import Screen, a_poll, a_receipt, caught_up, snapshot


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_panel_beside_the_till(size: tuple[int, int], lang: str, looks_like: LooksLike) -> None:
    async def look(screen: Screen, counter: Counter) -> None:
        counter.tells(
            BoxStarted(),
            said("till-found", "the till answers"),
            said("code-scanned", "scanned EAN 4600000000015", kind="EAN", code="4600000000015"),
        )
        shown = await screen.tell(caught_up(snapshot(), *a_receipt(), packets=a_poll()))
        looks_like(f"demo-{size[0]}x{size[1]}-{lang}", shown)

    look_at_demo(look, size=size, lang=lang)


def test_the_keys_of_the_panel_go_to_the_smartbox_and_not_to_the_till() -> None:
    async def look(screen: Screen, counter: Counter) -> None:
        await screen.tell(caught_up())
        await screen.press("e", "В", "л", "L", "y", "p")
        assert counter.lines == [bottle(1).ean, bottle(1).pdf, f"beer {BEER}", "annul"]
        assert [key.value for key in screen.told.keys] == ["КР", "ПИ"]

    look_at_demo(look)


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


def test_till_and_smartbox_are_each_watched_once() -> None:
    # Two watchers would take the keys in turns, and mix them up.
    async def look(screen: Screen, counter: Counter) -> None:
        assert (screen.told.runs, counter.runs) == (1, 1)

    look_at_demo(look)

from kkm_sim.tui.demo.bottles import BEER, bottle
from kkm_sim.tui.demo.smartbox_panel import PanelKey
from kkm_sim.tui.demo.smartbox_view import BoxEnded
from tests.tui.demo.support import LARGE, Counter, look_at_demo
from tests.tui.support import Screen, caught_up


def test_the_panel_is_worked_by_the_mouse() -> None:
    async def look(screen: Screen, counter: Counter) -> None:
        await screen.tell(caught_up())
        for key in screen.face.query(PanelKey):
            await screen.click(key)
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

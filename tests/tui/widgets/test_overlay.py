from textual.events import Key as HostKey

from tests.tui.support import Screen, a_receipt, caught_up, look_at, settled, snapshot


def test_keys_that_come_quickly_take_the_picture_away_once() -> None:
    async def look(screen: Screen) -> None:
        before = await screen.tell(caught_up(snapshot(), *a_receipt()))
        await screen.press("q")
        for key in ("x", "1", "2"):
            screen.face.post_message(HostKey(key, key))
        await settled(screen.pilot)
        assert await screen.text() == before

    look_at(look, size=(80, 30))

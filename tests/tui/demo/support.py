"""The demo's screen with a till and a SmartBox that do what a test says."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from kkm_sim.tui import catalogue
from kkm_sim.tui.demo import catalogue as demo_catalogue
from kkm_sim.tui.demo.screen import DemoFace
from kkm_sim.tui.demo.smartbox_view import BoxNews, BoxSaid
from kkm_sim.tui.view import View
from tests.tui.support import URL, Screen, Told, settled

SMALL, LARGE = (80, 24), (120, 40)


class Counter:
    """A SmartBox that does nothing of itself: a test says what it tells, and sees what it was told."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.runs = 0
        self.restarts = 0
        self._tell: Callable[[BoxNews], None] | None = None

    async def run(self, tell: Callable[[BoxNews], None]) -> None:
        self.runs += 1
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
            await settled(pilot)
            await look(Screen(face, pilot, told), counter)

    asyncio.run(main())

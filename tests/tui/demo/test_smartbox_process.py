import asyncio
import os
import signal
from collections.abc import Callable

from kkm_sim.tui.demo.smartbox_process import BoxProcess
from kkm_sim.tui.demo.smartbox_view import BoxEnded, BoxNews, BoxSaid, BoxStarted
from tests.commands.program import Program, is_alive, posix
from tests.waiting import PATIENCE_S


class Heard:
    """Runs a SmartBox and waits for what it tells."""

    def __init__(self, where: Callable[[], str | None]) -> None:
        self.box = BoxProcess(where, ["--pace", "off"])
        self._news: asyncio.Queue[BoxNews] = asyncio.Queue()

    async def __aenter__(self) -> "Heard":
        self._task = asyncio.create_task(self.box.run(self._news.put_nowait))
        return self

    async def __aexit__(self, *error: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def until(self, come: Callable[[BoxNews], bool]) -> BoxNews:
        async with asyncio.timeout(PATIENCE_S):
            while not come(news := await self._news.get()):
                pass
        return news

    async def said(self, event: str) -> str:
        news = await self.until(lambda news: isinstance(news, BoxSaid) and news.event["event"] == event)
        assert isinstance(news, BoxSaid)
        return str(news.event["text"])


@posix
def test_it_serves_obeys_and_is_started_again() -> None:
    with Program("run", "--pty", "--pace", "off") as till:
        port = till.ready()["port"]

        async def talk() -> int:
            async with Heard(lambda: port) as heard:
                assert await heard.said("till-found") == "the till answers"
                heard.box.say("ping")
                assert "shift 1" in await heard.said("pinged")
                assert heard.box.pid is not None
                os.kill(heard.box.pid, signal.SIGKILL)
                assert await heard.until(lambda news: isinstance(news, BoxEnded)) == BoxEnded(-9)
                heard.box.say("ping")  # to nobody
                await heard.until(lambda news: isinstance(news, BoxStarted))
                await heard.said("till-found")
                heard.box.restart()
                assert await heard.until(lambda news: not isinstance(news, BoxSaid)) == BoxStarted()
                await heard.said("till-found")
                last = heard.box.pid
                assert last is not None
                return last

        assert not is_alive(asyncio.run(talk()))


@posix
def test_where_there_is_no_till_it_waits() -> None:
    where: list[str] = []

    async def talk() -> None:
        async with Heard(lambda: where[0] if where else None) as heard:
            with Program("run", "--pty", "--pace", "off") as till:
                assert heard.box.pid is None
                where.append(till.ready()["port"])
                await heard.said("till-found")

    asyncio.run(talk())

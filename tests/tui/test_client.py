import asyncio
import socket
from collections.abc import Callable

import pytest

from kkm_sim.control.models import IndicatorEvent, KeyEvent
from kkm_sim.till.keyboard import Key
from kkm_sim.tui.catalogue import ENGLISH
from kkm_sim.tui.catching_up import CaughtUp
from kkm_sim.tui.client import Client, NoApi
from kkm_sim.tui.view import Happened, Lost, News
from tests.control.conftest import MakeApi, MakeServer
from tests.control.support import Api

PATIENCE_S = 20


class Heard:
    """Runs a client and waits for what it tells."""

    def __init__(self, where: Callable[[], str | None]) -> None:
        self.client = Client(where, ENGLISH)
        self._news: asyncio.Queue[News] = asyncio.Queue()

    async def __aenter__(self) -> "Heard":
        self._task = asyncio.create_task(self.client.run(self._news.put_nowait))
        return self

    async def __aexit__(self, *error: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def caught_up(self) -> CaughtUp:
        while True:
            news = await self._next()
            if isinstance(news, CaughtUp):
                return news

    async def lost(self) -> str:
        while True:
            news = await self._next()
            if isinstance(news, Lost):
                return news.reason

    async def indicator(self, text: str) -> list[News]:
        """All that is told until the indicator shows `text`."""
        told = []
        while True:
            told.append(await self._next())
            match told[-1]:
                case Happened(IndicatorEvent(indicator=indicator)) if indicator.text == text:
                    return told

    async def _next(self) -> News:
        return await asyncio.wait_for(self._news.get(), PATIENCE_S)


def test_it_catches_up_and_presses_keys(api: Api, make_server: MakeServer) -> None:
    api("POST", "/v1/keys", {"keys": "1 5 0 ПИ"})
    server = make_server(api)

    async def talk() -> None:
        async with Heard(lambda: server.url) as heard:
            first = await heard.caught_up()
            assert first.snapshot.indicator.text == "150.00"
            assert first.entries
            heard.client.press(Key.ANNUL)
            heard.client.press(Key.CLEAR)
            told = await heard.indicator("АН")
            assert Happened(KeyEvent(at=told[0].event.at, key="АН")) == told[0]  # type: ignore[union-attr]

    asyncio.run(talk())


def test_keys_and_switches_are_done_in_their_order(api: Api, make_server: MakeServer) -> None:
    server = make_server(api)

    async def talk() -> None:
        async with Heard(lambda: server.url) as heard:
            await heard.caught_up()
            heard.client.press(Key.D1)
            heard.client.press(Key.D5)
            heard.client.power(False)
            heard.client.press(Key.D9)  # off: nothing is typed
            heard.client.power(True)
            heard.client.paper(False)
            heard.client.press(Key.MODE)
            told = await heard.indicator("ОБГ----")
            texts = [one.event.indicator.text for one in told if isinstance(one.event, IndicatorEvent)]  # type: ignore[union-attr]
            assert texts == ["1", "15", "", "?", "ОБГ----"]

    asyncio.run(talk())
    assert api("GET", "/v1/till").json()["paper"] is False


def test_the_tape_as_a_file(api: Api, make_server: MakeServer) -> None:
    api("POST", "/v1/keys", {"keys": "1 5 0 ПИ"})
    server = make_server(api)
    client = Client(lambda: server.url, ENGLISH)
    assert "150.00" in asyncio.run(client.tape("text")).decode()
    assert asyncio.run(client.tape("png")).startswith(b"\x89PNG")
    assert asyncio.run(client.tape("svg")).startswith(b"<svg")


def test_no_tape_where_there_is_no_till() -> None:
    with pytest.raises(NoApi, match="closed"):
        asyncio.run(Client(lambda: None, ENGLISH).tape("png"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening
        port = taken.getsockname()[1]
        with pytest.raises(NoApi, match="refused"):
            asyncio.run(Client(lambda: f"http://127.0.0.1:{port}", ENGLISH).tape("png"))


def test_after_a_loss_it_catches_up_with_what_it_missed(api: Api, make_server: MakeServer) -> None:
    api("POST", "/v1/keys", {"keys": "1 5 0 ПИ"})
    server = make_server(api)
    where = server.url

    async def talk() -> None:
        nonlocal where
        async with Heard(lambda: where) as heard:
            first = await heard.caught_up()
            known = first.entries[-1].n
            await asyncio.to_thread(server.stop)
            assert await heard.lost()
            await asyncio.to_thread(api, "POST", "/v1/keys", {"keys": "ИТ"})
            where = make_server(api).url
            news = await heard.caught_up()
            assert not news.afresh
            assert news.entries[0].n == known + 1
            assert news.snapshot.state == "idle"

    asyncio.run(talk())


def test_another_till_at_the_address_begins_anew(api: Api, make_api: MakeApi, make_server: MakeServer) -> None:
    api("POST", "/v1/keys", {"keys": "1 5 0 ПИ"})
    server = make_server(api)
    where = server.url

    async def talk() -> None:
        nonlocal where
        async with Heard(lambda: where) as heard:
            assert (await heard.caught_up()).entries
            await asyncio.to_thread(server.stop)
            where = make_server(make_api()).url
            news = await heard.caught_up()
            assert news.afresh
            assert news.entries == ()

    asyncio.run(talk())


def test_nobody_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening
        port = taken.getsockname()[1]

        async def talk() -> str:
            async with Heard(lambda: f"http://127.0.0.1:{port}") as heard:
                return await heard.lost()

        assert asyncio.run(talk()) == ENGLISH.refused_connection


def test_somebody_else_there() -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"220 mail.example.com ESMTP\r\n")
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async def talk() -> str:
        server = await asyncio.start_server(babble, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            async with Heard(lambda: f"http://127.0.0.1:{port}") as heard:
                return await heard.lost()

    assert asyncio.run(talk()) == ENGLISH.not_the_api


def test_where_there_is_no_till_it_waits(make_server: MakeServer) -> None:
    where: list[str] = []

    async def talk() -> None:
        async with Heard(lambda: where[0] if where else None) as heard:
            where.append(make_server().url)
            assert (await heard.caught_up()).snapshot.state == "idle"

    asyncio.run(talk())

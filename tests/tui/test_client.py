import asyncio
import http.server
import socket
import threading
from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from kkm_sim.control.app import create_app
from kkm_sim.control.devices import DeviceChoice
from kkm_sim.control.models import IndicatorEvent, KeyEvent
from kkm_sim.control.server import AppServer
from kkm_sim.till.keyboard import Key
from kkm_sim.tui.catalogue import ENGLISH, RUSSIAN, Words
from kkm_sim.tui.client import Client, NoApi
from kkm_sim.tui.reconnect import CaughtUp
from kkm_sim.tui.view import Happened, Lost, News
from tests.control.conftest import AT_ONCE, MakeApi, MakeServer
from tests.control.support import Api
from tests.waiting import PATIENCE_S


class Heard:
    """Runs a client and waits for what it tells."""

    def __init__(self, where: Callable[[], str | None], words: Words = ENGLISH) -> None:
        self.client = Client(where, words)
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
        with pytest.raises(NoApi, match="nobody listens"):
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


def resolves_to(monkeypatch: pytest.MonkeyPatch, *places: tuple[str, int]) -> None:
    """Every name has these addresses."""
    addresses = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", place) for place in places]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *asked, **more: addresses)


def test_nobody_at_either_address_of_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken, socket.socket() as too:
        for each in (taken, too):
            each.bind(("127.0.0.1", 0))
        resolves_to(monkeypatch, taken.getsockname(), too.getsockname())
        assert asyncio.run(first_loss("http://till.local:8130", RUSSIAN)) == "там никто не отвечает"


def test_the_second_address_of_a_name_may_be_the_tills(
    make_server: MakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = make_server()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        resolves_to(monkeypatch, taken.getsockname(), (server.host, server.port))

        async def talk() -> CaughtUp:
            async with Heard(lambda: "http://localhost:8130") as heard:
                return await heard.caught_up()

        assert asyncio.run(talk()).snapshot.state == "idle"


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


async def first_loss(url: str, words: Words = ENGLISH) -> str:
    async with Heard(lambda: url, words) as heard:
        return await heard.lost()


def test_a_till_that_is_not_on_the_line_is_told_in_the_servers_words(make_server: MakeServer) -> None:
    url = f"{make_server().url}?till=9"
    assert asyncio.run(first_loss(url)) == "There is no till at address 9; there is 1"
    assert asyncio.run(first_loss(url, RUSSIAN)) == "кассы с адресом 9 нет; есть 1"


def test_another_servers_refusal_is_no_control_api() -> None:
    class Nothing(http.server.BaseHTTPRequestHandler):
        def log_message(self, *words: object) -> None:
            pass

        def do_GET(self) -> None:
            self.send_error(404)

    with http.server.HTTPServer(("127.0.0.1", 0), Nothing) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        assert asyncio.run(first_loss(f"http://127.0.0.1:{server.server_port}", RUSSIAN)) == RUSSIAN.not_the_api
        thread.join(PATIENCE_S)


def test_one_of_two_tills_is_watched_and_pressed(make_api: MakeApi, make_server: MakeServer) -> None:
    api = make_api(AT_ONCE, replace(AT_ONCE, option_30=2))
    server = make_server(api)

    async def talk() -> None:
        async with Heard(lambda: f"{server.url}?till=2") as heard:
            assert (await heard.caught_up()).snapshot.address == 2
            await asyncio.to_thread(api, "POST", "/v1/keys", {"keys": "7"})
            heard.client.press(Key.D5)
            heard.client.press(Key.ITEM)
            texts = [
                one.event.indicator.text
                for one in await heard.indicator("5.00")
                if isinstance(one, Happened) and isinstance(one.event, IndicatorEvent)
            ]
            assert texts == ["5", "5.00"]
            assert "5.00" in (await heard.client.tape("text")).decode()

    asyncio.run(talk())
    assert api("GET", "/v1/till").json()["indicator"]["text"] == "7"


def test_one_of_two_devices_is_watched(make_api: MakeApi) -> None:
    apis = {"bar": make_api(), "shop": make_api()}
    apis["shop"]("POST", "/v1/keys", {"keys": "7"})
    choice = DeviceChoice({name: create_app(api.pump, api.simulator) for name, api in apis.items()})
    server = AppServer(lambda loopback_only: choice)
    server.start()

    async def talk() -> None:
        async with Heard(lambda: f"{server.url}?device=shop") as heard:
            assert (await heard.caught_up()).snapshot.indicator.text == "7"
            heard.client.press(Key.CLEAR)
            await heard.indicator("0.00")
        assert await first_loss(f"{server.url}?device=none", RUSSIAN) == "кассы 'none' нет; есть bar, shop"

    try:
        asyncio.run(talk())
    finally:
        server.stop()


def test_a_screen_that_was_too_slow_is_told_so_and_catches_up(make_server: MakeServer) -> None:
    server = make_server(event_capacity=5)

    async def talk() -> None:
        async with Heard(lambda: server.url, RUSSIAN) as heard:
            await heard.caught_up()
            await asyncio.to_thread(httpx.post, f"{server.url}/v1/keys", json={"keys": "123456789"})
            assert await heard.lost() == RUSSIAN.too_slow
            assert (await heard.caught_up()).snapshot.state == "entry"

    asyncio.run(talk())


def test_where_there_is_no_till_it_waits(make_server: MakeServer) -> None:
    where: list[str] = []

    async def talk() -> None:
        async with Heard(lambda: where[0] if where else None) as heard:
            where.append(make_server().url)
            assert (await heard.caught_up()).snapshot.state == "idle"

    asyncio.run(talk())

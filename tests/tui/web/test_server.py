import asyncio
import contextlib
import os
import re
import socket
import sys
import time
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from inspect import signature

import pytest
from aiohttp import ClientSession, WSMsgType, WSServerHandshakeError
from textual_serve.server import Server

from kkm_sim.tui.web.server import PAGE, WebServer
from tests.commands.program import is_alive
from tests.waiting import PATIENCE_S, eventually_async

SOON_S = 10
"""Far from the minute that aiohttp waits by itself, with room for a computer that is busy."""

TITLE = "Меркурий-130К · <127.0.0.1:7000>"
SCREEN = """
import os, time
pid = b"%d" % os.getpid()
os.write(1, b"__GANGLION__\\nD" + len(pid).to_bytes(4, "big") + pid)
while data := os.read(0, 1000):
    os.write(1, b"D" + len(data).to_bytes(4, "big") + data)
"""
"""In the place of the screen: tells its number, then echoes."""


@contextlib.asynccontextmanager
async def serving(host: str = "127.0.0.1", lang: str = "ru") -> AsyncIterator[tuple[str, ClientSession]]:
    """The server's address, without the slash, and somebody who asks it."""
    listening = socket.create_server((host, 0))
    server = WebServer(listening, "till.example", [sys.executable, "-c", SCREEN], title=TITLE, lang=lang)
    async with server.serving(), ClientSession() as session:
        yield server.url.removesuffix("/"), session


class References(HTMLParser):
    """What a page loads, and what it is called."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.title = ""
        self.lang = ""
        self._tag = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._tag = tag
        self.found += [value or "" for name, value in attrs if name in ("href", "src", "action", "data")]
        self.lang = dict(attrs).get("lang") or self.lang

    def handle_data(self, data: str) -> None:
        self.title += data.strip() if self._tag == "title" else ""


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_the_page_names_the_till_and_refers_to_nothing_outside(lang: str) -> None:
    async def test() -> None:
        async with serving(lang=lang) as (url, session), session.get(f"{url}/") as response:
            assert (response.status, response.content_type) == (200, "text/html")
            text = await response.text()
            page = References(text)
            assert (page.title, page.lang) == (TITLE, lang)
            assert "$" not in text
            assert "http" not in text
            assert "//" not in text
            styled = re.findall(r"url\(\"(.*?)\"\)", (PAGE / "page.css").read_text(encoding="utf-8"))
            assert styled != []
            for reference in [*page.found, *styled]:
                if reference == "data:,":  # no icon, and none asked for
                    continue
                assert reference.startswith("/")
                async with session.get(url + reference) as file:
                    assert file.status == 200, reference

    asyncio.run(test())


def test_a_browser_is_told_to_load_nothing_else_and_to_show_it_in_no_frame() -> None:
    async def test() -> None:
        async with serving() as (url, session), session.get(f"{url}/") as response:
            rules = response.headers["Content-Security-Policy"].split("; ")
            assert {"default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'"} <= set(rules)
            assert "http" not in response.headers["Content-Security-Policy"]

    asyncio.run(test())


@pytest.mark.parametrize("path", ["/", "/page/page.js", "/static/js/textual.js", "/ws", "/download/1"])
def test_nothing_is_served_under_another_name(path: str) -> None:
    async def test() -> None:
        async with serving() as (url, session), session.get(url + path, headers={"Host": "evil.example"}) as response:
            assert response.status == 403
            assert await response.text() == "This server is for this computer only, not for evil.example.\n"

    asyncio.run(test())


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_no_page_but_its_own_gets_a_connection(host: str) -> None:
    async def test() -> None:
        async with serving(host) as (url, session):
            place = f"localhost:{url.rpartition(':')[2]}"
            async with session.ws_connect(f"{url}/ws", headers={"Host": place, "Origin": f"http://{place}"}) as page:
                assert int(await page.receive_bytes(timeout=PATIENCE_S))
            with pytest.raises(WSServerHandshakeError) as refused:
                await session.ws_connect(f"{url}/ws", headers={"Origin": f"http://{place}"})
            assert refused.value.status == 403

    asyncio.run(test())


def test_beyond_loopback_it_is_served_under_the_name_it_was_bound_to() -> None:
    async def test() -> None:
        async with serving("0.0.0.0") as (url, session):
            assert url.startswith("http://127.0.0.1:")
            headers = {"Host": "till.example:8000", "Origin": "http://till.example:8000"}
            async with session.ws_connect(f"{url}/ws", headers=headers) as page:
                assert int(await page.receive_bytes(timeout=PATIENCE_S))

    asyncio.run(test())


def test_what_the_page_types_reaches_its_tabs_process() -> None:
    async def test() -> None:
        async with serving() as (url, session), session.ws_connect(f"{url}/ws?width=100&height=40") as page:
            assert int(await page.receive_bytes(timeout=PATIENCE_S))
            await page.send_json(["stdin", "ш"])
            assert await page.receive_bytes(timeout=PATIENCE_S) == b"D\x00\x00\x00\x02" + "ш".encode()

    asyncio.run(test())


@pytest.mark.parametrize(
    "nonsense", ["{", "[]", "{}", "1", '["stdin"]', '["stdin", 5]', '["stdin", "\\ud800"]', '["resize", 1]']
)
def test_nonsense_ends_the_connection_and_its_process(nonsense: str) -> None:
    async def test() -> None:
        async with serving() as (url, session), session.ws_connect(f"{url}/ws") as page:
            pid = int(await page.receive_bytes(timeout=PATIENCE_S))
            await page.send_str(nonsense)
            assert (await page.receive(PATIENCE_S)).type is WSMsgType.CLOSE
            await ends(pid)

    asyncio.run(test())


def test_closing_a_tab_ends_its_process_and_no_other() -> None:
    async def test() -> None:
        async with serving() as (url, session):
            first, second = await session.ws_connect(f"{url}/ws"), await session.ws_connect(f"{url}/ws")
            pids = [int(await page.receive_bytes(timeout=PATIENCE_S)) for page in (first, second)]
            assert pids[0] != pids[1]
            await first.close()
            await ends(pids[0])
            assert is_alive(pids[1])
            await second.close()

    asyncio.run(test())


def test_the_servers_end_is_the_end_of_all_tabs_even_of_one_that_does_not_answer() -> None:
    async def test() -> None:
        listening = socket.create_server(("127.0.0.1", 0))
        server = WebServer(listening, "till.example", [sys.executable, "-c", SCREEN], title=TITLE, lang="en")
        async with ClientSession() as session:
            async with server.serving():
                pages = [await session.ws_connect(f"{server.url}ws", autoclose=False) for _ in range(3)]
                pids = [int(await page.receive_bytes(timeout=PATIENCE_S)) for page in pages]
                begun = time.monotonic()
            assert time.monotonic() - begun < SOON_S
            assert [is_alive(pid) for pid in pids] == [False] * 3
            message = await pages[0].receive(PATIENCE_S)
            assert message.type is WSMsgType.CLOSE

    asyncio.run(test())


async def ends(pid: int) -> None:
    """Waits for the end of a process."""
    await eventually_async(lambda: not is_alive(pid))


def test_the_package_has_all_of_the_page() -> None:
    assert sorted(os.listdir(PAGE)) == ["index.html", "page.css", "page.js"]


def test_what_is_private_in_the_library_is_as_it_is_used() -> None:
    """`kkm_sim.tui.web.server` hears a page by it: pyproject pins what has this part."""
    assert list(signature(Server._process_messages).parameters) == ["self", "websocket", "app_service"]

"""What becomes of a tab's process, with small programs in the place of the screen's."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from inspect import signature

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType
from aiohttp.test_utils import TestServer
from aiohttp.web import Application, Request, WebSocketResponse, get
from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

from kkm_sim.tui.web.tab import Tab
from tests.commands.program import is_alive, posix
from tests.waiting import PATIENCE_S

BEGINNING = """
import os, signal, sys, time
def tell(kind, payload):
    os.write(1, kind + len(payload).to_bytes(4, "big") + payload)
os.write(1, b"__GANGLION__\\n")
"""
TELL_PID = 'tell(b"D", b"%d" % os.getpid())\n'
WAIT = BEGINNING + TELL_PID + "time.sleep(600)\n"
DEAF = BEGINNING + "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + TELL_PID + "time.sleep(600)\n"
CHATTER = DEAF.replace("time.sleep(600)", "while True: tell(b'D', bytes(1000))")
BYE = BEGINNING + TELL_PID + "sys.stdin.buffer.read(1)\n"
LEAVE = BEGINNING + TELL_PID + 'sys.stdin.buffer.read(1)\ntell(b"M", b\'{"type": "exit"}\')\ntime.sleep(600)\n'


class Page:
    """What a test has of a tab: itself, the page's connection, the process's number."""

    def __init__(self, tab: Tab, connection: ClientWebSocketResponse, pid: int) -> None:
        self.tab = tab
        self.connection = connection
        self.pid = pid

    async def is_closed(self) -> bool:
        """Whether the connection is closed from the other side, within our patience."""
        while (await self.connection.receive(PATIENCE_S)).type is WSMsgType.BINARY:
            pass
        return self.connection.closed


@contextlib.asynccontextmanager
async def opened(program: str) -> AsyncIterator[Page]:
    """A tab with this program."""
    tabs: list[Tab] = []

    async def serve(request: Request) -> WebSocketResponse:
        websocket = WebSocketResponse(timeout=0.5)
        await websocket.prepare(request)
        tabs.append(tab := Tab([sys.executable, "-c", program], websocket, DownloadManager()))
        await tab.start(80, 24)
        async for _ in websocket:
            await tab.send_bytes(b".")
        return websocket

    app = Application()
    app.add_routes([get("/ws", serve)])
    async with (
        TestServer(app) as server,
        ClientSession() as session,
        session.ws_connect(server.make_url("/ws")) as connection,
    ):
        pid = int(await connection.receive_bytes(timeout=PATIENCE_S))
        try:
            yield Page(tabs[0], connection, pid)
        finally:
            await tabs[0].stop()
            assert not is_alive(pid)


@pytest.mark.parametrize("program", [WAIT, pytest.param(DEAF, marks=posix), pytest.param(CHATTER, marks=posix)])
def test_stop_ends_the_process_whatever_it_does(program: str) -> None:
    async def test() -> None:
        async with opened(program) as page:
            await asyncio.wait_for(page.tab.stop(), PATIENCE_S)
            assert not is_alive(page.pid)

    asyncio.run(test())


def test_two_may_stop_it_at_once() -> None:
    async def test() -> None:
        async with opened(WAIT) as page:
            await asyncio.gather(page.tab.stop(), page.tab.stop())
            await page.tab.stop()
            assert not is_alive(page.pid)

    asyncio.run(test())


@pytest.mark.parametrize("program", [BYE, LEAVE])
def test_the_end_of_the_screen_closes_the_page(program: str) -> None:
    async def test() -> None:
        async with opened(program) as page:
            await page.connection.send_str("go")
            assert await page.is_closed()

    asyncio.run(test())


@posix
def test_a_process_that_is_killed_closes_the_page() -> None:
    async def test() -> None:
        async with opened(WAIT) as page:
            os.kill(page.pid, 9)
            assert await page.is_closed()

    asyncio.run(test())


@posix
def test_a_terminals_signals_are_not_for_it() -> None:
    async def test() -> None:
        async with opened(WAIT) as page:
            assert os.getsid(page.pid) == page.pid

    asyncio.run(test())


def test_what_is_private_in_the_library_is_as_it_is_used() -> None:
    """`kkm_sim.tui.web.tab` starts and ends the process in the library's place: pyproject pins what has these parts."""
    assert "_process" in AppService.run.__code__.co_names
    assert isinstance(AppService.stdin, property)
    assert AppService.stdin.fget is not None
    assert "_stdin" in AppService.stdin.fget.__code__.co_names
    assert list(signature(AppService._build_environment).parameters) == ["self", "width", "height"]

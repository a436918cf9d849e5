"""The till's screen for browsers: a page, its files, and a process for each tab.

The page refers to nothing outside, and no page from elsewhere gets at the till through the browser.
"""

import asyncio
import contextlib
import html
import logging
import shlex
import socket
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from textual_serve.server import Server, to_int

from kkm_sim.drivers.browser_guard import BrowserGuard, Pages
from kkm_sim.drivers.listening import is_loopback
from kkm_sim.tui.web.tab import Tab

PAGE = Path(__file__).with_name("page")

CLOSE_S = 0.5
"""How long a page may take to say goodbye."""

HEADERS = {
    # Nothing but ours is loaded or connected to; frame-ancestors: no other page may put this one under its own buttons.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
        "img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


@dataclass(frozen=True, slots=True)
class PageWords:
    """What the page itself says, around the screen."""

    starting: str
    ended: str
    again: str


PAGE_WORDS = {
    "en": PageWords("The screen is starting.", "The screen has ended.", "Open again"),
    "ru": PageWords("Экран запускается.", "Экран закрыт.", "Открыть снова"),
}


class WebServer(Server):
    """Serves on a socket that is bound. `command`, the words of a command line, draws the till for one tab."""

    def __init__(self, listening: socket.socket, host: str, command: Sequence[str], *, title: str, lang: str) -> None:
        """`host`: what the socket was bound to, as the user said it."""
        super().__init__(shlex.join(command), title=title)
        self._socket = listening
        names = frozenset((host, *_own_names()))
        self._guard = BrowserGuard(Pages.OUR_OWN, is_loopback(listening.getsockname()[0]), names)
        self._command = command
        self._tabs: dict[Tab, web.WebSocketResponse] = {}
        words = PAGE_WORDS[lang]
        places = {"lang": lang, "title": title, "starting": words.starting, "ended": words.ended, "again": words.again}
        template = Template((PAGE / "index.html").read_text(encoding="utf-8"))
        self._page = template.substitute({name: html.escape(value) for name, value in places.items()})

    @property
    def url(self) -> str:
        """What to type into a browser on this computer: `http://127.0.0.1:8000/`."""
        host, port = self._socket.getsockname()[:2]
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
        return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Serves as long as the context is open; at its end all the tabs are closed and their processes ended."""
        # Whoever talks nonsense to a web server gets its answer; that is no news for our stderr.
        logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
        # By itself it waits a minute for pages that are open.
        runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=CLOSE_S)
        await runner.setup()
        try:
            await web.SockSite(runner, self._socket).start()
            yield
        finally:
            await runner.cleanup()

    async def handle_index(self, request: web.Request) -> web.Response:
        """The page."""
        return web.Response(text=self._page, content_type="text/html")

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """A tab, from its page's connection to its end."""
        websocket = web.WebSocketResponse(heartbeat=15, timeout=CLOSE_S)
        await websocket.prepare(request)
        tab = Tab(self._command, websocket, self.download_manager)
        self._tabs[tab] = websocket
        try:
            await tab.start(to_int(request.query.get("width", ""), 80), to_int(request.query.get("height", ""), 24))
            # What our page never sends ends the connection.
            with contextlib.suppress(ValueError, LookupError, TypeError, AttributeError, AssertionError):
                await self._process_messages(websocket, tab)
        finally:
            await tab.stop()
            del self._tabs[tab]
            await websocket.close()
        return websocket

    async def on_shutdown(self, app: web.Application) -> None:
        """Ends the tabs."""
        tabs = dict(self._tabs)
        ends = [tab.stop() for tab in tabs] + [websocket.close(code=1001) for websocket in tabs.values()]
        await asyncio.gather(*ends, return_exceptions=True)

    def _app(self) -> web.Application:
        app = web.Application(middlewares=[_ours_only(self._guard)])
        app.add_routes(
            [
                web.get("/", self.handle_index),
                web.get("/ws", self.handle_websocket),
                web.get("/download/{key}", self.handle_download),
                web.static("/static", self.statics_path),
                web.static("/page", PAGE),
            ]
        )
        app.on_shutdown.append(self.on_shutdown)
        app.on_response_prepare.append(_add_headers)
        return app


def _own_names() -> tuple[str, str]:
    """What others may call this computer in its own network."""
    name = socket.gethostname().lower()
    return name, f"{name}.local"


def _ours_only(guard: BrowserGuard) -> Middleware:
    """Answers 403 to a page from elsewhere."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        host, origins = request.headers.get("Host", ""), request.headers.getall("Origin", [])
        match guard.foreign(host, origins):
            case "Host":
                ours = "to be asked for by its address or its own name"
                where = "for this computer only" if guard.loopback_only else ours
                return web.Response(status=403, text=f"This server is {where}, not for {host}.\n")
            case "Origin":
                told = f"This server is for its own page only, not for {', '.join(origins)}.\n"
                return web.Response(status=403, text=told)
        return await handler(request)

    return check


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)

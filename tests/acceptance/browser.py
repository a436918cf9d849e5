"""A browser for the tests: a real Chromium of this computer's own, and a page of the till in it."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
import zxingcpp

from kkm_sim.tui.catalogue import LANGUAGES
from tests.waiting import PATIENCE_S, eventually

if TYPE_CHECKING:
    from playwright.sync_api import Browser, WebSocket

LOOK_MS = 15
NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Whatever else is asked for is not found, here as on a computer without a network.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
SIZE = (1366, 768)


def chromium() -> str:
    """The Chromium to test with; does without the test where there is none."""
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    if found is None:
        pytest.skip("no chromium on the PATH")
    return found


@contextmanager
def browser() -> "Iterator[Browser]":
    """A Chromium without a window, and with nothing that an earlier one left."""
    executable = chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        try:
            yield running
        finally:
            running.close()


class Tab:
    """A page of a till, in Russian: what is typed into it, what is drawn on it, and what it asked for."""

    def __init__(self, browser: "Browser", url: str) -> None:
        width, height = SIZE
        self.page = browser.new_page(viewport={"width": width, "height": height})
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.drawn = b""
        self.page.on("websocket", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.goto(url)
        self.waits_for_till()

    def waits_for_till(self) -> None:
        """Until the page shows its till; what is typed before goes nowhere."""
        connected = LANGUAGES["ru"].connected.format(url="http").encode()
        self.until(lambda: connected in self.drawn, "the till")
        self.page.wait_for_selector("body.-first-byte", state="attached")

    def types(self, keys: str) -> None:
        """Keys of the Latin layout, by the names a browser has for them."""
        for key in keys.split():
            self.page.keyboard.press(key)

    def types_in_russian(self, letter: str, code: str) -> None:
        """A key at the place `code` of a keyboard whose layout is ЙЦУКЕН. Playwright itself knows the Latin only."""
        keyboard = self.page.context.new_cdp_session(self.page)
        virtual = ord(code.removeprefix("Key"))
        where = {"code": code, "key": letter, "windowsVirtualKeyCode": virtual}
        keyboard.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": letter, **where})
        keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp", **where})
        keyboard.detach()

    def qr_codes(self) -> list[str]:
        """What a decoder reads from a screenshot."""
        from PIL import Image

        found = zxingcpp.read_barcodes(Image.open(BytesIO(self.picture())))
        return [code.text for code in found if code.format == zxingcpp.BarcodeFormat.QRCode]

    def picture(self) -> bytes:
        """A screenshot, PNG."""
        return self.page.screenshot()

    def face(self) -> bytes:
        """A screenshot of indicator, keys and tape, PNG; under them the till's clock is shown."""
        width, height = SIZE
        return self.page.screenshot(clip={"x": 0, "y": 20, "width": width, "height": height * 0.57})

    def _hear(self, socket: "WebSocket") -> None:
        self.requests.append(socket.url)
        self.drawn = b""
        socket.on("framereceived", self._draw)

    def _draw(self, frame: bytes | str) -> None:
        self.drawn += frame if isinstance(frame, bytes) else b""

    def until(self, holds: Callable[[], bool], what: str) -> None:
        """Looks until something holds."""

        def look() -> bool:
            self.page.wait_for_timeout(LOOK_MS)  # in which the page may go on
            return holds()

        eventually(look, 2 * PATIENCE_S, why=lambda: f"{what} never came about")

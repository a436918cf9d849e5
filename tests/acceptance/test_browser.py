"""The till's screen in a real browser: `kkm-sim tui --web`, keys typed into the page, a QR code read from it."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from kkm_sim.tui.catalogue import LANGUAGES
from tests.acceptance.browser import Tab, browser
from tests.acceptance.till_process import TillProcess
from tests.bottles import PDF
from tests.commands.program import Program, address_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser

EAN = "4607001771562"

needs_pty = pytest.mark.skipif(sys.platform == "win32", reason="no ptys on Windows")


@pytest.fixture(scope="module")
def chrome() -> "Iterator[Browser]":
    with browser() as running:
        yield running


@pytest.fixture
def kkm(chrome: "Browser", tmp_path: Path) -> Iterator[TillProcess]:
    """A till between receipts."""
    till = TillProcess("--pty", str(tmp_path / "line"), "--pace", "off")
    yield till
    till.stop()


@pytest.fixture
def served(kkm: TillProcess) -> Iterator[str]:
    """Where its screen is."""
    with Program("tui", "--web", "0", "--lang", "ru", "--attach", kkm.ready["http"]) as server:
        yield address_of(server)
        assert server.stop() == 0
    assert server.err == []


@needs_pty
def test_a_bottle_is_sold_and_its_qr_code_read_from_the_page(chrome: "Browser", kkm: TillProcess, served: str) -> None:
    tab = Tab(chrome, served)
    tab.page.click(".textual-terminal")
    with Program("smartbox", "--port", kkm.url, "--pace", "off", "sell", EAN, PDF) as box:
        tab.until(lambda: kkm.state == "request", "the request")
        tab.types("3 5 0 . 9 0")
        tab.types_in_russian("з", "KeyP")
        tab.until(lambda: kkm.state == "open", "the open receipt")
        tab.types("5 0 0 Enter")
        link = box.waits_for("may be closed: ").split("may be closed: ")[1]
        assert box.wait() == 0

    # The code is drawn on the tape too, when it has room; Q gives it the whole page.
    tab.types_in_russian("й", "KeyQ")
    tab.until(lambda: tab.qr_codes() == [link], "the QR code")

    before = tab.picture()
    tab.page.set_viewport_size({"width": 1100, "height": 800})
    tab.until(lambda: tab.picture() != before and tab.qr_codes() == [link], "the QR code on a page of another size")

    tab.types("x 7")
    tab.until(lambda: kkm.indicator.endswith("7"), "what was typed")
    assert leaves_the_host(tab.requests, served) == []
    assert any(url.startswith("ws:") for url in tab.requests)
    assert tab.complaints == []


@needs_pty
def test_all_tabs_show_one_till_and_keys_need_no_click(chrome: "Browser", kkm: TillProcess, served: str) -> None:
    first, second = Tab(chrome, served), Tab(chrome, served)
    second.until(lambda: second.face() == first.face(), "the same face in both tabs")
    idle = second.face()
    first.page.bring_to_front()
    first.types("1 5 0")
    first.until(lambda: kkm.indicator == "150", "what was typed")
    second.until(lambda: second.face() != idle and second.face() == first.face(), "what was typed")

    typed = second.face()
    second.page.bring_to_front()
    second.types_in_russian("з", "KeyP")
    second.types("Enter")
    second.until(lambda: "150.00" in str(kkm.call("GET", "/v1/tape")), "the sale")
    first.until(lambda: first.face() != typed and second.face() == first.face(), "the receipt")

    first.page.close()
    second.types("4 2")
    second.until(lambda: kkm.indicator == "42", "what was typed")
    assert second.complaints == []


@needs_pty
def test_a_click_on_a_key_of_the_picture_presses_it(chrome: "Browser", kkm: TillProcess, served: str) -> None:
    tab = Tab(chrome, served)
    assert tab.page.title().startswith("Меркурий-130К · 127.0.0.1:")
    # The keys are drawn, not elements: here is the one.
    for _ in range(3):
        tab.page.mouse.click(40, 370)
    tab.until(lambda: kkm.indicator == "111", "what was typed")


@needs_pty
def test_a_screen_that_ends_says_so_and_opens_again(chrome: "Browser", kkm: TillProcess, served: str) -> None:
    tab = Tab(chrome, served)
    tab.types("F10")
    tab.page.wait_for_selector("text=Экран закрыт.")
    tab.drawn = b""
    tab.page.click("text=Открыть снова")
    tab.waits_for_till()
    tab.types("9")
    tab.until(lambda: kkm.indicator == "9", "what was typed")


@needs_pty
def test_the_tape_is_saved_where_the_browser_is(chrome: "Browser", kkm: TillProcess, served: str) -> None:
    kkm.press("1 5 0 ПИ ИТ")
    tab = Tab(chrome, served)
    tab.types("t")
    tab.until(lambda: LANGUAGES["ru"].save_title.encode() in tab.drawn, "the question for a name")
    with tab.page.expect_download() as saved:
        tab.types("Enter")
    download = saved.value
    assert download.suggested_filename.startswith("kkm-tape-")
    assert Path(download.path()).read_bytes().startswith(b"\x89PNG")


def leaves_the_host(urls: list[str], served: str) -> list[str]:
    """Those that are not of the page's own host and port; what is part of the page itself has none."""
    return [url for url in urls if not url.startswith("data:") and urlsplit(url).netloc != urlsplit(served).netloc]

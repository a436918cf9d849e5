"""The picture of the screen in README, taken of the program: `python -m tests.tui.picture` writes tests/tui/tui.svg.

A real till, the reference SmartBox on its pty, and an operator who presses the host's keys: a bottle is sold and its
receipt printed, then the SmartBox asks for another and its price is typed.
"""

import asyncio
import contextlib
import json
import re
import sys
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path
from xml.etree import ElementTree

from textual.pilot import Pilot

from kkm_sim.control.models import BitmapEntry, CutEntry
from kkm_sim.link.folded_polls import Poll
from kkm_sim.tui.app import Face
from kkm_sim.tui.catalogue import ENGLISH
from kkm_sim.tui.client import Client
from kkm_sim.tui.till_process import TillProcess
from kkm_sim.tui.view import Connection, View
from kkm_sim.tui.widgets.keyboard import KeyButton
from tests.bottles import EAN, OTHER_PDF, PDF
from tests.waiting import PATIENCE_S, eventually_async

PICTURE = Path(__file__).with_name("tui.svg")
SIZE = (120, 40)
OPTIONS = ("--pty", "--http=127.0.0.1:0", "--pace=off")
NOON = "2016-07-01T12:00:00"

FONTS = "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace"
"""Those of the reader: a picture on a page fetches nothing."""


def picture() -> str:
    """A new picture as SVG that needs nothing beside it."""
    till = TillProcess(OPTIONS)
    try:
        till.wait_until_ready()
        return self_contained(asyncio.run(_taken(till)))
    finally:
        till.stop()


def self_contained(svg: str) -> str:
    """Without the fonts that Textual's pictures fetch, and without the links in its comments."""
    svg = re.sub(r"@font-face\s*\{.*?\}", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r"font-family: Fira Code, monospace", f"font-family: {FONTS}", svg)
    return "\n".join(line.rstrip() for line in svg.splitlines() if line.strip()) + "\n"


def texts(svg: str) -> list[str]:
    """What is written in a picture, from top to bottom."""
    nodes = ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    return ["".join(node.itertext()).replace("\xa0", " ") for node in nodes]


async def _taken(till: TillProcess) -> str:
    _set_clock(till.url)
    view = View(ENGLISH, till.url, till.port)
    face = Face(view, Client(lambda: till.url, ENGLISH), till)
    async with face.run_test(size=SIZE) as pilot:
        await eventually_async(lambda: view.connection is Connection.CONNECTED)
        async with _smartbox(till, PDF) as box:
            await eventually_async(lambda: _state(view) == "request")
            await pilot.press(*"350p")
            await eventually_async(lambda: _state(view) == "open" and not _prints(view))
            await pilot.press("enter")
            assert await box.wait() == 0
        await eventually_async(lambda: _state(view) == "idle" and not _prints(view))
        assert any(isinstance(entry, BitmapEntry) for entry in view.tape)
        assert isinstance(view.tape[-1], CutEntry)
        async with _smartbox(till, OTHER_PDF):
            await eventually_async(lambda: _state(view) == "request")
            await pilot.press(*"420")
            await eventually_async(lambda: view.indicator is not None and "420" in view.indicator.text)
        # The SmartBox has gone: the line is still, and nothing moves any more.
        await eventually_async(lambda: _is_still(face))
        return await _look(face, pilot)


async def _look(face: Face, pilot: Pilot[None]) -> str:
    face.show_view()
    await pilot.pause()
    return face.export_screenshot(title="kkm-sim tui")


@contextlib.asynccontextmanager
async def _smartbox(till: TillProcess, pdf: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The reference SmartBox, selling a bottle; ended with the block."""
    assert till.port is not None
    command = ("-m", "kkm_sim", "smartbox", f"--port={till.port}", "--pace=off", "sell", EAN, pdf)
    box = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=asyncio.subprocess.DEVNULL)
    try:
        yield box
    finally:
        if box.returncode is None:
            box.terminate()
        await box.wait()


def _set_clock(url: str) -> None:
    """The receipt's date, and so its QR code, are the same each time."""
    body = json.dumps({"now": NOON}).encode()
    request = urllib.request.Request(f"{url}/v1/clock", body, {"Content-Type": "application/json"})
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=PATIENCE_S):
        pass


def _state(view: View) -> str:
    return view.snapshot.state if view.snapshot is not None else ""


def _prints(view: View) -> bool:
    return view.snapshot is not None and view.snapshot.printing


def _is_still(face: Face) -> bool:
    """Whether the last poll is answered and no key is alight."""
    rows = list(face.view.line)
    is_answered = bool(rows) and isinstance(rows[-1], Poll) and rows[-1].answer is not None
    return is_answered and not any(button.has_class("pressed") for button in face.query(KeyButton))


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")

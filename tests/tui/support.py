"""Snapshots, packets and a watcher written by hand, and the screen as plain text."""

import asyncio
import unicodedata
from collections.abc import Awaitable, Callable
from typing import Any

import qrcode
from msgspec import convert
from textual.events import Key as HostKey
from textual.events import MouseDown, MouseUp
from textual.pilot import Pilot
from textual.widget import Widget

from kkm_sim.clock import Instant
from kkm_sim.control.entries import finding_entry, packet_entry
from kkm_sim.control.models import (
    BitmapEntry,
    CutEntry,
    FindingEntry,
    OperationView,
    PacketEntry,
    ReceiptView,
    Snapshot,
    TapeEntryView,
    TextEntry,
)
from kkm_sim.control.snapshot import indicator_view
from kkm_sim.findings import Finding, FindingCode
from kkm_sim.link.events import PacketSeen
from kkm_sim.link.packets import ControlCode, ControlPacket, DataPacket, Direction
from kkm_sim.till.indicator import BLANK, Indicator, show
from kkm_sim.till.keyboard import Key
from kkm_sim.tui.app import Face
from kkm_sim.tui.catalogue import RUSSIAN, Words
from kkm_sim.tui.client import NoApi, TapeFormat
from kkm_sim.tui.reconnect import CaughtUp
from kkm_sim.tui.view import News, View
from tests.waiting import eventually_async

URL = "http://127.0.0.1:8130"
LINK = "http://check.egais.ru?id=b4b56f63-9d2a-5024-b24d-b608439345cf&dt=0107161200&cn=115665086549"


def snapshot(state: str = "idle", indicator: Indicator | None = None, **more: Any) -> Snapshot:
    """A till in cash mode with no receipt, unless told otherwise."""
    shown = indicator_view(indicator or (BLANK if state == "off" else show("", "0.00")))
    usual: dict[str, Any] = {
        "receipt": None,
        "shift": 7,
        "address": 1,
        "options": {"27": 1, "29": 3, "30": 1},
        "clock": "2016-07-01T12:00:00",
        "paper": True,
        "cash": 150050,
        "request": False,
        "power": True,
        "printing": False,
        "error": None,
    }
    return convert({"state": state, "indicator": shown, **usual, **more}, Snapshot)


def operation(number: int, price: int, **more: Any) -> OperationView:
    """One piece, sold by hand, of section 1, unless told otherwise."""
    usual = {
        "kind": "sale",
        "alcohol": False,
        "code_type": None,
        "name": "",
        "quantity": 1000,
        "section": 1,
        "tax": 1,
        "annulled": False,
    }
    return convert({"number": number, "price": price, "sum": price, **usual, **more}, OperationView)


def receipt(*operations: OperationView, **more: Any) -> ReceiptView:
    usual = {"number": 12, "kind": "sale", "discounts": 0, "markups": 0, "taxes": [0] * 5}
    total = sum(operation.sum for operation in operations)
    return convert({"operations": list(operations), "total": total, **usual, **more}, ReceiptView)


class Wire:
    """Makes packets with numbers that go up, ten milliseconds apart."""

    def __init__(self) -> None:
        self._last = 0

    def to_till(self, what: ControlCode | bytes, **more: Any) -> PacketEntry:
        return self._packet(Direction.TO_TILL, what, **more)

    def to_master(self, what: ControlCode | bytes, **more: Any) -> PacketEntry:
        return self._packet(Direction.TO_MASTER, what, **more)

    def _packet(
        self, direction: Direction, what: ControlCode | bytes, address: int = 1, hs: bool = False
    ) -> PacketEntry:
        self._last += 1
        packet = (
            DataPacket(address, direction, 1, what, hs)
            if isinstance(what, bytes)
            else ControlPacket(address, direction, what, hs)
        )
        at = Instant(self._last * 10_000_000)
        return packet_entry(self._last, PacketSeen(packet, packet.encode(), at), "listed")


def a_poll() -> tuple[PacketEntry, ...]:
    """RDY, and RDY in answer."""
    wire = Wire()
    return wire.to_till(ControlCode.RDY), wire.to_master(ControlCode.RDY)


def finding(number: int = 1, code: FindingCode = FindingCode.BAD_FCRC) -> FindingEntry:
    return finding_entry(number, Finding(code, Instant(2_500_000_000), b"\x7f\x02\x01\xc5\x00"))


def text(n: int, line: str) -> TextEntry:
    return TextEntry(n=n, text=line)


def picture(n: int, content: str = LINK) -> BitmapEntry:
    """A QR code as it comes out of the printer."""
    code = qrcode.QRCode(border=0)
    code.add_data(content)
    code.make()
    rows = code.get_matrix()
    size = len(rows)
    width = -(-size // 8)
    packed = [
        int("".join("01"[module] for module in row).ljust(width * 8, "0"), 2).to_bytes(width, "big").hex()
        for row in rows
    ]
    return BitmapEntry(n=n, width=size, height=size, rows=packed)


def a_receipt() -> tuple[TapeEntryView, ...]:
    lines = ["ООО РОМАШКА", "1 x 150.50        150.50", "ИТОГ              150.50"]
    return (*(text(n, line) for n, line in enumerate(lines, start=1)), picture(4), CutEntry(n=5))


def caught_up(seen: Snapshot | None = None, *entries: TapeEntryView, **more: Any) -> CaughtUp:
    """All that a client tells when it has connected."""
    usual: dict[str, Any] = {"packets": (), "findings": (), "afresh": False}
    return CaughtUp(seen or snapshot(), tuple(entries), **usual | more)


class Told:
    """A watcher that tells what a test says, and remembers the keys and switches."""

    def __init__(self) -> None:
        self.keys: list[Key] = []
        self.switched: list[tuple[str, bool]] = []
        self.saved: list[TapeFormat] = []
        self.runs = 0
        self.refusal: str | None = None
        """What it says where the tape is asked for; None: it gives one."""
        self._tell: Callable[[News], None] | None = None

    async def run(self, tell: Callable[[News], None]) -> None:
        self.runs += 1
        self._tell = tell
        await asyncio.Event().wait()

    def press(self, key: Key) -> None:
        self.keys.append(key)

    def power(self, on: bool) -> None:
        self.switched.append(("power", on))

    def paper(self, present: bool) -> None:
        self.switched.append(("paper", present))

    async def tape(self, form: TapeFormat) -> bytes:
        if self.refusal is not None:
            raise NoApi(self.refusal)
        self.saved.append(form)
        return form.encode()

    def tell(self, *news: News) -> None:
        assert self._tell is not None
        for one in news:
            self._tell(one)


def screen_text(face: Face) -> str:
    """What is on the screen, without colours and without the blanks at the ends of its lines."""
    strips = face.screen._compositor.render_strips()
    lines = ["".join(segment.text for segment in strip).rstrip() for strip in strips]
    return "\n".join(lines) + "\n"


def host_key(key: str) -> HostKey:
    """A key as a terminal tells it: a character, or a name of Textual's for what is none."""
    if len(key) > 1:
        return HostKey(key, None)
    return HostKey(key if key.isalnum() else unicodedata.name(key).lower().translate(_JOINED), key)


_JOINED = str.maketrans(" -", "__")

ROUNDS = 3
"""A key opens a dialog, whose parts are put into their places, which are drawn."""


async def settled(pilot: Pilot[None]) -> None:
    """Returns when all has been done that was to be done, and what that brought about.

    What Textual's own `press` and `pause` wait for is that the processor has been idle for some 20 ms.
    """
    for _ in range(ROUNDS):
        await pilot.pause(0)


class Screen:
    """A face that a test looks at, and who tells it what to show."""

    def __init__(self, face: Face, pilot: Pilot[None], told: Told) -> None:
        self.face = face
        self.pilot = pilot
        self.told = told

    async def tell(self, *news: News) -> str:
        """Tells the news; returns what is then on the screen."""
        self.told.tell(*news)
        self.face.show_view()
        return await self.text()

    async def press(self, *keys: str) -> str:
        """Presses keys of the host, each when the one before has been obeyed; returns what is then on the screen."""
        for key in keys:
            self.face.post_message(host_key(key))
            await settled(self.pilot)
        return screen_text(self.face)

    async def click(self, widget: Widget) -> None:
        """Presses the mouse's button in the middle of the widget and lets it go."""
        x, y = (int(at) for at in widget.region.center)
        for event in (MouseDown, MouseUp):
            self.face.post_message(event(None, x, y, 0, 0, 1, False, False, False, x, y))
        await settled(self.pilot)

    async def shows(self, words: str) -> str:
        """What is on the screen as soon as these words are: a footer is made anew some moments later."""
        await eventually_async(lambda: words in screen_text(self.face), why=lambda: f"{words!r} is not there")
        return screen_text(self.face)

    async def text(self) -> str:
        await settled(self.pilot)
        return screen_text(self.face)


Look = Callable[[Screen], Awaitable[None]]


def look_at(
    look: Look,
    *,
    size: tuple[int, int] = (80, 24),
    words: Words = RUSSIAN,
    port: str | None = None,
    own: Any = None,
    rings: bool = False,
) -> None:
    """Shows a face and lets a test look at it."""

    async def main() -> None:
        told = Told()
        face = Face(View(words, URL, port), told, own, rings=rings)
        async with face.run_test(size=size, notifications=True) as pilot:
            await settled(pilot)
            await look(Screen(face, pilot, told))

    asyncio.run(main())

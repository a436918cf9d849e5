"""What a client of the event stream is told, on the line's thread and without a server."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from msgspec import to_builtins

from kkm_sim.clock import SECOND, Instant
from kkm_sim.control.events import EventMailbox, EventStream
from kkm_sim.control.mailbox import Mailbox
from kkm_sim.settings import Settings
from kkm_sim.simulator import Simulator
from kkm_sim.till.keyboard import parse_keys

START = Instant(0)
RDY = bytes.fromhex("7f 02 01 c5 3a")
NOT_A_PACKET = bytes.fromhex("7f 02 01 c5 00")


class Told:
    """A simulator and everything its stream has told one mailbox."""

    def __init__(self, settings: Settings | tuple[Settings, ...], till: int | None = None) -> None:
        self.simulator = Simulator(settings, wall=datetime(2016, 7, 1, 12), now=START, paced=False)
        self.stream = EventStream(self.simulator)
        self.mailbox: EventMailbox = Mailbox()
        self.stream.subscribe(self.simulator.till(till), self.mailbox, START)

    def press(self, keys: str, address: int | None = None) -> None:
        for key in parse_keys(keys):
            self.simulator.press(key, START, address)
            self.stream.key_pressed(self.simulator.till(address), key, START)

    async def events(self) -> list[dict[str, Any]]:
        """What has come since the last call."""
        told = []
        try:
            while True:
                make_event = await asyncio.wait_for(self.mailbox.take(), 0.01)
                told.append(to_builtins(make_event()))
        except TimeoutError:
            return told


def in_a_loop(test: Callable[[], Any]) -> None:
    asyncio.run(test())


def brief(event: dict[str, Any]) -> str:
    """An event in a word or two."""
    match event["kind"]:
        case "key":
            return f"key {event['key']}"
        case "beep":
            return f"beep {event['length']}"
        case "state":
            return f"state {event['state']}"
        case "indicator":
            return f"shows {event['indicator']['text']}"
        case "tape":
            return f"prints {event['entry'].get('text', event['entry']['kind'])}"
        case "packet":
            return f"{event['packet']['direction']} {event['packet']['packet']}"
        case kind:
            return f"{kind} {event[kind]['code']}"


AT_ONCE = replace(Settings(), print_lines_per_s=0, header=())


def test_a_sale_typed_by_hand() -> None:
    async def sell() -> None:
        told = Told(AT_ONCE)
        told.press("1 5 ПИ")
        events = [brief(event) for event in await told.events()]
        assert events[:10] == [
            "key 1",
            "beep short",
            "state entry",
            "shows 1",
            "key 5",
            "beep short",
            "shows 15",
            "key ПИ",
            "beep short",
            "state open",
        ]
        assert events[10] == "shows 15.00"
        assert all(event.startswith("prints ") for event in events[11:])
        assert "prints ТОВАР" in events
        told.press("ИТ")
        events = [brief(event) for event in await told.events()]
        assert events[:4] == ["key ИТ", "beep short", "state idle", "shows 0.00"]
        assert events[-1] == "prints cut"

    in_a_loop(sell)


def test_a_state_brings_its_snapshot() -> None:
    async def sell() -> None:
        told = Told(AT_ONCE)
        told.press("1 ПИ")
        state = [event for event in await told.events() if event["kind"] == "state"][-1]
        assert state["snapshot"]["state"] == "open"
        assert state["snapshot"]["receipt"]["total"] == 100
        told.press("2 ПИ")
        assert state["snapshot"]["receipt"]["total"] == 100
        told.simulator.paper(False, START)
        told.stream.observe(START)
        last = (await told.events())[-1]
        assert (last["kind"], last["snapshot"]["paper"]) == ("state", False)

    in_a_loop(sell)


def test_the_paper_comes_out_in_time() -> None:
    async def sell() -> None:
        told = Told(replace(AT_ONCE, print_lines_per_s=10))
        told.press("1 ПИ")
        assert not [event for event in await told.events() if event["kind"] == "tape"]
        later = Instant(10 * SECOND)
        told.simulator.poll(later)
        told.stream.observe(later)
        kinds = [event["kind"] for event in await told.events()]
        assert kinds[0] == "state"
        assert set(kinds[1:]) == {"tape"}

    in_a_loop(sell)


def test_the_line() -> None:
    async def talk() -> None:
        told = Told(AT_ONCE)
        told.simulator.receive(RDY, START)
        told.simulator.poll(START)
        told.simulator.receive(NOT_A_PACKET, START)
        told.stream.observe(START)
        events = [brief(event) for event in await told.events()]
        assert events == ["to_till RDY", "to_master RDY", "finding bad-fcrc"]

    in_a_loop(talk)


def test_only_what_happens_after_it_began() -> None:
    async def listen() -> None:
        told = Told(AT_ONCE)
        told.stream.unsubscribe(told.mailbox)
        told.simulator.receive(RDY, START)
        told.press("1 ПИ")
        assert await told.events() == []
        told.stream.subscribe(told.simulator.till(), told.mailbox, START)
        told.stream.observe(START)
        assert await told.events() == []

    in_a_loop(listen)


def test_each_hears_of_its_own_till() -> None:
    async def listen() -> None:
        told = Told((AT_ONCE, replace(AT_ONCE, option_30=2)), till=2)
        told.press("1", address=1)
        told.press("7", address=2)
        assert brief((await told.events())[0]) == "key 7"

    in_a_loop(listen)

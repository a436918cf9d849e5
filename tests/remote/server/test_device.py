import asyncio
import logging
import re
from typing import Any

import pytest

from kkm_sim.clock import MS, SECOND
from kkm_sim.messages.records import DonePacket, PingRequest
from kkm_sim.remote.master.master_news import Answered, MasterNews, Told
from kkm_sim.remote.server.device import Device
from kkm_sim.remote.server.leases import Lease
from kkm_sim.till.chart import TillState
from tests.remote.server.serving import SALE, hear, ready, run, say, serving
from tests.waiting import eventually_async


class Visitor:
    """A client without a network."""

    def __init__(self, device: Device, name: str) -> None:
        self.name = name
        self.device = device
        self.holds = False
        self.turned_away_by: str | None = None
        self.news: list[MasterNews] = []

    def granted(self, lease: Lease) -> None:
        assert lease.name == self.name
        self.holds = True
        self.device.hold(self)

    def refused(self, held: Lease) -> None:
        self.turned_away_by = held.name

    def heard(self, news: MasterNews) -> None:
        assert self.holds
        self.news.append(news)

    def go(self, *unheard: Told) -> None:
        self.holds = False
        self.device.leave(self, "it went", unheard)


@run
async def test_one_at_a_time_and_the_next_at_once() -> None:
    async with serving() as counter:
        first, second = Visitor(counter.one, "first"), Visitor(counter.one, "second")
        counter.one.ask(first, SECOND)
        counter.one.ask(second, SECOND)
        assert (first.holds, second.holds) == (True, False)
        first.go()
        assert second.holds
        second.go()
        assert counter.one.describe()["state"] == "free"


@run
async def test_who_waits_too_long_is_refused_in_time() -> None:
    async with serving() as counter:
        holder, waiting, patient = (Visitor(counter.one, name) for name in ("holder", "waiting", "patient"))
        counter.one.ask(holder, 0)
        counter.one.ask(patient, 60 * SECOND)
        counter.one.ask(waiting, 20 * MS)
        await eventually_async(lambda: waiting.turned_away_by is not None)
        assert waiting.turned_away_by == "holder"
        assert patient.turned_away_by is None
        waiting.go()
        holder.go()
        assert patient.holds


@run
async def test_who_leaves_the_queue_is_forgotten() -> None:
    async with serving() as counter:
        holder, leaver = Visitor(counter.one, "holder"), Visitor(counter.one, "leaver")
        counter.one.ask(holder, 0)
        counter.one.ask(leaver, SECOND)
        leaver.go()
        holder.go()
        assert not leaver.holds
        assert counter.one.describe()["waiting"] == 0


@run
async def test_an_outcome_goes_to_its_caller_alone() -> None:
    async with serving() as counter:
        first, second = Visitor(counter.one, "first"), Visitor(counter.one, "second")
        counter.one.ask(first, 0)
        counter.one.call(PingRequest())
        first.go()
        counter.one.ask(second, 0)
        number = counter.one.call(PingRequest())
        await eventually_async(lambda: bool(second.news))
        assert [news.call for news in second.news if isinstance(news, Answered)] == [number]
        assert first.news == []


@run
async def test_what_the_one_has_not_heard_the_next_does() -> None:
    async with serving() as counter:
        first, second, third = (Visitor(counter.one, name) for name in ("first", "second", "third"))
        counter.one.ask(first, 0)
        first.go(Told(DonePacket()))
        counter.one.ask(second, 0)
        assert second.news == [Told(DonePacket())]
        second.go()
        counter.one.ask(third, 0)
        assert third.news == []


@run
async def test_a_sale_whose_caller_is_gone_is_told_to_the_next() -> None:
    async with serving() as counter:
        async with counter.connect() as first:
            await ready(first)
            await say(first, id=1, method="sale", params=SALE)
            await counter.waits_for_state(TillState.REQUEST)
        await counter.press("3 5 0 ПИ")
        async with counter.connect() as second:
            await ready(second)
            told: Any = await hear(second)
            assert (told["method"], told["params"]["price"]) == ("sale_answer", 35000)
        async with counter.connect() as third:
            await ready(third)
            await say(third, id=2, method="link")
            assert (await hear(third))["id"] == 2


@run
async def test_between_leases_the_till_is_not_polled() -> None:
    async with serving() as counter:
        visitor = Visitor(counter.one, "visitor")
        counter.one.ask(visitor, 0)
        counter.one.call(PingRequest())
        await eventually_async(lambda: bool(visitor.news))
        visitor.go()
        before = (await counter.one.link())["packets_to_till"]
        await asyncio.sleep(0.1)
        after = (await counter.one.link())["packets_to_till"]
        assert after - before <= 1  # what was under way


@run
async def test_a_lease_is_logged_from_its_grant_to_its_end(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "kkm_sim.remote")
    async with serving() as counter:
        first, second, last = (Visitor(counter.one, name) for name in ("first", "second", "last"))
        counter.one.ask(first, 0)
        counter.one.ask(second, 0)
        first.go()
        counter.one.ask(last, 0)
    assert [re.sub(r"\d+\.\d s", "… s", record.getMessage()) for record in caplog.records] == [
        "one: granted to first after … s",
        "one: second has waited in vain, first holds it",
        "one: lease of first over after … s: it went",
        "one: granted to last after … s",
        "one: lease of last over after … s: the server ends",
    ]


@run
async def test_once_the_server_ends_nobody_gets_it() -> None:
    async with serving() as counter:
        first, second = Visitor(counter.one, "first"), Visitor(counter.one, "second")
        counter.one.ask(first, 0)
        counter.one.ask(second, SECOND)
        counter.one.close()
        first.go()
        assert not second.holds

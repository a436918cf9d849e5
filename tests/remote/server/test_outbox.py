import asyncio
from collections.abc import Awaitable

import pytest
from websockets.exceptions import ConnectionClosedOK

from kkm_sim.messages.records import DonePacket
from kkm_sim.remote.master.master_news import Told
from kkm_sim.remote.server.outbox import BACKLOG, Outbox
from tests.remote.server.serving import run
from tests.waiting import eventually_async

DONE = Told(DonePacket())


class Network:
    """A WebSocket to a client far away."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.pongs: list[asyncio.Future[float]] = []
        self.takes = asyncio.Event()
        self.takes.set()
        self.closed = False

    async def send(self, message: str) -> None:
        await self.takes.wait()
        if self.closed:
            raise ConnectionClosedOK(None, None)
        self.sent.append(message)

    async def ping(self) -> Awaitable[float]:
        self.pongs.append(asyncio.get_running_loop().create_future())
        return self.pongs[-1]

    def close(self) -> None:
        self.closed = True
        self.takes.set()


@run
async def test_messages_go_in_order_until_the_connection_is_closed() -> None:
    network = Network()
    outbox = Outbox(network)
    running = asyncio.create_task(outbox.run())
    for text in "abc":
        outbox.put(text)
    await outbox.sent()
    assert network.sent == ["a", "b", "c"]
    network.close()
    outbox.put("d")
    assert await running
    assert network.sent == ["a", "b", "c"]


@run
async def test_what_matters_counts_as_heard_when_its_pong_has_come() -> None:
    network = Network()
    outbox = Outbox(network)
    running = asyncio.create_task(outbox.run())
    outbox.put("first", DONE)
    outbox.put("of no matter")
    outbox.put("second", DONE)
    await eventually_async(lambda: len(network.pongs) == 2)
    assert list(outbox.unheard()) == [DONE, DONE]
    network.pongs[0].set_result(1.6)
    assert list(outbox.unheard()) == [DONE]
    network.pongs[1].set_exception(ConnectionClosedOK(None, None))
    assert list(outbox.unheard()) == [DONE]
    running.cancel()


@run
async def test_what_was_never_sent_is_unheard() -> None:
    network = Network()
    network.close()
    outbox = Outbox(network)
    outbox.put("of no matter")
    outbox.put("told", DONE)
    assert await outbox.run()
    assert list(outbox.unheard()) == [DONE]


@run
async def test_who_takes_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kkm_sim.remote.server.outbox.STALLED_S", 0.01)
    network = Network()
    network.takes.clear()
    outbox = Outbox(network)
    outbox.put("told", DONE)
    assert not await outbox.run()
    assert list(outbox.unheard()) == [DONE]
    await outbox.sent()
    await outbox.room()


@run
async def test_whoever_answers_waits_while_too_much_is_under_way() -> None:
    network = Network()
    network.takes.clear()
    outbox = Outbox(network)
    running = asyncio.create_task(outbox.run())
    for _ in range(BACKLOG):
        outbox.put("x")
    await outbox.room()
    outbox.put("one too many")
    waiting = asyncio.create_task(outbox.room())
    await asyncio.sleep(0)
    assert not waiting.done()
    network.takes.set()
    await waiting
    running.cancel()

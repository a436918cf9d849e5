import asyncio
import errno
import os
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from kkm_sim.remote import Client, NotConnected, connect_async
from kkm_sim.remote.client.pending import Pending
from tests.remote.client.fake_server import FakeServer


async def awaited(pending: Pending[Client]) -> Client:
    return await pending


async def as_a_task(pending: Pending[Client]) -> Client:
    return await asyncio.create_task(pending)


async def within_a_time(pending: Pending[Client]) -> Client:
    return await asyncio.wait_for(pending, 10)


@pytest.mark.parametrize("opens", [awaited, as_a_task, within_a_time])
def test_it_may_be_awaited(opens: Callable[[Pending[Client]], Coroutine[Any, Any, Client]]) -> None:
    async def program(server: str) -> None:
        till = await opens(connect_async(server, "till"))
        await till.close()

    with FakeServer(lambda talk: talk.ready()) as server:
        asyncio.run(program(server.address))


def test_with_closes_it() -> None:
    async def program(server: str) -> None:
        async with connect_async(server, "till") as till:
            pass
        with pytest.raises(NotConnected, match="this program has closed"):
            await till.ping()

    with FakeServer(lambda talk: talk.ready()) as server:
        asyncio.run(program(server.address))


def test_what_cannot_be_had_is_not_closed() -> None:
    async def program() -> None:
        async with connect_async("127.0.0.1:1", "till"):
            pass

    with pytest.raises(NotConnected, match=os.strerror(errno.ECONNREFUSED)):
        asyncio.run(program())


def test_one_that_nobody_wants_any_more() -> None:
    pending = connect_async("127.0.0.1:1", "till")
    pending.close()
    with pytest.raises(RuntimeError):  # NotConnected were it opened now
        asyncio.run(awaited(pending))

"""A server with simulated tills inside the test's own program, and clients that speak by hand."""

import asyncio
import contextlib
import functools
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import replace
from typing import Any, ParamSpec

from websockets.asyncio.client import ClientConnection, connect

from kkm_sim.drivers.listening import bound_socket
from kkm_sim.remote.server.device import Device
from kkm_sim.remote.server.lines import SIMULATED, Lines, SimulatedLine
from kkm_sim.remote.server.server import MOST_CLIENTS, RemoteServer
from kkm_sim.settings import Settings
from kkm_sim.till.chart import TillState
from kkm_sim.till.keyboard import parse_keys
from kkm_sim.till.machine import Till
from tests.waiting import PATIENCE_S, eventually_async

P = ParamSpec("P")

SALE = {"code_type": 1, "barcode": 4600000000008}


class Serving:
    """The devices `one` and `two`, both simulated."""

    def __init__(self, server: RemoteServer, devices: dict[str, Device], tills: dict[str, SimulatedLine]) -> None:
        self.server = server
        self.devices = devices
        self.tills = tills

    @property
    def one(self) -> Device:
        return self.devices["one"]

    @property
    def where(self) -> tuple[str, int]:
        host, _, port = self.server.url.rpartition("/")[2].rpartition(":")
        return host, int(port)

    @property
    def till(self) -> Till:
        """The till of `one`."""
        return self.tills["one"].simulator.till().till

    async def press(self, keys: str) -> None:
        """The operator of `one`."""
        line = self.tills["one"]
        for key in parse_keys(keys):
            await asyncio.wrap_future(line.pump.submit(functools.partial(line.simulator.press, key)))

    async def waits_for_state(self, state: TillState) -> None:
        """Of the till of `one`."""
        await eventually_async(lambda: self.till.state is state, why=lambda: f"in vain: {self.till.state}")

    def connect(self, device: str = "one", query: str = "", **more: Any) -> Any:
        return connect(f"{self.server.url}/v1/devices/{device}{query}", proxy=None, **more)

    async def waits_for_lease(self, state: str, waiting: int = 0) -> None:
        """Until that is told of `one`: `held` or `free`, and how many wait."""

        def told() -> tuple[object, object]:
            device = self.one.describe()
            return device["state"], device["waiting"]

        await eventually_async(lambda: told() == (state, waiting), why=lambda: f"in vain: {told()}")


@contextlib.asynccontextmanager
async def serving(*, tokens: tuple[str, ...] = (), most: int = MOST_CLIENTS, **settings: Any) -> AsyncIterator[Serving]:
    lines = Lines(replace(Settings(), **{"print_lines_per_s": 0, **settings}), "off")
    tills = {name: lines.simulated() for name in ("one", "two")}
    devices = {name: lines.device(name, SIMULATED, line.port) for name, line in tills.items()}
    server = RemoteServer(list(devices.values()), bound_socket("127.0.0.1", 0), tokens=tokens, most=most)
    await server.start()
    try:
        yield Serving(server, devices, tills)
    finally:
        await server.stop()
        for device in devices.values():
            await asyncio.to_thread(device.stop)
        for till in tills.values():
            await asyncio.to_thread(till.pump.stop)


async def hear(client: ClientConnection) -> Any:
    """The next message."""
    async with asyncio.timeout(PATIENCE_S):
        return json.loads(await client.recv())


async def say(client: ClientConnection, **message: Any) -> None:
    await client.send(json.dumps({"jsonrpc": "2.0", **message}))


async def call(client: ClientConnection, method: str, number: int | str = 1, **params: Any) -> Any:
    """A call and the next message, which is to be its response."""
    await say(client, id=number, method=method, params=params)
    response = await hear(client)
    assert response.get("id") == number, response
    return response


async def ready(client: ClientConnection) -> None:
    assert await hear(client) == {"jsonrpc": "2.0", "method": "ready", "params": {"device": "one"}}


def run(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """A test that is a coroutine."""

    @functools.wraps(test)
    def runs(*fixtures: P.args, **named: P.kwargs) -> None:
        asyncio.run(test(*fixtures, **named))

    return runs

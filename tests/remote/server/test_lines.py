import asyncio
from dataclasses import replace
from datetime import datetime

import pytest
from websockets.asyncio.client import connect

from kkm_sim.clock import MS
from kkm_sim.drivers.listening import bound_socket
from kkm_sim.drivers.ports import PortError
from kkm_sim.drivers.pump import Pump
from kkm_sim.drivers.tcp_port import TcpPort
from kkm_sim.remote.server.lines import Lines
from kkm_sim.remote.server.server import RemoteServer
from kkm_sim.settings import Settings
from kkm_sim.simulator import Simulator
from tests.remote.server.serving import call, ready, run
from tests.waiting import eventually_async

SLOW = replace(Settings(), option_29=0)


def test_the_speed_is_option_29s() -> None:
    assert Lines(Settings()).baud == 57600
    assert Lines(SLOW).baud == 9600


@run
async def test_a_simulated_till_answers_at_its_own_pace() -> None:
    lines = Lines(Settings())
    till = lines.simulated()
    device = lines.device("one", "sim:", till.port)
    link = await device.link()
    assert link["linked"] is False
    assert not device.gone
    device.stop()
    assert device.gone
    till.pump.stop()


@pytest.mark.parametrize("url", ["nonsense://x", "socket://nowhere"])
def test_what_never_can_be_a_port_is_a_mistake(url: str) -> None:
    with pytest.raises(PortError):
        Lines(Settings()).port(url)


@run
async def test_a_port_that_is_not_there_yet_comes_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    # It said SYN to a port that was not there, and waits for the answer.
    monkeypatch.setattr("kkm_sim.link.master_link.ANSWER_TIMEOUT", 300 * MS)
    taken = bound_socket("127.0.0.1", 0)  # which refuses, and keeps others away
    where = taken.getsockname()
    lines = Lines(replace(Settings(), print_lines_per_s=0), retry=20 * MS)
    url = f"socket://{where[0]}:{where[1]}"
    device = lines.device("one", url, await asyncio.to_thread(lines.port, url))
    server = RemoteServer([device], bound_socket("127.0.0.1", 0))
    await server.start()
    await eventually_async(lambda: device.gone)
    async with connect(f"{server.url}/v1/devices/one", proxy=None) as client:
        await ready(client)
        refused = await call(client, "ping")
        assert refused["error"]["code"] == -32002
        assert refused["error"]["data"] == {"reason": "port_gone"}
        assert device.describe()["state"] == "gone"
        simulator = Simulator(lines.settings, wall=datetime(2016, 7, 1, 12), now=lines.clock.now())
        with Pump(simulator, TcpPort(*where), clock=lines.clock):
            await eventually_async(lambda: not device.gone)
            assert "result" in await call(client, "ping")
            assert device.describe()["state"] == "held"
        await eventually_async(lambda: device.gone)
    await server.stop()
    await asyncio.to_thread(device.stop)
    taken.close()

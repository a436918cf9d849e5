from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from kkm_sim.clock import Instant
from kkm_sim.control.server import ControlServer
from kkm_sim.drivers.pump import Pump
from kkm_sim.settings import Settings
from kkm_sim.simulator import Simulator
from tests.control.support import Api, QuietPort

WALL = datetime(2016, 7, 1, 12, 0, 0)
AT_ONCE = replace(Settings(), print_lines_per_s=0)

MakeApi = Callable[..., Api]
MakeServer = Callable[..., ControlServer]


@pytest.fixture
def make_api() -> Iterator[MakeApi]:
    with ExitStack() as stack:

        def make(*settings: Settings) -> Api:
            simulator = Simulator(settings or (AT_ONCE,), wall=WALL, now=Instant(0), paced=False)
            port = QuietPort()
            pump = stack.enter_context(Pump(simulator, port, pace="off"))
            return Api(pump, simulator, port)

        yield make


@pytest.fixture
def api(make_api: MakeApi) -> Api:
    """A fresh till that prints at once, in cash mode."""
    return make_api()


@pytest.fixture
def make_server(make_api: MakeApi) -> Iterator[MakeServer]:
    with ExitStack() as stack:

        def make(api: Api | None = None, **options: Any) -> ControlServer:
            api = api or make_api()
            server = ControlServer(api.pump, api.simulator, **options)
            server.start()
            stack.callback(server.stop)
            return server

        yield make

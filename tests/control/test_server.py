import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from kkm_sim.control.server import ControlServer
from tests.control.conftest import MakeServer
from tests.control.support import Api


def test_the_port_is_known_before_it_serves(api: Api) -> None:
    server = ControlServer(api.pump, api.simulator)
    assert server.url == f"http://127.0.0.1:{server.port}"
    assert server.port > 0
    server.stop()


def test_a_port_that_is_taken(api: Api) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(OSError, match="in use"):
        ControlServer(api.pump, api.simulator, port=other.getsockname()[1])


def test_ipv6(make_server: MakeServer) -> None:
    server = make_server(host="::1")
    assert server.url == f"http://[::1]:{server.port}"
    assert httpx.get(f"{server.url}/v1/till").status_code == 200


def test_it_leaves_nothing_behind(api: Api) -> None:
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    interval, threads = sys.getswitchinterval(), threading.active_count()
    server = ControlServer(api.pump, api.simulator)
    server.start()
    assert sys.getswitchinterval() == pytest.approx(0.0001)
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == handlers
    with httpx.Client(base_url=server.url) as client, connect(f"ws://127.0.0.1:{server.port}/v1/events") as stream:
        assert client.get("/v1/till").status_code == 200
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 1
        with pytest.raises(ConnectionClosed):
            stream.recv(5)
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{server.url}/v1/till")
    assert sys.getswitchinterval() == pytest.approx(interval)
    assert threading.active_count() <= threads


def test_requests_in_parallel(make_server: MakeServer) -> None:
    server = make_server()

    def feed(_: int) -> int:
        with httpx.Client(base_url=server.url) as client:
            return sum(client.post("/v1/keys", json={"keys": "FEED"}).status_code == 200 for _ in range(10))

    with ThreadPoolExecutor(8) as clients:
        assert list(clients.map(feed, range(8))) == [10] * 8
    entries = httpx.get(f"{server.url}/v1/tape").json()["entries"]
    assert [entry["n"] for entry in entries] == list(range(1, 81))


def test_calls_do_not_wait_for_the_network(make_server: MakeServer) -> None:
    with httpx.Client(base_url=make_server().url) as client:
        client.get("/v1/till")
        began = time.monotonic()
        for _ in range(20):
            client.get("/v1/till")
        assert time.monotonic() - began < 0.6  # Nagle's delay alone would take 0.8


def test_it_loads_nothing_that_only_some_requests_need() -> None:
    program = "import sys, kkm_sim.control.server; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert {"starlette", "msgspec", "uvicorn"} <= loaded
    assert loaded & {"pydantic", "yaml", "textual", "kkm_sim.render", "kkm_sim.control.openapi"} == set()

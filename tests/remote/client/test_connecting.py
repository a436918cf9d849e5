import asyncio
import errno
import os
import re
import socket
import time
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from websockets.http11 import Request, Response

from kkm_sim.remote.client.connecting import open_connection
from kkm_sim.remote.protocol.errors import DeviceBusy, NotConnected, RemoteError
from tests.remote.client.fake_server import BUSY, FakeServer, Talk, answer, refusal
from tests.remote.client.threads import threads_of_ours
from tests.waiting import PATIENCE_S, eventually


def opens(server: str, device: str | None = "till", timeout: float = 5, token: str | None = None) -> None:
    async def opened() -> None:
        connection = await open_connection(server, device, timeout=timeout, token=token, client="me")
        await connection.close()

    asyncio.run(opened())


def test_what_the_server_is_told() -> None:
    heard: list[tuple[str, str]] = []

    def talk(server: Talk) -> None:
        heard.append((server.path, server.headers["Authorization"]))
        server.ready()

    with FakeServer(talk) as server:
        opens(server.address, "касса 1", timeout=2.5, token="secret")
    path = urlsplit(heard[0][0])
    assert path.path == "/v1/devices/%D0%BA%D0%B0%D1%81%D1%81%D0%B0%201"
    assert parse_qs(path.query) == {"timeout": ["2.5"], "client": ["me"]}
    assert heard[0][1] == "Bearer secret"


def test_busy() -> None:
    def talk(server: Talk) -> None:
        server.say(BUSY)
        server.socket.close(4001, "device busy")

    with FakeServer(talk) as server, pytest.raises(DeviceBusy, match="касса 2 holds it since 2026-11-21") as caught:
        opens(server.address)
    assert caught.value.holder == "касса 2"
    assert caught.value.since is not None


def test_busy_is_known_by_the_close_code_too() -> None:
    with FakeServer(lambda talk: talk.socket.close(4001, "")) as server, pytest.raises(DeviceBusy):
        opens(server.address)


def test_the_servers_refusal_wins_over_our_own_timer() -> None:
    """It comes when both are due, and the network's own time later."""

    def talk(server: Talk) -> None:
        time.sleep(0.3)
        server.say(BUSY)

    with FakeServer(talk) as server, pytest.raises(DeviceBusy):
        opens(server.address, timeout=0.05)


def test_a_server_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kkm_sim.remote.client.connecting.NETWORK_S", 0.3)
    with FakeServer(lambda talk: None) as server, pytest.raises(NotConnected, match="not answer within"):
        opens(server.address, timeout=0.1)


def test_a_connection_that_ends_before_ready() -> None:
    with FakeServer(lambda talk: talk.socket.close(1001, "")) as server, pytest.raises(NotConnected, match="again"):
        opens(server.address)


def test_something_else_that_speaks_first() -> None:
    with FakeServer(lambda talk: talk.tell("hello", {})) as server, pytest.raises(RemoteError, match="not say `ready`"):
        opens(server.address)


@pytest.mark.parametrize(
    ("status", "told"), [(HTTPStatus.UNAUTHORIZED, "token"), (HTTPStatus.NOT_FOUND, "There is no device 'till'")]
)
def test_a_server_that_does_not_let_us_in(status: HTTPStatus, told: str) -> None:
    def gate(request: Request) -> Response | None:
        return refusal(status, "There is no device 'till'; there is kassa1.")

    with FakeServer(gate=gate) as server, pytest.raises(RemoteError, match=told):
        opens(server.address)


@pytest.mark.parametrize("device", ["till", None])
def test_a_stranger_that_has_no_such_page(device: str | None) -> None:
    page = {"detail": "Not Found"}
    with FakeServer(gate=lambda _: answer(HTTPStatus.NOT_FOUND, page)) as server, pytest.raises(RemoteError) as caught:
        opens(server.address, device)
    told = f"what answers at {server.address} is no remote access server of kkm-sim: it answers HTTP 404"
    assert str(caught.value) == told


def test_the_only_device() -> None:
    paths: list[str] = []

    def gate(request: Request) -> Response | None:
        return answer(HTTPStatus.OK, {"devices": [{"name": "a"}]}) if request.path == "/v1/devices" else None

    def talk(server: Talk) -> None:
        paths.append(server.path)
        server.ready()

    with FakeServer(talk, gate=gate) as server:
        opens(server.address, None)
    assert paths == ["/v1/devices/a?timeout=5&client=me"]


def test_who_gives_up_does_not_wait_for_the_only_device() -> None:
    """As at Ctrl-C, with a server that lets us in and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:

        async def program() -> socket.socket:
            server = f"127.0.0.1:{silent.getsockname()[1]}"
            opening = asyncio.create_task(open_connection(server, None, timeout=PATIENCE_S))
            asked, _ = await asyncio.to_thread(silent.accept)
            opening.cancel()
            with pytest.raises(asyncio.CancelledError):
                await opening
            return asked

        began = time.monotonic()
        with asyncio.run(program()):
            assert time.monotonic() - began < PATIENCE_S
    eventually(lambda: threads_of_ours() == [])


def test_no_server() -> None:
    with pytest.raises(NotConnected, match=re.escape(f"no server at 127.0.0.1:1 ({os.strerror(errno.ECONNREFUSED)})")):
        opens("127.0.0.1:1")


@pytest.mark.parametrize("timeout", [-1, float("nan"), float("inf"), 1e300])
@pytest.mark.parametrize("device", ["till", None])
def test_a_timeout_that_is_none(device: str | None, timeout: float) -> None:
    with pytest.raises(ValueError, match="it is from 0 to 86400"):
        opens("127.0.0.1:1", device, timeout=timeout)


@pytest.mark.parametrize("device", ["till", None])
def test_a_timeout_that_is_no_number(device: str | None) -> None:
    said: Any = "5"
    with pytest.raises(ValueError, match="a timeout of '5': it is a number of seconds from 0 to 86400"):
        opens("127.0.0.1:1", device, timeout=said)

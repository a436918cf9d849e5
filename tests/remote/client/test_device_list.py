import errno
import os
from http import HTTPStatus
from typing import Any

import pytest
from websockets.http11 import Request, Response

from kkm_sim.remote.client.device_list import Listed, devices, only_device
from kkm_sim.remote.protocol.errors import NotConnected, RemoteError
from tests.remote.client.fake_server import FakeServer, answer, refusal

ONE = {"name": "касса", "url": "sim:", "state": "held", "holder": "me", "since": "2026-11-21T15:00:00", "waiting": 0}
OTHER = ONE | {"name": "b", "state": "free", "holder": None}


def server(*told: object, token: str | None = None) -> FakeServer:
    def gate(request: Request) -> Response | None:
        assert request.path == "/v1/devices"
        assert request.headers.get("Authorization") == token
        return answer(HTTPStatus.OK, {"devices": told})

    return FakeServer(gate=gate)


def test_all() -> None:
    with server(ONE, OTHER, token="Bearer secret") as there:
        assert devices(there.address, token="secret") == (Listed("касса", "held", "me"), Listed("b", "free"))


def test_the_only_one() -> None:
    with server(ONE) as there:
        assert only_device(there.address, timeout=5) == "касса"


def test_which_of_several() -> None:
    with server(ONE, OTHER) as there, pytest.raises(RemoteError, match="say which: касса, b"):
        only_device(there.address, timeout=5)


def test_none() -> None:
    with server() as there, pytest.raises(RemoteError, match="has no device"):
        only_device(there.address, timeout=5)


def test_refused() -> None:
    with (
        FakeServer(gate=lambda _: refusal(HTTPStatus.UNAUTHORIZED, "A token is needed.")) as there,
        pytest.raises(RemoteError, match="token"),
    ):
        devices(there.address)


@pytest.mark.parametrize("body", [[], {}, {"devices": [{}]}, {"devices": [1]}])
def test_something_else(body: object) -> None:
    with FakeServer(gate=lambda _: answer(HTTPStatus.OK, body)) as there, pytest.raises(RemoteError, match="no list"):
        devices(there.address)


def test_a_timeout_that_is_no_number() -> None:
    said: Any = "5"
    with pytest.raises(ValueError, match="number of seconds"):
        devices("127.0.0.1:1", timeout=said)


def test_no_server() -> None:
    with pytest.raises(NotConnected, match=os.strerror(errno.ECONNREFUSED)):
        devices("127.0.0.1:1")

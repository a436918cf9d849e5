import json

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.control.conftest import MakeServer
from tests.control.support import problem


def test_only_this_computer_is_served(make_server: MakeServer) -> None:
    server = make_server()
    with httpx.Client(base_url=server.url) as client:
        for name, value in {
            "Host": "till.example.org",
            "Origin": "http://till.example.org",
            "origin": "null",
            "ORIGIN": "http://[",
        }.items():
            assert "for this computer only" in problem(client.get("/v1/till", headers={name: value}), 403)
        for headers in ({"Host": f"localhost:{server.port}"}, {"Host": "[::1]"}, {"Origin": "http://127.0.0.1:3000"}):
            assert client.get("/v1/till", headers=headers).status_code == 200
    with (
        pytest.raises(InvalidStatus) as refused,
        connect(f"ws://127.0.0.1:{server.port}/v1/events", additional_headers={"Origin": "http://till.example.org"}),
    ):
        pass
    assert json.loads(bytes(refused.value.response.body or b""))["status"] == 403

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
        for name, value in {"Host": "till.example.org", "ORIGIN": "http://till.example.org"}.items():
            sentence = problem(client.get("/v1/till", headers={name: value}), 403)
            assert sentence == f"This server is for this computer only, not for {value}."
        assert client.get("/v1/till", headers={"Origin": "http://localhost:3000"}).status_code == 200
    with (
        pytest.raises(InvalidStatus) as refused,
        connect(f"ws://127.0.0.1:{server.port}/v1/events", additional_headers={"Origin": "http://till.example.org"}),
    ):
        pass
    assert json.loads(bytes(refused.value.response.body or b""))["status"] == 403

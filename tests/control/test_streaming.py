import asyncio
import json
from typing import Any

import httpx
import pytest
from starlette.types import Message
from starlette.websockets import WebSocket
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from kkm_sim.control.events import EventMailbox
from kkm_sim.control.mailbox import Mailbox
from kkm_sim.control.models import KeyEvent
from kkm_sim.control.server import ControlServer
from kkm_sim.control.streaming import serve
from tests.control.conftest import MakeApi, MakeServer


def stream(server: ControlServer, path: str = "/v1/events") -> ClientConnection:
    return connect(f"ws://{server.host}:{server.port}{path}")


def press(server: ControlServer, keys: str) -> None:
    assert httpx.post(f"{server.url}/v1/keys", json={"keys": keys}).status_code == 200


def receive(client: ClientConnection) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(client.recv(5))
    return event


def test_events_over_a_websocket(make_api: MakeApi, make_server: MakeServer) -> None:
    api = make_api()
    server = make_server(api)
    with stream(server) as first, stream(server, "/v1/events?till=1") as second:
        press(server, "1")
        for client in (first, second):
            key = receive(client)
            assert key.pop("at") > 0
            assert key == {"kind": "key", "key": "1"}
            assert [receive(client)["kind"] for _ in range(3)] == ["beep", "state", "indicator"]
        first.send("what a client says means nothing")
        api.say("7f 02 01 c5 3a")
        packet = receive(first)["packet"]
        assert packet == httpx.get(f"{server.url}/v1/wire").json()["packets"][0]


def receive_for_ever(client: ClientConnection) -> None:
    while True:
        client.recv(5)


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("/v1/events?till=9", 404, "There is no till at address 9; there is 1."),
        ("/v1/events?till=x", 422, 'Query parameter "till" should be a whole number'),
        ("/v1/till", 404, "There is no WebSocket at /v1/till, only at /v1/events."),
    ],
)
def test_a_websocket_refused(make_server: MakeServer, path: str, status: int, sentence: str) -> None:
    server = make_server()
    with pytest.raises(InvalidStatus) as refused, stream(server, path):
        pass
    response = refused.value.response
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    assert json.loads(bytes(response.body or b""))["detail"].startswith(sentence)


def test_a_client_that_is_too_slow_is_told_so_and_the_rest_goes_on(make_server: MakeServer) -> None:
    server = make_server(event_capacity=10)
    with stream(server) as client:
        press(server, "123456789")
        with pytest.raises(ConnectionClosed) as closed:
            receive_for_ever(client)
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1013, "too slow: 10 events were waiting")
    with stream(server) as client:
        press(server, "С")
        assert receive(client)["key"] == "С"


def test_a_client_that_reads_nothing_is_given_up() -> None:
    async def stall() -> list[str]:
        sent: list[str] = []

        async def from_client() -> Message:
            if not sent:
                return {"type": "websocket.connect"}
            return await asyncio.Future()

        async def to_client(message: Message) -> None:
            sent.append(message["type"])
            if message["type"] != "websocket.accept":
                await asyncio.Future()

        websocket = WebSocket({"type": "websocket"}, from_client, to_client)
        await websocket.accept()
        mailbox: EventMailbox = Mailbox(5)
        serving = asyncio.create_task(serve(websocket, mailbox, goodbye_s=0.01))
        mailbox.put(lambda: KeyEvent(at=0, key="1"))
        await asyncio.sleep(0.01)
        for _ in range(7):
            mailbox.put(lambda: KeyEvent(at=0, key="1"))
        await asyncio.wait_for(serving, 1)
        return sent

    assert asyncio.run(stall()) == ["websocket.accept", "websocket.send", "websocket.close"]

import asyncio
import contextlib
import json
import socket
import ssl
import struct
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from kkm_sim.drivers.listening import bound_socket
from kkm_sim.remote.server.server import CLOSE_S, RemoteServer
from tests.certificate import certificate
from tests.remote.server.serving import Serving, call, hear, ready, run, serving
from tests.waiting import PATIENCE_S

HANDSHAKE = (
    b"GET /v1/devices/one?timeout=60 HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
PING = b"\x89\xfd" + bytes(4) + b"?" * 125
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER: closed with a reset."""


async def get(counter: Serving, path: str, *headers: str) -> tuple[int, bytes]:
    """A plain request; its status and body."""
    reader, writer = await asyncio.open_connection(*counter.where)
    writer.write("\r\n".join([f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *headers, "", ""]).encode())
    async with asyncio.timeout(PATIENCE_S):
        answer = await reader.read()
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


@run
async def test_the_devices_are_listed() -> None:
    async with serving() as counter, counter.connect(query="?client=shop") as client, counter.connect():
        await ready(client)
        await counter.waits_for_lease("held", 1)
        status, body = await get(counter, "/v1/devices")
        one, two = json.loads(body)["devices"]
        assert status == 200
        assert two == {
            **{"name": "two", "url": "sim:", "state": "free"},
            **{"holder": None, "since": None, "waiting": 0},
        }
        assert one["holder"].startswith("shop (127.0.0.1:")
        assert (one["state"], one["waiting"]) == ("held", 1)
        assert one["since"][10] == "T"


@run
async def test_the_document_is_whole_however_slowly_it_is_read() -> None:
    async with serving() as counter:
        status, body = await get(counter, "/v1/openrpc.json")
        document = json.loads(body)
        assert status == 200
        assert document["servers"] == [{"name": "this", "url": f"{counter.server.url}/v1/devices"}]


@run
async def test_with_tokens_nothing_goes_without() -> None:
    async with serving(tokens=("secret",)) as counter:
        assert (await get(counter, "/v1/devices"))[0] == 401
        assert (await get(counter, "/v1/openrpc.json"))[0] == 401
        assert (await get(counter, "/v1/devices", "Authorization: Bearer secret"))[0] == 200
        with pytest.raises(InvalidStatus) as caught:
            await counter.connect()
        assert caught.value.response.status_code == 401
        async with counter.connect(additional_headers={"Authorization": "Bearer secret"}) as client:
            await ready(client)


@run
async def test_a_page_from_elsewhere_holds_nothing() -> None:
    async with serving() as counter:
        with pytest.raises(InvalidStatus) as caught:
            await counter.connect(origin=Origin("http://evil.example"))
        assert caught.value.response.status_code == 403
        assert counter.one.describe()["state"] == "free"


@run
async def test_what_is_no_http_harms_nobody() -> None:
    async with serving() as counter:
        for garbage in (b"\x00" * 100, b"POST / HTTP/1.1\r\n\r\n", b"GET /" + b"a" * 100_000, b"\x16\x03\x01\x02\x00"):
            reader, writer = await asyncio.open_connection(*counter.where)
            writer.write(garbage)
            writer.write_eof()
            async with asyncio.timeout(PATIENCE_S):
                with contextlib.suppress(ConnectionResetError):
                    await reader.read()
            writer.close()
        async with counter.connect() as client:
            await ready(client)


@run
async def test_a_handshake_that_does_not_come_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kkm_sim.remote.server.server.OPEN_S", 0.05)
    async with serving() as counter:
        reader, writer = await asyncio.open_connection(*counter.where)
        writer.write(HANDSHAKE[:40])
        async with asyncio.timeout(PATIENCE_S):
            with contextlib.suppress(ConnectionResetError):
                assert await reader.read() == b""
        writer.close()


@run
async def test_many_handshakes_that_do_not_come_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kkm_sim.remote.server.server.MOST_KNOCKING", 2)
    async with serving() as counter, contextlib.AsyncExitStack() as stack:
        knocking = []
        for _ in range(3):
            reader, writer = await asyncio.open_connection(*counter.where)
            stack.callback(writer.close)
            knocking.append(reader)
        async with asyncio.timeout(PATIENCE_S), counter.connect() as client:
            await ready(client)  # it cost the next of them its place
            for reader in knocking[:2]:
                with contextlib.suppress(ConnectionResetError):
                    assert await reader.read() == b""
        assert not knocking[2].at_eof()


@run
async def test_only_get() -> None:
    async with serving() as counter:
        reader, writer = await asyncio.open_connection(*counter.where)
        writer.write(b"POST /v1/devices HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n")
        async with asyncio.timeout(PATIENCE_S):
            assert b" 405 " in (await reader.read()).splitlines()[0]
        writer.close()


@run
async def test_a_holder_that_falls_silent_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in ("PING_S", "CLOSE_S"):
        monkeypatch.setattr(f"kkm_sim.remote.server.server.{limit}", 0.2)  # which the next one must keep
    async with serving() as counter:
        _, writer = await asyncio.open_connection(*counter.where)
        writer.write(HANDSHAKE)
        await counter.waits_for_lease("held")
        async with counter.connect(query="?timeout=10") as next_one:
            await ready(next_one)
        writer.close()


@run
async def test_a_client_that_takes_nothing_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kkm_sim.remote.server.outbox.STALLED_S", 0.1)
    async with serving() as counter:
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(client, counter.where)
        await loop.sock_sendall(client, HANDSHAKE)
        await counter.waits_for_lease("held")
        # What the answer repeats is long.
        text = json.dumps({"jsonrpc": "2.0", "id": "x" * 20_000, "method": "nothing"}).encode()
        frame = b"\x81\xfe" + struct.pack(">H", len(text)) + bytes(4) + text

        async def flood() -> None:
            while True:
                await loop.sock_sendall(client, frame)

        flooding = asyncio.create_task(flood())
        await counter.waits_for_lease("free")
        flooding.cancel()
        await asyncio.gather(flooding, return_exceptions=True)
        client.close()


@run
async def test_a_client_that_pings_and_never_listens_costs_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kkm_sim.remote.server.server.MOST_UNTAKEN", 50_000)
    async with serving() as counter:
        flood = socket.create_connection(counter.where)
        flood.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(flood, HANDSHAKE)
        await counter.waits_for_lease("held")
        with pytest.raises(ConnectionError):
            await asyncio.wait_for(loop.sock_sendall(flood, PING * 200_000), PATIENCE_S)
        flood.close()
        await counter.waits_for_lease("free")


@run
async def test_two_hundred_clients_are_served_in_order() -> None:
    async with serving() as counter:
        clients: list[ClientConnection] = []
        for number in range(200):
            clients.append(await counter.connect(query=f"?timeout=60&client={number}"))
            await counter.waits_for_lease("held", number)
        served = []
        for number, client in enumerate(clients):
            await ready(client)
            holder = counter.one.describe()["holder"]
            served.append(int(holder.partition(" ")[0]))
            assert counter.one.describe()["waiting"] == 199 - number
            await client.close()
        assert served == list(range(200))
        await counter.waits_for_lease("free")
        for client in clients:
            assert [text async for text in client] == []


@run
async def test_no_more_clients_than_there_may_be() -> None:
    async with serving(most=2) as counter, counter.connect() as holder:
        await ready(holder)
        async with counter.connect(query="?timeout=60"):
            with pytest.raises(InvalidStatus) as caught:
                await counter.connect("two")
            assert caught.value.response.status_code == 503
            assert b"The server has 2 clients" in (caught.value.response.body or b"")
        async with counter.connect("two") as other:
            assert (await hear(other))["method"] == "ready"
        assert "result" in await call(holder, "ping")


@run
async def test_a_thousand_resets_leave_no_lease() -> None:
    async with serving() as counter:
        loop = asyncio.get_running_loop()
        for number in range(1000):
            client = socket.socket()
            client.setblocking(False)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            await loop.sock_connect(client, counter.where)
            if number % 4:
                await loop.sock_sendall(client, HANDSHAKE)
            if number % 4 > 1:
                await loop.sock_recv(client, 4096)
            client.close()
        await counter.waits_for_lease("free")
        async with counter.connect() as client:
            await ready(client)
            assert (await call(client, "ping"))["result"]["receipt_number"] == 0
            assert counter.one.describe()["waiting"] == 0


@run
async def test_the_end_is_quick_whatever_clients_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kkm_sim.remote.server.server.STOP_S", 0.2)
    async with serving() as counter:
        _, writer = await asyncio.open_connection(*counter.where)
        writer.write(HANDSHAKE)  # and never a good-bye
        _, idle = await asyncio.open_connection(*counter.where)
        async with counter.connect(query="?timeout=60") as waiting:
            await counter.waits_for_lease("held", 1)
            async with asyncio.timeout(CLOSE_S / 2):
                await counter.server.stop()
            with pytest.raises(ConnectionClosed) as caught:
                await hear(waiting)
            assert caught.value.rcvd is not None
            assert caught.value.rcvd.code == 1001
        writer.close()
        idle.close()


@run
async def test_over_tls(tmp_path: Path) -> None:
    made, key = certificate(tmp_path, "127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    trust = ssl.create_default_context(cafile=made)
    async with serving() as counter:
        server = RemoteServer(list(counter.devices.values()), bound_socket("127.0.0.1", 0), tls=context)
        await server.start()
        assert server.url.startswith("wss://127.0.0.1:")
        async with connect(f"{server.url}/v1/devices/one", ssl=trust, proxy=None) as client:
            await ready(client)
        await server.stop()

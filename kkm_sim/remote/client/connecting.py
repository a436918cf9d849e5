"""From a server's address to a connection that holds the device, or to an error that says what to do."""

import asyncio
import contextlib
import functools
import socket
import ssl as tls
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidStatus, InvalidURI

from kkm_sim.remote.client.connection_errors import no_http, no_server, refusal, stranger
from kkm_sim.remote.client.device_list import only_device
from kkm_sim.remote.client.handler_thread import aside
from kkm_sim.remote.protocol.addresses import TIMEOUT_S, credentials, device_url, patience
from kkm_sim.remote.protocol.errors import DeviceBusy, NotConnected, error_of
from kkm_sim.remote.protocol.jsonrpc import Failure, Notification, parse
from kkm_sim.remote.protocol.operations import BUSY_CLOSE

NETWORK_S = 2.0
"""What a slow network may add to the timeout: the server's own word about it is better than our guess."""

KEEP_ALIVE_S = 10.0
"""Between two pings of the WebSocket, and how long the answer may take: then the connection is lost."""

CLOSE_S = 2.0
"""How long a server may take to say good-bye."""


async def open_connection(
    server: str,
    device: str | None,
    *,
    timeout: float = TIMEOUT_S,
    token: str | None = None,
    ssl: tls.SSLContext | None = None,
    client: str | None = None,
) -> ClientConnection:
    """A connection whose `ready` has come. `device` None: the server's only one.

    Raises NotConnected, DeviceBusy, RemoteError; ValueError for an address that is none.
    """
    patience(timeout)
    headers = credentials(token)
    if device is None:
        look = functools.partial(only_device, server, timeout=timeout + NETWORK_S, token=token, ssl=ssl)
        device = await aside(look)
    url = device_url(server, device, timeout, client)
    # A context that the user made says how to trust the server; without one wss:// trusts what the system does.
    secure: dict[str, Any] = {"ssl": ssl} if ssl is not None and url.startswith("wss:") else {}
    now = asyncio.get_running_loop().time
    began = now()
    with _explained(server, timeout):
        async with asyncio.timeout(timeout + NETWORK_S):
            reached = await _reached(url)
        # There and back was that long; an upgrade after TLS goes there and back three times.
        in_all = timeout + max(NETWORK_S, 4 * (now() - began))
        connection = await connect(
            url,
            sock=reached,
            additional_headers=headers,
            proxy=None,
            open_timeout=in_all,
            ping_interval=KEEP_ALIVE_S,
            ping_timeout=KEEP_ALIVE_S,
            close_timeout=CLOSE_S,
            **secure,
        )
        try:
            async with asyncio.timeout(in_all):
                _take_first(server, await connection.recv())
        except BaseException:
            await connection.close()
            raise
    return connection


async def _reached(url: str) -> socket.socket:
    """A socket that is connected to the URL's host, by the first of its addresses where that works."""
    loop, parts = asyncio.get_running_loop(), urlsplit(url)
    failure: OSError | None = None
    for family, kind, protocol, _, address in await aside(
        socket.getaddrinfo, parts.hostname, parts.port, 0, socket.SOCK_STREAM
    ):
        one = socket.socket(family, kind, protocol)
        try:
            one.setblocking(False)
            await loop.sock_connect(one, address)
        except OSError as error:
            one.close()
            failure = error
        except BaseException:
            one.close()
            raise
        else:
            return one
    raise failure or OSError(f"{parts.hostname} has no address")


def _take_first(server: str, text: str | bytes) -> None:
    """`ready` says nothing that is not known; a failure is why there is no lease."""
    message = parse(text) if isinstance(text, str) else None
    if isinstance(message, Failure):
        raise error_of(message)
    if not (isinstance(message, Notification) and message.method == "ready"):
        raise stranger(server, "it did not say `ready`")


@contextlib.contextmanager
def _explained(server: str, timeout: float) -> Iterator[None]:
    """What the network and the server raise, as what a user can do about it."""
    try:
        yield
    except OSError as error:
        raise no_server(server, error, timeout) from None
    except ConnectionClosed as closed:
        if closed.rcvd is not None and closed.rcvd.code == BUSY_CLOSE:
            raise DeviceBusy("somebody", None) from None
        raise NotConnected(f"{server} closed the connection before the device was ours: connect again") from None
    except InvalidStatus as error:
        raise refusal(server, error.response.status_code, bytes(error.response.body or b"")) from None
    except InvalidMessage:
        raise no_http(server) from None
    except (InvalidHandshake, InvalidURI) as error:
        raise stranger(server, error) from None

"""What is on its way to one client, and what of it has surely arrived."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Iterator
from typing import NamedTuple, Protocol

from websockets.exceptions import ConnectionClosed

from kkm_sim.remote.master.master_news import Told

BACKLOG = 256
"""Messages that may wait for a client before it is not listened to any more."""

STALLED_S = 20
"""How long a client may take nothing. A ping cannot tell: it would wait behind what is not taken."""


class Socket(Protocol):
    """What is needed of a WebSocket."""

    async def send(self, message: str) -> None:
        """Sends a text; waits while the network takes nothing. Raises ConnectionClosed."""
        ...

    async def ping(self) -> Awaitable[float]:
        """A ping, and what its pong ends. Raises ConnectionClosed."""
        ...


class _Message(NamedTuple):
    text: str
    told: Told | None


class Outbox:
    """Messages to a client, in order. What matters to the next holder is followed by a ping: its pong comes only
    when what was sent before it has arrived."""

    def __init__(self, socket: Socket) -> None:
        self._socket = socket
        self._messages: deque[_Message] = deque()
        self._unconfirmed: list[tuple[Told, Awaitable[float]]] = []
        self._filled = asyncio.Event()
        self._room = asyncio.Event()
        self._ended = False

    def put(self, text: str, told: Told | None = None) -> None:
        """Adds a message. `told`: what it tells, where the next holder must hear it if this one does not [D-55]."""
        self._messages.append(_Message(text, told))
        self._filled.set()

    async def room(self) -> None:
        """Waits until not too much is under way."""
        while len(self._messages) > BACKLOG and not self._ended:
            self._room.clear()
            await self._room.wait()

    async def sent(self) -> None:
        """Waits until all is under way."""
        while self._messages and not self._ended:
            self._room.clear()
            await self._room.wait()

    async def run(self) -> bool:
        """Sends until the connection is closed; False: until the client takes nothing any more."""
        try:
            while True:
                while self._messages:
                    async with asyncio.timeout(STALLED_S):
                        await self._send(self._messages[0])
                    self._messages.popleft()
                    self._room.set()
                self._filled.clear()
                await self._filled.wait()
        except ConnectionClosed:
            return True
        except TimeoutError:
            return False
        finally:
            self._ended = True
            self._room.set()

    async def _send(self, message: _Message) -> None:
        await self._socket.send(message.text)
        if message.told is not None:
            self._unconfirmed = [(told, pong) for told, pong in self._unconfirmed if not _came(pong)]
            self._unconfirmed.append((message.told, await self._socket.ping()))

    def unheard(self) -> Iterator[Told]:
        """What was told and has perhaps not arrived. Once the connection is closed."""
        yield from (told for told, pong in self._unconfirmed if not _came(pong))
        yield from (message.told for message in self._messages if message.told is not None)


def _came(pong: Awaitable[float]) -> bool:
    return isinstance(pong, asyncio.Future) and pong.done() and not pong.cancelled() and pong.exception() is None

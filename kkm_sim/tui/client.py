"""A watcher of the control API: hears the events, catches up after each connection, presses keys.

Events come over `websockets`; the few calls beside them are made by the standard library, in a thread each: on the
loopback one takes a millisecond, and an HTTP client would be a dependency for five of them.
"""

import asyncio
import http.client
import json
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, WebSocketException
from websockets.frames import CloseCode

from kkm_sim.control.models import Answer, Event, FindingsView, Snapshot, TapeView, WireView
from kkm_sim.till.keyboard import Key
from kkm_sim.tui.catalogue import Words
from kkm_sim.tui.reconnect import CaughtUp, Progress
from kkm_sim.tui.system_errors import reason_of
from kkm_sim.tui.translation import in_words
from kkm_sim.tui.view import Happened, Lost, News

TIMEOUT_S = 3
RETRY_S = 0.5
"""How long until the next attempt to connect."""
LARGEST_EVENT = 2**22
"""Bytes of the largest event; a snapshot of 200 operations is 40 kB."""

A = TypeVar("A", bound=Answer)
_EVENT: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


TapeFormat = Literal["png", "svg", "text"]

TAPE_FORMATS: Mapping[str, TapeFormat] = {".png": "png", ".svg": "svg", ".txt": "text"}
"""What a file becomes, by the ending of its name."""


@dataclass(frozen=True, slots=True)
class Post:
    """A call that changes the till."""

    path: str
    body: dict[str, Any]


class NoApi(Exception):
    """The other side is there and is no control API, or refuses; the message says what it said."""


class Client:
    """Watches the till at `where()`; None there means that there is none at the moment.

    It is the address of a control API, `http://127.0.0.1:8130`; `?till=2` or `?device=bar` behind it chooses a till.
    """

    def __init__(self, where: Callable[[], str | None], words: Words) -> None:
        self._where = where
        self._words = words
        self._progress = Progress()
        self._asked: asyncio.Queue[Key | Post] = asyncio.Queue()

    def press(self, key: Key) -> None:
        """The key goes to the till after those before it. Without a connection it goes nowhere."""
        self._asked.put_nowait(key)

    def power(self, on: bool) -> None:
        """Switches the till on or off, in its turn among the keys."""
        self._asked.put_nowait(Post("/v1/power", {"on": on}))

    def paper(self, present: bool) -> None:
        """Puts paper in or takes it out, in its turn among the keys."""
        self._asked.put_nowait(Post("/v1/paper", {"present": present}))

    async def tape(self, form: TapeFormat) -> bytes:
        """The whole tape as a file. Raises NoApi where there is no till to ask."""
        url = self._where()
        if url is None:
            raise NoApi(self._words.till_is_gone)
        try:
            return await asyncio.to_thread(self._request, url, "GET", f"/v1/tape?format={form}", None)
        except OSError as error:
            raise NoApi(reason_of(error, self._words)) from error
        except http.client.HTTPException as error:
            raise NoApi(self._words.not_the_api) from error

    async def run(self, tell: Callable[[News], None]) -> None:
        """Connects, again and again, until it is cancelled; `tell` is called with all that is new."""
        while True:
            url = self._where()
            tell(Lost(self._words.till_is_gone if url is None else await self._watch(url, tell)))
            await asyncio.sleep(RETRY_S)

    async def _watch(self, url: str, tell: Callable[[News], None]) -> str:
        """One connection from its beginning to its end. Returns why it ended."""
        try:
            async with await self._connect(url) as events:
                # The connection first: what happens while the lists are read is told by it, later.
                tell(await self._catch_up(url))
                await self._talk(url, events, tell)
        except ConnectionClosed as closed:
            return self._why_closed(closed)
        except InvalidStatus as refused:
            return self._refusal(refused.response.body or b"") or self._words.not_the_api
        except (InvalidHandshake, ValueError, http.client.HTTPException):
            return self._words.not_the_api
        except OSError as error:
            return reason_of(error, self._words)
        except (NoApi, WebSocketException) as error:
            return str(error)
        return self._words.till_is_gone

    async def _connect(self, url: str) -> ClientConnection:
        parts = urlsplit(url)
        async with asyncio.timeout(TIMEOUT_S):
            reached = await _reach(parts.hostname or "", parts.port or 80)
        try:
            return await connect(
                f"ws://{parts.netloc}{_chosen(url, '/v1/events')}",
                sock=reached,
                # The till is near: a proxy that the environment names is for other things.
                proxy=None,
                max_size=LARGEST_EVENT,
                open_timeout=TIMEOUT_S,
                close_timeout=1,
            )
        except BaseException:
            reached.close()
            raise

    def _why_closed(self, closed: ConnectionClosed) -> str:
        goodbye = closed.rcvd
        if goodbye is not None and goodbye.code == CloseCode.TRY_AGAIN_LATER:
            return self._words.too_slow
        return (goodbye and goodbye.reason) or self._words.till_is_gone

    async def _talk(self, url: str, events: ClientConnection, tell: Callable[[News], None]) -> None:
        """Hears events and presses keys until one of the two is over."""
        while not self._asked.empty():
            self._asked.get_nowait()  # pressed while nobody heard
        tasks = [asyncio.create_task(self._listen(events, tell)), asyncio.create_task(self._act(url))]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self, events: ClientConnection, tell: Callable[[News], None]) -> None:
        async for message in events:
            event = _EVENT.decode(message)
            if self._progress.is_new(event):
                tell(Happened(event))

    async def _act(self, url: str) -> None:
        while True:
            asked = [await self._asked.get()]
            while not self._asked.empty():
                asked.append(self._asked.get_nowait())
            for post in _posts(asked):
                await self._call(url, "POST", post.path, Snapshot, post.body)

    async def _catch_up(self, url: str) -> CaughtUp:
        progress = self._progress
        tape, wire = await self._lists(url, progress.tape_since, progress.wire_since)
        afresh = progress.is_another_till(tape.entries, wire.packets)
        if afresh:
            tape, wire = await self._lists(url, 0, 0)
        findings = await self._call(url, "GET", "/v1/findings", FindingsView)
        snapshot = await self._call(url, "GET", "/v1/till", Snapshot)
        return progress.catch_up(snapshot, tape.entries, wire.packets, findings.findings, afresh=afresh)

    async def _lists(self, url: str, tape_since: int, wire_since: int) -> tuple[TapeView, WireView]:
        tape = await self._call(url, "GET", f"/v1/tape?since={tape_since}", TapeView)
        return tape, await self._call(url, "GET", f"/v1/wire?since={wire_since}", WireView)

    async def _call(self, url: str, method: str, path: str, answer: type[A], body: Any = None) -> A:
        """One call. Raises NoApi with the problem's sentence where it is refused, else what the library raises."""
        return await asyncio.to_thread(lambda: msgspec.json.decode(self._request(url, method, path, body), type=answer))

    def _request(self, url: str, method: str, path: str, body: Any) -> bytes:
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=TIMEOUT_S)
        try:
            sent = None if body is None else json.dumps(body)
            connection.request(method, _chosen(url, path), sent, {"Content-Type": "application/json"} if sent else {})
            response = connection.getresponse()
            text = response.read()
            if response.status >= 400:
                raise NoApi(self._refusal(text) or f"{response.status} {response.reason}")
            return text
        finally:
            connection.close()

    def _refusal(self, text: bytes | bytearray) -> str:
        """What problem details (RFC 9457) say, without the full stop; empty where it is something else."""
        try:
            problem = json.loads(text)
        except ValueError:
            return ""
        if not isinstance(problem, dict) or "status" not in problem:
            return ""
        said = in_words(str(problem.get("type")), problem, self._words.problems)
        return said or str(problem.get("detail", "")).removesuffix(".")


async def _reach(host: str, port: int) -> socket.socket:
    """A connection to the first address of the host that takes it. Raises the OSError of the last that does not.

    What asyncio itself raises of several addresses is one sentence, without a number to word it by.
    """
    loop = asyncio.get_running_loop()
    failed = OSError()
    for family, kind, protocol, _, address in await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        reached = socket.socket(family, kind, protocol)
        try:
            reached.setblocking(False)
            await loop.sock_connect(reached, address)
        except BaseException as error:
            reached.close()
            if not isinstance(error, OSError):
                raise
            failed = error
        else:
            return reached
    raise failed


def _posts(asked: Iterable[Key | Post]) -> Iterator[Post]:
    """The calls, in order; keys that follow each other go together."""
    keys: list[str] = []
    for one in asked:
        if isinstance(one, Key):
            keys.append(one.value)
            continue
        if keys:
            yield Post("/v1/keys", {"keys": keys})
            keys = []
        yield one
    if keys:
        yield Post("/v1/keys", {"keys": keys})


def _chosen(url: str, path: str) -> str:
    """A call's path with what in `url` chooses the till."""
    choice = urlsplit(url).query
    return f"{path}{'&' if '?' in path else '?'}{choice}" if choice else path

"""A running till with the control API in front of it, on a line that a test writes by hand."""

import asyncio
import queue
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import httpx

from kkm_sim.control.app import create_app
from kkm_sim.drivers.pump import Pump
from kkm_sim.problems import ProblemCode
from kkm_sim.simulator import Simulator
from tests.sentences import names_in


class QuietPort:
    """A line whose other end is the test: `say` to the tills."""

    paced = True
    names: Mapping[str, str] = {}

    def __init__(self) -> None:
        self._said: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def say(self, data: bytes) -> None:
        self._said.put(data)

    def read(self, timeout_ns: int | None) -> bytes:
        try:
            return self._said.get(timeout=None if timeout_ns is None else timeout_ns / 1e9)
        except queue.Empty:
            return b""

    def pause(self, timeout_ns: int | None) -> None:
        raise AssertionError("no test writes that much")

    def write(self, data: bytes) -> None:
        pass

    def client_baud(self) -> int | None:
        return None

    def follow(self, baud: int) -> None:
        pass

    def reopen(self) -> bool:
        return True

    def wake(self) -> None:
        self._said.put(b"")

    def close(self) -> None:
        pass


class Api:
    """The application called without a server, and the tills behind it."""

    def __init__(self, pump: Pump, simulator: Simulator, port: QuietPort) -> None:
        self.pump = pump
        self.simulator = simulator
        self.app = create_app(pump, simulator)
        self._port = port

    def __call__(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        """One request; `body` is sent as JSON."""
        return asyncio.run(self._request(method, path, body, more))

    async def _request(self, method: str, path: str, body: Any, more: dict[str, Any]) -> httpx.Response:
        transport = httpx.ASGITransport(self.app)
        if body is not None:
            more["json"] = body
        async with httpx.AsyncClient(transport=transport, base_url="http://till") as client:
            return await client.request(method, path, **more)

    def say(self, *packets: str) -> None:
        """The master says packets, written in hex; returns when the tills have heard them."""
        for packet in packets:
            self._port.say(bytes.fromhex(packet))
        self.pump.call(lambda now: None)


def problem(answer: httpx.Response, status: int) -> str:
    """The sentence of a problem, after a look at all the rest of it."""
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    details = answer.json()
    code = {code.type: code for code in ProblemCode}[details.pop("type")]
    assert details.pop("title") == HTTPStatus(status).phrase
    assert details.pop("status") == status
    sentence: str = details.pop("detail")
    assert details.keys() == names_in(code.sentence)
    assert code.sentence.format(**details) == sentence
    assert sentence[0].isupper() or sentence[0] == "/" or sentence[0].isdigit()
    assert sentence.endswith(".")
    return sentence

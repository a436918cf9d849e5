import asyncio
import logging
from typing import Any, Unpack

import pytest

from kkm_sim.messages.records import CloseRequest
from kkm_sim.remote.handlers import Handlers, hear, response_to
from kkm_sim.remote.jsonrpc import Failure, Notification, Request, Result
from kkm_sim.remote.operations import Closed, Identifier
from tests.remote.fake_server import CLOSE, SOLD

WANTED = {"receipt": 7, "block": 2}


def asked(method: str, params: dict[str, Any], **handlers: Unpack[Handlers]) -> Result | Failure:
    return asyncio.run(response_to(Request(1, method, params), handlers))


def told(method: str, params: dict[str, Any], **handlers: Unpack[Handlers]) -> None:
    asyncio.run(hear(Notification(method, params), handlers))


def test_close() -> None:
    assert asked("close", CLOSE, on_close=lambda close: 0) == Result(1, {"result": 0, "receipt": 7})
    assert asked("close", CLOSE, on_close=lambda close: 27) == Result(1, {"result": 27, "receipt": 7})
    assert asked("close", CLOSE, on_close=lambda close: Closed(result=3)) == Result(1, {"result": 3})


def test_identifier() -> None:
    def text(receipt: int, block: int) -> str:
        return f"{receipt} {block}"

    picture = Identifier(kind="graphics", rows=["80"], bits=1)
    assert asked("identifier", WANTED, on_identifier=text) == Result(1, {"result": 0, "text": "7 2"})
    assert asked("identifier", WANTED, on_identifier=lambda receipt, block: None) == Result(1, {"result": 1})
    rows = Result(1, {"result": 0, "kind": "graphics", "rows": ["80"], "bits": 1})
    assert asked("identifier", WANTED, on_identifier=lambda receipt, block: picture) == rows


def test_an_async_function() -> None:
    async def close(request: CloseRequest) -> int:
        await asyncio.sleep(0)
        return request.alcohol

    assert asked("close", CLOSE, on_close=close) == Result(1, {"result": 1, "receipt": 7})


@pytest.mark.parametrize("method", ["close", "identifier", "on_done", "dance"])
def test_without_a_function(method: str) -> None:
    failure = asked(method, CLOSE)
    assert isinstance(failure, Failure)
    assert failure.code == -32601


def test_a_function_that_fails(caplog: pytest.LogCaptureFixture) -> None:
    failure = asked("close", CLOSE, on_close=lambda close: 1 // 0)
    assert failure == Failure(1, -32603, "the client's on_close failed: ZeroDivisionError")
    assert "on_close failed: the till hears nothing" in caplog.text


def test_a_function_that_says_nothing() -> None:
    handlers: Any = {"on_close": lambda close: None}
    failure = asyncio.run(response_to(Request(1, "close", CLOSE), handlers))
    assert failure == Failure(1, -32603, "the client's on_close failed: TypeError")


def test_a_request_that_is_none() -> None:
    failure = asked("close", {"total": 1}, on_close=lambda close: 0)
    assert isinstance(failure, Failure)
    assert failure.code == -32602


def test_what_is_told(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[object] = []
    told("done", {"result": 3}, on_done=heard.append)
    told("sale_answer", SOLD, on_sale_answer=lambda sold: heard.append(sold.sum))
    assert heard == [3, 15000]
    told("done", {"result": 3})
    told("ready", {}, on_done=heard.append)
    assert heard == [3, 15000]
    assert not caplog.records


def test_tellings_that_go_wrong(caplog: pytest.LogCaptureFixture) -> None:
    told("done", {}, on_done=print)
    told("done", {"result": 0}, on_done=lambda result: 1 // 0)
    assert [record.levelno for record in caplog.records] == [logging.WARNING, logging.ERROR]

import asyncio
import logging
import sys
import traceback
from typing import Any, Unpack

import pytest

from kkm_sim.messages.records import CloseRequest
from kkm_sim.remote.client.handlers import Handlers, check_names, hear, response_to
from kkm_sim.remote.protocol.errors import HandlerFailed
from kkm_sim.remote.protocol.jsonrpc import Failure, Notification, Request, Result
from kkm_sim.remote.protocol.operations import Closed, Identifier
from tests.remote.protocol.examples import CLOSE, SOLD
from tests.waiting import PATIENCE_S

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


def test_none_is_no_function() -> None:
    assert asked("close", CLOSE, on_close=None) == asked("close", CLOSE)
    told("done", {"result": 0}, on_done=None)


def test_a_keyword_that_is_none_of_theirs() -> None:
    handlers: Handlers = {"on_close": None, "on_done": print}
    check_names(handlers)
    misspelt: Any = {"on_done": print, "on_closed": print}
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'on_closed': handlers are on_close, "):
        check_names(misspelt)


def told_to_the_loop(method: str, params: dict[str, Any], **handlers: Any) -> tuple[Result | Failure, Exception]:
    """The response, and what whoever runs the loop hears."""
    heard: list[Exception] = []

    async def asks() -> Result | Failure:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: heard.append(context["exception"]))
        given: Any = handlers
        return await response_to(Request(1, method, params), given)

    response = asyncio.run(asks())
    (error,) = heard
    assert isinstance(error, HandlerFailed)
    assert error.handler == f"on_{method}"
    return response, error


def test_a_function_that_fails(caplog: pytest.LogCaptureFixture) -> None:
    def fails(close: CloseRequest) -> int:
        raise LookupError("no such shift")

    failure, error = told_to_the_loop("close", CLOSE, on_close=fails)
    assert failure == Failure(1, -32603, "the client's on_close failed: LookupError")
    assert str(error) == "on_close failed: LookupError: no such shift"
    told = "".join(traceback.format_exception(error))
    assert ", in fails\n" in told
    assert "client/handlers.py" not in told


def test_a_function_that_wants_to_end_the_program() -> None:
    failure, error = told_to_the_loop("close", CLOSE, on_close=lambda close: sys.exit(3))
    assert isinstance(failure, Failure)
    assert str(error) == "on_close failed: SystemExit: 3"


async def waits_for_one_that_is_cancelled(*asked: object) -> int:
    work = asyncio.create_task(asyncio.sleep(PATIENCE_S))
    work.cancel()
    await work
    return 0


def test_a_function_that_is_cancelled_by_its_own_doing() -> None:
    failure, error = told_to_the_loop("close", CLOSE, on_close=waits_for_one_that_is_cancelled)
    assert failure == Failure(1, -32603, "the client's on_close failed: CancelledError")
    assert str(error) == "on_close failed: CancelledError"


def test_a_telling_that_is_cancelled_by_its_own_doing(caplog: pytest.LogCaptureFixture) -> None:
    told("done", {"result": 0}, on_done=waits_for_one_that_is_cancelled)
    assert "on_done failed: CancelledError" in caplog.text


def test_a_function_that_is_ended_from_outside(caplog: pytest.LogCaptureFixture) -> None:
    async def program() -> None:
        began = asyncio.Event()

        async def close(request: CloseRequest) -> int:
            began.set()
            await asyncio.sleep(PATIENCE_S)
            return 0

        task = asyncio.create_task(response_to(Request(1, "close", CLOSE), {"on_close": close}))
        await began.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(program())
    assert not caplog.records


def test_without_anybody_who_wants_to_hear_it_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    asked("close", CLOSE, on_close=lambda close: 1 // 0)
    assert "on_close failed: ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(
    ("method", "params", "given", "told"),
    [
        ("close", CLOSE, None, "on_close failed: it gave None: 0 allows the close, another result does not"),
        ("close", CLOSE, True, "on_close failed: it gave True: 0 allows the close, another result does not"),
        ("close", CLOSE, 256, 'on_close failed: "result" should be at most 255'),
        ("identifier", WANTED, "日", "on_identifier failed: \"text\" '日' is no character of Windows-1251"),
        (
            *("identifier", WANTED, 5),
            "on_identifier failed: it gave 5: a block is a str or an Identifier, None: there are no more",
        ),
    ],
)
def test_what_is_no_answer(method: str, params: dict[str, Any], given: object, told: str) -> None:
    failure, error = told_to_the_loop(method, params, **{f"on_{method}": lambda *asked: given})
    assert isinstance(failure, Failure)
    assert str(error) == told
    assert "pydantic" not in "".join(traceback.format_exception(error))


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

import asyncio
import logging
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, ConnectionClosedError, ConnectionClosedOK
from websockets.frames import Close

from kkm_sim.clock import MS
from kkm_sim.messages.records import CloseAnswer
from kkm_sim.remote.server.connection import MOST_CALLS, reason_of
from kkm_sim.till.chart import TillState
from tests.remote.server.serving import SALE, Serving, call, hear, ready, run, say, serving
from tests.waiting import eventually_async


def error(response: Any) -> tuple[int, str]:
    return response["error"]["code"], response["error"]["message"]


async def sells(counter: Serving, client: ClientConnection, price: str = "3 5 0") -> Any:
    """A sale to its end; the response."""
    await say(client, id="sale", method="sale", params=SALE)
    await counter.waits_for_state(TillState.REQUEST)
    await counter.press(f"{price} ПИ")
    return await hear(client)


@run
async def test_ping() -> None:
    async with serving() as counter, counter.connect() as client:
        await ready(client)
        result = (await call(client, "ping"))["result"]
        assert (result["shift"], result["receipt_number"], result["total"]) == (1, 0, 0)


@run
async def test_why_there_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kkm_sim.link.master_link.ANSWER_TIMEOUT", 50 * MS)
    async with serving(retries=0) as counter, counter.connect() as client:
        await ready(client)
        await asyncio.to_thread(counter.tills["one"].pump.stop)
        told = await call(client, "ping")
        assert (*error(told), told["error"]["data"]) == (-32002, "no answer from the till", {"reason": "not_there"})


@run
async def test_a_line_that_damages_what_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving() as counter, counter.connect() as client:
        await ready(client)
        port = counter.tills["one"].port
        whole = port.write
        monkeypatch.setattr(port, "write", lambda data: whole(data[:-5] + b"?" + data[-4:] if len(data) > 5 else data))
        assert error(await call(client, "ping")) == (-32003, "line data error")


@run
async def test_a_whole_receipt() -> None:
    async with serving() as counter, counter.connect() as client:
        await ready(client)
        sold = await sells(counter, client)
        assert sold["id"] == "sale"
        assert (sold["result"]["price"], sold["result"]["barcode"]) == (35000, 4600000000008)
        await counter.press("ИТ")
        close = await hear(client)
        assert (close["method"], close["params"]["total"]) == ("close", 35000)
        await say(client, id=close["id"], result={"receipt": close["params"]["receipt_number"]})
        first = await hear(client)
        assert (first["method"], first["params"]) == ("identifier", {"receipt": 1, "block": 1})
        await say(client, id=first["id"], result={"text": "http://check"})
        second = await hear(client)
        assert second["params"] == {"receipt": 1, "block": 2}
        await say(client, id=second["id"], result={"result": 1})
        assert await hear(client) == {"jsonrpc": "2.0", "method": "done", "params": {"result": 0}}
        assert "http://check" in str(counter.till.tape.entries)


@run
async def test_other_calls_go_while_the_operator_is_at_a_sale() -> None:
    async with serving() as counter, counter.connect() as client:
        await ready(client)
        await say(client, id="sale", method="sale", params=SALE)
        await counter.waits_for_state(TillState.REQUEST)
        assert "result" in await call(client, "ping", 7)
        second = await call(client, "sale", 8, **SALE)
        assert error(second) == (-32600, "a sale is under way: wait for its result")
        await counter.press("С")
        refused = await hear(client)
        assert (refused["id"], refused["error"]["code"], refused["error"]["data"]) == ("sale", -32004, {"result": 27})


@run
async def test_a_message_a_refusal_and_the_counters() -> None:
    async with serving() as counter, counter.connect() as client:
        await ready(client)
        assert (await call(client, "message", code=2))["result"] == {}
        annul = await call(client, "annul")
        told = {"code": -32004, "message": "the till answered a result: 27", "data": {"result": 27}}
        assert annul["error"] == told
        link = (await call(client, "link"))["result"]
        assert (link["linked"], link["delivered"], link["failed"]) == (True, 2, 0)


@run
async def test_what_is_wrong_with_a_call_is_told() -> None:
    async with serving() as counter, counter.connect() as client:
        await ready(client)
        assert error(await call(client, "sell")) == (
            -32601,
            "there is no method 'sell'; there are ping, sale, message, annul, link",
        )
        code, told = error(await call(client, "message", code=9))
        assert code == -32602
        assert told.startswith('message: "code" should be ')
        assert error(await call(client, "ping", loud=True)) == (-32602, 'ping: "loud" is not known here')
        await client.send("{")
        assert (await hear(client))["error"]["code"] == -32700
        await client.send("[]")
        assert (await hear(client))["error"]["code"] == -32600
        assert "result" in await call(client, "ping")


@run
async def test_a_call_that_wants_no_reply_gets_none() -> None:
    async with serving() as counter, counter.connect() as client:
        await ready(client)
        await say(client, method="message", params={"code": 2})
        await say(client, method="nothing")
        assert "result" in await call(client, "link")
        await eventually_async(lambda: counter.till.indicator.text == "SCAn PdF")


@run
async def test_a_sale_that_wants_no_reply_is_told_of_all_the_same() -> None:
    async with serving() as counter, counter.connect() as client:
        await ready(client)
        await say(client, method="sale", params=SALE)
        await counter.waits_for_state(TillState.REQUEST)
        await counter.press("3 5 0 ПИ")
        told = await hear(client)
        assert (told["method"], told["params"]["price"]) == ("sale_answer", 35000)


@run
async def test_before_ready_there_is_nothing_to_call() -> None:
    async with serving() as counter, counter.connect() as holder, counter.connect() as waiting:
        await ready(holder)
        assert error(await call(waiting, "ping")) == (-32600, "the device is not yours yet: wait for `ready`")
        await holder.close()
        await ready(waiting)


@run
async def test_who_waits_in_vain_hears_who_holds_it() -> None:
    async with serving() as counter, counter.connect(query="?client=shop") as holder:
        await ready(holder)
        async with counter.connect(query="?timeout=0.05") as waiting:
            told = await hear(waiting)
            assert (told["id"], *error(told)) == (None, -32001, "device busy")
            assert told["error"]["data"]["holder"].startswith("shop (")
            assert told["error"]["data"]["since"][10] == "T"
            with pytest.raises(ConnectionClosed) as caught:
                await hear(waiting)
            assert caught.value.rcvd == Close(4001, "device busy")
        assert "result" in await call(holder, "ping")


@run
async def test_ids_are_a_connections_own() -> None:
    async with serving() as counter, counter.connect() as first:
        await ready(first)
        await say(first, id=1, method="sale", params=SALE)
        await counter.waits_for_state(TillState.REQUEST)
        await first.close()
        async with counter.connect() as second:
            await ready(second)
            response = await call(second, "ping", 1)
            assert response["result"]["shift"] == 1


@run
async def test_an_id_that_is_under_way_is_not_taken_again() -> None:
    async with serving() as counter, counter.connect() as client:
        await ready(client)
        await say(client, id=1, method="sale", params=SALE)
        await counter.waits_for_state(TillState.REQUEST)
        assert error(await call(client, "ping", 1)) == (-32600, "a call with this id is under way")


@run
async def test_a_flood_of_calls_is_bounded() -> None:
    async with serving() as counter, counter.connect() as client:
        await ready(client)
        for number in range(2 * MOST_CALLS):  # the till is pinged five times a second at most
            await say(client, id=number, method="ping")
        while "error" not in (response := await hear(client)):
            pass
        assert error(response) == (-32600, "64 calls are under way: wait for a result")
        assert response["id"] >= MOST_CALLS
        client.transport.abort()  # a good-bye would wait for all that is unread


@pytest.mark.parametrize(("frame", "code"), [(b"{}", 1003), ("x" * 65_537, 1009)])
@run
async def test_frames_that_are_not_taken(frame: str | bytes, code: int) -> None:
    async with serving() as counter, counter.connect() as client:
        await ready(client)
        await client.send(frame)
        with pytest.raises(ConnectionClosed) as caught:
            await hear(client)
        assert caught.value.rcvd is not None
        assert caught.value.rcvd.code == code
        await counter.waits_for_lease("free")


@run
async def test_a_client_that_never_answers_close() -> None:
    async with serving(close_timeout=1) as counter, counter.connect() as client:
        await ready(client)
        await sells(counter, client)
        await counter.press("ИТ")
        assert (await hear(client))["method"] == "close"
        await counter.waits_for_state(TillState.REFUSED)
        assert "result" in await call(client, "ping")


@run
async def test_an_answer_that_is_none_is_not_passed_on(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.WARNING, "kkm_sim.remote")
    async with serving() as counter, counter.connect() as client:
        await ready(client)
        await sells(counter, client)
        await counter.press("ИТ")
        close = await hear(client)
        answers: list[object] = []
        monkeypatch.setattr(counter.one, "answer", lambda request, answer: answers.append(answer))
        await say(client, id=99, result={})  # asked by nobody
        await say(client, id=close["id"], result={"result": "yes"})
        assert "result" in await call(client, "ping", "p")
        assert answers == [CloseAnswer(result=27, receipt_number=1)]
    assert [record.getMessage().partition("answer")[2] for record in caplog.records] == [
        ' to close is none: "result" should be a whole number'
    ]


@run
async def test_an_error_for_an_answer_is_logged(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.WARNING, "kkm_sim.remote")
    async with serving() as counter, counter.connect() as client:
        await ready(client)
        await sells(counter, client)
        await counter.press("ИТ")
        close = await hear(client)
        answers: list[object] = []
        monkeypatch.setattr(counter.one, "answer", lambda request, answer: answers.append(answer))
        await say(client, id=close["id"], error={"code": -32601, "message": "what?"})
        assert "result" in await call(client, "ping", "p")
        assert answers == [None]  # the till is not kept waiting for it
    assert "no answer to close: -32601 'what?'" in caplog.text


@run
async def test_calls_of_many_at_once_go_on_side_by_side() -> None:
    async with serving() as counter, counter.connect() as one, counter.connect("two") as two:
        await ready(one)
        assert (await hear(two))["params"] == {"device": "two"}
        responses = await asyncio.gather(call(one, "ping", 1), call(two, "ping", 1))
        assert all("result" in response for response in responses)


def test_why_a_connection_is_over_is_said_in_words() -> None:
    silent = ConnectionClosedError(None, Close(1011, "keepalive ping timeout"), None)
    assert reason_of(silent) == "closed (1011 keepalive ping timeout)"
    assert reason_of(ConnectionClosedOK(Close(1000, ""), Close(1000, ""), True)) == "the client closed (1000)"
    assert reason_of(ConnectionClosedError(Close(4001, ""), Close(4001, ""), False)) == "closed (4001)"
    assert reason_of(ConnectionClosedError(None, None, None)) == "the connection was lost"

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Unpack

import pytest

from kkm_sim.messages.codes import Operation
from kkm_sim.messages.records import CloseRequest, SaleAnswer
from kkm_sim.remote import Client, Declined, LineDataError, NoAnswer, NotConnected, RemoteError, connect_async
from kkm_sim.remote.client.handlers import Handlers
from tests.remote.client.fake_server import FakeServer, Talk
from tests.remote.protocol.examples import CLOSE, COUNTED, SOLD, STATUS
from tests.waiting import PATIENCE_S


def run(
    talk: Callable[[Talk], None], program: Callable[[Client], Awaitable[None]], **handlers: Unpack[Handlers]
) -> None:
    """A program, and a server that talks with it after `ready`."""

    def whole(one: Talk) -> None:
        one.ready()
        talk(one)

    async def main(server: str) -> None:
        async with connect_async(server, "till", **handlers) as till:
            await asyncio.wait_for(program(till), PATIENCE_S)

    with FakeServer(whole) as server:
        asyncio.run(main(server.address))


def test_ping() -> None:
    async def program(till: Client) -> None:
        status = await till.ping()
        assert (status.serial_number, status.flags, status.total) == ("0000123", 0x83, 15000)
        assert status.moment == datetime(2016, 7, 1, 12)

    run(lambda talk: check(talk.answer("ping", STATUS), {}), program)


def check(seen: object, wanted: object) -> None:
    assert seen == wanted


def test_sale_waits_while_others_are_answered() -> None:
    async def program(till: Client) -> None:
        sale = asyncio.create_task(till.sale(barcode=4600000000008))
        await asyncio.sleep(0)
        await till.message(1)
        assert not sale.done()
        await till.annul()
        sold = await sale
        assert (sold.receipt_number, sold.sum, sold.operation) == (7, 15000, Operation.SALE)

    def talk(server: Talk) -> None:
        sale = server.hear()
        assert sale["method"] == "sale"
        assert sale["params"] == {"code_type": 1, "barcode": 4600000000008}
        assert server.answer("message", {}) == {"code": 1}
        assert server.answer("annul", {}) == {}
        server.reply(sale, SOLD)

    run(talk, program)


def test_link() -> None:
    async def program(till: Client) -> None:
        link = await till.link()
        assert (link.linked, link.packets_to_till, link.failed) == (True, 1, 4)

    run(lambda talk: check(talk.answer("link", COUNTED), {}), program)


@pytest.mark.parametrize(
    ("code", "data", "kind"),
    [
        (-32002, {}, NoAnswer),
        (-32003, {}, LineDataError),
        (-32004, {"result": 27}, Declined),
        (-32603, {}, RemoteError),
    ],
)
def test_errors(code: int, data: dict[str, int], kind: type[RemoteError]) -> None:
    async def program(till: Client) -> None:
        with pytest.raises(RemoteError) as caught:
            await till.annul()
        assert type(caught.value) is kind
        assert caught.value.code == code

    run(lambda talk: talk.refuse("annul", code, "it says so", **data), program)


def test_a_field_that_cannot_be_is_not_sent() -> None:
    async def program(till: Client) -> None:
        with pytest.raises(ValueError, match="barcode"):
            await till.sale(barcode=-1)
        await till.annul()

    run(lambda talk: check(talk.answer("annul", {}), {}), program)


def test_an_answer_of_another_version() -> None:
    async def program(till: Client) -> None:
        with pytest.raises(RemoteError, match='another version\\? Status: "shift" is required'):
            await till.ping()

    run(lambda talk: check(talk.answer("ping", {k: v for k, v in STATUS.items() if k != "shift"}), {}), program)


def test_a_connection_that_is_lost_fails_all_that_waits() -> None:
    async def program(till: Client) -> None:
        calls = asyncio.gather(till.ping(), till.sale(), return_exceptions=True)
        assert [type(one) for one in await calls] == [NotConnected, NotConnected]
        with pytest.raises(NotConnected, match="connect again"):
            await till.ping()

    def talk(server: Talk) -> None:
        server.hear()
        server.hear()
        server.socket.socket.shutdown(2)

    run(talk, program)


def test_close_fails_what_waits_and_may_be_said_twice() -> None:
    async def program(till: Client) -> None:
        sale = asyncio.create_task(till.sale())
        await asyncio.sleep(0)
        await till.close()
        with pytest.raises(NotConnected, match="this program has closed"):
            await sale
        await till.close()

    run(lambda talk: None, program)


def test_the_till_asks_and_tells() -> None:
    heard: list[object] = []

    def close(request: CloseRequest) -> int:
        heard.append((request.total, request.moment))
        return 0

    async def identifier(receipt: int, block: int) -> str | None:
        heard.append((receipt, block))
        return "чек" if block == 1 else None

    async def program(till: Client) -> None:
        await till.ping()

    def talk(server: Talk) -> None:
        ping = server.hear()
        assert server.ask(1, "close", CLOSE) == {"id": 1, "result": {"result": 0, "receipt": 7}}
        text = server.ask(2, "identifier", {"receipt": 7, "block": 1})
        assert text == {"id": 2, "result": {"result": 0, "text": "чек"}}
        assert server.ask(3, "identifier", {"receipt": 7, "block": 2}) == {"id": 3, "result": {"result": 1}}
        server.tell("done", {"result": 0})
        server.tell("sale_answer", SOLD)
        server.reply(ping, STATUS)

    run(
        talk,
        program,
        on_close=close,
        on_identifier=identifier,
        on_done=heard.append,
        on_sale_answer=lambda sold: heard.append(sold.sum),
    )
    assert heard == [(15000, datetime(2016, 7, 1, 12, 5)), (7, 1), (7, 2), 0, 15000]


def test_without_a_handler_the_server_is_told_so() -> None:
    def talk(server: Talk) -> None:
        ping = server.hear()
        assert server.ask(1, "close", CLOSE)["error"]["code"] == -32601
        server.reply(ping, STATUS)

    async def program(till: Client) -> None:
        await till.ping()

    run(talk, program)


def test_a_handler_may_call_the_till() -> None:
    tills: list[Client] = []

    async def close(request: CloseRequest) -> int:
        await tills[0].message(3)
        return 27

    async def program(till: Client) -> None:
        tills.append(till)
        await till.ping()
        await till.annul()

    def talk(server: Talk) -> None:
        server.answer("ping", STATUS)
        annul = server.hear()
        server.tell("nothing_we_know", {})
        server.say({"jsonrpc": "2.0", "id": 9, "method": "close", "params": CLOSE})
        assert server.answer("message", {}) == {"code": 3}
        assert server.hear() == {"id": 9, "result": {"result": 27, "receipt": 7}}
        server.reply(annul, {})

    run(talk, program, on_close=close)


def test_who_stops_waiting_for_a_sale_hears_of_it_all_the_same() -> None:
    sold: list[SaleAnswer] = []

    async def program(till: Client) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(till.sale(), 0.05)
        await till.annul()
        assert [one.sum for one in sold] == [15000]

    def talk(server: Talk) -> None:
        sale, annul = server.hear(), server.hear()
        server.reply(sale, SOLD)
        server.reply(annul, {})

    run(talk, program, on_sale_answer=sold.append)


def test_an_async_handler_may_close() -> None:
    closed = asyncio.Event()
    tills: list[Client] = []

    async def done(result: int) -> None:
        await tills[0].close()
        closed.set()

    async def program(till: Client) -> None:
        tills.append(till)
        await till.ping()
        await closed.wait()

    def talk(server: Talk) -> None:
        server.answer("ping", STATUS)
        server.tell("done", {"result": 0})

    run(talk, program, on_done=done)

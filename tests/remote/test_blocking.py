import _thread
import threading

import pytest

from kkm_sim.remote import Declined, DeviceBusy, Identifier, NotConnected, connect
from tests.remote.fake_server import BUSY, CLOSE, COUNTED, SOLD, STATUS, FakeServer, Talk
from tests.remote.threads import threads_of_ours
from tests.waiting import PATIENCE_S


def ready(talk: Talk) -> None:
    talk.ready()


def test_calls() -> None:
    def talk(server: Talk) -> None:
        server.ready()
        server.answer("ping", STATUS)
        assert server.answer("sale", SOLD) == {"barcode": 8, "quantity": 1000, "section": 2}
        assert server.answer("message", {}) == {"code": 2}
        server.refuse("annul", -32004, "no", result=27)
        server.answer("link", COUNTED)

    with FakeServer(talk) as server, connect(server.address, "till") as till:
        assert till.ping().serial_number == "0000123"
        assert till.sale(0, 8, quantity=1000, section=2).sum == 15000
        till.message(2)
        with pytest.raises(Declined, match="27, rejected"):
            till.annul()
        assert till.link().lost == 5
    assert threads_of_ours() == []


def test_a_till_that_cannot_be_had_leaves_no_thread() -> None:
    with FakeServer(lambda talk: talk.say(BUSY)) as server, pytest.raises(DeviceBusy):
        connect(server.address, "till")
    assert threads_of_ours() == []


def test_handlers_may_call_the_till() -> None:
    heard: list[object] = []
    over = threading.Event()

    def talk(server: Talk) -> None:
        server.ready()
        server.answer("annul", {})
        server.say({"jsonrpc": "2.0", "id": 1, "method": "close", "params": CLOSE})
        server.answer("ping", STATUS)
        assert server.hear() == {"id": 1, "result": {"result": 0, "receipt": 7}}
        row = server.ask(2, "identifier", {"receipt": 7, "block": 1})
        assert row["result"] == {"result": 0, "kind": "graphics", "rows": ["80"]}
        server.tell("done", {"result": 0})

    def close(request: object) -> int:
        heard.append(till.ping().shift)
        return 0

    def done(result: int) -> None:
        heard.append(result)
        over.set()

    with (
        FakeServer(talk) as server,
        connect(
            server.address,
            "till",
            on_close=close,
            on_identifier=lambda receipt, block: Identifier(kind="graphics", rows=["80"]),
            on_done=done,
        ) as till,
    ):
        till.annul()
        assert over.wait(PATIENCE_S)
    assert heard == [2, 0]


def test_a_handler_may_close() -> None:
    closed = threading.Event()

    def talk(server: Talk) -> None:
        server.ready()
        server.answer("ping", STATUS)
        server.tell("done", {"result": 0})

    def done(result: int) -> None:
        till.close()
        closed.set()

    with FakeServer(talk) as server:
        till = connect(server.address, "till", on_done=done)
        till.ping()
        assert closed.wait(PATIENCE_S)
        with pytest.raises(NotConnected, match="this program has closed"):
            till.ping()


def test_close_ends_a_sale_that_waits_in_another_thread() -> None:
    asked = threading.Event()
    caught: list[type] = []

    def talk(server: Talk) -> None:
        server.ready()
        server.hear()
        asked.set()

    def sell() -> None:
        try:
            till.sale()
        except NotConnected as error:
            caught.append(type(error))

    with FakeServer(talk) as server, connect(server.address, "till") as till:
        seller = threading.Thread(target=sell)
        seller.start()
        assert asked.wait(PATIENCE_S)
        till.close()
        seller.join(PATIENCE_S)
    assert caught == [NotConnected]


def test_ctrl_c_ends_the_wait() -> None:
    asked = threading.Event()

    def talk(server: Talk) -> None:
        server.ready()
        server.hear()
        asked.set()
        server.answer("annul", {})

    def interrupt() -> None:
        if asked.wait(PATIENCE_S):
            _thread.interrupt_main()

    with FakeServer(talk) as server, connect(server.address, "till") as till:
        threading.Thread(target=interrupt).start()
        with pytest.raises(KeyboardInterrupt):
            till.sale()
        till.annul()


def test_close_twice() -> None:
    with FakeServer(ready) as server:
        till = connect(server.address, "till")
        till.close()
        till.close()
    assert threads_of_ours() == []

import _thread
import inspect
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from kkm_sim.remote import BlockingTill, Declined, DeviceBusy, HandlerFailed, Identifier, NotConnected, connect
from kkm_sim.remote.client.held_till import HeldTill
from tests.commands.program import posix
from tests.remote.client.fake_server import BUSY, FakeServer, Talk
from tests.remote.client.threads import threads_of_ours
from tests.remote.protocol.examples import CLOSE, COUNTED, SOLD, STATUS
from tests.waiting import PATIENCE_S, eventually


def ready(talk: Talk) -> None:
    talk.ready()


@pytest.mark.parametrize("name", ["ping", "sale", "message", "annul", "link"])
def test_its_methods_say_of_themselves_what_those_for_asyncio_say(name: str) -> None:
    own, awaited = getattr(BlockingTill, name), getattr(HeldTill, name)
    assert (inspect.signature(own), own.__doc__) == (inspect.signature(awaited), awaited.__doc__)
    assert not inspect.iscoroutinefunction(own)


def test_a_field_that_no_sale_has() -> None:
    with FakeServer(ready) as server, connect(server.address, "till") as till, pytest.raises(TypeError, match="prise"):
        till.sale(prise=100)  # type: ignore[call-arg]


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


WAYS_OUT = {
    "with": """
with connect(sys.argv[1], "till", on_close=close) as till:
    till.sale()
""",
    "finally": """
till = connect(sys.argv[1], "till", on_close=close)
try:
    till.sale()
finally:
    till.close()
""",
    "nothing": """
till = connect(sys.argv[1], "till", on_close=close)
till.sale()
""",
}
PROGRAM = """
import sys, time
from kkm_sim.remote import connect

def close(request):
    print("asked", flush=True)
    time.sleep(60)

"""


@posix
@pytest.mark.parametrize("way_out", WAYS_OUT.values(), ids=WAYS_OUT)
def test_ctrl_c_does_not_wait_for_a_handler(way_out: str) -> None:
    ended = threading.Event()

    def talk(server: Talk) -> None:
        server.ready()
        server.hear()
        server.say({"jsonrpc": "2.0", "id": 1, "method": "close", "params": CLOSE})
        server.until_closed()
        ended.set()

    with FakeServer(talk) as server:
        program = subprocess.Popen(
            [sys.executable, "-c", PROGRAM + way_out, server.address],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[3],
        )
        with program:
            assert program.stdout is not None
            assert program.stdout.readline() == "asked\n"
            program.send_signal(signal.SIGINT)
            _, told = program.communicate(timeout=PATIENCE_S)
        assert told.splitlines()[-1] == "KeyboardInterrupt"
        assert ended.wait(PATIENCE_S)


def test_the_end_waits_for_a_handler() -> None:
    heard: list[str] = []
    began = threading.Event()

    def done(result: int) -> None:
        began.set()
        time.sleep(0.1)
        heard.append("to its end")

    def talk(server: Talk) -> None:
        server.ready()
        server.tell("done", {"result": 0})

    with FakeServer(talk) as server, connect(server.address, "till", on_done=done):
        assert began.wait(PATIENCE_S)
    assert heard == ["to its end"]


def test_a_mistake_is_told_where_it_was_made() -> None:
    def talk(server: Talk) -> None:
        server.ready()
        server.refuse("annul", -32004, "no", result=27)

    with FakeServer(talk) as server, connect(server.address, "till") as till:
        with pytest.raises(Declined) as declined:
            till.annul()
        with pytest.raises(ValueError, match="barcode") as impossible:
            till.sale(barcode=-1)
    with pytest.raises(NotConnected) as unreachable:
        connect("127.0.0.1:1", "till")
    for caught in (declined, impossible, unreachable):
        files = {Path(frame.filename).name for frame in traceback.extract_tb(caught.tb)}
        assert files == {"test_blocking_client.py", "blocking_client.py"}
        told = "".join(traceback.format_exception(caught.value))
        assert told.count("Traceback") == 1


def test_what_goes_wrong_in_a_handler(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr("threading.excepthook", heard.append)

    def talk(server: Talk) -> None:
        server.ready()
        server.tell("done", {"result": 0})
        server.say({"jsonrpc": "2.0", "id": 1, "method": "close", "params": CLOSE})
        annul, failed = sorted((server.hear(), server.hear()), key=lambda one: "error" in one)
        assert failed["error"]["code"] == -32603
        server.reply(annul, {})

    with (
        FakeServer(talk) as server,
        connect(server.address, "till", on_close=lambda close: 256, on_done=lambda result: 1 // 0) as till,
    ):
        till.annul()
    assert [str(one.exc_value) for one in heard] == [
        "on_done failed: ZeroDivisionError: integer division or modulo by zero",
        'on_close failed: "result" should be at most 255',
    ]
    assert {type(one.exc_value) for one in heard} == {HandlerFailed}


def test_a_handler_that_raises_stop_iteration(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr("threading.excepthook", heard.append)

    def talk(server: Talk) -> None:
        server.ready()
        failed = server.ask(1, "identifier", {"receipt": 7, "block": 1})
        assert failed["error"]["code"] == -32603
        server.answer("annul", {})

    blocks: Iterator[str] = iter(())
    with (
        FakeServer(talk) as server,
        connect(server.address, "till", on_identifier=lambda receipt, block: next(blocks)) as till,
    ):
        eventually(lambda: heard)
        till.annul()
    assert [str(one.exc_value) for one in heard] == [
        "on_identifier failed: RuntimeError: the function raised StopIteration"
    ]
    assert [type(one.exc_value) for one in heard] == [HandlerFailed]


def test_close_twice() -> None:
    with FakeServer(ready) as server:
        till = connect(server.address, "till")
        till.close()
        till.close()
    assert threads_of_ours() == []

import asyncio
import threading
import time

import pytest

from kkm_sim.clock import MS
from kkm_sim.messages.records import CloseRequest, PingRequest
from kkm_sim.remote import Declined, NoAnswer, NotConnected, RemoteError, open_port, open_port_async
from kkm_sim.settings import Settings
from kkm_sim.till.chart import TillState
from tests.commands.counter import Counter
from tests.commands.program import posix
from tests.remote.client.threads import threads_of_ours
from tests.remote.shop import CLOSED, Shop, registers
from tests.waiting import PATIENCE_S, eventually


def url(counter: Counter) -> str:
    return counter.options[1]


def test_calls(counter: Counter) -> None:
    with open_port(url(counter), pace="off") as till:
        assert till.ping().operations == 0
        till.message(2)
        assert counter.indicator == "SCAn PdF"
        with pytest.raises(Declined) as caught:
            till.annul()
        assert caught.value.result == 27
        link = till.link()
        assert (link.linked, link.failed) == (True, 0)


def test_it_leaves_no_thread() -> None:
    counter = Counter()
    with counter.pump:
        open_port(url(counter), pace="off").close()
    assert threads_of_ours() == []


def test_a_receipt(counter: Counter) -> None:
    shop = Shop("чек из ЕГАИС")
    with open_port(url(counter), pace="off", **shop.handlers) as till:
        assert shop.sells(till, counter).sum == 15000
        shop.closes(counter)
    assert shop.heard == CLOSED
    assert "чек из ЕГАИС" in counter.tape


def test_a_program_that_ends_its_loop_without_a_word(counter: Counter, caplog: pytest.LogCaptureFixture) -> None:
    till = asyncio.run(open_port_async(url(counter), pace="off"))
    till._pump.call(lambda now: till._master.call(1, PingRequest(), now))
    eventually(lambda: till._pump.failure is not None or till._master.counters.packets_to_master > 5)
    till._pump.stop()
    assert caplog.text == ""


def test_one_sale_at_a_time(counter: Counter) -> None:
    async def program() -> None:
        async with open_port_async(url(counter), pace="off") as till:
            sale = asyncio.create_task(till.sale())
            with pytest.raises(RemoteError, match="wait for its result"):
                await asyncio.gather(till.sale(), till.sale())
            await till.close()
            with pytest.raises(NotConnected):
                await sale
            with pytest.raises(NotConnected):
                await till.ping()

    asyncio.run(program())


def test_an_async_handler_may_close(counter: Counter) -> None:
    async def program() -> None:
        closed = asyncio.Event()

        async def close(request: CloseRequest) -> int:
            await till.close()
            closed.set()
            return 0

        till = await open_port_async(url(counter), pace="off", on_close=close)
        async with asyncio.timeout(PATIENCE_S):
            operator = asyncio.create_task(asyncio.to_thread(registers, counter))
            await till.sale()
            await operator
            await asyncio.to_thread(counter.press, "ИТ")
            await closed.wait()
        assert till._pump.wait(0)

    asyncio.run(program())


def test_a_close_that_is_cancelled_closes_the_port(counter: Counter) -> None:
    async def program() -> None:
        till = await open_port_async(url(counter), pace="off")
        await till.ping()
        closing = asyncio.create_task(till.close())
        await asyncio.sleep(0)
        closing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await closing
        assert till._pump.wait(0)

    asyncio.run(program())


def test_a_port_that_comes_when_nobody_wants_it_any_more_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    opening, goes_on, closed = threading.Event(), threading.Event(), threading.Event()

    class SlowPort:
        def __init__(self, url: str, baud: int) -> None:
            opening.set()
            goes_on.wait(PATIENCE_S)

        def close(self) -> None:
            closed.set()

    monkeypatch.setattr("kkm_sim.remote.client.local_till.SerialPort", SlowPort)

    async def program() -> None:
        task = asyncio.create_task(open_port_async("COM5"))
        assert await asyncio.to_thread(opening.wait, PATIENCE_S)
        task.cancel()

    asyncio.run(program())
    assert not closed.is_set()
    goes_on.set()
    eventually(lambda: threads_of_ours() == [])
    assert closed.is_set()


def test_no_till(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kkm_sim.link.master_link.ANSWER_TIMEOUT", 200 * MS)
    own = Settings(retries=0)
    with open_port(url(counter), address=9, pace="off", settings=own) as till, pytest.raises(NoAnswer) as caught:
        till.ping()
    assert caught.value.reason == "not_there"
    assert "server" not in str(caught.value)


@posix
def test_a_port_that_goes_while_a_call_is_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kkm_sim.link.master_link.ANSWER_TIMEOUT", 300 * MS)
    counter = Counter(pty=True)
    with counter.pump, open_port(url(counter), address=9, pace="off", settings=Settings(retries=0)) as till:
        threading.Timer(0.05, counter.pump.stop).start()
        with pytest.raises(NoAnswer) as caught:
            till.ping()
    assert caught.value.reason == "port_gone"


@posix
def test_a_port_that_is_gone() -> None:
    counter = Counter(pty=True)
    with counter.pump, open_port(url(counter), pace="off") as till:
        till.ping()
        counter.pump.stop()
        eventually(lambda: till.link().gone)
        began = time.monotonic()
        with pytest.raises(NoAnswer) as caught:
            till.ping()
        assert time.monotonic() - began < 2
    assert caught.value.reason == "port_gone"
    assert str(caught.value) == "no answer from the till: its port is not there: is the cable plugged in?"


def test_a_handler_that_fails_refuses_the_close(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []
    monkeypatch.setattr("threading.excepthook", lambda failed: heard.append(str(failed.exc_value)))

    def close(request: CloseRequest) -> int:
        raise LookupError("no such shift")

    shop = Shop()
    with open_port(url(counter), pace="off", on_close=close) as till:
        shop.sells(till, counter)
        counter.press("ИТ")
        counter.waits_for_state(TillState.REFUSED)
        assert counter.indicator == "ОtКАЗАНО"
    assert heard == ["on_close failed: LookupError: no such shift"]


def test_no_port() -> None:
    with pytest.raises(NotConnected):
        open_port("/dev/there is none")
    assert threads_of_ours() == []

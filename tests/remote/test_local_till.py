import asyncio
import threading
from collections.abc import Iterator

import pytest

from kkm_sim.messages.records import CloseRequest
from kkm_sim.remote import Declined, NoAnswer, NotConnected, RemoteError, open_port, open_port_async
from kkm_sim.settings import Settings
from kkm_sim.till.chart import TillState
from tests.commands.test_smartbox import Counter
from tests.remote.fake_server import threads_of_ours

PATIENCE_S = 20


@pytest.fixture
def counter() -> Iterator[Counter]:
    one = Counter()
    with one.pump:
        yield one


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
    done = threading.Event()
    heard: list[object] = []

    def identifier(receipt: int, block: int) -> str | None:
        heard.append((receipt, block))
        return "чек из ЕГАИС" if block == 1 else None

    def close(request: CloseRequest) -> int:
        heard.append(request.total)
        return 0

    def over(result: int) -> None:
        heard.append(result)
        done.set()

    def operator() -> None:
        counter.waits_for_state(TillState.REQUEST)
        counter.press("1 0 0 ПИ")

    with open_port(
        url(counter),
        pace="off",
        on_close=close,
        on_identifier=identifier,
        on_done=over,
    ) as till:
        sells = threading.Thread(target=operator)
        sells.start()
        sold = till.sale(barcode=4600000000008, quantity=1000)
        sells.join()
        assert (sold.sum, sold.barcode) == (10000, 4600000000008)
        counter.press("ИТ ИТ")
        assert done.wait(PATIENCE_S)
    assert heard == [10000, (1, 1), (1, 2), 0]
    assert "чек из ЕГАИС" in counter.tape


def test_one_sale_at_a_time(counter: Counter) -> None:
    async def program() -> None:
        async with await open_port_async(url(counter), pace="off") as till:
            sale = asyncio.create_task(till.sale())
            with pytest.raises(RemoteError, match="wait for its result"):
                await asyncio.gather(till.sale(), till.sale())
            await till.close()
            with pytest.raises(NotConnected):
                await sale
            with pytest.raises(NotConnected):
                await till.ping()

    asyncio.run(program())


def test_no_till(counter: Counter) -> None:
    own = Settings(retries=0)
    with open_port(url(counter), address=9, pace="off", settings=own) as till, pytest.raises(NoAnswer):
        till.ping()


def test_no_port() -> None:
    with pytest.raises(NotConnected):
        open_port("/dev/there is none")
    assert threads_of_ours() == []

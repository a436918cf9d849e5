"""The names that programs use, and what they promise: the line that changes is the one that opens the till."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import kkm_sim.remote
from kkm_sim.messages.records import CloseRequest
from kkm_sim.remote import BlockingTill, connect, open_port
from kkm_sim.till.chart import TillState
from tests.commands.program import Program
from tests.commands.test_smartbox import Counter

PATIENCE_S = 20


def test_import_is_light() -> None:
    program = "import sys, kkm_sim.remote; print(*{name.split('.')[0] for name in sys.modules})"
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) & {"websockets", "pydantic", "asyncio", "serial"} == set()


@pytest.mark.parametrize("name", kkm_sim.remote.__all__)
def test_each_name_is_there(name: str) -> None:
    assert getattr(kkm_sim.remote, name).__name__ == name


def test_other_names_are_not() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Server'"):
        _ = kkm_sim.remote.Server


@pytest.fixture
def counter() -> Iterator[Counter]:
    counter = Counter()
    with counter.pump:
        yield counter


class Shop:
    """A program that sells: written once, for either line."""

    def __init__(self) -> None:
        self.heard: list[object] = []
        self.done = threading.Event()

    def on_close(self, request: CloseRequest) -> int:
        self.heard.append(("close", request.total))
        return 0

    def on_identifier(self, receipt: int, block: int) -> str | None:
        self.heard.append(("identifier", receipt, block))
        return "http://check.egais.ru" if block == 1 else None

    def on_done(self, result: int) -> None:
        self.heard.append(("done", result))
        self.done.set()

    def sells(self, till: BlockingTill, counter: Counter) -> None:
        self.heard.append(("receipt", till.ping().receipt_number))
        operator = threading.Thread(target=self._types, args=(counter,))
        operator.start()
        sold = till.sale(barcode=4600000000008, quantity=1000)
        operator.join()
        self.heard.append(("sold", sold.sum, sold.barcode))
        counter.press("ИТ ИТ")
        assert self.done.wait(PATIENCE_S)

    def _types(self, counter: Counter) -> None:
        counter.waits_for_state(TillState.REQUEST)
        counter.press("1 0 0 ПИ")


def sold_by(opens: Callable[[Shop], BlockingTill], counter: Counter) -> list[object]:
    shop = Shop()
    with opens(shop) as till:
        shop.sells(till, counter)
    assert counter.findings == []
    return shop.heard


HEARD = [
    ("receipt", 0),
    ("sold", 10000, 4600000000008),
    ("close", 10000),
    ("identifier", 1, 1),
    ("identifier", 1, 2),
    ("done", 0),
]


def test_a_program_at_a_port(counter: Counter) -> None:
    def opens(shop: Shop) -> BlockingTill:
        return open_port(
            counter.options[1],
            pace="off",
            on_close=shop.on_close,
            on_identifier=shop.on_identifier,
            on_done=shop.on_done,
        )

    assert sold_by(opens, counter) == HEARD


def test_the_same_program_over_the_network(counter: Counter) -> None:
    with Program("serve", "--device", f"kassa1={counter.options[1]}", "--listen", "127.0.0.1:0") as server:
        address = str(server.ready()["listen"])

        def opens(shop: Shop) -> BlockingTill:
            return connect(
                address, "kassa1", on_close=shop.on_close, on_identifier=shop.on_identifier, on_done=shop.on_done
            )

        assert sold_by(opens, counter) == HEARD

"""The names that programs use, and what they promise: the line that changes is the one that opens the till."""

import pydoc
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import kkm_sim.remote
from kkm_sim.remote import BlockingTill, connect, open_port
from tests.bottles import EAN
from tests.commands.counter import Counter
from tests.commands.program import Program
from tests.remote.shop import CLOSED, Shop


def test_import_is_light() -> None:
    program = "import sys, kkm_sim.remote; print(*{name.split('.')[0] for name in sys.modules})"
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) & {"websockets", "pydantic", "asyncio", "serial"} == set()


@pytest.mark.parametrize("name", kkm_sim.remote.__all__)
def test_each_name_is_there(name: str) -> None:
    assert getattr(kkm_sim.remote, name).__name__ == name


def test_each_is_listed_with_what_it_says() -> None:
    told = pydoc.plain(pydoc.render_doc(kkm_sim.remote))
    for name in ("connect", "connect_async", "devices", "open_port", "open_port_async"):
        assert f"\n    {name}(" in told
    assert "Takes hold of a device of the server at `HOST:19524`" in told
    assert "on_close(CloseRequest) " in told
    for name in ("ping(self)", "message(self, code: int)", "barcode: int = 0"):
        assert name in told


@pytest.mark.parametrize(
    ("opens", "keyword"),
    [
        (kkm_sim.remote.connect, "on_closed"),
        (kkm_sim.remote.connect, "tokn"),
        (kkm_sim.remote.connect_async, "tokn"),
        (kkm_sim.remote.open_port, "timeout"),
        (kkm_sim.remote.open_port_async, "on_finished"),
    ],
)
def test_a_misspelt_keyword(opens: Callable[..., object], keyword: str) -> None:
    with pytest.raises(TypeError, match=f"unexpected keyword argument '{keyword}'"):
        opens("127.0.0.1:1", **{keyword: "x"})


def test_other_names_are_not() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Server'"):
        _ = kkm_sim.remote.Server


def a_receipt(till: BlockingTill, shop: Shop, counter: Counter) -> None:
    """A program: written once, for either line."""
    assert till.ping().receipt_number == 0
    sold = shop.sells(till, counter)
    assert (sold.sum, sold.barcode) == (15000, int(EAN))
    shop.closes(counter)
    assert shop.heard == CLOSED
    assert counter.findings == []


def test_a_program_at_a_port(counter: Counter) -> None:
    shop = Shop()
    with open_port(counter.options[1], pace="off", **shop.handlers) as till:
        a_receipt(till, shop, counter)


def test_the_same_program_over_the_network(counter: Counter) -> None:
    shop = Shop()
    with (
        Program("serve", "--device", f"kassa1={counter.options[1]}", "--listen", "127.0.0.1:0") as server,
        connect(str(server.ready()["listen"]), "kassa1", **shop.handlers) as till,
    ):
        a_receipt(till, shop, counter)

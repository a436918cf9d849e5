"""What each state of the till answers to functions 1, 6 and 7; PING is always served [D-34]."""

from collections.abc import Callable

import pytest

from tests.acceptance.master import Master
from tests.acceptance.selling import close, sell, until_identifier
from tests.acceptance.tables import ANNUL_RECEIPT, BEER, PDF, PING, close_answer, sale_request, show_message
from tests.acceptance.till_process import TillProcess

Way = Callable[[TillProcess, Master], object]


def by_keys(keys: str) -> Way:
    return lambda till, master: till.press(keys)


def to_request(till: TillProcess, master: Master) -> None:
    till.press("1 ПИ")
    master.post(sale_request(PDF))


def to_annul_scan(till: TillProcess, master: Master) -> None:
    sell(till, master)
    till.press("АН ПИ")


def to_close_wait(till: TillProcess, master: Master) -> None:
    sell(till, master)
    close(till, master)


def to_refused(till: TillProcess, master: Master) -> None:
    to_close_wait(till, master)
    master.answer(close_answer(1))


ACCEPTED = None
STATES: list[tuple[str, Way, int | None, int, int]] = [
    # state, the way there, results of functions 1 (beer), 6, 7
    ("menu", by_keys("РЕЖ"), 2, 2, 2),
    ("idle", by_keys("С"), ACCEPTED, 0, 27),
    ("return_armed", by_keys("ВЗ"), ACCEPTED, 0, 27),
    ("open", by_keys("1 ПИ"), ACCEPTED, 0, 0),
    ("open", by_keys("ВЗ 1 ПИ"), 27, 0, 0),
    ("refused", to_refused, ACCEPTED, 0, 0),
    ("request", to_request, 27, 0, 27),
    ("annul_armed", by_keys("1 ПИ АН"), 27, 0, 27),
    ("annul_scan", to_annul_scan, 27, 0, 27),
    ("close_wait", to_close_wait, 27, 0, 27),
    ("qr_print", until_identifier, 27, 0, 27),
]

each_state = pytest.mark.parametrize(
    ("state", "way", "sale", "message", "annul"),
    STATES,
    ids=["menu", "idle", "return armed", "open", "return", "refused", "request", "armed", "scan", "close", "qr"],
)


@each_state
def test_sale_request(
    till: TillProcess, master: Master, state: str, way: Way, sale: int | None, message: int, annul: int
) -> None:
    way(till, master)
    assert till.state == state
    if sale is ACCEPTED:
        master.post(sale_request(BEER))
        assert till.state == "request"
        assert master.nothing_to_fetch()
    else:
        assert master.command(sale_request(BEER)) == bytes([3, 1, sale]) + bytes(68)
        assert till.state == state


@each_state
def test_show_message(
    till: TillProcess, master: Master, state: str, way: Way, sale: int | None, message: int, annul: int
) -> None:
    way(till, master)
    assert master.command(show_message(3)) == bytes([3, 6, message, 0])
    assert till.state == state
    assert (till.indicator == "ПОВtОР") is (message == 0)


@each_state
def test_annul(
    till: TillProcess, master: Master, state: str, way: Way, sale: int | None, message: int, annul: int
) -> None:
    way(till, master)
    assert master.command(ANNUL_RECEIPT) == bytes([3, 7, annul, 0])
    assert till.state == ("idle" if annul == 0 else state)


@each_state
def test_ping(
    till: TillProcess, master: Master, state: str, way: Way, sale: int | None, message: int, annul: int
) -> None:
    way(till, master)
    raw = master.command(PING)
    assert raw[2] == 0
    assert bool(raw[22] & 1) is (state != "menu")
    assert bool(raw[22] & 8) is (state == "request")

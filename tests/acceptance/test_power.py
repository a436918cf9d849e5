"""Power failures: what the till keeps (document, function 3, note 2, and PING, bit 6)."""

import pytest

from tests.acceptance.master import Master
from tests.acceptance.selling import allow, close, finish, sell, until_identifier
from tests.acceptance.tables import (
    DONE,
    PDF,
    PING,
    SaleAnswer,
    close_answer,
    graphics,
    identifier_request,
    no_more,
    sale_request,
)
from tests.acceptance.till_process import TillProcess


def fail(till: TillProcess, master: Master) -> None:
    """Power off and on; the frame counters are at the start again."""
    till.power(False)
    assert till.snapshot()["state"] == "off"
    till.power(True)
    master.outgoing = master.incoming = master.first


def test_off_is_silent(till: TillProcess, master: Master) -> None:
    till.power(False)
    assert (till.state, till.indicator) == ("off", "")
    master.control("RDY")
    master.control("SYN")
    assert master.quiet()
    till.power(True)
    assert till.state == "menu"


def test_an_open_receipt_is_kept(till: TillProcess, master: Master) -> None:
    receipt = sell(till, master).receipt
    till.press("1 ПИ")
    fail(till, master)
    assert till.state == "open"
    assert (till.receipt["number"], till.receipt["total"]) == (receipt, 151_50)
    request = close(till, master)
    assert (request.operations, request.alcohol) == (2, 1)


def test_an_open_request_is_kept_and_its_digits_are_not(till: TillProcess, master: Master) -> None:
    master.post(sale_request(PDF, item=55))
    till.press("7 7")
    fail(till, master)
    assert till.state == "request"
    assert master.command(PING)[22] & 8
    till.press("5 ПИ")
    answer = SaleAnswer.read(master.fetch())
    assert (answer.item, answer.price) == (55, 5_00)


def test_an_unsent_answer_is_kept(till: TillProcess, master: Master) -> None:
    master.post(sale_request(PDF))
    till.press("5 ПИ")
    fail(till, master)
    assert SaleAnswer.read(master.fetch()).price == 5_00


@pytest.mark.parametrize("keys", ["ВЗ", "1 ПИ АН"])
def test_an_armed_key_is_lost(till: TillProcess, master: Master, keys: str) -> None:
    till.press(keys)
    fail(till, master)
    assert till.state in ("menu", "open")


def test_the_wait_for_a_close_is_lost(till: TillProcess, master: Master) -> None:
    till.expect_findings("unasked-answer")
    sell(till, master)
    close(till, master)
    fail(till, master)
    assert till.state == "open"
    master.post(close_answer(0))
    assert till.state == "open"
    close(till, master)
    allow(master)
    master.fetch()
    finish(till, master)


def test_the_identifier_begins_again_from_block_1(till: TillProcess, master: Master) -> None:
    receipt = until_identifier(till, master)
    rows = [b"\x81", b"\x42"]
    master.answer(graphics(1, rows, 8))
    assert master.fetch() == identifier_request(receipt, 2)
    fail(till, master)
    assert master.fetch() == identifier_request(receipt, 1)
    master.answer(graphics(1, rows, 8))
    assert master.fetch() == identifier_request(receipt, 2)
    finish(till, master, 2)
    assert len([entry for entry in till.tape() if entry["kind"] == "bitmap"]) == 2, "reprinted whole"


def test_function_4_is_kept(till: TillProcess, master: Master) -> None:
    until_identifier(till, master)
    master.answer(no_more(1))
    fail(till, master)
    assert master.fetch() == DONE
    assert till.state == "menu"

"""Document, «2) Аннуляция чека», «4) Аннуляция последней операции в чеке» and function 7."""

import pytest

from tests.acceptance.master import Master
from tests.acceptance.tables import (
    ANNUL,
    ANNUL_RECEIPT,
    BEER,
    DUPLICATE,
    EAN,
    PDF,
    REFUSED_SALE,
    SaleAnswer,
    sale_request,
)
from tests.acceptance.till_process import TillProcess


def sell(till: TillProcess, master: Master, code_type: int, price: str = "1 5 0") -> SaleAnswer:
    master.post(sale_request(code_type))
    till.press(f"{price} ПИ")
    return SaleAnswer.read(master.fetch())


@pytest.mark.parametrize(
    ("sold", "wrong", "scanned"),
    [(PDF, BEER, PDF), (PDF, EAN, DUPLICATE), (BEER, PDF, BEER), (BEER, EAN, BEER)],
)
def test_the_last_bottle_is_annulled_by_its_code(
    till: TillProcess, master: Master, sold: int, wrong: int, scanned: int
) -> None:
    receipt = sell(till, master, sold).receipt
    snapshot = till.press("АН ПИ")
    assert (snapshot["state"], snapshot["indicator"]["text"]) == ("annul_scan", "SCAn")
    assert master.command(sale_request(wrong)) == REFUSED_SALE
    assert till.state == "annul_scan"
    answer = SaleAnswer.read(master.command(sale_request(scanned, barcode=123)))
    assert (answer.result, answer.kind, answer.number, answer.alcohol) == (0, ANNUL, 2, 1)
    assert (answer.quantity, answer.price, answer.sum) == (1000, 150_00, 150_00)
    assert (answer.receipt, answer.barcode) == (receipt, 123)
    assert till.state == "open"
    assert [operation["kind"] for operation in till.receipt["operations"]] == ["sale", "annul"]
    assert till.receipt["total"] == 0


def test_annulment_scan_without_handshake_is_answered_at_once(till: TillProcess, master: Master) -> None:
    sell(till, master, PDF)
    till.press("АН ПИ")
    assert SaleAnswer.read(master.command(sale_request(PDF), hs=1)).kind == ANNUL


def test_annulment_scan_given_up(till: TillProcess, master: Master) -> None:
    sell(till, master, PDF)
    assert till.press("АН ПИ С")["state"] == "open"
    assert till.receipt["total"] == 150_00
    assert master.nothing_to_fetch()


def test_an_ordinary_item_needs_no_scan(till: TillProcess, master: Master) -> None:
    sell(till, master, PDF)
    assert till.press("1 ПИ АН ПИ")["state"] == "open"
    assert till.receipt["total"] == 150_00


def test_a_plain_ean_is_not_alcohol(till: TillProcess, master: Master) -> None:
    sell(till, master, EAN)
    assert till.press("АН ПИ")["state"] == "open"
    assert till.receipt["total"] == 0


def test_annulling_again_takes_the_operation_before(till: TillProcess, master: Master) -> None:
    sell(till, master, PDF, "1")
    sell(till, master, BEER, "2")
    till.press("АН ПИ")
    assert SaleAnswer.read(master.command(sale_request(BEER))).sum == 2_00
    till.press("АН ПИ")
    answer = SaleAnswer.read(master.command(sale_request(PDF)))
    assert (answer.number, answer.sum) == (4, 1_00)
    assert till.press("АН ПИ")["error"]["code"] == 22


def test_annulling_the_receipt_sends_nothing(till: TillProcess, master: Master) -> None:
    sell(till, master, PDF)
    snapshot = till.press("АН ИТ")
    assert (snapshot["state"], snapshot["receipt"]) == ("idle", None)
    assert master.nothing_to_fetch()


# Function 7


@pytest.mark.parametrize("message", [ANNUL_RECEIPT, ANNUL_RECEIPT + b"\0"], ids=["2 bytes", "3 bytes"])
def test_the_smartbox_annuls_the_receipt(till: TillProcess, master: Master, message: bytes) -> None:
    sell(till, master, PDF)
    assert master.command(message) == bytes.fromhex("03 07 00 00")
    snapshot = till.snapshot()
    assert (snapshot["state"], snapshot["receipt"]) == ("idle", None)
    assert snapshot["indicator"]["text"] == "АННУЛИРОВА"


def test_nothing_to_annul(till: TillProcess, master: Master) -> None:
    assert master.command(ANNUL_RECEIPT) == bytes.fromhex("03 07 1B 00")


def test_it_is_refused_while_a_request_is_open(till: TillProcess, master: Master) -> None:
    till.press("1 ПИ")
    master.post(sale_request(PDF))
    assert master.command(ANNUL_RECEIPT) == bytes.fromhex("03 07 1B 00")
    assert till.state == "request"


def test_it_works_in_cash_mode_only(till: TillProcess, master: Master) -> None:
    till.press("РЕЖ")
    assert master.command(ANNUL_RECEIPT) == bytes.fromhex("03 07 02 00")


def test_four_bytes_are_too_many(till: TillProcess, master: Master) -> None:
    till.expect_findings("bad-length")
    assert master.command(ANNUL_RECEIPT + b"\0\0") == bytes.fromhex("03 07 03 00")

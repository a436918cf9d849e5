"""Document, «1) Продажа» and «1. Когда на ККМ не начато никаких чековых операций»."""

import pytest

from tests.acceptance.master import Master
from tests.acceptance.tables import (
    BEER,
    DUPLICATE,
    EAN,
    PDF,
    REFUSED_SALE,
    RETURN,
    SALE,
    SaleAnswer,
    bcd,
    sale_request,
)
from tests.acceptance.till_process import TillProcess

NAME = "Водка «Ёлка»"


@pytest.mark.parametrize(("code_type", "alcohol"), [(EAN, 0), (PDF, 1), (BEER, 1)], ids=["EAN", "PDF", "beer"])
@pytest.mark.parametrize("hs", [0, 1], ids=["with handshake", "without"])
def test_all_71_bytes(till: TillProcess, master: Master, code_type: int, alcohol: int, hs: int) -> None:
    master.post(sale_request(code_type, item=1234, barcode=4607001234567, name=NAME), hs=hs)
    assert (till.state, till.indicator) == ("request", "А      0.00")
    assert master.nothing_to_fetch()
    till.press("1 5 0 . 5 ПИ")
    raw = master.fetch()
    number = till.receipt["number"]
    assert raw == (
        bytes.fromhex("03 01 00 00")
        + bcd(number, 4)
        + bytes([1, 0, alcohol])
        + bytes.fromhex("34 12")
        + bytes.fromhex("67 45 23 01 70 60 04 00 00")
        + bytes.fromhex("00 10 00 00 00")
        + bytes.fromhex("50 50 01 00 00")
        + bytes.fromhex("50 50 01 00 00")
        + NAME.encode("cp1251").ljust(32, b"\0")
        + bytes([0x01, 0x01])
    )
    assert master.nothing_to_fetch()
    assert till.state == "open"


def test_the_till_ignores_price_quantity_section_and_tax(till: TillProcess, master: Master) -> None:
    master.post(sale_request(PDF, quantity=2000, price=99_99, section=7, tax=2))
    till.press("1 0 ПИ")
    answer = SaleAnswer.read(master.fetch())
    assert (answer.quantity, answer.price, answer.sum, answer.section, answer.tax) == (1000, 10_00, 10_00, 1, 1)


def test_operations_of_a_receipt_are_numbered(till: TillProcess, master: Master) -> None:
    till.press("1 ПИ")
    for number in (2, 3):
        master.post(sale_request(PDF))
        till.press("5 ПИ")
        assert SaleAnswer.read(master.fetch()).number == number


def test_numbering_starts_again_after_an_annulled_receipt(till: TillProcess, master: Master) -> None:
    for _ in range(2):
        master.post(sale_request(PDF))
        till.press("5 ПИ")
        assert SaleAnswer.read(master.fetch()).number == 1
        till.press("АН ИТ")
        assert till.state == "idle"
    assert master.nothing_to_fetch(), "nothing is sent about an annulled receipt"


@pytest.mark.parametrize("keys", ["С", "1 5 С"], ids=["at once", "half-typed"])
def test_cancelled_by_the_operator(till: TillProcess, master: Master, keys: str) -> None:
    master.post(sale_request(PDF, barcode=4607001234567, name=NAME))
    till.press(keys)
    assert master.fetch() == REFUSED_SALE
    assert (till.state, till.indicator) == ("idle", "0.00")


def test_a_cancelled_request_leaves_the_receipt_open(till: TillProcess, master: Master) -> None:
    till.press("1 ПИ")
    master.post(sale_request(PDF))
    till.press("С")
    assert master.fetch() == REFUSED_SALE
    assert till.state == "open"
    assert len(till.receipt["operations"]) == 1


def test_disc_while_the_price_is_typed(till: TillProcess, master: Master) -> None:
    master.post(sale_request(PDF))
    snapshot = till.press("1 5")
    assert (snapshot["state"], snapshot["request"]) == ("entry", True)
    assert snapshot["indicator"]["text"].startswith("А")
    assert master.ask("RDY").kind == "DISC"
    till.press("ПИ")
    assert SaleAnswer.read(master.fetch()).price == 15_00


def test_a_request_that_finds_the_operator_typing_leaves_no_trace(till: TillProcess, master: Master) -> None:
    master.ready()
    till.press("7")
    assert master.try_data(sale_request(PDF)).kind == "DISC"
    assert till.press("С")["state"] == "idle"
    assert master.nothing_to_fetch()
    assert master.try_data(sale_request(PDF)).kind == "ACK", "the refused frame's number was not used up"
    assert till.state == "request"


@pytest.mark.parametrize("hs", [0, 1], ids=["with handshake", "without"])
def test_a_duplicate_pdf_is_refused(till: TillProcess, master: Master, hs: int) -> None:
    assert master.command(sale_request(DUPLICATE), hs=hs) == REFUSED_SALE
    assert (till.state, till.indicator) == ("idle", "Err Alco")


def test_a_second_request_while_one_is_open(till: TillProcess, master: Master) -> None:
    master.post(sale_request(PDF))
    assert master.command(sale_request(BEER)) == REFUSED_SALE
    till.press("5 ПИ")
    assert SaleAnswer.read(master.fetch()).result == 0


def test_quantity_is_refused_for_alcohol(till: TillProcess, master: Master) -> None:
    master.post(sale_request(PDF))
    assert till.press("2 Х")["error"]["code"] == 11
    assert till.indicator == "Err 11"
    assert till.press("С")["state"] == "request"
    till.press("5 ПИ")
    answer = SaleAnswer.read(master.fetch())
    assert (answer.quantity, answer.sum) == (1000, 5_00)


def test_an_alcohol_item_cannot_be_repeated(till: TillProcess, master: Master) -> None:
    master.post(sale_request(PDF))
    till.press("5 ПИ")
    master.fetch()
    assert till.press("Х")["error"]["code"] == 11
    assert len(till.receipt["operations"]) == 1


def test_armed_annulment_refuses_a_request(till: TillProcess, master: Master) -> None:
    till.press("1 ПИ АН")
    assert master.command(sale_request(PDF)) == REFUSED_SALE
    assert till.state == "annul_armed"


# «3) Возврат»


def test_a_request_after_vz_becomes_a_return(till: TillProcess, master: Master) -> None:
    assert till.press("ВЗ")["indicator"]["text"] == "ВЗ     0.00"
    master.post(sale_request(PDF, operation=SALE))
    till.press("1 5 ПИ")
    answer = SaleAnswer.read(master.fetch())
    assert (answer.kind, answer.alcohol, answer.number, answer.sum) == (RETURN, 1, 1, 15_00)
    assert till.receipt["kind"] == "return"


def test_a_return_receipt_has_one_item(till: TillProcess, master: Master) -> None:
    till.press("ВЗ")
    master.post(sale_request(PDF))
    till.press("1 5 ПИ")
    master.fetch()
    assert master.command(sale_request(PDF)) == REFUSED_SALE
    assert till.press("1 ПИ")["error"]["code"] == 22


def test_a_cancelled_return_is_still_a_return(till: TillProcess, master: Master) -> None:
    till.press("ВЗ")
    master.post(sale_request(PDF))
    till.press("С")
    assert master.fetch() == REFUSED_SALE
    assert till.state == "return_armed"


# Limits and modes


def test_two_hundred_operations_and_no_more(till: TillProcess, master: Master) -> None:
    till.press("1 ПИ " * 199)
    master.post(sale_request(PDF))
    till.press("1 ПИ")
    assert SaleAnswer.read(master.fetch()).number == 200
    refused = master.command(sale_request(PDF))
    assert refused == bytes([3, 1, 21]) + bytes(68)
    assert till.press("1 ПИ")["error"]["code"] == 21


def test_the_menu_sells_nothing(till: TillProcess, master: Master) -> None:
    till.press("РЕЖ")
    assert master.command(sale_request(PDF)) == bytes([3, 1, 2]) + bytes(68)


def test_option_27_off(till: TillProcess, master: Master) -> None:
    till.option(27, 0)
    answer = master.command(sale_request(PDF))
    till.option(27, 1)
    assert answer == bytes([3, 1, 2]) + bytes(68)


def test_no_paper(till: TillProcess, master: Master) -> None:
    till.paper(False)
    assert master.command(sale_request(PDF)) == bytes([3, 1, 20]) + bytes(68)
    till.paper(True)
    assert till.state == "idle"


def test_no_paper_at_registration(till: TillProcess, master: Master) -> None:
    master.post(sale_request(PDF))
    till.paper(False)
    assert till.press("5 ПИ")["error"]["code"] == 20
    till.paper(True)
    snapshot = till.press("С")
    assert (snapshot["state"], snapshot["receipt"]) == ("request", None)
    till.press("5 ПИ")
    answer = SaleAnswer.read(master.fetch())
    assert (answer.result, answer.number) == (0, 1)


def test_the_shift_is_over_after_24_hours(till: TillProcess, master: Master) -> None:
    till.press("1 ПИ ИТ С")
    till.advance(24 * 3600 + 1)
    assert master.command(sale_request(PDF)) == bytes([3, 1, 22]) + bytes(68)
    till.press("РЕЖ РЕЖ РЕЖ")
    assert till.indicator == "ОСГ----"
    till.press("ИТ")


# Malformed requests: error 3


def test_a_request_already_called_a_return_is_taken_as_a_sale(till: TillProcess, master: Master) -> None:
    till.expect_findings("operation-not-sale")
    master.post(sale_request(PDF, operation=RETURN))
    till.press("5 ПИ")
    assert SaleAnswer.read(master.fetch()).kind == SALE


@pytest.mark.parametrize(("operation", "code_type"), [(3, PDF), (0xFF, PDF), (SALE, 4), (SALE, 0xFF)])
def test_unknown_operation_or_code_type(till: TillProcess, master: Master, operation: int, code_type: int) -> None:
    till.expect_findings("bad-value")
    assert master.command(sale_request(code_type, operation=operation)) == bytes([3, 1, 3]) + bytes(68)
    assert till.state == "idle"


@pytest.mark.parametrize("size", [2, 58, 60, 127])
def test_wrong_length(till: TillProcess, master: Master, size: int) -> None:
    till.expect_findings("bad-length")
    message = (sale_request(PDF) + bytes(68))[:size]
    assert master.command(message) == bytes([3, 1, 3]) + bytes(68)


def test_a_bad_digit_in_an_ignored_field_is_echoed(till: TillProcess, master: Master) -> None:
    till.expect_findings("bad-bcd")
    request = bytearray(sale_request(PDF))
    request[4:6] = b"\x7f\x7f"
    request[6:15] = b"\x7f" * 9
    master.post(bytes(request))
    till.press("5 ПИ")
    raw = master.fetch()
    assert raw[2] == 0
    assert raw[11:22] == b"\x7f" * 11

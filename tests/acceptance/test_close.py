"""Document, «5) Закрытие чека» and «2. При закрытии чека»."""

import pytest

from tests.acceptance.master import Master
from tests.acceptance.selling import allow, close, finish, sell
from tests.acceptance.tables import (
    BEER,
    EAN,
    PDF,
    PING,
    REFUSED_SALE,
    SaleAnswer,
    Status,
    bcd,
    close_answer,
    date_time,
    identifier_request,
    no_more,
    sale_request,
)
from tests.acceptance.till_process import TillProcess


def test_all_88_bytes(till: TillProcess, master: Master) -> None:
    receipt = sell(till, master).receipt
    till.press("1 0 0 ПИ")
    before = till.snapshot()["clock"]
    snapshot = till.press("ИТ")
    assert (snapshot["state"], snapshot["indicator"]["text"]) == ("close_wait", "ЗАПРОС")
    raw = master.fetch()
    assert raw[:82] == (
        bytes.fromhex("03 02")
        + bcd(receipt, 4)
        + bytes([0, 2, 1, 1])
        + bcd(250_50, 7)
        + bcd(0, 7)
        + bcd(0, 7)
        # 18 % contained: 150.50 × 18/118 = 22.957…, 100.00 × 18/118 = 15.254…
        + bcd(22_96 + 15_25, 7)
        + bytes(4 * 7)
        + bcd(250_50, 7)
        + bcd(0, 7)
        + bcd(snapshot["shift"], 2)
    )
    assert date_time(before)[:5] <= raw[82:87] <= date_time(till.snapshot()["clock"])[:5]
    assert len(raw) == 88


def test_allowed_closed_done(till: TillProcess, master: Master) -> None:
    receipt = sell(till, master).receipt
    close(till, master)
    allow(master)
    assert master.fetch() == identifier_request(receipt, 1)
    finish(till, master)
    assert till.snapshot()["receipt"] is None
    assert master.nothing_to_fetch(), "function 4 is sent once and wants no answer"
    assert any("ИТОГ" in line for line in till.printed())


def test_nothing_closes_before_the_answer(till: TillProcess, master: Master) -> None:
    sell(till, master)
    close(till, master)
    assert not any("ИТОГ" in line for line in till.printed())
    assert till.snapshot()["receipt"] is not None


def test_an_answer_after_a_word_with_another_till(till: TillProcess, master: Master) -> None:
    receipt = sell(till, master).receipt
    close(till, master)
    master.post(close_answer(0, receipt), ready=True)
    assert master.fetch() == identifier_request(receipt, 1)
    finish(till, master)


def test_ping_is_served_while_the_till_waits(till: TillProcess, master: Master) -> None:
    receipt = sell(till, master).receipt
    close(till, master)
    status = Status.read(master.command(PING))
    assert (status.receipt, status.operations, status.alcohol, status.total) == (receipt, 1, 1, 150_50)
    assert master.command(sale_request(PDF)) == REFUSED_SALE
    master.post(close_answer(0))
    master.fetch()
    finish(till, master)


@pytest.mark.parametrize("result", [1, 27, 255])
def test_refused_and_asked_again(till: TillProcess, master: Master, result: int) -> None:
    sell(till, master)
    first = close(till, master)
    master.answer(close_answer(result))
    assert (till.state, till.indicator) == ("refused", "ОtКАЗАНО")
    till.advance(60)
    second = close(till, master)
    assert (second.receipt, second.total) == (first.receipt, first.total)
    assert second.date_time[:5] > first.date_time[:5], "the moment of this attempt"
    allow(master)
    master.fetch()
    finish(till, master)


def test_refused_then_annulled(till: TillProcess, master: Master) -> None:
    sell(till, master)
    close(till, master)
    master.answer(close_answer(1))
    assert till.press("АН ИТ")["receipt"] is None
    assert master.nothing_to_fetch()


def test_refused_then_sold_on(till: TillProcess, master: Master) -> None:
    sell(till, master)
    close(till, master)
    master.answer(close_answer(1))
    assert till.press("С")["state"] == "open"
    sell(till, master, BEER, "1")
    assert close(till, master).alcohol == 2


def test_given_up_by_the_operator(till: TillProcess, master: Master) -> None:
    till.expect_findings("unasked-answer")
    sell(till, master)
    close(till, master)
    assert till.press("С")["state"] == "open"
    master.post(close_answer(0))
    assert till.state == "open", "a late permission closes nothing"
    assert master.nothing_to_fetch()


def test_counts_of_a_mixed_receipt(till: TillProcess, master: Master) -> None:
    till.press("1 ПИ")
    sell(till, master, PDF, "2")
    sell(till, master, EAN, "3")
    sell(till, master, BEER, "4")
    till.press("АН ПИ")
    assert SaleAnswer.read(master.command(sale_request(BEER))).result == 0
    request = close(till, master)
    assert (request.operations, request.alcohol, request.other) == (5, 1, 4)
    assert request.total == 6_00


def test_discounts_and_markups(till: TillProcess, master: Master) -> None:
    till.press("1 0 0 ПИ - 1 0 ПИ")
    sell(till, master, PDF, "2 0 0")
    till.press("+ 1 0 %")
    request = close(till, master)
    assert (request.total, request.discounts, request.markups) == (310_00, 10_00, 20_00)
    # 90.00 × 18/118 = 13.728…, 220.00 × 18/118 = 33.559…
    assert request.taxes == [13_73 + 33_56, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("keys", "cash", "credit"),
    [("ИТ", 150_50, 0), ("2 0 0 ИТ", 150_50, 0), ("КР", 0, 150_50), ("5 0 КР ИТ", 100_50, 50_00)],
)
def test_payments(till: TillProcess, master: Master, keys: str, cash: int, credit: int) -> None:
    sell(till, master)
    request = close(till, master, keys)
    assert (request.cash, request.credit) == (cash, credit)


def test_a_return(till: TillProcess, master: Master) -> None:
    till.press("ВЗ")
    sell(till, master)
    request = close(till, master)
    assert (request.kind, request.operations, request.alcohol, request.total) == (1, 1, 1, 150_50)
    allow(master)
    assert master.fetch() == identifier_request(request.receipt, 1)
    finish(till, master)


@pytest.mark.parametrize("keys", ["1 0 0 ПИ ИТ", "1 0 0 ПИ КР", "1 0 0 ПИ 5 0 0 ИТ"])
def test_a_receipt_without_alcohol_never_reaches_the_smartbox(till: TillProcess, master: Master, keys: str) -> None:
    assert till.press(keys)["state"] == "idle"
    assert master.nothing_to_fetch()


def test_all_bottles_annulled_is_a_receipt_without_alcohol(till: TillProcess, master: Master) -> None:
    till.press("1 ПИ")
    sell(till, master)
    till.press("АН ПИ")
    master.command(sale_request(PDF))
    assert till.press("ИТ")["state"] == "idle"
    assert master.nothing_to_fetch()


# Answers that do not fit


@pytest.mark.parametrize("answer", [close_answer(0)[:6], close_answer(0) + b"\0", no_more(1)])
def test_an_answer_that_does_not_fit_is_dropped(till: TillProcess, master: Master, answer: bytes) -> None:
    till.expect_findings("wrong-answer")
    sell(till, master)
    close(till, master)
    master.answer(answer)
    assert till.state == "close_wait"
    assert master.nothing_to_fetch()
    master.post(close_answer(0))
    master.fetch()
    finish(till, master)


def test_an_answer_for_another_receipt_still_counts(till: TillProcess, master: Master) -> None:
    till.expect_findings("foreign-receipt")
    receipt = sell(till, master).receipt
    close(till, master)
    master.answer(close_answer(0, receipt + 1))
    assert master.fetch() == identifier_request(receipt, 1)
    finish(till, master)


def test_an_unasked_permission(till: TillProcess, master: Master) -> None:
    till.expect_findings("unasked-answer")
    master.post(close_answer(0))
    assert master.nothing_to_fetch()


def test_wait_keeps_the_till_waiting(till: TillProcess, master: Master) -> None:
    sell(till, master)
    close(till, master)
    master.control("WAIT")
    assert master.quiet()
    assert till.state == "close_wait"
    master.answer(close_answer(0))
    master.fetch()
    finish(till, master)

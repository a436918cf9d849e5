"""Steps that several groups of tests begin with."""

from tests.acceptance.master import Master
from tests.acceptance.tables import (
    DONE,
    PDF,
    CloseRequest,
    SaleAnswer,
    close_answer,
    identifier_request,
    no_more,
    sale_request,
)
from tests.acceptance.till_process import TillProcess


def sell(till: TillProcess, master: Master, code_type: int = PDF, price: str = "1 5 0 . 5") -> SaleAnswer:
    """One whole sale by the SmartBox."""
    master.post(sale_request(code_type))
    till.press(f"{price} ПИ")
    answer = SaleAnswer.read(master.fetch())
    assert answer.result == 0
    return answer


def close(till: TillProcess, master: Master, keys: str = "ИТ") -> CloseRequest:
    """The operator's closing key; the till's request, acknowledged and not yet answered."""
    assert till.press(keys)["state"] == "close_wait"
    return CloseRequest.read(master.fetch())


def allow(master: Master) -> None:
    master.answer(close_answer(0))


def until_identifier(till: TillProcess, master: Master) -> int:
    """A bottle sold, the close allowed, block 1 asked for; the receipt's number."""
    receipt = sell(till, master).receipt
    close(till, master)
    allow(master)
    assert master.fetch() == identifier_request(receipt, 1)
    return receipt


def finish(till: TillProcess, master: Master, block: int = 1) -> None:
    """No more data for `block`; the till reports the receipt done."""
    master.answer(no_more(block))
    assert master.fetch() == DONE
    assert till.state == "idle"

"""Document, «5. Команда PING»: 44 bytes in every state of the till."""

import pytest

from tests.acceptance.master import Master
from tests.acceptance.tables import PDF, PING, Status, date_time, sale_request
from tests.acceptance.till_process import TillProcess

CASH, SUPPORT, SERVED, OPEN, FISCAL = 1, 2, 4, 8, 128


def ping(master: Master) -> Status:
    return Status.read(master.command(PING))


@pytest.mark.parametrize("hs", [0, 1], ids=["with handshake", "without"])
def test_all_44_bytes_between_receipts(till: TillProcess, master: Master, hs: int) -> None:
    till.press("1 ПИ")
    number = till.receipt["number"]
    till.press("ИТ С")
    before = till.snapshot()
    raw = master.command(PING, hs=hs)
    moments = [date_time(before["clock"]), date_time(till.snapshot()["clock"])]
    assert raw[:5] == bytes.fromhex("03 05 00 00 01")
    assert raw[5:21] == b"1234567" + bytes(9)
    assert raw[21] == 0
    assert raw[22] == CASH | SUPPORT | FISCAL
    assert raw[23:25] == bytes([before["shift"], 0]), "one digit is the same in BIN and BCD"
    assert moments[0] <= raw[25:31] <= moments[1]
    assert raw[31:35] == bytes.fromhex(str(number).zfill(8))[::-1]
    assert raw[35:] == bytes(9)
    assert len(raw) == 44


def test_it_counts_the_open_receipt(till: TillProcess, master: Master) -> None:
    till.press("1 0 0 ПИ")
    status = ping(master)
    assert status.flags == CASH | SUPPORT | FISCAL
    assert (status.operations, status.alcohol, status.total) == (1, 0, 100_00)
    assert status.receipt == till.receipt["number"]


def test_request_open_then_served(till: TillProcess, master: Master) -> None:
    till.press("1 0 0 ПИ")
    master.post(sale_request(PDF))
    assert ping(master).flags == CASH | SUPPORT | OPEN | FISCAL
    till.press("2 5 . 5 ПИ")
    master.fetch()
    status = ping(master)
    assert status.flags == CASH | SUPPORT | SERVED | FISCAL
    assert (status.operations, status.alcohol, status.total) == (2, 1, 125_50)


def test_an_annulled_bottle_is_not_a_real_sale(till: TillProcess, master: Master) -> None:
    master.post(sale_request(PDF))
    till.press("5 ПИ")
    master.fetch()
    till.press("АН ПИ")
    master.command(sale_request(PDF))
    status = ping(master)
    assert (status.operations, status.alcohol, status.total) == (2, 0, 0)


def test_an_annulled_receipt_leaves_zeros(till: TillProcess, master: Master) -> None:
    master.post(sale_request(PDF))
    till.press("5 ПИ")
    master.fetch()
    till.press("АН ИТ")
    status = ping(master)
    assert status.flags == CASH | SUPPORT | FISCAL
    assert (status.operations, status.alcohol, status.total) == (0, 0, 0)


@pytest.mark.parametrize("keys", ["ВЗ", "1 ПИ АН"], ids=["ВЗ", "АН"])
def test_return_and_annulment_keys_do_not_stop_it(till: TillProcess, master: Master, keys: str) -> None:
    till.press(keys)
    assert ping(master).result == 0


def test_disc_while_the_operator_types(till: TillProcess, master: Master) -> None:
    till.press("1")
    assert till.state == "entry"
    assert master.ask("RDY").kind == "DISC"
    assert master.ask("RDY").kind == "DISC"
    till.press("С")
    assert ping(master).result == 0


def test_the_menu(till: TillProcess, master: Master) -> None:
    till.press("РЕЖ")
    assert till.state == "menu"
    raw = master.command(PING)
    assert raw[2] == 0
    assert raw[22] == SUPPORT | FISCAL
    assert raw[31:44] == bytes(13)


def test_typing_in_the_menu_gives_no_disc(till: TillProcess, master: Master) -> None:
    till.press("РЕЖ ИТ 1 0")
    assert ping(master).flags == SUPPORT | FISCAL


def test_option_27_off(till: TillProcess, master: Master) -> None:
    till.option(27, 0)
    flags = ping(master).flags
    till.option(27, 1)
    assert flags == CASH | FISCAL

"""Document, «6. Команда индикации сообщения на ККМ», and commands the till does not know."""

import pytest

from tests.acceptance.master import Master
from tests.acceptance.tables import PDF, PING, sale_request, show_message
from tests.acceptance.till_process import TillProcess


@pytest.mark.parametrize(("code", "text"), [(1, "SCAn EAN"), (2, "SCAn PdF"), (3, "ПОВtОР")])
@pytest.mark.parametrize("hs", [0, 1], ids=["with handshake", "without"])
def test_a_prompt(till: TillProcess, master: Master, code: int, text: str, hs: int) -> None:
    assert master.command(show_message(code), hs=hs) == bytes.fromhex("03 06 00 00")
    assert till.indicator == text
    assert till.state == "idle"


def test_the_next_key_takes_it_away_and_acts(till: TillProcess, master: Master) -> None:
    master.command(show_message(1))
    assert till.press("1 ПИ")["receipt"]["total"] == 1_00


@pytest.mark.parametrize("code", [0, 4, 0xFF])
def test_unknown_code(till: TillProcess, master: Master, code: int) -> None:
    till.expect_findings("bad-value")
    assert master.command(show_message(code)) == bytes.fromhex("03 06 03 00")
    assert till.indicator == "0.00"


def test_it_works_in_cash_mode_only(till: TillProcess, master: Master) -> None:
    till.press("РЕЖ")
    assert master.command(show_message(1)) == bytes.fromhex("03 06 02 00")


def test_option_27_off(till: TillProcess, master: Master) -> None:
    till.option(27, 0)
    answer = master.command(show_message(1))
    till.option(27, 1)
    assert answer == bytes.fromhex("03 06 02 00")


def test_it_is_served_while_a_request_is_open(till: TillProcess, master: Master) -> None:
    master.post(sale_request(PDF))
    assert master.command(show_message(3)) == bytes.fromhex("03 06 00 00")
    assert till.state == "request"


# Коды ошибок 1 and 3


@pytest.mark.parametrize("function", [0x00, 0x08, 0x7F, 0xFF])
def test_unknown_function(till: TillProcess, master: Master, function: int) -> None:
    till.expect_findings("unknown-function")
    assert master.command(bytes([3, function, 9, 9])) == bytes([3, function, 1, 0])


@pytest.mark.parametrize("vector", [0x00, 0x02, 0x7F])
def test_unknown_vector(till: TillProcess, master: Master, vector: int) -> None:
    till.expect_findings("bad-vector")
    assert master.command(bytes([vector, 5])) == bytes([3, 5, 1, 0])


@pytest.mark.parametrize("message", [b"", b"\x03"], ids=["0 bytes", "1 byte"])
def test_no_function_at_all(till: TillProcess, master: Master, message: bytes) -> None:
    till.expect_findings("bad-length")
    assert master.command(message) == bytes.fromhex("03 00 03 00")


def test_a_ping_too_long(till: TillProcess, master: Master) -> None:
    till.expect_findings("bad-length")
    assert master.command(PING + b"\0") == bytes.fromhex("03 05 03") + bytes(41)


@pytest.mark.parametrize("size", [2, 4])
def test_a_prompt_of_another_length(till: TillProcess, master: Master, size: int) -> None:
    till.expect_findings("bad-length")
    assert master.command(bytes([3, 6, 1, 0])[:size]) == bytes.fromhex("03 06 03 00")

"""The readings a user may change with `--set`, one till process each."""

from collections.abc import Iterator

import pytest

from tests.acceptance.conftest import Start
from tests.acceptance.master import Master
from tests.acceptance.selling import allow, close, finish, sell, until_identifier
from tests.acceptance.settling import settle
from tests.acceptance.tables import (
    ANNUL_RECEIPT,
    DONE,
    EAN,
    PDF,
    PING,
    SaleAnswer,
    graphics,
    identifier_request,
    no_more,
    sale_request,
)
from tests.acceptance.till_process import TillProcess

# max_outgoing: the till's transfers


def test_the_tills_messages_in_frames_of_40(start: Start) -> None:
    till, master = start("--set", "max_outgoing=40")
    master.synchronise()
    assert len(master.command(PING)) == 44
    assert len(master.command(PING, hs=1)) == 44
    receipt = sell(till, master).receipt
    assert close(till, master).total == 150_50
    allow(master)
    assert master.fetch() == identifier_request(receipt, 1)
    finish(till, master)
    assert till.findings() == set()


def test_ack_with_hs_0_waits_for_rdy(start: Start) -> None:
    _, master = start("--set", "max_outgoing=40", "--set", "frame_numbers=from-1")
    master.synchronise()
    master.post(PING)
    first = master.ask("RDY")
    assert (first.hs, first.number, len(first.payload)) == (1, 1, 40)
    master.control("ACK", hs=0)
    assert master.quiet()
    last = master.ask("RDY")
    assert (last.hs, last.number, len(last.payload)) == (0, 2, 4)
    master.control("ACK")
    assert master.nothing_to_fetch()


def test_rst_begins_the_transfer_again(start: Start) -> None:
    _, master = start("--set", "max_outgoing=15", "--set", "frame_numbers=from-1")
    master.synchronise()
    master.post(PING)
    first = master.ask("RDY")
    second = master.ask("ACK", hs=1)
    assert second.number == 2
    master.synchronise()
    again = master.ask("RST")
    assert (again.payload, again.number, again.hs) == (first.payload, 1, 1)
    assert len(master.take(again)) == 44


def test_nak_repeats_the_packet_of_a_transfer(start: Start) -> None:
    _, master = start("--set", "max_outgoing=40")
    master.synchronise()
    master.post(PING)
    first = master.ask("RDY")
    assert master.ask("NAK").raw == first.raw
    second = master.ask("ACK", hs=1)
    assert master.ask("NAK").raw == second.raw
    master.control("ACK")
    assert master.nothing_to_fetch()


def test_last_packet_hs(start: Start) -> None:
    _, master = start("--set", "max_outgoing=40", "--set", "last_packet_hs=1")
    master.synchronise()
    master.post(PING)
    assert master.ask("RDY").hs == 1
    assert master.ask("ACK", hs=1).hs == 1
    master.control("ACK")
    assert master.nothing_to_fetch()


# frame_numbers


@pytest.mark.parametrize(
    ("numbers", "accepted", "refused", "sent"), [("from-1", 1, 2, 1), ("from-2", 2, 1, 2), ("literal", 1, 2, 2)]
)
def test_first_frame_numbers(start: Start, numbers: str, accepted: int, refused: int, sent: int) -> None:
    _, master = start("--set", f"frame_numbers={numbers}")
    for at_start in (True, False):
        if not at_start:
            master.synchronise()
        master.ready()
        assert master.try_data(PING, number=refused).kind == "REJ"
        master.synchronise()
        assert master.try_data(PING, number=accepted).kind == "ACK"
        packet = master.ask("RDY")
        assert (packet.kind, packet.number) == ("DATA", sent)
        master.control("ACK")


@pytest.mark.parametrize("first", [1, 2])
def test_auto_takes_either_and_sends_what_the_master_showed(start: Start, first: int) -> None:
    till, master = start(first=first)
    for _ in range(2):
        master.synchronise()
        for _ in range(8):
            master.command(PING)
    assert master.resynchronised == 0
    assert till.findings() == set()


def test_auto_finds_the_number_when_the_till_speaks_first(start: Start) -> None:
    till, master = start(first=1)
    master.post(sale_request(PDF))
    till.power(False)
    till.power(True)
    till.press("5 ПИ")
    master.outgoing = master.incoming = 1
    assert SaleAnswer.read(master.fetch()).price == 5_00
    assert master.resynchronised <= 1


def test_auto_sends_from_2_before_it_knows(start: Start) -> None:
    till, master = start(first=2)
    master.post(sale_request(PDF))
    till.press("5 ПИ")
    assert master.ask("RDY").number == 2


# The rest of the link


def test_reply_address_of_the_master(start: Start) -> None:
    _, master = start("--set", "reply_address=master")
    master.answers_from = 0x00
    master.synchronise()
    assert master.command(PING)[1] == 5


@pytest.mark.parametrize("address", [12, 98])
def test_another_address_of_the_till(start: Start, address: int) -> None:
    till, master = start("--address", str(address), address=address)
    master.synchronise()
    assert master.command(PING)[1] == 5
    assert till.snapshot()["options"]["30"] == address


@pytest.mark.parametrize(("reply", "kind"), [("disc", "DISC"), ("busy", "BUSY"), ("silent", None)])
def test_busy_while_printing(start: Start, reply: str, kind: str | None) -> None:
    till, master = start("--set", "print_lines_per_s=10", "--set", f"busy_reply={reply}")
    assert till.press("1 0 0 ПИ")["printing"]
    if kind is None:
        master.control("RDY")
        assert master.quiet()
    else:
        assert master.ask("RDY").kind == kind
        assert master.try_data(PING).kind == "DISC"
        master.ready(within=20)
    till.until(lambda: not till.snapshot()["printing"])
    master.synchronise()
    assert master.command(PING)[35] == 1


def test_the_answer_waits_for_its_lines(start: Start) -> None:
    till, master = start("--set", "print_lines_per_s=10")
    master.post(sale_request(PDF))
    till.press("5 ПИ")
    assert master.ask("RDY").kind == "DISC"
    assert SaleAnswer.read(master.fetch(within=20)).price == 5_00


def test_entry_holds_queue_off(start: Start) -> None:
    till, master = start("--set", "entry_holds_queue=false")
    master.post(sale_request(PDF))
    till.press("5 ПИ 1")
    assert master.fetch()[:3] == b"\x03\x01\x00"
    assert master.ask("RDY").kind == "DISC"


def test_hs1_sale_answer_unasked(start: Start) -> None:
    till, master = start("--set", "hs1_sale_answer=unasked")
    master.post(sale_request(PDF), hs=1)
    till.press("5 ПИ")
    assert SaleAnswer.read(master.take(master.receive())).price == 5_00


def test_max_incoming(start: Start) -> None:
    till, master = start("--set", "max_incoming=400")
    receipt = until_identifier(till, master)
    master.post(graphics(1, [b"\xaa" * 5] * 37, 37), ready=False, size=400)
    assert master.fetch() == identifier_request(receipt, 2)


def test_no_answer_in_close_timeout(start: Start) -> None:
    till, master = start("--set", "close_timeout=1")
    sell(till, master)
    close(till, master)
    till.until(lambda: till.state == "refused")
    assert till.indicator == "НЕt СВ"
    close(till, master)
    allow(master)
    master.fetch()
    finish(till, master)


def test_the_identifier_is_asked_for_again_and_given_up(start: Start) -> None:
    till, master = start("--set", "close_timeout=1")
    receipt = until_identifier(till, master)
    assert master.fetch() == identifier_request(receipt, 1)
    till.until(lambda: till.press("С")["state"] != "qr_print")
    assert master.fetch() == bytes.fromhex("03 04 1B 00")
    assert "БЕЗ ИДЕНТИФИКАТОРА" in till.printed()


# Messages: one till that reads them all differently


@pytest.fixture(scope="module")
def other_till() -> Iterator[tuple[TillProcess, Master]]:
    till = TillProcess(
        *("--tcp", "127.0.0.1:0", "--pace", "off"),
        *("--set", "cancel_result=22", "--set", "annul_nothing_result=8"),
        *("--set", "alcohol_types=0,1,3", "--set", "check_ignored_fields=true"),
        *("--set", "datetime_order=little-endian", "--set", "bitmap_order=lsb"),
        *("--set", "model=2", "--set", "serial_number=MK-115-000000001", "--set", "fiscal=false"),
    )
    with Master(till.url) as master:
        yield till, master
        till.stop()


@pytest.fixture
def other(other_till: tuple[TillProcess, Master]) -> tuple[TillProcess, Master]:
    """That till in idle."""
    settle(*other_till)
    return other_till


def test_cancel_and_annul_results(other: tuple[TillProcess, Master]) -> None:
    till, master = other
    master.post(sale_request(PDF))
    till.press("С")
    assert master.fetch() == bytes([3, 1, 22]) + bytes(68)
    assert master.command(ANNUL_RECEIPT) == bytes([3, 7, 8, 0])


def test_check_ignored_fields(other: tuple[TillProcess, Master]) -> None:
    _, master = other
    request = bytearray(sale_request(PDF))
    request[4] = 0x1A
    assert master.command(bytes(request)) == bytes([3, 1, 3]) + bytes(68)


def test_an_empty_drawer_returns_no_cash(start: Start) -> None:
    till, master = start()
    till.press("ВЗ")
    sell(till, master)
    assert till.press("ИТ")["error"]["code"] == 25
    assert till.press("С")["state"] == "open"
    assert close(till, master, "КР").credit == 150_50


def test_alcohol_types(other: tuple[TillProcess, Master]) -> None:
    till, master = other
    assert sell(till, master, EAN).alcohol == 1
    assert close(till, master).alcohol == 1


def test_honour_request_fields(start: Start) -> None:
    till, master = start("--set", "honour_request_fields=true")
    master.post(sale_request(PDF, price=99_90, name="ВОДКА", section=3, tax=2))
    till.press("ПИ")
    answer = SaleAnswer.read(master.fetch())
    assert (answer.price, answer.sum, answer.section, answer.tax) == (99_90, 99_90, 3, 2)
    assert "ВОДКА" in till.printed()
    assert master.command(sale_request(PDF, quantity=2000))[2] == 27


def test_taxes_by_section(start: Start) -> None:
    till, master = start("--set", "section_tax=1,2,0", "--set", "tax_rates=18,10,0,0,0")
    till.press("1 1 0 ПИ 2 ОТД 1 1 0 ПИ 3 ОТД 1 1 0 ПИ")
    sell(till, master, PDF, "1 1 0")
    # 110.00 × 18/118 = 16.779…, twice; 110.00 × 10/110 = 10.00
    assert close(till, master).taxes == [2 * 16_78, 10_00, 0, 0, 0]


def test_dates_backwards(other: tuple[TillProcess, Master]) -> None:
    till, master = other
    till.call("POST", "/v1/clock", {"now": "2016-07-01T12:34:00"})
    assert master.command(PING)[26:31] == bytes.fromhex("34 12 16 07 01")


def test_bitmap_order(other: tuple[TillProcess, Master]) -> None:
    till, master = other
    until_identifier(till, master)
    master.answer(graphics(1, [b"\x01", b"\x80", b"\x03"], 8))
    master.fetch()
    master.answer(no_more(2))
    assert master.fetch() == DONE
    assert [entry["rows"] for entry in till.tape() if entry["kind"] == "bitmap"] == [["80", "01", "c0"]]


def test_model_serial_and_fiscal_mode(other: tuple[TillProcess, Master]) -> None:
    _, master = other
    raw = master.command(PING)
    assert raw[4] == 2
    assert raw[5:21] == b"MK-115-000000001"
    assert raw[22] == 3


def test_an_annulled_receipt_gives_its_number_back(start: Start) -> None:
    till, master = start("--set", "annulled_takes_number=false")
    first = sell(till, master).receipt
    till.press("АН ИТ")
    assert sell(till, master).receipt == first


def test_an_annulled_receipt_keeps_its_number(start: Start) -> None:
    till, master = start()
    first = sell(till, master).receipt
    till.press("АН ИТ")
    assert sell(till, master).receipt == first + 1


def test_a_master_may_leave_and_come_back(start: Start) -> None:
    for kind in ("tcp", "pty"):
        till, master = start(kind=kind)
        master.post(sale_request(PDF))
        master.close()
        with Master(till.url) as other:
            other.synchronise()
            till.press("5 ПИ")
            assert SaleAnswer.read(other.fetch()).price == 5_00

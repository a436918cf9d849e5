"""Power at each stage, the busy answer and deafness, over the wire [D-6, D-38]."""

from collections.abc import Callable

import pytest

from kkm_sim.clock import MS, SECOND
from kkm_sim.findings import FindingCode
from kkm_sim.link.packets import ControlCode
from kkm_sim.till.tape import Bitmap
from tests.support import till
from tests.wire_bench import ALLOW, END, PING, RDY, SYN, WireBench, codes, graphics_block, sale, show, text_block

ROW = 24 * b"A"


def ping_flags(bench: WireBench) -> int:
    answer = bench.command(PING)
    assert answer is not None
    return answer[22]


def test_off_is_silence() -> None:
    bench = WireBench(start="off")
    assert bench.say(RDY, SYN, bench.frame(PING, hs=True), listen=4 * SECOND) == []
    bench.simulator.power(True, bench.now)
    assert bench.say(RDY) == [till(ControlCode.RDY)]


@pytest.mark.parametrize(
    ("keys", "state"), [("", "menu"), ("1", "menu"), ("ВЗ", "menu"), ("1 ПИ", "open"), ("1 ПИ АН", "open")]
)
def test_straight_back_to_the_receipt_or_to_the_menu(keys: str, state: str) -> None:
    bench = WireBench().press(keys)
    bench.power_cut()
    assert bench.state == state
    assert ping_flags(bench) == (0x82 if state == "menu" else 0x83)
    assert bench.findings == []


def test_frame_counters_begin_again() -> None:
    bench = WireBench(frame_numbers="from-1")
    for _ in range(3):
        assert bench.command(show(1)) is not None
    bench.power_cut()
    bench._number = 4
    bench.say(RDY)
    assert bench.say(bench.frame(PING)) == [till(ControlCode.REJ)]
    bench.syn()
    assert bench.command(PING) is not None


def test_open_request_stays() -> None:
    bench = WireBench()
    assert bench.command(sale(b6=b"\x21")) is None
    bench.press("12")
    bench.power_cut()
    assert bench.state == "request"
    assert ping_flags(bench) == 0x8B
    bench.press("5 ПИ")  # the digits typed before are lost
    answer = bench.take()
    assert answer is not None
    assert answer[13] == 0x21
    assert answer[32:34] == bytes.fromhex("00 05")


def test_open_request_of_a_return_stays_one() -> None:
    bench = WireBench().press("ВЗ")
    assert bench.command(sale()) is None
    bench.power_cut()
    bench.press("5 ПИ")
    answer = bench.take()
    assert answer is not None
    assert answer[9] == 1


def _queued(bench: WireBench) -> None:
    pass


def _in_flight(bench: WireBench) -> None:
    assert codes(bench.say(RDY)) == ["DATA"]


@pytest.mark.parametrize("how", [_queued, _in_flight])
def test_unsent_answers_are_kept(how: Callable[[WireBench], None]) -> None:
    bench = WireBench()
    assert bench.command(sale()) is None
    bench.press("5 ПИ")
    how(bench)
    bench.power_cut()
    answer = bench.take()
    assert answer is not None
    assert answer[:3] == b"\x03\x01\x00"
    assert bench.take() is None


@pytest.mark.parametrize("how", [_queued, _in_flight])
def test_wait_for_permission_is_lost(how: Callable[[WireBench], None]) -> None:
    bench = WireBench()
    bench.bottle()
    bench.press("ИТ")
    how(bench)
    bench.power_cut()
    assert bench.state == "open"
    assert bench.take() is None
    bench.press("ИТ")
    request = bench.take()
    assert request is not None
    assert request[:2] == b"\x03\x02"


def test_permission_acknowledged_but_unanswered_is_lost_too() -> None:
    bench = WireBench().asked_to_close()
    bench.power_cut()
    bench.say(bench.frame(ALLOW))
    assert bench.state == "open"
    assert FindingCode.UNASKED_ANSWER in bench.findings


@pytest.mark.parametrize("how", [_queued, _in_flight])
def test_permission_is_kept_and_the_identifier_comes_from_block_1(how: Callable[[WireBench], None]) -> None:
    bench = WireBench().asked_for_identifier()
    bench.answer(graphics_block(1, 1, 1, 8, b"\xff"))
    how(bench)
    bench.power_cut()
    assert bench.state == "qr_print"
    assert bench.take() == bytes.fromhex("03 03 01 00 00 00 01 00")
    bench.answer(graphics_block(1, 1, 1, 8, b"\xff"))
    assert bench.take() == bytes.fromhex("03 03 01 00 00 00 02 00")
    bench.answer(END)
    assert sum(isinstance(entry, Bitmap) for entry in bench.till.tape.entries) == 2  # reprinted whole
    assert bench.take() == bytes.fromhex("03 04 00 00")


@pytest.mark.parametrize("how", [_queued, _in_flight])
def test_done_is_kept(how: Callable[[WireBench], None]) -> None:
    bench = WireBench().asked_for_identifier()
    bench.answer(END)
    how(bench)
    bench.power_cut()
    assert bench.state == "menu"
    assert bench.take() == bytes.fromhex("03 04 00 00")
    assert bench.take() is None


def until_ready(bench: WireBench, within: int = 30 * SECOND) -> None:
    """Lets the printer finish."""
    end = bench.now + within
    while bench.till.printing:
        assert bench.now < end
        bench.run(50 * MS)


def test_footer_half_printed_is_printed_to_its_end() -> None:
    bench = WireBench(print_lines_per_s=10)
    assert bench.command(sale()) is None
    bench.press("5 ПИ")
    until_ready(bench)
    assert bench.take() is not None
    bench.press("ИТ")
    assert bench.take() is not None
    bench.answer(ALLOW)
    until_ready(bench)
    assert bench.take() is not None
    bench.answer(END)
    bench.run(150 * MS)
    assert bench.till.printing
    bench.power_cut()
    assert bench.state == "qr_print"
    until_ready(bench)
    assert bench.printed[-1] == "Cut"
    assert bench.printed.count("ИТОГ                5.00") == 1
    assert bench.take() == bytes.fromhex("03 04 00 00")
    assert bench.state == "idle"


def test_total_half_printed_leads_to_block_1() -> None:
    bench = WireBench(print_lines_per_s=10)
    assert bench.command(sale()) is None
    bench.press("5 ПИ")
    until_ready(bench)
    assert bench.take() is not None
    bench.press("ИТ")
    assert bench.take() is not None
    bench.answer(ALLOW)
    bench.power_cut()
    assert codes(bench.say(RDY)) == [ControlCode.DISC]
    until_ready(bench)
    assert bench.take() == bytes.fromhex("03 03 01 00 00 00 01 00")


def test_transfer_half_received_is_lost() -> None:
    bench = WireBench().asked_for_identifier()
    block = text_block(1, ROW * 8)
    assert bench.say(bench.frame(block[:100], hs=True)) == [till(ControlCode.ACK, hs=True)]
    bench.power_cut()
    assert bench.take() == bytes.fromhex("03 03 01 00 00 00 01 00")
    bench.answer(block)
    assert bench.printed.count(ROW.decode()) == 8


# Printing [D-6]


@pytest.mark.parametrize(
    ("reply", "heard"),
    [("disc", [ControlCode.DISC]), ("busy", [ControlCode.BUSY]), ("silent", [])],
)
def test_busy_reply(reply: str, heard: list[ControlCode]) -> None:
    bench = WireBench(print_lines_per_s=10, busy_reply=reply).press("1 ПИ")
    assert codes(bench.say(RDY)) == heard
    assert codes(bench.say(bench.frame(PING, hs=True))) == [ControlCode.DISC]
    bench._number = 1  # refused, so the number was not consumed
    assert codes(bench.say(SYN)) == [ControlCode.RDY]
    until_ready(bench)
    assert bench.command(PING) is not None


def test_answer_waits_until_its_lines_are_out() -> None:
    bench = WireBench(print_lines_per_s=10)
    assert bench.command(sale()) is None
    bench.press("5 ПИ")
    pressed = bench.now
    while codes(said := bench.say(RDY)) == [ControlCode.DISC]:
        bench.run(20 * MS)
    assert codes(said) == ["DATA"]
    lines = len(bench.printed)
    assert lines * 100 * MS <= bench.now - pressed <= lines * 100 * MS + 100 * MS


def test_entry_is_answered_even_while_it_prints() -> None:
    bench = WireBench(print_lines_per_s=10, busy_reply="silent").press("1 ПИ 2")
    assert codes(bench.say(RDY)) == [ControlCode.DISC]


def test_deaf_at_the_start_of_each_printing() -> None:
    bench = WireBench(print_lines_per_s=10, deaf_ms=150)
    for _ in range(2):
        bench.press("1 ПИ")
        pressed = bench.now
        assert bench.say(RDY, SYN, bench.frame(PING), listen=0) == []
        bench.run(pressed + 149 * MS - bench.now)
        assert bench.say(RDY, listen=0) == []
        bench.run(pressed + 160 * MS - bench.now)
        assert bench.say(RDY) == [till(ControlCode.DISC)]
        until_ready(bench)
        assert bench.say(RDY) == [till(ControlCode.RDY)]

"""Functions 2 and 4 over the wire: the request's bytes, which answers count, how long the till waits."""

from datetime import datetime
from typing import Any

import pytest

from kkm_sim.clock import MS, SECOND, Instant
from kkm_sim.findings import FindingCode
from kkm_sim.link.packets import ControlCode
from kkm_sim.settings import Settings
from tests.support import master, till
from tests.wire_bench import ACK, ALLOW, DENY, END, PING, RDY, SYN, WAIT, WireBench, codes, sale, show

MIXED = (
    "150.5 ПИ − 10.5 ПИ "  # 140.00, tax 1: 21.36
    "2 ОТД 2.5 Х 10.1 ПИ + 10 % "  # 25.25 + 2.53, tax 2: 2.53
    "99.99 ПИ АН ПИ"  # annulled: two operations, no money
)

CLOSE_REQUEST = bytes.fromhex(
    "03 02  01 00 00 00  00"  # receipt 1, a sale
    "05 01 04"  # operations, alcohol, other
    "78 67 06 00 00 00 00"  # 667.78
    "50 10 00 00 00 00 00"  # discounts 10.50
    "53 02 00 00 00 00 00"  # markups 2.53
    "63 97 00 00 00 00 00"  # tax 1: 21.36 + 76.27 of the bottle
    "53 02 00 00 00 00 00"  # tax 2
    "00 00 00 00 00 00 00  00 00 00 00 00 00 00  00 00 00 00 00 00 00"
    "78 67 05 00 00 00 00"  # cash 567.78
    "00 00 01 00 00 00 00"  # credit 100.00
    "01 00"  # shift
    "31 12 16 23 59 58"
)


def mixed(**settings: Any) -> WireBench:
    bench = WireBench(section_tax=(1, 2), **settings)
    bench.press(MIXED)
    bench.bottle()
    bench.press("100 КР")
    bench.set_clock(datetime(2016, 12, 31, 23, 59, 58))
    return bench


def test_close_request_in_full() -> None:
    bench = mixed().press("ИТ")
    assert len(CLOSE_REQUEST) == 88
    assert bench.take() == CLOSE_REQUEST
    assert bench.findings == []


def test_each_attempt_has_its_own_moment() -> None:
    bench = mixed(datetime_order="little-endian").press("ИТ")
    assert bench.take() == CLOSE_REQUEST[:82] + bytes.fromhex("58 59 23 16 12 31")
    bench.answer(DENY)
    bench.set_clock(datetime(2017, 1, 1, 0, 7))
    bench.press("ИТ")
    assert bench.take() == CLOSE_REQUEST[:82] + bytes.fromhex("00 07 00 17 01 01")


def test_close_request_of_a_return_by_credit() -> None:
    bench = WireBench().press("ВЗ")
    bench.bottle("12.34")
    bench.press("КР")
    request = bench.take()
    assert request is not None
    assert request[6:17] == bytes.fromhex("01 01 01 00  34 12 00 00 00 00 00")
    assert request[66:80] == bytes.fromhex("00 00 00 00 00 00 00  34 12 00 00 00 00 00")


@pytest.mark.parametrize("keys", ["1 ПИ ИТ", "1 ПИ АН ИТ"])
def test_ordinary_and_annulled_receipts_send_nothing(keys: str) -> None:
    bench = WireBench().press(keys)
    assert bench.state == "idle"
    assert bench.take() is None


def test_receipt_with_all_alcohol_annulled_sends_nothing() -> None:
    bench = WireBench().press("1 ПИ")
    bench.bottle()
    bench.press("АН ПИ")
    assert bench.command(sale(1)) is not None
    bench.press("ИТ")
    assert bench.state == "idle"
    assert bench.take() is None


def test_annulling_the_whole_receipt_sends_nothing() -> None:
    bench = WireBench()
    bench.bottle()
    bench.press("АН ИТ")
    assert bench.take() is None


# The answer [D-32]

C = FindingCode


@pytest.mark.parametrize(
    ("answer", "state", "findings"),
    [
        ("03 02 00 00 00 00 00", "qr_print", []),
        ("03 02 00 01 00 00 00", "qr_print", []),
        ("03 02 00 02 00 00 00", "qr_print", [C.FOREIGN_RECEIPT]),
        ("03 02 00 0A 00 00 00", "qr_print", [C.BAD_BCD]),
        ("03 02 01 01 00 00 00", "refused", []),
        ("03 02 FF 00 00 00 00", "refused", []),
        ("03 02 01 99 00 00 00", "refused", [C.FOREIGN_RECEIPT]),
        ("03 02 00", "close_wait", [C.WRONG_ANSWER]),
        ("03 02 00 00 00 00", "close_wait", [C.WRONG_ANSWER]),
        ("03 02 00 00 00 00 00 00", "close_wait", [C.WRONG_ANSWER]),
        ("03 02", "close_wait", [C.WRONG_ANSWER]),
        ("03 03 01", "close_wait", [C.WRONG_ANSWER]),
        ("03 03 00 00 00 00 00 01 00 00 00 02 00 41 00", "close_wait", [C.WRONG_ANSWER]),
        ("03 04 00 00", "close_wait", [C.DATA_WITHOUT_RDY, C.UNASKED_ANSWER]),
    ],
)
def test_close_answers(answer: str, state: str, findings: list[FindingCode]) -> None:
    bench = WireBench().asked_to_close()
    bench.answer(bytes.fromhex(answer))
    assert bench.state == state
    assert bench.new_findings() == findings
    if state == "close_wait":
        bench.answer_after_rdy(ALLOW)  # the wait goes on
        assert bench.state == "qr_print"


def test_answer_in_two_frames() -> None:
    bench = WireBench().asked_to_close()
    bench.answer(ALLOW, max_frame=4)
    assert bench.state == "qr_print"
    assert bench.findings == []


def test_refusal_is_shown_and_tried_again() -> None:
    bench = WireBench().asked_to_close()
    bench.answer(DENY)
    assert bench.shows == "ОtКАЗАНО"
    bench.press("ИТ")
    assert bench.take() is not None
    bench.answer(ALLOW)
    assert bench.state == "qr_print"


def test_answer_before_the_request_was_taken_is_unasked() -> None:
    bench = WireBench()
    bench.bottle()
    bench.press("ИТ")
    bench.say(bench.frame(ALLOW))
    assert bench.findings == [C.DATA_WITHOUT_RDY, C.UNASKED_ANSWER]
    assert bench.state == "close_wait"


def test_answer_instead_of_ack_acknowledges_nothing_and_must_come_again() -> None:
    bench = WireBench()
    bench.bottle()
    bench.press("ИТ")
    (request,) = bench.say(RDY)
    assert bench.say(bench.frame(ALLOW)) == [till(ControlCode.ACK)]
    assert bench.new_findings() == [C.DATA_INSTEAD_OF_ACK, C.UNASKED_ANSWER]
    assert bench.state == "close_wait"
    assert bench.say(RDY) == [request]
    assert bench.say(ACK) == []
    bench.answer(ALLOW)
    assert bench.state == "qr_print"


def test_only_the_answer_may_follow_the_ack_without_rdy() -> None:
    bench = WireBench().asked_to_close()
    assert codes(bench.say(bench.frame(PING, hs=True))) == [ControlCode.ACK, "DATA"]
    assert bench.findings == [C.DATA_WITHOUT_RDY]


def test_after_an_exchange_with_another_till_the_answer_needs_rdy() -> None:
    bench = WireBench(Settings(print_lines_per_s=0), Settings(print_lines_per_s=0, option_30=2)).asked_to_close()
    assert codes(bench.say(master(ControlCode.RDY, address=2))) == [ControlCode.RDY]
    bench.answer(ALLOW)
    assert bench.findings == [C.DATA_WITHOUT_RDY]


def test_answer_to_the_attempt_before_is_unasked() -> None:
    bench = WireBench(close_timeout=5).asked_to_close()
    bench.run(6 * SECOND)
    bench.press("ИТ")
    bench.say(bench.frame(ALLOW))
    assert bench.state == "close_wait"
    assert C.UNASKED_ANSWER in bench.findings


@pytest.mark.parametrize("answer", [ALLOW, DENY])
def test_second_answer_is_unasked(answer: bytes) -> None:
    bench = WireBench().asked_to_close()
    bench.answer(DENY)
    bench.answer_after_rdy(answer)
    assert bench.state == "refused"
    assert bench.findings == [C.UNASKED_ANSWER]


def test_given_up_with_c() -> None:
    bench = WireBench()
    bench.bottle()
    bench.press("ИТ С")
    assert bench.state == "open"
    assert bench.take() is None  # what was queued of it is gone
    bench = WireBench().asked_to_close()
    bench.press("С")
    bench.answer(ALLOW)
    assert bench.state == "open"
    assert bench.findings == [C.UNASKED_ANSWER]


# close_timeout [D-4]


def wait_until(bench: WireBench, moment: int) -> None:
    bench.run(moment - bench.now)


def assert_gives_up_at(bench: WireBench, moment: int) -> None:
    wait_until(bench, moment - 1)
    assert bench.state == "close_wait"
    wait_until(bench, moment)
    assert bench.state == "refused"
    assert bench.shows == "НЕt СВ"


def test_timeout_counts_from_the_key() -> None:
    bench = WireBench()
    bench.bottle()
    bench.press("ИТ")
    assert_gives_up_at(bench, bench.now + 60 * SECOND)
    assert bench.take() is None  # nobody wants the answer now
    bench.say(bench.frame(ALLOW))
    assert bench.state == "refused"
    assert bench.findings == [C.UNASKED_ANSWER]


def test_timeout_counts_anew_from_ack_and_wait() -> None:
    bench = WireBench(close_timeout=5)
    bench.bottle()
    bench.press("ИТ")
    bench.run(4 * SECOND)
    assert codes(bench.say(RDY)) == ["DATA"]
    assert bench.say_raw(bytes.fromhex("7F 02 01 CA 35"), listen=0) == []
    wait_until(bench, bench.now + 4 * SECOND)
    assert bench.state == "close_wait"
    assert bench.say(WAIT, listen=0) == []
    assert_gives_up_at(bench, bench.now + 5 * SECOND)
    assert bench.findings == []


def test_nothing_owed_prolongs_the_wait() -> None:
    bench = WireBench(close_timeout=5)
    bench.bottle()
    bench.press("ИТ")
    pressed = bench.now
    assert bench.take() is not None
    acknowledged = bench.now - 30 * MS
    bench.run(SECOND)
    bench.command(PING)
    bench.syn()
    bench.say(bench.frame(b"\x03\x02"))
    assert acknowledged > pressed
    assert_gives_up_at(bench, Instant(acknowledged + 5 * SECOND))


def test_syn_lets_an_unacknowledged_request_go_out_anew() -> None:
    bench = WireBench()
    bench.bottle()
    bench.press("ИТ")
    (first,) = bench.say(RDY)
    bench.syn()
    (again,) = bench.say(RDY)
    assert again.encode()[6:] == first.encode()[6:]
    assert again.encode()[3] in (0xA1, 0xA2)
    assert bench.findings == []


# Function 4 [D-37]


def test_done_is_sent_once_and_wants_no_answer() -> None:
    bench = WireBench().asked_for_identifier()
    bench.answer(END)
    assert bench.state == "idle"
    assert bench.take() == bytes.fromhex("03 04 00 00")
    assert bench.take() is None


def test_done_goes_before_whatever_was_queued() -> None:
    bench = WireBench().asked_for_identifier()
    bench.say(RDY)
    assert bench.say(bench.frame(show(1))) == [till(ControlCode.ACK)]
    bench.say(bench.frame(END))
    assert bench.take() == bytes.fromhex("03 04 00 00")
    assert bench.take() == bytes.fromhex("03 06 00 00")


def test_done_waits_through_later_receipts_and_power_off() -> None:
    bench = WireBench().asked_for_identifier()
    bench.answer(END)
    bench.press("1 ПИ ИТ")
    bench.power_cut()
    bench.press("100000 2 ПИ ИТ")
    assert bench.take() == bytes.fromhex("03 04 00 00")
    assert bench.take() is None


def test_done_unacknowledged_is_repeated() -> None:
    bench = WireBench().asked_for_identifier()
    bench.answer(END)
    first, again = bench.say(RDY), bench.say(RDY)
    assert codes(first) == ["DATA"]
    assert first == again
    assert codes(bench.say(SYN)) == [ControlCode.RDY]
    assert bench.take() == bytes.fromhex("03 04 00 00")

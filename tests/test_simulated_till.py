"""Functions 1, 5, 6 and 7 over the wire: results by state and by order, lengths, values, echoes."""

from collections.abc import Callable
from datetime import datetime

import pytest

from kkm_sim.clock import MS, SECOND
from kkm_sim.findings import FindingCode
from kkm_sim.link.packets import ControlCode
from kkm_sim.messages.codes import ResultCode
from kkm_sim.simulated_till import refusal
from tests.support import master, master_data, till
from tests.wire_bench import ACK, ANNUL, DENY, END, PING, RDY, WireBench, codes, sale, show

State = Callable[[], WireBench]


def _open() -> WireBench:
    return WireBench().press("150 ПИ")


def _return_with_item() -> WireBench:
    return WireBench().press("ВЗ 150 ПИ")


def _refused() -> WireBench:
    bench = WireBench().asked_to_close()
    bench.answer(DENY)
    return bench


def _refused_return() -> WireBench:
    bench = WireBench(cash_in_drawer=100_000).press("ВЗ")
    bench.asked_to_close().answer(DENY)
    return bench


def _request() -> WireBench:
    bench = WireBench()
    assert bench.command(sale()) is None
    return bench


def _annul_scan(code_type: int = 1) -> WireBench:
    bench = WireBench()
    bench.bottle(code_type=code_type)
    return bench.press("АН ПИ")


STATES: dict[str, State] = {
    "menu": lambda: WireBench(start="menu"),
    "idle": WireBench,
    "return_armed": lambda: WireBench().press("ВЗ"),
    "open": _open,
    "refused": _refused,
    "request": _request,
    "annul_armed": lambda: _open().press("АН"),
    "annul_scan": _annul_scan,
    "close_wait": lambda: WireBench().asked_to_close(),
    "qr_print": lambda: WireBench().asked_for_identifier(),
}

ACCEPTED = None

# [D-34], typed from the decision: state, functions 1, 6, 7.
RESULTS = [
    ("menu", 2, 2, 2),
    ("idle", ACCEPTED, 0, 27),
    ("return_armed", ACCEPTED, 0, 27),
    ("open", ACCEPTED, 0, 0),
    ("refused", ACCEPTED, 0, 0),
    ("request", 27, 0, 27),
    ("annul_armed", 27, 0, 27),
    ("annul_scan", 0, 0, 27),
    ("close_wait", 27, 0, 27),
    ("qr_print", 27, 0, 27),
]


def result(bench: WireBench, message: bytes) -> int | None:
    """The result of a command; None for a sale request that the operator has to finish."""
    answer = bench.command(message)
    return None if answer is None else answer[2]


@pytest.mark.parametrize(("state", "sale_result", "show_result", "annul_result"), RESULTS)
@pytest.mark.parametrize("error_shown", [False, True])
def test_results_by_state(
    state: str, sale_result: int | None, show_result: int, annul_result: int, error_shown: bool
) -> None:
    for message, expected in ((sale(), sale_result), (show(1), show_result), (ANNUL, annul_result)):
        bench = STATES[state]()
        if error_shown:
            bench.press("%")  # an operator's mistake in every state; an error shown changes nothing
            if state not in ("close_wait", "qr_print"):
                assert bench.till.error is not None
        assert bench.state == ("open" if error_shown and state == "refused" else state)
        assert result(bench, message) == expected


@pytest.mark.parametrize("bench", [_return_with_item, _refused_return])
def test_second_item_of_a_return_is_refused(bench: State) -> None:
    assert result(bench(), sale()) == 27


@pytest.mark.parametrize(
    ("sold", "scanned", "expected"),
    [(1, 0, 27), (1, 1, 0), (1, 2, 0), (1, 3, 27), (3, 0, 27), (3, 1, 27), (3, 2, 27), (3, 3, 0)],
)
def test_annul_scan_takes_the_code_of_the_sale(sold: int, scanned: int, expected: int) -> None:
    bench = _annul_scan(sold)
    assert result(bench, sale(scanned)) == expected
    assert bench.state == ("annul_scan" if expected else "open")


@pytest.mark.parametrize("code_type", [0, 1, 3])
def test_every_code_type_but_the_duplicate_is_accepted(code_type: int) -> None:
    bench = WireBench()
    assert result(bench, sale(code_type)) is ACCEPTED
    assert bench.shows == "А      0.00"


def test_duplicate_pdf_is_refused_and_shown() -> None:
    bench = WireBench()
    assert result(bench, sale(2)) == 27
    assert bench.shows == "Err Alco"
    assert bench.state == "idle"


def test_request_cancelled_with_c() -> None:
    bench = _request()
    bench.press("5 С")
    assert bench.take() == bytes.fromhex("03 01 1B") + bytes(68)
    assert bench.state == "idle"


def test_entry_hears_disc_and_leaves_no_trace() -> None:
    bench = WireBench().press("1")
    assert codes(bench.say(RDY)) == [ControlCode.DISC]
    assert codes(bench.say(bench.frame(sale(), hs=True))) == [ControlCode.DISC]
    bench.press("С")
    assert not bench.till.request_open
    bench._number = 1  # the frame number was not consumed
    assert result(bench, sale()) is ACCEPTED


# [D-35]: every check before the one named would have refused too.


def _worst() -> WireBench:
    """Cash mode, request open, shift over 24 h, 200 operations, no paper."""
    bench = WireBench().press("1 ПИ " + "Х " * 198)
    assert result(bench, sale()) is ACCEPTED
    bench.press("1 ПИ")
    assert bench.take() is not None
    bench.set_clock(datetime(2016, 7, 2, 12, 0, 1))
    bench.paper(False)
    return bench


def test_order_of_checks() -> None:
    bench = _worst()
    assert result(bench, b"\x04\x01") == 1
    assert result(bench, b"\x03\x08") == 1
    assert result(bench, sale() + b"\x00") == 3
    assert result(bench, sale(4)) == 3
    assert result(bench, sale(2)) == 27
    bench.press("АН")
    assert result(bench, sale()) == 27
    bench.press("С")
    assert result(bench, sale()) == 22
    bench.set_clock(datetime(2016, 7, 2, 11, 59))
    assert result(bench, sale()) == 21
    bench.paper(True)
    bench.press("АН ИТ")
    bench.paper(False)
    assert result(bench, sale()) == 20
    bench.paper(True)
    assert result(bench, sale()) is ACCEPTED


@pytest.mark.parametrize(
    "bench", [lambda: WireBench(start="menu"), lambda: WireBench(option_27=0)], ids=["menu", "option 27 off"]
)
def test_format_is_checked_before_the_mode_and_the_mode_before_the_state(bench: State) -> None:
    till = bench()
    assert [result(till, message) for message in (sale(4), show(4), ANNUL + b"\x00\x00")] == [3, 3, 3]
    till.paper(False)
    assert [result(till, message) for message in (sale(2), show(1), ANNUL)] == [2, 2, 2]
    assert result(till, PING) == 0


def test_paper_is_wanted_by_what_prints() -> None:
    bench = _open()
    bench.paper(False)
    assert [result(bench, message) for message in (sale(), show(1), ANNUL, PING)] == [20, 0, 20, 0]


# Unknown, short, long, out of range: each with its whole answer [D-36].

SALE_3 = bytes.fromhex("03 01 03") + bytes(68)


@pytest.mark.parametrize(
    ("message", "answer", "finding"),
    [
        (b"", "03 00 03 00", FindingCode.BAD_LENGTH),
        (b"\x03", "03 00 03 00", FindingCode.BAD_LENGTH),
        (b"\x04\x05", "03 05 01 00", FindingCode.BAD_VECTOR),
        (b"\x00\x01", "03 01 01 00", FindingCode.BAD_VECTOR),
        (b"\x03\x00", "03 00 01 00", FindingCode.UNKNOWN_FUNCTION),
        (b"\x03\x08\x01\x02", "03 08 01 00", FindingCode.UNKNOWN_FUNCTION),
        (b"\x03\xff", "03 FF 01 00", FindingCode.UNKNOWN_FUNCTION),
        (sale()[:58], SALE_3.hex(), FindingCode.BAD_LENGTH),
        (sale() + b"\x00", SALE_3.hex(), FindingCode.BAD_LENGTH),
        (b"\x03\x01", SALE_3.hex(), FindingCode.BAD_LENGTH),
        (PING + b"\x00", "03 05 03" + "00" * 41, FindingCode.BAD_LENGTH),
        (b"\x03\x06", "03 06 03 00", FindingCode.BAD_LENGTH),
        (b"\x03\x06\x01\x00", "03 06 03 00", FindingCode.BAD_LENGTH),
        (ANNUL + b"\x00\x00", "03 07 03 00", FindingCode.BAD_LENGTH),
        (sale(4), SALE_3.hex(), FindingCode.BAD_VALUE),
        (sale(255), SALE_3.hex(), FindingCode.BAD_VALUE),
        (sale(b2=b"\x03"), SALE_3.hex(), FindingCode.BAD_VALUE),
        (show(0), "03 06 03 00", FindingCode.BAD_VALUE),
        (show(4), "03 06 03 00", FindingCode.BAD_VALUE),
    ],
)
def test_malformed_commands(message: bytes, answer: str, finding: FindingCode) -> None:
    bench = WireBench()
    assert bench.command(message, hs=False) == bytes.fromhex(answer)
    assert bench.new_findings() == [finding]
    assert result(bench, PING) == 0


@pytest.mark.parametrize("message", [b"", b"\x03", b"\x03\x01", b"\x03\x06", sale()[:58]])
def test_rest_of_a_short_message_is_awaited(message: bytes) -> None:
    bench = WireBench()
    bench.say(RDY)
    assert bench.say(bench.frame(message, hs=True)) == [till(ControlCode.ACK, hs=True)]


@pytest.mark.parametrize(
    ("message", "answer"),
    [
        (show(1), "03 06 00 00"),
        (show(2), "03 06 00 00"),
        (show(3), "03 06 00 00"),
        (ANNUL, "03 07 1B 00"),
        (ANNUL + b"\x00", "03 07 1B 00"),
        (ANNUL + b"\xff", "03 07 1B 00"),
    ],
)
def test_short_answers(message: bytes, answer: str) -> None:
    bench = WireBench()
    assert bench.command(message) == bytes.fromhex(answer)
    assert bench.findings == []


@pytest.mark.parametrize(("code", "text"), [(1, "SCAn EAN"), (2, "SCAn PdF"), (3, "ПОВtОР")])
def test_messages_on_the_indicator(code: int, text: str) -> None:
    bench = WireBench()
    assert result(bench, show(code)) == 0
    assert bench.shows == text


@pytest.mark.parametrize("message", [ANNUL, ANNUL + b"\x00"])
def test_annulment_of_the_open_receipt(message: bytes) -> None:
    bench = _open()
    assert bench.command(message) == bytes.fromhex("03 07 00 00")
    assert bench.shows == "АННУЛИРОВА"
    assert bench.till.receipt is None


def test_results_that_are_settings() -> None:
    bench = WireBench(annul_nothing_result=0, cancel_result=8)
    assert bench.command(ANNUL) == bytes.fromhex("03 07 00 00")
    assert result(bench, sale()) is ACCEPTED
    bench.press("С")
    assert bench.take() == bytes.fromhex("03 01 08") + bytes(68)


# The request's fields

ODD_FIELDS = {
    "b4": b"\x0a\xf0",  # no BCD
    "b6": b"\x98\x76\x54\x32\x10\xff\x00\x00\x01",
    "b15": b"\xff" * 5,
    "b20": b"\xff" * 5,
    "b25": b"\x98\x7f" + "вино".encode("cp1251") + b"\x07",
    "b58": b"\x7f",
}


def test_answer_to_a_sale_in_full() -> None:
    bench = WireBench()
    assert result(bench, sale(1, **ODD_FIELDS)) is ACCEPTED
    bench.press("350.5 ПИ")
    assert bench.take() == bytes.fromhex(
        "03 01 00 00"  # vector, function, result, reserve
        "01 00 00 00"  # receipt
        "01 00 01"  # operation number, a sale, alcohol
        "0A F0"  # item code, barcode and name as they came
        "98 76 54 32 10 FF 00 00 01"
        "00 10 00 00 00"  # 1.000
        "50 50 03 00 00"  # 350.50
        "50 50 03 00 00"
        "98 7F E2 E8 ED EE 07 00 00 00 00 00 00 00 00 00"
        "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"
        "01 01"  # section, tax
    )
    assert bench.findings == [FindingCode.BAD_BCD, FindingCode.BAD_BCD, FindingCode.BAD_TEXT]
    assert "ТОВАР" in bench.printed  # the name is echoed, not printed [D-9]


def test_answer_to_ordinary_goods_by_quantity() -> None:
    bench = WireBench()
    assert result(bench, sale(0)) is ACCEPTED
    bench.press("7 ОТД 2.5 Х 10.1 ПИ")
    answer = bench.take()
    assert answer is not None
    assert answer[8:11] == bytes.fromhex("01 00 00")
    assert answer[22:37] == bytes.fromhex("00 25 00 00 00  10 10 00 00 00  25 25 00 00 00")
    assert answer[69:71] == bytes.fromhex("07 01")


@pytest.mark.parametrize("fields", [{name: raw} for name, raw in ODD_FIELDS.items() if name in ("b4", "b6", "b25")])
def test_check_ignored_fields(fields: dict[str, bytes]) -> None:
    assert WireBench(check_ignored_fields=True).command(sale(1, **fields)) == SALE_3
    assert WireBench(check_ignored_fields=True).command(sale(1, b4=b"\x34\x12")) is None


@pytest.mark.parametrize("operation", [1, 2])
def test_operation_other_than_sale_is_taken_as_one(operation: int) -> None:
    bench = WireBench()
    assert result(bench, sale(b2=bytes((operation,)))) is ACCEPTED
    assert bench.new_findings() == [FindingCode.OPERATION_NOT_SALE]
    bench.press("1 ПИ")
    answer = bench.take()
    assert answer is not None
    assert answer[9] == 0


def test_what_the_request_became() -> None:
    bench = WireBench().press("ВЗ")
    assert bench.bottle()[8:11] == bytes.fromhex("01 01 01")
    bench = WireBench()
    bench.bottle()
    bench.press("АН ПИ")
    answer = bench.command(sale(b6=b"\x21"))
    assert answer is not None
    assert answer[4:14] == bytes.fromhex("01 00 00 00  02 02 01  00 00 21")
    assert answer[32:37] == bytes.fromhex("00 00 05 00 00")


def test_honoured_fields() -> None:
    bench = WireBench(honour_request_fields=True, section_tax=(1, 2))
    fields = {
        "b15": (2500).to_bytes(5, "little"),
        "b20": (1010).to_bytes(5, "little"),
        "b25": b"A\x98\x07B",
        "b57": b"\x0c\x03",
    }
    assert result(bench, sale(0, **fields)) is ACCEPTED
    bench.press("ПИ")
    answer = bench.take()
    assert answer is not None
    assert answer[22:41] == bytes.fromhex("00 25 00 00 00  10 10 00 00 00  25 25 00 00 00  41 98 07 42")
    assert answer[69:71] == bytes.fromhex("12 03")
    assert "A?B" in bench.printed  # byte 98 prints `?`, a control character nothing [D-36]


def test_alcohol_types() -> None:
    bench = WireBench(alcohol_types=(0,))
    assert bench.bottle(code_type=0)[10] == 1
    assert bench.bottle(code_type=1)[10] == 0


# HS and the moment of the answer [D-7]


def test_answer_of_a_synchronous_command_waits_for_rdy() -> None:
    bench = WireBench()
    bench.say(RDY)
    assert bench.say(bench.frame(PING), listen=1000 * MS) == [till(ControlCode.ACK)]
    answer = bench.take()
    assert answer is not None
    assert answer[:2] == PING


@pytest.mark.parametrize("hs", [False, True])
def test_sale_answer_waits_for_rdy(hs: bool) -> None:
    bench = WireBench()
    bench.say(RDY)
    assert bench.say(bench.frame(sale(), hs=hs)) == [till(ControlCode.ACK)]
    assert bench.take() is None
    bench.press("5 ПИ")
    bench.run(2000 * MS)
    answer = bench.take()
    assert answer is not None
    assert answer[:3] == b"\x03\x01\x00"
    assert bench.findings == []


def test_sale_answer_unasked() -> None:
    bench = WireBench(hs1_sale_answer="unasked")
    assert bench.command(sale()) is None
    since = len(bench.log)
    bench.press("5 ПИ")
    bench.run(30 * MS)
    ((_, raw),) = bench.log[since:]
    assert raw[6:9] == b"\x03\x01\x00"
    assert codes(again := bench.say(RDY)) == ["DATA"]  # no ACK came: the same packet at each RDY
    assert again[0].encode() == raw
    bench = WireBench(hs1_sale_answer="unasked")
    bench.say(RDY)
    bench.say(bench.frame(sale(), hs=False))
    since = len(bench.log)
    bench.press("5 ПИ")
    bench.run(1000 * MS)
    assert bench.log[since:] == []  # it was not asked with HS=1


def test_refusal_is_the_full_length_of_its_answer() -> None:
    assert [len(refusal(function, 27)) for function in (1, 5, 6, 7)] == [71, 44, 4, 4]
    assert refusal(1, 1, unknown=True) == bytes.fromhex("03 01 01 00")


def test_end_unasked_is_dropped() -> None:
    bench = WireBench()
    for message in (END, b"\x03\x02\x00\x00\x00\x00\x00", b"\x03\x04\x00\x00"):
        assert bench.command(message) is None
        assert bench.new_findings() == [FindingCode.UNASKED_ANSWER]


def test_a_message_of_two_frames_sent_again_is_executed_twice() -> None:
    bench = WireBench()
    message = sale()
    bench.say(RDY)
    bench.say(bench.frame(message[:30], hs=True))
    bench.say(bench.frame(message[30:]))
    assert codes(bench.say(master_data(2, message[30:]))) == [ControlCode.REJ]  # its ACK was lost
    bench.syn()
    bench.say(master(ControlCode.RST))
    bench.say(bench.frame(message[:30], hs=True))
    bench.say(bench.frame(message[30:]))
    assert FindingCode.EXECUTED_TWICE in bench.findings


def test_a_till_that_turns_deaf_while_it_answers_still_hears_the_ack() -> None:
    bench = WireBench(print_lines_per_s=10, deaf_ms=100).press("100 ПИ")
    bench.run(5 * SECOND)
    bench.say(RDY)
    assert codes(bench.say(bench.frame(b"\x03\x07", hs=True))) == [ControlCode.ACK, "DATA"]
    assert bench.say(ACK) == []
    bench.run(4 * SECOND)
    assert bench.findings == []
    assert codes(bench.say(RDY)) == [ControlCode.RDY]


def test_a_section_out_of_range_is_refused_where_it_is_used() -> None:
    request = sale()[:57] + bytes((150, 0))
    assert refused(WireBench(honour_request_fields=True).command(request)) == ResultCode.BAD_FORMAT
    bench = WireBench()
    assert bench.command(request) is None
    assert bench.findings == [FindingCode.BAD_VALUE]


def refused(answer: bytes | None) -> int:
    assert answer is not None
    return answer[2]

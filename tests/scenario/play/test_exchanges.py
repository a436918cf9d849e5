"""The functions of the document as steps, with every master: each passes once and fails once with its words."""

from typing import Any

import pytest

from kkm_sim.scenario.report.outcome import Update
from tests.scenario.plays import EAN, PDF, fails, failure, passes

ASK_SALE: dict[str, Any] = {"sale": {"send": {"code_type": "pdf"}}}
TAKE_SALE: dict[str, Any] = {"sale": {"expect": {}}}
SOLD: tuple[dict[str, Any], ...] = (ASK_SALE, {"keys": "1 5 0 ПИ"}, TAKE_SALE)
SCANNED: tuple[dict[str, Any], ...] = ({"scan": [EAN, PDF]}, {"indicator": "А      0.00"}, {"keys": "1 5 0 ПИ"})
END: dict[str, Any] = {"identifier": {"expect": {}, "send": {"result": 1}}}

PING = (
    "PingAnswer model=1 serial_number=1234567 flags=131 shift=1 moment=2016-07-01 12:00:00{}; "
    "03 05 00 00 01 31 32 33 34 35 36 37 00 00 00 00 00 00 00 00 00 00 83 01 00 01 07 16 12 00 00 "
    "00 00 00 00 00 00 00 00 00 00 00 00 00"
)
CLOSE_BYTES = (
    "03 02 01 00 00 00 00 01 01 00 00 50 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 88 22 00 00 00 00 00 "
    "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 50 01 00 00 00 00 00 00 00 "
    "00 00 00 00 01 00 01 07 16 12 00 00"
)
SALE = (
    "SaleAnswer receipt_number=1 operation_number=1 alcohol=True quantity=1000 price=15000 sum=15000 section=1 tax=1; "
    "03 01 00 00 01 00 00 00 01 00 01 00 00 00 00 00 00 00 00 00 00 00 00 10 00 00 00 00 50 01 00 00 00 50 01 00 00"
    + " 00" * 32 + " 01 01"
)  # fmt: skip


# The wire master


def test_a_receipt_from_its_sale_to_its_end() -> None:
    outcome = passes(
        {"ping": {"expect": {"flags": 131, "receipt_number": 0, "moment": "2016-07-01T12:00:00"}}},
        {"message": {"send": {"message": "scan_pdf"}}},
        {"indicator": "SCAn PdF"},
        {"sale": {"send": {"code_type": "pdf", "name": "Вино", "barcode": 4607012350015}}},
        {"indicator": "А      0.00"},
        {"keys": "1 5 0 . 5 ПИ"},
        {"sale": {"expect": {"sum": 15050, "alcohol": True, "name": "Вино", "barcode": 4607012350015, "operation": 0}}},
        {"keys": "ИТ"},
        {"close": {"expect": {"total": 15050, "kind": "sale", "alcohol": 1}, "send": {}}},
        {"identifier": {"expect": {"block": 1}, "send": {"qr": "http://check.egais.ru?id=1", "level": "L"}}},
        {"identifier": {"expect": {"block": 2}, "send": {"text": "Привет\nмир\n"}}},
        {"identifier": {"expect": {"block": 3}, "send": {"bitmap": ["ff00", "00ff"]}}},
        {"identifier": {"send": {"result": 1}, "expect": {"block": 4}}},
        {"done": {}},
        {"tape": {"contains": ["ИТОГ 150.50", "[bitmap 25x25]", "Привет", "мир", "[bitmap 16x2]", "[cut]"]}},
        {"receipt": "none"},
        {"findings": "none"},
        master="wire",
    )
    assert outcome.receipts == 1


def test_annul() -> None:
    passes(*SOLD, {"annul": {}}, {"indicator": "АННУЛИРОВА"}, {"receipt": "none"}, master="wire")
    expected, seen = fails({"annul": {}}, master="wire")
    assert expected == "the answer to `annul` within 5 s"
    assert seen == "result is 27 (rejected), expected 0: ShortAnswer result=27; 03 07 1b 00"
    passes({"annul": {"expect": {"result": 27}}}, master="wire")


def test_what_differs_is_named() -> None:
    expected, seen = fails({"ping": {"expect": {"flags": 131, "shift": 2, "total": 5}}}, master="wire")
    assert expected == "the answer to `ping` with flags 131, shift 2, total 5 within 5 s"
    assert seen == "shift is 1, expected 2; total is 0, expected 5: " + PING.format("")
    expected, seen = fails(ASK_SALE, {"keys": "150 ПИ"}, {"sale": {"expect": {"sum": 15050}}}, master="wire")
    assert (expected, seen) == (
        "the answer to `sale` with sum 15050 within 5 s",
        "sum is 15000, expected 15050: " + SALE,
    )
    expected, seen = fails(*SOLD, {"keys": "ИТ"}, {"close": {"expect": {"kind": "return"}}}, master="wire")
    assert expected == "`close` with kind return from the till within 5 s"
    assert seen.startswith(
        "kind is sale, expected return: CloseRequest receipt_number=1 operations=1 alcohol=1 total=15000"
    )
    assert seen.endswith("; " + CLOSE_BYTES)


def test_a_refusal_can_be_expected() -> None:
    refused: dict[str, Any] = {"send": {"code_type": "duplicate_pdf"}, "expect": {"result": 27}}
    passes({"sale": refused}, {"sale": refused, "hs": 1}, {"beep": "long"}, master="wire")
    expected, seen = fails({"sale": {"send": {"code_type": "duplicate_pdf"}, "expect": {"sum": 0}}}, master="wire")
    assert expected == "the answer to `sale` with sum 0 within 5 s"
    assert seen == "result is 27 (rejected), expected 0: SaleAnswer result=27; 03 01 1b" + " 00" * 68


def test_hears() -> None:
    wanted: dict[str, Any] = {"message": {"send": {"message": 2}}, "hears": "DISC"}
    passes({"keys": "1"}, wanted, {"keys": "С"}, {"message": {"send": {"message": 2}}}, master="wire")
    assert fails(wanted, master="wire") == ("DISC to `message`", "ACK: the till has taken it")
    nak = {"damage": {"of_master": {"flip": 7}}}
    passes(nak, {"ping": {}, "hears": "NAK"}, {"findings": ["bad-dcrc"]}, master="wire")


def test_the_till_is_not_ready_in_time() -> None:
    found = failure({"keys": "1"}, ASK_SALE | {"within": "1 s"}, master="wire")
    assert found.expected == "RDY from the till, ready for `sale`, within 1 s"
    assert found.seen == "DISC; 7f 02 01 e0 1f, at 810.868 ms"
    assert fails({"power": "off"}, {"ping": {}, "within": "1 s"}, master="wire")[1] == "nothing"
    assert fails({"cable": "out"}, {"ping": {}, "within": "1 s"}, master="wire")[1] == "nothing"
    assert fails({"close": {}, "within": "1 s"}, master="wire") == (
        "`close` from the till within 1 s",
        "RDY; 7f 02 01 e5 1a, at 810.868 ms",
    )
    passes({"keys": "1"}, {"ping": {}, "hears": "DISC"}, {"cable": "out"}, {"cable": "in"}, master="wire")


def test_a_message_of_the_till_must_be_taken_first() -> None:
    expected, seen = fails(ASK_SALE, {"keys": "150 ПИ"}, {"ping": {}}, master="wire")
    assert expected == "RDY from the till, ready for `ping`, within 5 s"
    assert seen.startswith(
        "a message of its own, which a step must take first: DATA 1 [71]: SaleAnswer receipt_number=1"
    )
    expected, seen = fails(ASK_SALE, {"keys": "150 ПИ"}, {"close": {}}, master="wire")
    assert (expected, seen) == ("`close` from the till within 5 s", "another message: " + SALE)


def test_an_answer_may_follow_later_after_rdy() -> None:
    passes(
        *SOLD,
        {"keys": "ИТ"},
        {"close": {}},
        {"wait": "1 s"},
        {"ping": {}},
        {"wait": "200 ms"},
        {"close": {"send": {"result": 0}}},
        {"identifier": {"expect": {"block": 1}}},
        {"ping": {"expect": {"receipt_number": 1}}},
        {"identifier": {"send": {"text": "x"}}},
        {"identifier": {"expect": {"block": 2}}},
        {"wait": "200 ms"},
        {"ping": {}},
        {"identifier": {"send": {"text": "y"}}},
        END,
        {"done": {}},
        {"tape": {"contains": ["x", "y", "[cut]"]}},
        master="wire",
    )


def test_the_receipt_may_be_refused() -> None:
    passes(*SOLD, {"keys": "ИТ"}, {"close": {"expect": {}, "send": {"result": 1}}}, {"state": "refused"}, master="wire")


def test_done_with_another_result_must_be_named() -> None:
    steps: list[dict[str, Any]] = [*SOLD, {"keys": "ИТ"}, {"close": {"expect": {}, "send": {}}}]
    given_up: list[dict[str, Any]] = [*steps, {"identifier": {}}, {"wait": "61 s"}, {"keys": "С"}]
    passes(*given_up, {"done": {"expect": {"result": 27}}}, master="wire")
    assert fails(*given_up, {"done": {}}, master="wire") == (
        "`done` from the till within 5 s",
        "result is 27 (rejected), expected 0: DonePacket result=27; 03 04 1b 00",
    )


def test_every_round_takes_its_own_numbers() -> None:
    passes(
        {
            "repeat": {
                "times": 3,
                "as": "n",
                "steps": [
                    ASK_SALE,
                    {"keys": "$n ПИ"},
                    {"sale": {"expect": {"receipt_number": "$r", "sum": "$sum", "operation": "$kind"}}},
                    {"receipt": {"number": "$r", "total": "$sum"}},
                    {"keys": "ИТ"},
                    {
                        "close": {
                            "expect": {"receipt_number": "$r", "total": "$sum", "kind": "$kind", "moment": "$at"},
                            "send": {"receipt_number": "$r"},
                        }
                    },
                    {"identifier": {"expect": {"receipt_number": "$r"}, "send": {"result": 1}}},
                    {"done": {}},
                    {"wait": "200 ms"},
                    {"ping": {"expect": {"receipt_number": "$r"}}},
                    {"receipt": "none"},
                ],
            }
        },
        {"wait": "200 ms"},
        {"ping": {"expect": {"receipt_number": 3}}},
        master="wire",
    )


def test_a_variable_with_a_value_must_be_equal() -> None:
    steps: list[dict[str, Any]] = [{"ping": {"expect": {"shift": "$n"}}}, {"wait": "1 s"}]
    passes(*steps, {"ping": {"expect": {"shift": "$n"}}}, master="wire")
    seen = fails(*steps, {"ping": {"expect": {"receipt_number": "$n"}}}, master="wire")[1]
    assert seen.startswith("receipt_number is 0, expected 1: PingAnswer")


def test_each_till_at_its_address() -> None:
    passes(
        {"till": 2, "keys": "5 ПИ"},
        {"till": 2, "ping": {"expect": {"total": 500}}},
        {"ping": {"expect": {"total": 0}}},
        {"till": 2, "sale": {"send": {"code_type": "beer"}}},
        {"till": 2, "keys": "6 ПИ"},
        {"till": 2, "sale": {"expect": {"sum": 600}}},
        master="wire",
        tills=[{"option_30": 1}, {"option_30": 2}],
    )


def test_the_master_s_address_in_the_till_s_packets() -> None:
    passes({"ping": {}}, *SOLD, {"send": "RDY"}, {"expect": "RDY"}, master="wire", settings={"reply_address": "master"})
    twice = {"message": {"send": {"message": 1}}}
    passes(twice, twice, {"expect": "RDY"}, *SCANNED, {"sale": {}}, settings={"reply_address": "master"})


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        ({"message": {}}, "`message` cannot be sent without `message`"),
        ({"sale": {"send": {}}}, "`sale` cannot be sent without `code_type`"),
        ({"sale": {"send": {"code_type": "$t"}}}, "code_type cannot be x"),
        ({"identifier": {"send": {"text": "☃"}}}, "`☃` cannot be written in Windows-1251"),
    ],
)
def test_what_cannot_be_said(step: dict[str, Any], sentence: str) -> None:
    assert fails(step, master="wire", variables={"t": "x"}) == ("values that the step can have", sentence)


# The SmartBox


def test_the_smartbox_asks_and_answers() -> None:
    passes(
        {"message": {"send": {"message": "scan_ean"}}},
        {"indicator": "SCAn EAN"},
        *SCANNED,
        {"sale": {"expect": {"sum": 15000, "receipt_number": "$r"}}},
        {"keys": "ИТ"},
        {"close": {"expect": {"receipt_number": "$r"}}},
        {"identifier": {"expect": {"block": 1}}},
        {"identifier": {"expect": {"block": 2}}},
        {"identifier": {"expect": {"block": 3}}},
        {"done": {}},
        {"ping": {"expect": {"operations": 0, "receipt_number": "$r"}}},
        *SCANNED,
        {"sale": {}},
        {"annul": {}},
        {"receipt": "none"},
    )


@pytest.mark.parametrize(
    ("steps", "differs"),
    [
        (
            [
                *({"wait": "1 s"}, {"scan": "beer:4600000000008"}, {"state": "request"}, {"keys": "200 ПИ"}),
                {"sale": {"expect": {"sum": 20000}}},
            ],
            "sum is 15000, expected 20000: ",
        ),
        (
            [
                *({"keys": "ИТ"}, {"indicator": "ОtКАЗАНО"}, {"keys": "С"}, {"keys": "20 ПИ"}, {"keys": "ИТ"}),
                {"close": {"expect": {"operations": 2}}},
            ],
            "operations is 1, expected 2: ",
        ),
    ],
)
def test_the_first_message_of_a_function_is_the_one_meant(steps: list[dict[str, Any]], differs: str) -> None:
    """The next one would fit, but one that does not came before it."""
    assert fails({"utm": "down"}, *SCANNED, *steps)[1].startswith(differs)
    passes({"utm": "down"}, *SCANNED, *steps[:-1], *({verb: {}} for verb in steps[-1]), steps[-1])


def test_other_messages_may_stand_between() -> None:
    passes(*SCANNED, {"keys": "ИТ"}, {"done": {}})


def test_a_variable_stands_for_one_value_in_a_message() -> None:
    same, other = {"shift": "$x", "model": "$x"}, {"shift": "$x", "operations": "$x"}
    for master in ("wire", "smartbox"):
        passes({"ping": {"expect": same}}, {"ping": {"expect": {"shift": "$x"}}}, master=master)
        assert "operations is 0, but shift is 1: both are $x" in fails({"ping": {"expect": other}}, master=master)[1]


def test_ping_after_a_long_wait() -> None:
    passes(*[{"wait": "87600 h"}] * 2, {"ping": {"expect": {"moment": "2036-06-26T12:00:00"}}}, master="wire")
    ages = {"repeat": {"times": 900, "steps": [{"wait": "87600 h"}]}}
    passes(ages, {"ping": {}}, {"keys": "1 ПИ"}, {"receipt": {"total": 100}}, master="wire")


def test_a_message_that_passed_is_not_seen_twice() -> None:
    expected, seen = fails(*SCANNED, {"sale": {}}, {"sale": {}, "within": "1 s"})
    assert expected == "the answer to `sale` within 1 s"
    assert seen == "no such message"


def test_the_smartbox_has_what_was_seen_to_pass() -> None:
    """A scan right after it is not turned away as too early."""
    passes(*SCANNED, {"sale": {}}, {"scan": "beer:4600000000008"}, {"state": "request"})


def test_what_the_smartbox_tells_stands_by() -> None:
    expected, seen = fails({"ping": {"expect": {"shift": 2}}})
    assert expected == "the answer to `ping` with shift 2 within 5 s"
    assert seen == "\n".join(
        [
            "shift is 1, expected 2: " + PING.format(" at 44.513 ms"),
            "the SmartBox: the till answers",
            "the SmartBox: till 1234567: cash mode, SmartBox on, shift 1, receipt 0: 0 operations, "
            "0 of them alcohol, 0.00",
        ]
    )


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        (ASK_SALE, "the SmartBox asks by itself: use `scan`, or `master: wire`"),
        ({"close": {"send": {}}}, "the SmartBox answers by itself: use `utm`, or `master: wire`"),
        ({"identifier": {"send": {}}}, "the SmartBox answers by itself: use `utm`, or `master: wire`"),
        (
            {"ping": {}, "hs": 1},
            "the SmartBox frames and repeats by itself: `hears`, `hs`, `frames` need `master: wire`",
        ),
        (
            {"message": {"send": {"message": 1, "vector": 3}}},
            "the SmartBox fills in vector by itself: use `master: wire`",
        ),
        ({"till": 2, "ping": {}}, "the SmartBox speaks with till 1 only, not with till 2"),
    ],
)
def test_what_the_smartbox_does_by_itself(step: dict[str, Any], sentence: str) -> None:
    found = fails(step, tills=[{"option_30": 1}, {"option_30": 2}])
    assert found == ("a step that can be done here", sentence)


def test_the_line_is_handed_over() -> None:
    passes(
        {"message": {"send": {"message": "repeat"}}},
        {"master": "smartbox"},
        *SCANNED,
        {"sale": {"expect": {"sum": 15000}}},
        {"keys": "ИТ"},
        {"close": {}},
        {"identifier": {"expect": {"block": 1}}},
        {"identifier": {"expect": {"block": 2}}},
        {"master": "wire"},
        {"identifier": {"send": {"text": "От руки", "block": 2}}},
        {"identifier": {"expect": {"block": 3}, "send": {"result": 1}}},
        {"done": {}},
        {"tape": {"contains": ["[bitmap 41x41]", "От руки", "[cut]"]}},
        {"master": "smartbox"},
        {"ping": {"expect": {"receipt_number": 1}}},
        {"findings": ["unasked-answer"]},  # the SmartBox had block 2 ready
        master="wire",
    )


def test_what_passed_before_the_line_was_handed_over_is_forgotten() -> None:
    expected, seen = fails(*SOLD, {"master": "smartbox"}, {"sale": {}, "within": "1 s"}, master="wire")
    assert (expected, seen.splitlines()[0]) == ("the answer to `sale` within 1 s", "no such message")


# --update


def test_update_writes_the_named_fields_as_they_came() -> None:
    step: dict[str, Any] = {
        "sale": {"send": {"code_type": 2}, "expect": {"result": 0, "operation": "return", "sum": "$s"}},
        "update": True,
    }
    outcome = passes(step, master="wire", update=True)
    (update,) = outcome.updates
    value = {"send": {"code_type": "duplicate_pdf"}, "expect": {"result": 27, "operation": "sale", "sum": "$s"}}
    assert update == Update(update.at, "sale", value)
    outcome = passes({"ping": {"expect": {"shift": 9, "moment": "2020-01-01T00:00:00"}}, "update": True}, update=True)
    assert outcome.updates[0].value == {"expect": {"shift": 1, "moment": "2016-07-01T12:00:00"}}


def test_update_needs_something_to_see() -> None:
    step = {"close": {"expect": {"total": 1}}, "within": "1 s", "update": True}
    assert fails(step, master="wire", update=True)[0] == "`close` from the till within 1 s"
    assert fails(step, update=True)[0] == "`close` with total 1 from the till within 1 s"


# PING


def test_two_pings_keep_their_interval() -> None:
    passes({"ping": {}}, {"ping": {}}, {"findings": "none"}, master="wire")

"""`send` and `expect`: packets, bytes, silence, damage and time."""

from typing import Any

import pytest

from kkm_sim.scenario.report.outcome import Update
from tests.scenario.plays import EAN, PDF, fails, passes, played

ASK: dict[str, Any] = {"send": "RDY"}
RDY = "RDY; 7f 02 01 e5 1a, at 10.868 ms"
PING_NOW: list[dict[str, Any]] = [ASK, {"expect": "RDY"}, {"send": {"ping": {}, "hs": 1}}, {"expect": "ACK"}]
PING = (
    "DATA 1 [44]: PingAnswer model=1 serial_number=1234567 flags=131 shift=1 moment=2016-07-01 12:00:00; "
    "7f 02 01 a1 5e 00 03 05 00 00 01 31 32 33 34 35 36 37 00 00 00 00 00 00 00 00 00 00 83 01 00 01 07 16 12 00 00 "
    "00 00 00 00 00 00 00 00 00 00 00 00 00 7f 03 d7, at 44.513 ms"
)


@pytest.mark.parametrize(
    ("send", "expect"),
    [
        ("RDY", "RDY"),
        ("SYN", {"packet": "RDY", "hs": 0}),
        ("RDY HS=1", {"hex": "7f 02 01 e5 1a"}),
        ({"hex": "7f 02 01 c5 3a"}, "RDY"),
        ({"packet": 1}, {"silence": "1 s"}),
        ("BUSY", {"silence": "1 s"}),
        ({"data": "03 05"}, "ACK"),
        ({"data": "03 05", "number": 5}, "REJ"),
        ({"data": "03 05", "number": "$n"}, "ACK"),
        ({"message": {"message": "repeat"}, "number": 2}, "ACK"),
        ({"sale": {"code_type": "pdf"}, "hs": 0}, "ACK"),
        ({"data": "03 05", "hs": 0}, "ACK HS=0"),
    ],
)
def test_a_packet_and_what_it_hears(send: Any, expect: Any) -> None:
    passes({"send": send}, {"expect": expect}, {"findings": "any"}, master="wire", variables={"n": 1})


@pytest.mark.parametrize(
    "acted", [{"keys": "С"}, {"cable": "in"}, {"utm": "up"}, {"clock": "2016-07-01T13:00:00"}, {"paper": "in"}]
)
def test_with_the_smartbox_it_looks_from_what_was_done_last_on(acted: dict[str, Any]) -> None:
    answer = {"expect": "RDY", "within": "50 ms"}  # the next one comes 123 ms later
    passes({"wait": "900 ms"}, answer)
    passes(acted, {"wait": "300 ms"}, {"state": "idle"}, {"wait": "600 ms"}, answer)
    assert fails({"wait": "900 ms"}, acted, answer) == ("RDY within 50 ms", "nothing")


def test_what_was_done_is_nothing_to_the_functions() -> None:
    sold: list[dict[str, Any]] = [
        {"scan": [EAN, PDF]},
        {"indicator": "А      0.00"},
        {"keys": "1 5 0 ПИ"},
        {"wait": "1 s"},
    ]
    passes(*sold, {"clock": "2016-07-01T13:00:00"}, {"sale": {"expect": {"sum": 15000}}})


@pytest.mark.parametrize(
    "expect",
    [
        {"ping": {}},
        {"ping": {"shift": 1, "flags": "$f"}, "hs": 0, "number": 1},
        {"ping": {"moment": "2016-07-01T12:00:00"}, "number": "$m"},
        {"ping": {"shift": "$x", "model": "$x"}, "number": "$x"},
        {"hex": PING.split("; ")[1].split(",")[0]},
        {"data": PING.split("; 7f 02 01 a1 5e 00 ")[1].split(" 7f 03")[0]},
    ],
)
def test_a_data_packet(expect: Any) -> None:
    passes(*PING_NOW, {"expect": expect}, {"send": "ACK"}, master="wire")


@pytest.mark.parametrize(
    ("expect", "expected", "seen"),
    [
        ("ACK HS=1", "ACK HS=1 within 5 s", PING),
        ({"ping": {"shift": 2}}, "`ping` with shift 2 within 5 s", "shift is 1, expected 2; " + PING),
        (
            {"ping": {"shift": "$x", "operations": "$x"}},
            "`ping` with shift $x, operations $x within 5 s",
            "operations is 0, but shift is 1: both are $x; " + PING,
        ),
        (
            {"ping": {"operations": "$x"}, "number": "$x"},
            "`ping` with operations $x, frame number $x within 5 s",
            "frame number 1, expected 0; " + PING,
        ),
        ({"sale": {}}, "`sale` within 5 s", "it is no SaleAnswer; " + PING),
        ({"ping": {}, "hs": 1}, "`ping`, HS=1 within 5 s", "HS=0, expected HS=1; " + PING),
        (
            {"data": "03 05 00 01", "number": 3},
            "data 03 05 00 01, frame number 3 within 5 s",
            "44 bytes, expected 4; byte 3 is 00, expected 01; frame number 1, expected 3; " + PING,
        ),
    ],
)
def test_another_data_packet(expect: Any, expected: str, seen: str) -> None:
    assert fails(*PING_NOW, {"expect": expect}, master="wire") == (expected, seen)


@pytest.mark.parametrize(
    ("expect", "expected", "seen"),
    [
        ({"expect": "ACK"}, "ACK within 5 s", RDY),
        ({"expect": "RDY HS=1"}, "RDY HS=1 within 5 s", RDY),
        ({"expect": {"packet": 4}}, "control 4 within 5 s", RDY),
        ({"expect": {"data": "03"}}, "data 03 within 5 s", RDY),
        ({"expect": {"hex": "7f 02 01 c5 3a"}}, "7f 02 01 c5 3a within 5 s", "byte 3 is e5, expected c5; " + RDY),
        ({"expect": {"silence": "1 s"}}, "silence for 1 s", RDY),
        ({"expect": "RDY", "not_before": "20 ms"}, "RDY, not before 20 ms", "it began 10.000 ms after the last byte"),
        ({"expect": "RDY", "not_after": "9 ms"}, "RDY, not after 9 ms", "it began 10.000 ms after the last byte"),
    ],
)
def test_another_packet(expect: dict[str, Any], expected: str, seen: str) -> None:
    assert fails(ASK, expect, master="wire") == (expected, seen)
    passes(ASK, {"expect": "RDY", "not_before": "10 ms", "not_after": "10 ms"}, master="wire")


def test_nothing_comes() -> None:
    assert fails({"expect": "RDY", "within": "1 s"}, master="wire") == ("RDY within 1 s", "nothing")
    assert played({"expect": "RDY", "within": "1 s"}, master="wire").time == 1_000_000_000


def test_the_very_next_packet_counts() -> None:
    assert fails(ASK, ASK, {"expect": "RDY"}, {"expect": "ACK"}, master="wire")[1].startswith("RDY; ")
    assert fails(ASK, {"wait": "1 s"}, {"expect": {"silence": "1 s"}}, master="wire")[1] == RDY


def test_a_packet_begins_after_the_quiet_that_is_asked_for() -> None:
    passes(
        ASK,
        {"expect": "RDY"},
        ASK | {"after": "3 ms"},
        {"expect": "RDY"},
        {"findings": ["gap-too-short"]},
        master="wire",
    )
    outcome = passes(ASK | {"after": "1 s"}, master="wire")
    assert 989_000_000 < outcome.time < 992_000_000


def test_packets_that_cross() -> None:
    crossing = [ASK, ASK | {"after": "9500 us"}]
    findings = {"findings": "any"}
    assert fails(*crossing, {"expect": "RDY"}, master="wire") == (
        "RDY, after at least 10 ms of quiet",
        "it began 0.000 ms after the last byte",
    )
    passes(*crossing, {"expect": "RDY", "not_before": "0 ns"}, findings, master="wire")
    assert fails(*crossing, {"expect": "RDY", "not_before": "1 ns"}, master="wire")[0] == "RDY, not before 1 ns"


def test_damage_is_heard() -> None:
    flipped = {"damage": {"of_till": {"flip": 3}}}
    assert fails(flipped, ASK, {"expect": "RDY"}, master="wire") == (
        "RDY within 5 s",
        "damaged bytes (bad-fcrc) at 10.868 ms; 7f 02 01 e4 1a",
    )
    passes(flipped, ASK, {"expect": {"hex": "7f 02 01 e4 1a"}}, ASK, {"expect": "RDY"}, master="wire")
    passes({"damage": {"of_till": "drop"}}, ASK, {"expect": {"silence": "1 s"}}, master="wire")
    passes({"damage": {"of_master": "drop"}}, ASK, {"expect": {"silence": "1 s"}}, master="wire")
    passes({"damage": {"of_till": {"cut": 2}}}, ASK, {"expect": {"hex": "7f 02"}}, master="wire")


def test_any_damage_is_the_seed_s() -> None:
    steps: list[dict[str, Any]] = [{"damage": {"of_till": {"flip": "any"}}}, ASK, {"expect": "RDY"}]
    seen = [fails(*steps, master="wire", seed=seed)[1] for seed in (1, 1, 2)]
    assert seen[0] == seen[1] != seen[2]


def test_packets_to_a_till_that_is_not_there() -> None:
    passes({"till": 7, **ASK}, {"till": 7, "expect": {"silence": "1 s"}}, master="wire")
    tills = {"tills": [{"option_30": 1}, {"option_30": 12}]}
    passes({"till": 12, **ASK}, {"till": 12, "expect": "RDY"}, master="wire", **tills)
    seen = fails({"till": 12, **ASK}, {"expect": "RDY"}, master="wire", **tills)[1]
    assert seen == "address 12, expected 01; RDY; 7f 02 12 e5 09, at 10.868 ms"


def test_the_block_asked_for_is_answered() -> None:
    passes(
        {"sale": {"send": {"code_type": "pdf"}}},
        {"keys": "5 ПИ"},
        {"sale": {}},
        {"keys": "ИТ"},
        {"close": {"expect": {}, "send": {}}},
        {"identifier": {"expect": {}, "send": {"text": "x"}}},
        {"identifier": {}},
        {"send": {"identifier": {"text": "y"}}},
        {"expect": "ACK"},
        {"identifier": {"expect": {"block": 3}}},
        master="wire",
    )


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        ({"send": {"data": "03", "number": "$x"}}, "a frame number is 0 to 7, not 9"),
        ({"send": {"sale": {}}}, "`sale` cannot be sent without `code_type`"),
        ({"send": {"data": "03", "number": "$y"}}, "there is no variable $y here"),
    ],
)
def test_what_no_packet_can_hold(step: dict[str, Any], sentence: str) -> None:
    assert fails(step, master="wire", variables={"x": 9}) == ("values that the step can have", sentence)


# With the SmartBox


def test_others_may_stand_before_what_is_watched_for() -> None:
    passes({"scan": EAN}, {"expect": "ACK"}, {"expect": {"message": {"result": 0}}}, {"expect": "RDY"})
    passes({"power": "off"}, {"wait": "1 s"}, {"expect": {"silence": "1 s"}})


@pytest.mark.parametrize(
    ("step", "expected", "seen"),
    [
        (
            {"expect": "ACK HS=1", "within": "1 s"},
            "ACK HS=1 within 1 s",
            "the last was RDY; 7f 02 01 e5 1a, at 857.812 ms",
        ),
        ({"expect": {"silence": "1 s"}}, "silence for 1 s", "RDY; 7f 02 01 e5 1a, at 10.868 ms"),
        (
            {"expect": "RDY", "not_before": "20 ms"},
            "a step that can be done here",
            "when a packet begins is judged with `master: wire` only",
        ),
        ({"send": "RDY"}, "a step that can be done here", "the SmartBox has the line: `send` needs `master: wire`"),
    ],
)
def test_what_is_watched_for_does_not_come(step: dict[str, Any], expected: str, seen: str) -> None:
    assert fails(step) == (expected, seen)


@pytest.mark.parametrize(
    ("expect", "value"),
    [
        ("ACK", {"data": PING.split("; 7f 02 01 a1 5e 00 ")[1].split(" 7f 03")[0]}),
        ({"ping": {"shift": 9}, "number": 5}, {"ping": {"shift": 1}, "number": 1}),
        ({"ping": {"shift": "$s"}, "hs": 1}, {"ping": {"shift": "$s"}, "hs": 0}),
        ({"hex": "00"}, {"hex": PING.split("; ")[1].split(",")[0]}),
        ({"data": "00"}, {"data": PING.split("; 7f 02 01 a1 5e 00 ")[1].split(" 7f 03")[0]}),
    ],
)
def test_update(expect: Any, value: Any) -> None:
    outcome = passes(*PING_NOW, {"expect": expect, "update": True}, {"send": "ACK"}, master="wire", update=True)
    (update,) = outcome.updates
    assert update == Update(update.at, "expect", value)


def test_update_of_a_control_packet() -> None:
    outcome = passes(ASK, {"expect": "ACK HS=1", "update": True}, master="wire", update=True)
    assert outcome.updates[0].value == "RDY"
    outcome = passes({"expect": "ACK HS=1", "update": True}, update=True)
    assert outcome.updates[0].value == "RDY"

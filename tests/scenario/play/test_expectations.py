"""What a person sees and hears: each expectation holds once, and fails once with its words."""

from typing import Any

import pytest

from kkm_sim.scenario.report.outcome import Rewriting
from tests.scenario.plays import fails, passes, played

SALE: dict[str, Any] = {"keys": "1 5 0 ПИ"}
HEADER = """\
ООО РОМАШКА
ИНН 7701234567
ККМ 1234567
01-07-2016 12:00
СМЕНА 0001 ЧЕК 0001
КАССИР 1
ПРОДАЖА
"""
ITEM = "ТОВАР\n1 x 150.00 150.00\n"
SEEN_TAPE = """\
on the tape:
  ООО РОМАШКА
  ИНН 7701234567
  ККМ 1234567
  01-07-2016 12:00
  СМЕНА 0001 ЧЕК 0001
  КАССИР 1
  ПРОДАЖА
  ТОВАР
  1 x 150.00        150.00
"""
WITHOUT_RDY = (
    "`data-without-rdy` at 1.909 ms: data sent without asking RDY first (document, «Основные алгоритмы обмена»); "
    "7f 02 01 81 7e 00 03 05 7f 03 f8"
)
A_FINDING: dict[str, Any] = {"send": {"ping": {}}}


@pytest.mark.parametrize(
    "expectation",
    [
        {"indicator": "150.00"},
        {"indicator": "  150.00 "},
        {"indicator": "$price.00"},
        {"state": "open"},
        {"beep": "short"},
        {"receipt": {"number": 1, "kind": "sale", "total": 15000, "discounts": 0, "markups": 0}},
        {"receipt": {"operations": 1, "alcohol": 0}},
        {"receipt": {"total": "$sum"}},
        {"receipt": {}},
        {"findings": "none"},
        {"findings": "any"},
        {"tape": HEADER + ITEM},
        {"tape": [*HEADER.splitlines(), "ТОВАР", "1 x $price.00     150.00"]},
        {"tape": {"contains": ["ПРОДАЖА", "1 x 150.00 150.00"]}},
    ],
)
def test_it_holds_at_once(expectation: dict[str, Any]) -> None:
    outcome = passes(SALE, expectation, variables={"price": 150, "sum": 15000})
    assert outcome.time == 0


@pytest.mark.parametrize(
    ("expectation", "expected", "seen"),
    [
        ({"indicator": "150.50"}, "`150.50` within 5 s", "`150.00`, state `open`"),
        ({"state": "idle", "within": "250 ms"}, "`idle` within 250 ms", "`open`, `150.00` on the indicator"),
        ({"beep": "long"}, "a long beep within 5 s", "a short beep"),
        ({"beep": "none"}, "no beep", "a short beep"),
        (
            {"receipt": "none"},
            "no open receipt within 5 s",
            "an open receipt with number 1, kind sale, total 15000, discounts 0, markups 0, operations 1, alcohol 0",
        ),
        (
            {"receipt": {"number": "$x", "total": "$x"}},
            "an open receipt within 5 s",
            "total is 15000, but number is 1: both are $x",
        ),
        (
            {"receipt": {"operations": 2, "total": 15050, "kind": "sale"}},
            "an open receipt with kind sale, total 15050, operations 2 within 5 s",
            "total is 15000, expected 15050, operations is 1, expected 2",
        ),
        (
            {"tape": [*HEADER.splitlines(), "ПИВО"]},
            "\n  ".join(["on the tape, within 5 s:", *HEADER.splitlines(), "ПИВО"]),
            "line 8 is `ТОВАР`, expected `ПИВО`\n" + SEEN_TAPE.rstrip(),
        ),
        (
            {"tape": "ООО РОМАШКА\n"},
            "on the tape, within 5 s:\n  ООО РОМАШКА",
            "line 2, `ИНН 7701234567`, is one too many\n" + SEEN_TAPE.rstrip(),
        ),
        (
            {"tape": {"contains": ["ТОВАР", "ИТОГ"]}},
            "on the tape, within 5 s, with others between:\n  ТОВАР\n  ИТОГ",
            "not there: `ИТОГ`, after `ТОВАР`\n" + SEEN_TAPE.rstrip(),
        ),
    ],
)
def test_it_fails_with_what_is_there(expectation: dict[str, Any], expected: str, seen: str) -> None:
    assert fails(SALE, expectation) == (expected, seen)


@pytest.mark.parametrize(
    ("expectation", "expected", "seen"),
    [
        ({"beep": "short"}, "a short beep within 5 s", "no beep"),
        ({"tape": ["x"]}, "on the tape, within 5 s:\n  x", "line 1 is missing: `x`\nnothing new on the tape"),
        (
            {"receipt": {"total": 1}},
            "an open receipt with total 1 within 5 s",
            "no receipt is open, state `idle`",
        ),
        ({"findings": ["bad-fcrc", "bad-fcrc"]}, "`bad-fcrc`, `bad-fcrc` within 5 s", "no findings"),
        ({"till": 7, "indicator": ""}, "a till at address 7", "the only till is at 1"),
    ],
)
def test_where_nothing_happens(expectation: dict[str, Any], expected: str, seen: str) -> None:
    outcome = played(expectation)
    assert fails(expectation) == (expected, seen)
    assert outcome.time == (0 if "till" in expectation else 5_000_000_000)


def test_the_last_beep_counts() -> None:
    passes(SALE, {"keys": "ВЗ"}, {"beep": "long"}, {"beep": "none"}, {"keys": "С"}, {"beep": "short"})


def test_findings_in_any_order_and_one_too_many() -> None:
    wrong: list[dict[str, Any]] = [{"send": {"hex": "7f 02 01 c5 3b"}}, A_FINDING, {"wait": "20 ms"}]
    passes(*wrong, {"findings": ["data-without-rdy", "bad-fcrc"]}, {"findings": "none"}, master="wire")
    expected, seen = fails(A_FINDING, {"findings": ["bad-fcrc"]}, master="wire")
    assert (expected, seen) == ("`bad-fcrc` within 5 s", WITHOUT_RDY)
    assert played(A_FINDING, {"findings": ["bad-fcrc"]}, master="wire").time < 50_000_000
    assert fails(A_FINDING, {"findings": "none"}, master="wire") == ("no findings", WITHOUT_RDY)
    passes(A_FINDING, {"findings": "any"}, {"findings": "none"}, master="wire")


def test_findings_are_waited_for() -> None:
    outcome = passes(
        {"send": {"data": "03", "number": 5}},
        {"expect": "REJ"},
        {"findings": ["data-without-rdy", "wrong-frame-number", "no-packet-in-3s"]},
        master="wire",
    )
    assert 3_000_000_000 < outcome.time < 3_100_000_000


def test_each_till_has_its_own() -> None:
    tills = {"tills": [{"option_30": 1}, {"option_30": 2}]}
    passes(
        {"till": 2, "keys": "5 ПИ"},
        {"till": 2, "indicator": "5.00"},
        {"indicator": "0.00"},
        {"till": 2, "beep": "short"},
        {"beep": "none"},
        {"till": 2, "receipt": {"total": 500}},
        {"receipt": "none"},
        {"tape": []},
        {"till": 2, "tape": {"contains": ["ТОВАР"]}},
        {"till": 2, "state": "open"},
        **tills,
    )
    assert fails({"till": 3, "state": "idle"}, **tills) == ("a till at address 3", "the tills are at 1, 2")


@pytest.mark.parametrize(
    ("expectation", "value"),
    [
        ({"indicator": "?"}, "150.00"),
        ({"state": "idle"}, "open"),
        ({"beep": "none"}, "short"),
        ({"receipt": {"total": 1, "operations": "$n"}}, {"total": 15000, "operations": "$n"}),
        (
            {"receipt": "none"},
            {"number": 1, "kind": "sale", "total": 15000, "discounts": 0, "markups": 0, "operations": 1, "alcohol": 0},
        ),
        ({"findings": ["bad-fcrc"]}, "none"),
        ({"tape": "?"}, HEADER + "ТОВАР\n1 x 150.00        150.00\n"),
        ({"tape": {"contains": ["?"]}}, [*HEADER.splitlines(), "ТОВАР", "1 x 150.00        150.00"]),
        ({"tape": HEADER + ITEM}, HEADER + "ТОВАР\n1 x 150.00        150.00\n"),
    ],
)
def test_update_takes_what_there_is(expectation: dict[str, Any], value: object) -> None:
    step = expectation | {"update": True}
    outcome = passes(SALE, step, {"state": "open"}, update=True)
    (rewriting,) = outcome.rewritings
    (verb,) = expectation
    assert rewriting == Rewriting(rewriting.at, verb, value)


def test_the_mark_means_nothing_without_update() -> None:
    assert fails(SALE, {"state": "idle", "update": True})[0] == "`idle` within 5 s"

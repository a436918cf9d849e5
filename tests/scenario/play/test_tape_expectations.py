"""The tape: every line printed since the last step, or some of them; never before the printer stands still."""

from typing import Any

import pytest

from kkm_sim.scenario.play.tape_expectations import tape_line
from kkm_sim.till.tape import Bitmap, Cut, TapeEntry, TextLine
from tests.scenario.plays import fails, passes

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
IDENTIFIED: list[dict[str, Any]] = [
    {"sale": {"send": {"code_type": "pdf"}}},
    {"keys": "5 ПИ"},
    {"sale": {}},
    {"keys": "ИТ"},
    {"close": {"expect": {}, "send": {}}},
    {"tape": {"contains": ["ИТОГ 5.00"]}},
    {"identifier": {"expect": {}, "send": {"bitmap": ["ff00", "01ff"], "bits": 15}}},
]


def test_nothing_on_the_tape_can_be_expected() -> None:
    passes({"tape": []}, SALE, {"tape": HEADER + ITEM}, {"tape": ""}, {"beep": "short"}, {"beep": "none"})


def test_it_waits_until_it_holds() -> None:
    slow = {"settings": {"print_lines_per_s": 10}}
    outcome = passes(SALE, {"tape": {"contains": ["ТОВАР"]}}, **slow)
    assert outcome.time == 800_000_000
    outcome = passes(SALE, {"tape": HEADER + ITEM}, **slow)
    assert outcome.time == 900_000_000


def test_the_whole_tape_does_not_pass_while_more_is_on_its_way() -> None:
    expected, seen = fails(SALE, {"tape": HEADER, "within": "750 ms"}, settings={"print_lines_per_s": 10})
    assert expected.startswith("on the tape, within 750 ms:\n  ООО РОМАШКА\n")
    assert seen.startswith("it prints on\non the tape:\n  ООО РОМАШКА\n")
    assert seen.endswith("\n  ПРОДАЖА")


def test_without_paper_the_tape_stands_still() -> None:
    passes(
        SALE,
        {"wait": "450 ms"},
        {"paper": "out"},
        {"indicator": "Err 20"},
        {"tape": HEADER.splitlines()[:4]},
        {"paper": "in"},
        {"keys": "С"},
        {"tape": [*HEADER.splitlines()[4:], *ITEM.splitlines()]},
        settings={"print_lines_per_s": 10},
    )


def test_contains_goes_on_behind_the_last_line_that_matched() -> None:
    passes(
        SALE,
        {"tape": {"contains": ["ИНН 7701234567", "КАССИР 1"]}},
        {"tape": ["ПРОДАЖА", "ТОВАР", "1 x 150.00 150.00"]},
        {"keys": "ИТ"},
        {"tape": {"contains": ["ИТОГ 150.00", "[cut]"]}},
        {"tape": []},
    )


def test_what_is_wrong_stands_before_the_lines() -> None:
    seen = fails(SALE, {"tape": {"contains": ["ТОВАР", "КАССИР 1"]}})[1]
    assert seen.startswith("not there: `КАССИР 1`, after `ТОВАР`\non the tape:\n")
    seen = fails(SALE, {"tape": HEADER + "ТОВАР\n"})[1]
    assert seen.startswith("line 9, `1 x 150.00 150.00`, is one too many\non the tape:\n")
    seen = fails(SALE, {"tape": HEADER + ITEM + "СДАЧА 5.50\n"})[1]
    assert seen.startswith("line 10 is missing: `СДАЧА 5.50`\non the tape:\n")
    seen = fails(SALE, {"tape": HEADER + "ВОДА\n1 x 150.00 150.00\n"})[1]
    assert seen.startswith("line 8 is `ТОВАР`, expected `ВОДА`\non the tape:\n")
    assert fails({"tape": ["a"]})[1] == "line 1 is missing: `a`\nnothing new on the tape"


def test_update_of_a_tape_takes_all_of_it() -> None:
    passes(SALE, {"tape": {"contains": ["?"]}, "update": True}, {"tape": []}, update=True)


def test_a_bitmap_by_its_size_or_by_its_dots() -> None:
    passes(*IDENTIFIED, {"tape": {"contains": ["[bitmap 15x2]"]}}, master="wire")
    passes(*IDENTIFIED, {"tape": {"contains": ["[bitmap 15x2 ff00 01fe]"]}}, master="wire")
    seen = fails(*IDENTIFIED, {"tape": {"contains": ["[bitmap 15x2 ff00 ffff]"]}}, master="wire")[1]
    assert "\n  [bitmap 15x2 ff00 01fe]\n" in f"{seen}\n"
    assert seen.startswith("not there: `[bitmap 15x2 ff00 ffff]`\non the tape:\n")


@pytest.mark.parametrize(
    ("entry", "line"),
    [
        (TextLine("ИТОГ              150.00"), "ИТОГ              150.00"),
        (Cut(), "[cut]"),
        (Bitmap(9, 2, (b"\xff\x80", b"\x00\x80")), "[bitmap 9x2]"),
    ],
)
def test_entries_as_lines(entry: TapeEntry, line: str) -> None:
    assert tape_line(entry) == line
    dots = " ff80 0080]" if isinstance(entry, Bitmap) else ""
    assert tape_line(entry, dots=True) == (line.removesuffix("]") + dots if dots else line)

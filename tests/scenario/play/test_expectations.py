"""What a person sees and hears: each expectation holds once, and fails once with its words; and the waiting."""

from datetime import datetime
from typing import Any

import pytest

from kkm_sim.clock import SECOND
from kkm_sim.scenario.format.steps import Expectation, StateStep
from kkm_sim.scenario.format.variables import Scope
from kkm_sim.scenario.play.expectations import Check, tape_line, wait_for
from kkm_sim.scenario.play.scene import NotMet, Scene
from kkm_sim.scenario.play.virtual_stage import VirtualStage
from kkm_sim.scenario.report.outcome import Update
from kkm_sim.settings import Settings
from kkm_sim.simulator import Simulator
from kkm_sim.till.tape import Bitmap, Cut, TapeEntry, TextLine
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
    (update,) = outcome.updates
    (verb,) = expectation
    assert update == Update(update.at, verb, value)


def test_the_mark_means_nothing_without_update() -> None:
    assert fails(SALE, {"state": "idle", "update": True})[0] == "`idle` within 5 s"


# Waiting: asked at once, then after what happens, until the time is over


class Packets(Check):
    """So many packets have passed."""

    def __init__(self, scene: Scene, step: Expectation, wanted: int) -> None:
        super().__init__(scene, step)
        self.wanted = wanted
        self.taken = 0

    @property
    def expected(self) -> str:
        return f"{self.wanted} packets {self.soon}"

    def holds(self, simulator: Simulator) -> bool:
        return simulator.wire.last >= self.wanted

    def seen(self, simulator: Simulator) -> str:
        return f"{simulator.wire.last} packets"

    def value(self, simulator: Simulator) -> object:
        return simulator.wire.last

    def passed(self, simulator: Simulator) -> None:
        self.taken = simulator.wire.last


def scene(*, update: bool = False) -> Scene:
    stage = VirtualStage([Settings()], wall=datetime(2016, 7, 1), start="cash")
    return Scene(stage, Scope(), update=update)


STEP = StateStep.model_validate({"state": "idle", "within": "1 s"})
MARKED = StateStep.model_validate({"state": "idle", "within": "1 s", "update": True})


def test_it_is_over_as_soon_as_it_holds() -> None:
    shared = scene()
    check = Packets(shared, STEP, 4)
    wait_for(check, shared, STEP)
    assert check.taken == 4
    assert 0 < shared.now < SECOND
    began = shared.now
    wait_for(check, shared, STEP)
    assert shared.now == began


def test_it_does_not_come() -> None:
    shared = scene()
    check = Packets(shared, STEP, 1000)
    with pytest.raises(NotMet, match=r"^expected 1000 packets within 1 s, seen \d+ packets$"):
        wait_for(check, shared, STEP)
    assert shared.now == SECOND
    assert check.taken == 0


def test_what_is_judged_at_once_passes_no_time() -> None:
    shared = scene()
    check = Packets(shared, STEP, 1000)
    check.waits = False
    with pytest.raises(NotMet):
        wait_for(check, shared, STEP)
    assert shared.now == 0


def test_what_has_settled_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = scene()
    check = Packets(shared, STEP, 1000)
    monkeypatch.setattr(check, "settled", lambda simulator: simulator.wire.last >= 2)
    with pytest.raises(NotMet, match="seen 2 packets"):
        wait_for(check, shared, STEP)


def test_update_takes_what_there_is_when_the_time_is_over() -> None:
    shared = scene(update=True)
    check = Packets(shared, MARKED, 1000)
    wait_for(check, shared, MARKED)
    assert shared.updates == [Update(MARKED.at, "state", check.taken)]
    assert shared.now == SECOND


# The tape: every line printed since the last step, or some of them; never before the printer stands still


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

"""A scenario as a whole: order, rounds, included files, failures, what the outcome tells."""

from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kkm_sim.clock import SECOND, Instant
from kkm_sim.scenario.format.model import Scenario
from kkm_sim.scenario.format.position import Position
from kkm_sim.scenario.format.steps import IncludeStep, Step
from kkm_sim.scenario.format.till_settings import till_settings
from kkm_sim.scenario.play.player import play
from kkm_sim.scenario.play.trace import Trace
from kkm_sim.scenario.play.virtual_stage import VirtualStage
from kkm_sim.scenario.report.failure_text import failure_text
from kkm_sim.simulator import Simulator
from tests.scenario.plays import EAN, PDF, QUICK, fails, failure, passes, played

T = TypeVar("T")

ITEM: dict[str, Any] = {"keys": "1 5 0 ПИ"}
SCANNED: list[dict[str, Any]] = [{"scan": [EAN, PDF]}, {"indicator": "А      0.00"}]
WITHOUT_RDY: dict[str, Any] = {"send": {"ping": {}}}


def scenario(*steps: dict[str, Any], **more: Any) -> Scenario:
    return Scenario.model_validate({"title": "A test", "settings": QUICK, **more, "steps": list(steps)})


def test_the_outcome() -> None:
    outcome = passes(
        ITEM, {"keys": "ИТ"}, {"wait": "3 s"}, {"receipt": "none"}, seed=7, settings={"option_30": 5} | QUICK
    )
    assert (outcome.title, outcome.file, outcome.steps) == ("A test", "", 4)
    assert (outcome.time, outcome.findings, outcome.receipts) == (3 * SECOND, 0, 1)
    assert outcome.passed
    assert outcome.properties == {
        "seed": "7",
        "master": "smartbox",
        "receipts": "1",
        "till address": "5",
        "firmware": "130RU051",
    }


def test_every_till_is_told() -> None:
    outcome = passes({"state": "idle"}, tills=[{"option_30": 5}, {"option_30": 12}])
    assert outcome.properties["till address"] == "5, 12"


def test_a_message_of_the_till_that_no_step_takes() -> None:
    """It came by itself, as HS=1 asked for, and the scenario ended as if there were nothing."""
    asked: list[dict[str, Any]] = [
        {"send": "RDY"}, {"expect": "RDY"}, {"send": {"ping": {}, "hs": 1}}, {"expect": "ACK"}, {"wait": "1 s"},
    ]  # fmt: skip
    expected, seen = fails(*asked, master="wire")
    assert expected == "no message of the till that no step has taken"
    assert seen.startswith("DATA 1 [44]: PingAnswer")
    passes(*asked, {"expect": {"ping": {}}}, master="wire")


def test_the_outcome_of_a_failure() -> None:
    outcome = played(ITEM, {"indicator": "1"}, {"keys": "ИТ"})
    assert not outcome.passed
    assert (outcome.steps, outcome.receipts, outcome.time) == (2, 0, 5 * SECOND)


def test_the_whole_text_of_a_failure() -> None:
    played_scenario = scenario({"wait": "1 ms"}, {"send": "RDY"}, {"ping": {"expect": {"flags": 1}}}, master="wire")
    played_scenario.steps[2].located(Position("shop.kkm.yaml", 9, 5, "ping:  # in cash mode\n  expect: {flags: 1}"))
    found = play(played_scenario).failure
    assert found is not None
    assert (
        failure_text(found)
        == """\
shop.kkm.yaml:9:5  (step 3)
    ping:  # in cash mode
      expect: {flags: 1}
expected the answer to `ping` with flags 1 within 5 s
seen     flags is 131, expected 1: PingAnswer model=1 serial_number=1234567 flags=131 shift=1 moment=2016-07-01 \
12:00:00; 03 05 00 00 01 31 32 33 34 35 36 37 00 00 00 00 00 00 00 00 00 00 83 01 00 01 07 16 12 00 00 00 00 00 00 \
00 00 00 00 00 00 00 00 00
the last packets:
          1.000 ms  master ⇄ till 1  RDY, answered RDY, 2 times
         44.472 ms  master → till 1  DATA 1 HS=1 [2]: PingRequest; 7f 02 01 91 6e 00 03 05 7f 03 f8
         56.381 ms  till 1 → master  ACK; 7f 02 01 ea 15
         67.250 ms  till 1 → master  DATA 1 [44]: PingAnswer model=1 serial_number=1234567 flags=131 shift=1 moment=\
2016-07-01 12:00:00; 7f 02 01 a1 5e 00 03 05 00 00 01 31 32 33 34 35 36 37 00 00 00 00 00 00 … (53 bytes)"""
    )


def test_polls_that_lead_to_nothing_are_one_line() -> None:
    found = failure({"wait": "10 s"}, {"indicator": "x"})
    assert [line.split("ms ")[1].strip() for line in found.packets] == [
        "master → till 1  SYN; 7f 02 01 cc 33",
        "till 1 → master  RDY; 7f 02 01 e5 1a",
        "master ⇄ till 1  RDY, answered RDY, 70 times",
    ]


def test_only_the_last_ten_packets_are_told() -> None:
    found = failure(*[{"message": {"send": {"message": 1}}}] * 3, {"indicator": "x"}, master="wire")
    assert len(found.packets) == 10
    assert found.packets[-1].split()[1:] == ["ms", "master", "→", "till", "1", "ACK;", "7f", "02", "01", "ca", "35"]


# Rounds and included files


def test_rounds_count_and_keep_their_variables() -> None:
    sale: list[dict[str, Any]] = [
        {"keys": "$i$i ПИ"},
        {"receipt": {"number": "$n", "total": "$sum"}},
        {"keys": "ИТ"},
        {"tape": {"contains": ["ИТОГ $i$i.00", "[cut]"]}},
    ]
    outcome = passes({"repeat": {"times": 9, "as": "i", "steps": sale}}, {"receipt": "none"})
    assert (outcome.receipts, outcome.steps) == (9, 37)


def test_a_failure_knows_its_round() -> None:
    inner = {
        "repeat": {"times": 2, "as": "j", "steps": [{"wait": "1 s"}, {"keys": "$i ПИ С"}, {"receipt": {"total": "$t"}}]}
    }
    found = failure({"wait": "1 s"}, {"repeat": {"times": 3, "as": "i", "steps": [inner, {"indicator": "2.00"}]}})
    assert (found.number, found.path, found.verb) == ("2.2", ("round 1 of 3",), "indicator")
    seen = failure({"repeat": {"times": 3, "as": "i", "steps": [{"repeat": {"times": 2, "as": "j", "steps": [
        {"keys": "$i ПИ"}, {"receipt": {"operations": "$j"}},
    ]}}]}})  # fmt: skip
    assert (seen.number, seen.path) == ("1.1.2", ("round 2 of 3", "round 1 of 2"))
    assert seen.seen == "operations is 3, expected 1"


def test_a_variable_of_a_round_is_gone_after_it() -> None:
    steps: list[dict[str, Any]] = [ITEM, {"repeat": {"times": 1, "steps": [{"receipt": {"total": "$t"}}]}}]
    assert fails(*steps, {"keys": "$t"}) == ("values that the step can have", "there is no variable $t here")


def included(
    file: str | dict[str, Any], *steps: dict[str, Any], defaults: dict[str, int | str] | None = None
) -> IncludeStep:
    """An include step as the loader makes it."""
    step = IncludeStep.model_validate({"include": file})
    step.included(tuple(scenario(*steps).steps), defaults)
    return step


def test_included_steps_have_their_own_variables_and_leave_what_they_bind() -> None:
    sell: list[dict[str, Any]] = [{"keys": "$price ПИ"}, {"receipt": {"total": "$total"}}]
    include = included({"file": "sell.steps.yaml", "with": {"price": "$x"}}, *sell, defaults={"price": 1, "more": 2})
    plain = included("sell.steps.yaml", *sell[:1], {"keys": "$x$more ПИ"}, defaults={"price": 1, "more": 2})
    after = scenario({"indicator": "72.00"}, {"receipt": {"total": "$total"}}, {"keys": "$price"}, variables={"x": 7})
    whole = after.model_copy(update={"steps": [include, plain, *after.steps]})
    found = play(whole).failure
    assert found is not None
    assert (found.number, found.seen) == ("4", "total is 8000, expected 700")
    whole = after.model_copy(update={"steps": [include, after.steps[2]]})
    found = play(whole).failure
    assert found is not None
    assert found.seen == "there is no variable $price here"


def test_a_failure_knows_what_included_it() -> None:
    include = included("sell.steps.yaml", ITEM, {"indicator": "1"})
    base = scenario({"repeat": {"times": 2, "steps": [ITEM]}})
    repeat = base.steps[0]
    assert repeat.VERB == "repeat"
    rounds = repeat.model_copy(update={"repeat": repeat.repeat.model_copy(update={"steps": [include]})})  # type: ignore[attr-defined]
    found = play(base.model_copy(update={"steps": [rounds]})).failure
    assert found is not None
    assert (found.number, found.path) == ("1.1.2", ("round 1 of 2", "include sell.steps.yaml"))


def test_what_an_included_file_is_given_must_have_a_value() -> None:
    include = included({"file": "sell.steps.yaml", "with": {"price": "$y"}}, ITEM)
    found = play(scenario(ITEM).model_copy(update={"steps": [include]})).failure
    assert found is not None
    assert (found.number, found.verb, found.seen) == ("1", "include", "there is no variable $y here")


# Findings at the end


def test_findings_that_no_step_takes_fail_the_scenario() -> None:
    found = failure(WITHOUT_RDY, {"expect": "ACK"}, {"state": "idle"}, master="wire")
    assert (found.number, found.verb, found.expected) == ("3", "findings", "no findings that no step has taken")
    assert found.seen == (
        "`data-without-rdy` at 1.909 ms: data sent without asking RDY first (document, «Основные алгоритмы обмена»); "
        "7f 02 01 81 7e 00 03 05 7f 03 f8"
    )
    assert passes(WITHOUT_RDY, {"findings": ["data-without-rdy"]}, master="wire").findings == 1


# A line to play on


@pytest.mark.parametrize(
    ("more", "seen"),
    [
        (
            {"master": "outside"},
            "the master is a program of its own: this scenario is played in real time only",
        ),
        ({"settings": {"option_30": "x"}}, "option_30 = 'x': must be a whole number from 1 to 98"),
    ],
)
def test_no_line_to_play_on(more: dict[str, Any], seen: str) -> None:
    found = failure(ITEM, **more)
    assert (found.number, found.expected, found.seen) == ("1", "a line to play the scenario on", seen)


class Elsewhere:
    """A line that only shows what a real one does; the SmartBox behind it is somebody else's program."""

    def __init__(self, stage: VirtualStage) -> None:
        self._stage = stage

    def now(self) -> Instant:
        return self._stage.now()

    def act(self, action: Callable[[Simulator, Instant], T]) -> T:
        return self._stage.act(action)

    def pass_time(self, within: int, done: Callable[[Simulator], bool] | None = None) -> bool:
        return self._stage.pass_time(within, done)


def outside(*steps: dict[str, Any]) -> tuple[VirtualStage, Scenario]:
    played_scenario = scenario(*steps, master="outside")
    settings_ = till_settings(played_scenario)
    return VirtualStage(settings_, wall=played_scenario.clock, start="cash"), played_scenario


def test_an_outside_master_is_watched() -> None:
    stage, played_scenario = outside(
        {"message": {}},
        {"indicator": "SCAn PdF"},
        {"expect": {"message": {}}},
        {"expect": "RDY"},
    )
    stage.scan(EAN)
    outcome = play(played_scenario, stage=Elsewhere(stage))
    assert outcome.failure is not None
    assert (outcome.failure.number, outcome.failure.seen[:12]) == ("3", "the last was")
    assert outcome.properties["master"] == "outside"


def test_an_outside_master_speaks_for_itself() -> None:
    no_place = "there is no {} where the master is a program of its own"
    cases: list[tuple[dict[str, Any], str]] = [
        ({"ping": {"send": {}}}, "the master is a program of its own: what it says cannot be sent for it"),
        ({"close": {}, "hears": "NAK"}, "the master is a program of its own: what it says cannot be sent for it"),
        ({"send": "RDY"}, no_place.format("line to speak on")),
        ({"scan": EAN}, no_place.format("scanner")),
        ({"utm": "down"}, no_place.format("UTM")),
        ({"cable": "out"}, no_place.format("cable to pull")),
        ({"master": "wire"}, no_place.format("other master")),
        ({"damage": {"of_till": "drop"}}, no_place.format("way to harm packets")),
    ]
    for step, sentence in cases:
        stage, played_scenario = outside(step)
        found = play(played_scenario, stage=Elsewhere(stage)).failure
        assert found is not None
        assert (found.expected, found.seen) == ("a step that can be done here", sentence)


def test_what_was_there_before_is_not_new() -> None:
    stage, played_scenario = outside(
        {"tape": []}, {"beep": "none"}, {"findings": "none"}, {"keys": "ИТ"}, {"wait": "1 s"}
    )
    first = play(scenario(ITEM), stage=stage)
    assert first.passed
    outcome = play(played_scenario, stage=Elsewhere(stage))
    assert outcome.passed
    assert outcome.receipts == 1


# Those who look on


def test_each_step_is_told_before_it_is_done() -> None:
    told: list[tuple[str, str]] = []

    def on_step(number: str, step: Step) -> None:
        told.append((number, step.VERB))

    trace = Trace()
    repeat = {"repeat": {"times": 2, "steps": [{"keys": "5"}]}}
    steps = scenario({"send": "RDY"}, {"expect": "RDY"}, repeat, {"indicator": "x"}, master="wire")
    play(steps, on_step=on_step, trace=trace)
    assert told == [("1", "send"), ("2", "expect"), ("3.1", "keys"), ("3.1", "keys"), ("4", "indicator")]
    lines = [line.split(maxsplit=2) for line in trace.text().splitlines()]
    assert lines[0] == ["0.000000000", "step", "1 send (no file)"]
    assert lines[1][1:] == ["master", "RDY              7f 02 01 c5 3a"]
    assert [line[2] for line in lines if line[1] == "step"] == [
        "1 send (no file)",
        "2 expect (no file)",
        "3.1 keys 5 (no file)",
        "3.1 keys 5 (no file)",
        "4 indicator x (no file)",
    ]


# Power


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([], [{"state": "menu"}]),
        ([{"scan": EAN}, {"indicator": "SCAn PdF"}], [{"state": "menu"}]),
        (SCANNED, [{"indicator": "А      0.00"}, {"keys": "500 ПИ"}, {"sale": {"expect": {"sum": 50000}}}]),
        (
            [*SCANNED, {"keys": "500"}],
            [{"indicator": "А      0.00"}, {"keys": "400 ПИ"}, {"receipt": {"total": 40000}}],
        ),
        ([*SCANNED, {"keys": "500 ПИ"}], [{"receipt": {"total": 50000}}, {"sale": {"expect": {"sum": 50000}}}]),
        (
            [*SCANNED, {"keys": "500 ПИ"}, {"sale": {}}, {"keys": "ИТ"}],
            [{"state": "open"}, {"keys": "ИТ"}, {"done": {}}],
        ),
        (
            [*SCANNED, {"keys": "500 ПИ"}, {"sale": {}}, {"keys": "ИТ"}, {"identifier": {}}, {"identifier": {}}],
            [{"identifier": {"expect": {"block": 1}}, "within": "30 s"}, {"done": {}}, {"receipt": "none"}],
        ),
        (
            [*SCANNED, {"keys": "500 ПИ"}, {"sale": {}}, {"keys": "ИТ"}, {"tape": {"contains": ["[cut]"]}}],
            [{"receipt": "none"}, {"done": {}}],
        ),
    ],
    ids=["idle", "one code", "request", "typing", "sold", "asks to close", "identifier", "done"],
)
def test_power_fails_at_each_stage_of_a_sale(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> None:
    off: list[dict[str, Any]] = [
        {"power": "off"},
        {"indicator": ""},
        {"state": "off"},
        {"wait": "20 s"},
        {"power": "on"},
    ]
    passes(*before, *off, *after, {"findings": "none"})


# Whatever it is, it ends


KEYS = st.sampled_from(["1 5 0 ПИ", "ИТ", "С", "АН", "ВЗ", "РЕЖ", "КР", "$i ПИ", "+", "$nothing"])
STEP = st.one_of(
    st.builds(dict, keys=KEYS),
    st.sampled_from(
        [
            {"power": "off"}, {"power": "on"}, {"paper": "out"}, {"paper": "in"}, {"cable": "out"}, {"cable": "in"},
            {"scan": [EAN, PDF]}, {"scan": "x"}, {"utm": "down"}, {"utm": "up"}, {"master": "wire"},
            {"master": "smartbox"}, {"option": {29: 0}}, {"option": {30: 7}}, {"damage": {"of_till": {"flip": "any"}}},
            {"damage": {"of_master": {"cut": "any"}}}, {"damage": {"of_till": "drop"}}, {"send": "SYN"},
            {"send": "RST"}, {"send": "ACK"},
            {"send": {"hex": "7f 02 01"}}, {"send": {"data": "03 05", "hs": 1}}, {"send": "RDY", "after": "0 ns"},
            {"findings": "any"}, {"wait": "300 ms"}, {"expect": "RDY"}, {"expect": {"silence": "20 ms"}},
            {"ping": {}}, {"annul": {}}, {"sale": {"send": {"code_type": "pdf"}}}, {"sale": {"expect": {"sum": "$s"}}},
            {"close": {"expect": {}, "send": {}}}, {"identifier": {"expect": {}, "send": {"qr": "x"}}}, {"done": {}},
            {"message": {"send": {"message": 2}}}, {"tape": {"contains": ["ТОВАР"]}}, {"receipt": {"total": "$t"}},
            {"ping": {}, "hears": "DISC"}, {"expect": {"ping": {"shift": "$x"}}},
        ]
    ),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(STEP, min_size=1, max_size=25), st.sampled_from(["smartbox", "wire"]), st.booleans(), st.integers(0, 3))
def test_a_scenario_ends_in_an_outcome(steps: list[dict[str, Any]], master: str, paced: bool, seed: int) -> None:
    marked = [step | ({"within": "700 ms", "update": True} if _waits(step) else {}) for step in steps]
    outcomes = [
        played(*marked, master=master, paced=paced, seed=seed, update=True, variables={"i": 3}) for _ in range(2)
    ]
    assert outcomes[0] == outcomes[1]
    assert outcomes[0].time <= 4 * SECOND * len(steps)


def _waits(step: dict[str, Any]) -> bool:
    return not step.keys() & {
        *("keys", "power", "paper", "cable", "scan", "utm", "master", "option", "damage", "send", "wait"),
    }


def test_damage_that_meets_no_packet_fails_at_the_end() -> None:
    found = failure({"damage": {"of_till": "drop"}}, {"damage": {"of_till": {"flip": 500}}}, {"wait": "1 s"})
    assert (found.number, found.verb) == ("2", "damage")
    assert (found.expected, found.seen) == ("a packet of the till that it harms", "none up to the end")

"""Steps that cannot be done where they stand, found before anything is played."""

from pathlib import Path

import pytest

from tests.scenario.files import of_steps, written

SMARTBOX = "there is the SmartBox at the line (`master: smartbox`)"
WIRE = "there is the scenario itself at the line (`master: wire`)"
OUTSIDE = "there is `master: outside`"

WITH_THE_SMARTBOX = {
    "send: RDY": f"3:3: expected `master: wire` before `send`: the SmartBox speaks by itself, {SMARTBOX}",
    "sale: {send: {code_type: ean}}": "3:10: expected `scan` in its place, or `master: wire` before it: the SmartBox "
    "asks by itself, there is `send` in `sale`",
    "close: {expect: {}, send: {result: 0}}": "3:23: expected `utm` before it, or `master: wire`: the SmartBox answers "
    "by itself, there is `send` in `close`",
    "identifier: {send: {text: a}}": "3:16: expected `utm` before it, or `master: wire`: the SmartBox answers by "
    "itself, there is `send` in `identifier`",
    "message: {send: {function: 1}}": "3:20: expected only `message`, or `master: wire`: the SmartBox fills in the "
    "rest, there is `function`",
    "{ping: {}, hears: DISC}": "3:14: expected `master: wire` for `hears`, which is about what the scenario itself "
    f"sends, {SMARTBOX}",
    "{expect: RDY, not_after: 1 s}": "3:17: expected `master: wire` for `not_after`: only the scenario itself hears "
    f"each packet, {SMARTBOX}",
}

ANYWHERE = {
    "{keys: 1, till: 2}": "3:19: expected the address of a till on the line: 1, there is `2`",
    "{wait: 1 s, till: 1}": "3:15: expected `wait` without `till`: time passes for all, there is `till` beside it",
    "{findings: none, till: 1}": "3:20: expected `findings` without `till`: they are about the line, which tills "
    "share, there is `till` beside it",
    "damage: {}": "3:11: expected `of_till` or `of_master` in `damage`, there is nothing in it",
    "scan: []": "3:9: expected a list of at least one, each a text, there is an empty list",
    "keys: ''": '3:9: expected keys of the till, one at least, as in `1 5 0 ПИ`, there is the text ""',
    "option: {}": "3:11: expected an option to set, as in `{29: 3}`, there is nothing in it",
    "option: {29: 4}": "3:16: expected 0 to 3 for option 29, there is `4`",
    "{expect: RDY, update: true}": "3:17: expected `update` only beside tape, indicator, receipt, beep, state, "
    "findings or a message's `expect`, there is `update` beside `expect`",
    "{ping: {}, update: true}": "3:14: expected `update` only beside tape, indicator, receipt, beep, state, findings "
    "or a message's `expect`, there is `update` beside `ping` without `expect`",
}


@pytest.mark.parametrize("step", WITH_THE_SMARTBOX | ANYWHERE)
def test_with_the_smartbox(step: str, tmp_path: Path) -> None:
    assert of_steps(tmp_path, step) == [f"a.kkm.yaml:{(WITH_THE_SMARTBOX | ANYWHERE)[step]}"]


@pytest.mark.parametrize("step", WITH_THE_SMARTBOX)
def test_the_wire_master_does_what_the_smartbox_does_not(step: str, tmp_path: Path) -> None:
    assert of_steps(tmp_path, step, more="master: wire\n") == []


@pytest.mark.parametrize("step", ["scan: 1", "utm: up"])
def test_only_the_smartbox_has_a_scanner_and_a_utm(step: str, tmp_path: Path) -> None:
    verb = step.split(":")[0]
    told = f"expected `master: smartbox` before `{verb}`: the scenario itself has no SmartBox, {WIRE}"
    assert of_steps(tmp_path, step, more="master: wire\n") == [f"a.kkm.yaml:3:3: {told}"]
    assert of_steps(tmp_path, "master: wire", "master: smartbox", step) == []


@pytest.mark.parametrize(
    "step",
    [
        "ping: {expect: {}}",
        "message: {send: {message: 1}}",
        "sale: {expect: {}}",
        "done: {}",
        "damage: {of_till: drop}",
    ],
)
def test_what_the_smartbox_leaves_to_the_scenario(step: str, tmp_path: Path) -> None:
    assert of_steps(tmp_path, step) == []


@pytest.mark.parametrize(
    "verb", ["send: RDY", "scan: 1", "utm: up", "damage: {of_till: drop}", "cable: out", "master: wire"]
)
def test_a_program_outside_holds_the_line(verb: str, tmp_path: Path) -> None:
    name = verb.split(":")[0]
    told = f"expected no `{name}`, or another master: a program outside holds the line, {OUTSIDE}"
    assert of_steps(tmp_path, verb, more="master: outside\n") == [f"a.kkm.yaml:3:3: {told}"]


@pytest.mark.parametrize(
    "step",
    [
        "findings: none", "wait: 1 s", "scan: 1", "utm: up", "cable: out", "master: wire", "damage: {of_till: drop}",
        "repeat: {times: 1, steps: [{keys: 1}]}", "include: b.steps.yaml",
    ],
)  # fmt: skip
def test_a_step_about_no_till_names_none(step: str, tmp_path: Path) -> None:
    written(tmp_path, "steps:\n- keys: 1\n", "b.steps.yaml")
    assert of_steps(tmp_path, step) == []
    told = of_steps(tmp_path, f"{{{step}, till: 1}}")
    assert len(told) == 1
    assert f": expected `{step.split(':')[0]}` without `till`: " in told[0]


def test_a_program_outside_is_only_watched(tmp_path: Path) -> None:
    more = "master: outside\n"
    assert of_steps(tmp_path, "ping: {expect: {}}", "close: {}", "done: {}", "expect: RDY", "keys: 1", more=more) == []
    assert of_steps(tmp_path, "ping: {send: {}}", "annul: {}", more=more) == [
        "a.kkm.yaml:3:10: expected only `expect`, or `master: wire`: a program outside sends what it likes, there is "
        "`send` in `ping`",
        "a.kkm.yaml:4:3: expected `expect` in it, or `master: wire`: only the program outside can ask, there is "
        "`annul` alone",
    ]


def test_who_is_the_master_goes_on_from_round_to_round(tmp_path: Path) -> None:
    step = "repeat: {times: 2, steps: [{send: RDY}, {master: smartbox}]}"
    assert of_steps(tmp_path, step, "scan: 1", more="master: wire\n") == [
        f"a.kkm.yaml:3:31: expected `master: wire` before `send`: the SmartBox speaks by itself, {SMARTBOX}"
    ]


def test_a_mistake_in_an_included_file_stands_there_once(tmp_path: Path) -> None:
    written(tmp_path, "steps:\n- send: RDY\n", "b.steps.yaml")
    include = "include: b.steps.yaml"
    assert of_steps(tmp_path, include, include) == [
        f"b.steps.yaml:2:3: expected `master: wire` before `send`: the SmartBox speaks by itself, {SMARTBOX}"
    ]
    assert of_steps(tmp_path, "master: wire", include) == []


def test_an_included_file_may_change_the_master(tmp_path: Path) -> None:
    written(tmp_path, "steps: [master: wire]\n", "b.steps.yaml")
    assert of_steps(tmp_path, "include: b.steps.yaml", "send: RDY") == []


def test_a_wrong_master_makes_no_second_mistake(tmp_path: Path) -> None:
    assert len(of_steps(tmp_path, "master: wir", "send: RDY")) == 1


def test_tills_are_known_by_their_addresses(tmp_path: Path) -> None:
    more = "settings: {option_30: 5}\ntills: [{}, {option_30: 7}]\n"
    assert of_steps(tmp_path, "{keys: 1, till: 5}", "{keys: 1, till: 7}", "{keys: 1, till: 1}", more=more) == [
        "a.kkm.yaml:5:19: expected the address of a till on the line: 5 or 7, there is `1`"
    ]
    assert of_steps(tmp_path, "option: {30: 9}", "{keys: 1, till: 9}", more=more) == []


def test_who_uses_the_menu_may_have_given_the_till_another_address(tmp_path: Path) -> None:
    assert of_steps(tmp_path, "keys: РЕЖ", "{keys: 1, till: 12}") == []

"""What an editor is told of scenarios agrees with what the loader takes."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from kkm_sim.configuration import setting_names
from kkm_sim.scenario.format.model import Scenario
from kkm_sim.scenario.format.schema import fragment_schema, scenario_schema
from kkm_sim.scenario.format.steps import VERBS
from kkm_sim.scenario.format.yaml_nodes import Nothing, compose
from tests.scenario.format import test_diagnosis

SCENARIO = Draft202012Validator(scenario_schema())
FRAGMENT = Draft202012Validator(fragment_schema())


def as_an_editor_has_it(text: str) -> Any:
    """YAML as JSON: keys are texts, an empty place is null."""
    root, _ = compose(text, "a.kkm.yaml")
    return json.loads(json.dumps(root.plain, default=lambda value: None if isinstance(value, Nothing) else value))


def accepted(text: str) -> bool:
    return bool(SCENARIO.is_valid(as_an_editor_has_it(text)))


def accepted_step(step: str) -> bool:
    return accepted(f"title: x\nsteps:\n- {step}\n")


@pytest.mark.parametrize("schema", [scenario_schema(), fragment_schema()])
def test_it_is_a_schema(schema: dict[str, Any]) -> None:
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema)
    assert '"null"' not in json.dumps(schema)


@pytest.mark.parametrize(
    "step",
    [
        "send: RDY",
        "send: ACK HS=1",
        "send: {packet: 15}",
        "send: {data: 03 05, number: $n}",
        "send: {data: 10}",
        "{send: {ping: {}, hs: 1}, after: 1 s}",
        "expect: {silence: 3 s}",
        "{expect: {ping: {flags: $f}}, not_before: 10 ms, not_after: 1 s, within: 2 s}",
        "keys: 1 5 ПИ",
        "keys: [1, 00, ПИ]",
        "keys: 1",
        "scan: 4601234567893",
        "scan: [4601234567893, beer:1]",
        "indicator: 150",
        "tape: |\n    a\n    b",
        "tape: [a, 150]",
        "tape: {contains: [a]}",
        "wait: 10 ms",
        "clock: 2016-07-01T12:00:00",
        "option: {29: 3, 30: 5}",
        "power: on",
        "utm: {answers: down, delay: 3 s}",
        "utm: up",
        "receipt: none",
        "receipt: {total: $t, kind: sale}",
        "findings: [gap-too-short]",
        "findings: any",
        "beep: none",
        "{sale: {send: {code_type: pdf, price: $p}, expect: {result: 27}}, till: 3, hs: 0, frames: 16}",
        "sale: {send: {code_type: 1, name: 5}}",
        "close: {expect: {receipt_number: $n}, send: {result: 0}}",
        "identifier: {send: {bitmap: [ff 00]}}",
        "damage: {of_till: {flip: any}, of_master: drop}",
        "repeat: {times: 3, as: i, steps: [{keys: 1}, {repeat: {times: 1, steps: [{wait: 1 s}]}}]}",
        "include: a.steps.yaml",
        "include: {file: a.steps.yaml, with: {a: 1, b: text}}",
        "master: wire",
    ],
)
def test_a_right_step_is_right_in_an_editor(step: str) -> None:
    assert accepted_step(step)
    Scenario.model_validate(compose(f"title: x\nsteps:\n- {step}\n", "a")[0].plain)


KNOWN_BY_THE_LOADER_ALONE = ("keys: 1 5 Q 5", "repeat: {times: 1, steps: [keys: Q]}")
"""There is no schema of keys."""


@pytest.mark.parametrize("step", [step for step in test_diagnosis.STEPS if step not in KNOWN_BY_THE_LOADER_ALONE])
def test_a_wrong_step_is_wrong_in_an_editor(step: str) -> None:
    assert not accepted_step(step)


@pytest.mark.parametrize(
    ("row", "right"),
    [
        ("settings: {option_29: 3, serial_number: 12345, header: [a, 5]}", True),
        ("settings: {option_29: 4}", False),
        ("settings: {optoin_29: 3}", False),
        ("tills: [{option_30: 1}, {option_30: 2}]", True),
        ("tills: [{option_30: 0}]", False),
        ("variables: {a: 1, b: text, c: 1.50}", True),
        ("variables: {a b: 1}", False),
        ("variables: {a: true}", False),
        ("master: outside", True),
        ("paced: no", False),
        ("zzz: 1", False),
    ],
)
def test_keys_of_the_file(row: str, right: bool) -> None:
    assert accepted(f"title: x\nsteps: [keys: 1]\n{row}\n") == right


def test_a_file_of_steps_has_no_title() -> None:
    assert FRAGMENT.is_valid(as_an_editor_has_it("variables: {a: 1}\nsteps: [keys: $a]"))
    assert not FRAGMENT.is_valid(as_an_editor_has_it("title: x\nsteps: [keys: 1]"))


def test_an_editor_has_something_to_complete_and_to_say() -> None:
    schema = scenario_schema()
    assert list(schema["$defs"]["Settings"]["properties"]) == list(setting_names())
    send = schema["$defs"]["SendStep"]["properties"]["send"]["anyOf"][0]["enum"]
    assert {"RDY", "ACK HS=1", "SYN"} <= set(send)
    steps = {name: entry for name, entry in schema["$defs"].items() if name.endswith("Step")}
    assert len(steps) == len(VERBS)
    assert all(entry["description"] and entry["required"] for entry in steps.values())


def test_an_editor_says_who_the_masters_are_and_which_packet_is_damaged() -> None:
    schema = scenario_schema()
    assert schema["properties"]["master"]["description"] == (
        "who is at the other end of the line; smartbox: the reference SmartBox; wire: the scenario itself; "
        "outside: a program of yours, with `replay --realtime`"
    )
    assert "the next packet" in schema["$defs"]["DamageStep"]["description"].lower()
    assert "that has such a byte" in schema["$defs"]["DamageStep"]["description"]


def test_defaults_are_written_as_a_user_writes_them() -> None:
    schema = scenario_schema()
    rows = schema["$defs"]["ExpectStep"]["properties"] | schema["$defs"]["SendStep"]["properties"]
    assert (rows["within"]["default"], rows["after"]["default"]) == ("5 s", "10 ms")
    for entry in schema["$defs"].values():
        for row in entry.get("properties", {}).values():
            if "default" in row:
                assert SCENARIO.evolve(schema=row | {"$defs": schema["$defs"]}).is_valid(row["default"]), row

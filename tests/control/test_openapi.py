from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from kkm_sim.control.app import CALLS
from kkm_sim.control.openapi import document
from kkm_sim.problems import ProblemCode
from tests.control.support import Api

DOCUMENT = document(CALLS)
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]
PARAMETERS = [
    (f"{method} {path}", parameter)
    for path, calls in DOCUMENT["paths"].items()
    for method, call in calls.items()
    for parameter in call["parameters"]
]


def fields() -> Iterator[tuple[str, dict[str, Any]]]:
    for shape, schema in SCHEMAS.items():
        for name, field in schema.get("properties", {}).items():
            yield f"{shape}.{name}", field


def test_every_shape_and_every_field_says_what_it_is() -> None:
    assert [name for name, schema in SCHEMAS.items() if name != "Event" and not schema.get("description")] == []
    assert [name for name, field in fields() if not field.get("description")] == []


def test_every_plain_field_has_an_example_that_it_takes() -> None:
    for name, field in fields():
        if field.get("type") in ("string", "integer", "boolean") or "enum" in field:
            examples = field.get("enum") if name.endswith(".kind") else field.get("examples")
            assert examples, name
        for example in field.get("examples", ()):
            assert Draft202012Validator(field).is_valid(example), name


def test_money_quantity_and_time_have_their_unit() -> None:
    units = {"price": "kopecks", "sum": "kopecks", "total": "kopecks", "cash": "kopecks", "quantity": "thousandths"}
    units |= {"at": "nanoseconds", "advance_s": "seconds", "bytes": "hex", "data": "hex", "rows": "hex"}
    for name, field in fields():
        assert units.get(name.rpartition(".")[2], "") in field["description"], name


@pytest.mark.parametrize(("call", "parameter"), PARAMETERS, ids=[f"{call} {each['name']}" for call, each in PARAMETERS])
def test_every_parameter_says_what_it_is(call: str, parameter: dict[str, Any]) -> None:
    assert parameter["description"]
    assert parameter["schema"]["examples"]
    assert parameter["required"] is (parameter["in"] == "path")


def test_every_call_chooses_its_till_and_its_device() -> None:
    for calls in DOCUMENT["paths"].values():
        for call in calls.values():
            names = [parameter["name"] for parameter in call["parameters"]]
            assert {"till", "device"} <= set(names)
            assert len(names) == len(set(names))


def test_answers_have_all_their_fields_and_bodies_no_others() -> None:
    bodies = {"Keys", "OptionValue", "PowerSwitch", "PaperRoll", "ClockChange"}
    for name, schema in SCHEMAS.items():
        if name in bodies:
            assert schema["additionalProperties"] is False
        elif name != "Event":
            assert set(schema["required"]) == set(schema["properties"]), name


def test_what_is_answered_is_as_described(api: Api) -> None:
    api("POST", "/v1/keys", {"keys": "1 5 0 ПИ"})
    api.say("7f 02 01 c5 3a", "7f 02 01 91 6e 00 04 05 7f 03 f7", "7f 02 01 91 6e 00 03 05 7f 03 f8")
    for name in ("till", "indicator", "tape", "findings", "wire", "options/29", "till?till=9"):
        answer = api("GET", f"/v1/{name}")
        path = f"/v1/{name}".partition("?")[0].replace("29", "{n}")
        described = DOCUMENT["paths"][path]["get"]["responses"][str(answer.status_code)]["content"]
        schema = described[answer.headers["content-type"]]["schema"]
        Draft202012Validator({**schema, "components": DOCUMENT["components"]}).validate(answer.json())


def test_all_types_of_problems_are_listed() -> None:
    assert SCHEMAS["Problem"]["properties"]["type"]["examples"] == [code.type for code in ProblemCode]

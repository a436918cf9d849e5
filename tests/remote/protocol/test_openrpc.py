import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from kkm_sim.remote.protocol.message_json import fields_of, operation_of
from kkm_sim.remote.protocol.openrpc import openrpc
from kkm_sim.remote.protocol.operations import TO_CLIENT, TO_SERVER

DOCUMENT = json.loads(json.dumps(openrpc("ws://127.0.0.1:19524")))
METHODS = DOCUMENT["methods"] + DOCUMENT["x-server-methods"]

META: dict[str, Any] = {
    "type": "object",
    "required": ["openrpc", "info", "methods"],
    "patternProperties": {"^x-": True},
    "properties": {
        "openrpc": {"pattern": "^1\\.3\\.[0-9]+$"},
        "info": {"type": "object", "required": ["title", "version"]},
        "servers": {"type": "array", "items": {"type": "object", "required": ["name", "url"]}},
        "methods": {"type": "array", "items": {"$ref": "#/$defs/method"}},
        "x-server-methods": {"type": "array", "items": {"$ref": "#/$defs/method"}},
        "components": {
            "properties": {"schemas": {"type": "object"}, "errors": {"type": "object"}},
            "additionalProperties": False,
        },
    },
    "additionalProperties": False,
    "$defs": {
        "method": {
            "required": ["name", "params"],
            "properties": {
                "name": {"type": "string"},
                "summary": {"type": "string"},
                "paramStructure": {"enum": ["by-name", "by-position", "either"]},
                "params": {"type": "array", "items": {"$ref": "#/$defs/content"}},
                "result": {"$ref": "#/$defs/content"},
                "errors": {"type": "array", "items": {"required": ["$ref"], "additionalProperties": False}},
            },
            "additionalProperties": False,
        },
        "content": {
            "required": ["name", "schema"],
            "properties": {"name": {"type": "string"}, "required": {"type": "boolean"}, "schema": {"type": "object"}},
            "additionalProperties": False,
        },
    },
}
META["$defs"]["method"]["properties"]["errors"]["items"]["properties"] = {"$ref": {"type": "string"}}


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from (value for key, value in node.items() if key == "$ref" and isinstance(value, str))
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_it_is_what_openrpc_wants() -> None:
    jsonschema.validate(DOCUMENT, META)


def test_every_reference_leads_somewhere_within_it() -> None:
    found = set(references(DOCUMENT))
    assert found
    for reference in found:
        node = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]


def test_every_schema_is_one() -> None:
    for schema in DOCUMENT["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    for method in METHODS:
        for param in method["params"]:
            jsonschema.Draft202012Validator.check_schema(param["schema"])


def test_every_method_is_there_once() -> None:
    assert [method["name"] for method in DOCUMENT["methods"]] == list(TO_SERVER)
    assert [method["name"] for method in DOCUMENT["x-server-methods"]] == list(TO_CLIENT)


def test_only_what_has_an_answer_has_a_result() -> None:
    without = {method["name"] for method in METHODS if "result" not in method}
    assert without == {"ready", "done", "sale_answer"}


def test_the_params_of_a_sale_are_the_requests_fields() -> None:
    sale = next(method for method in METHODS if method["name"] == "sale")
    named = {param["name"]: param["required"] for param in sale["params"]}
    example = operation_of("sale", TO_SERVER["sale"].params.model_validate({}))
    assert named == dict.fromkeys(fields_of(example), False)  # omitted is 0


@pytest.mark.parametrize("code", [-32700, -32600, -32601, -32602, -32603, -32001, -32002, -32003, -32004])
def test_the_errors_are_named(code: int) -> None:
    assert DOCUMENT["components"]["errors"][str(code)]["code"] == code

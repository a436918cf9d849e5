"""The description of the API, OpenAPI 3.1: made of the declared calls and of the shapes they name."""

import re
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from inspect import cleandoc
from typing import Any

from msgspec import Struct
from msgspec.json import schema_components

from kkm_sim.control.models import Asked, Event
from kkm_sim.control.problems import MEDIA_TYPE, Problem
from kkm_sim.control.routing import Call

ABOUT = (
    "Everything a person can do to the till and see of it. Money in kopecks, quantity in thousandths, moments in "
    "nanoseconds since the start, bytes in hex. Errors are problem details (RFC 9457)."
)

DEVICE = {
    "name": "device",
    "in": "query",
    "required": False,
    "description": "The device whose line it is, where `kkm-sim serve` has several simulated ones at one address.",
    "schema": {"type": "string", "examples": ["kassa1"]},
}

REFUSED_BY_ALL = (404, 422)
REFUSED_WITH_A_BODY = (400, 415)


def document(calls: Sequence[Call]) -> dict[str, Any]:
    """The whole document, as JSON has it."""
    named = [shape for call in calls for shape in (call.body, call.answer) if shape is not None]
    (*_, event), schemas = schema_components([*named, Problem, Event], ref_template=_reference("{name}"))
    for schema in schemas.values():
        # The one field that no class declares.
        if tag := schema.get("properties", {}).get("kind"):
            tag.setdefault("description", "Which of its kind it is.")
    paths: dict[str, dict[str, Any]] = {}
    for call in calls:
        paths.setdefault(call.path, {})[call.method.lower()] = _operation(call)
    return {
        "openapi": "3.1.0",
        "info": {"title": "kkm-sim control API", "description": ABOUT, "version": "1"},
        "paths": paths,
        "components": {"schemas": {**schemas, "Event": event}},
    }


def _operation(call: Call) -> dict[str, Any]:
    name = call.run.__name__
    operation: dict[str, Any] = {
        "summary": name.replace("_", " ").title(),
        "description": cleandoc(call.run.__doc__ or ""),
        "operationId": re.sub(r"\W", "_", f"{name}{call.path}_{call.method.lower()}"),
        "parameters": [*_parameters(call.asked, call.path), DEVICE],
        "responses": _responses(call),
    }
    if call.body is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": _content(call.body)}}
    return operation


def _parameters(asked: type[Asked], path: str) -> Iterator[dict[str, Any]]:
    _, schemas = schema_components([asked])
    shape = schemas[asked.__name__]
    for name, schema in shape["properties"].items():
        yield {
            "name": name,
            "in": "path" if f"{{{name}}}" in path else "query",
            "required": name in shape.get("required", ()),
            "description": schema.pop("description"),
            "schema": schema,
        }


def _responses(call: Call) -> dict[str, Any]:
    done: dict[str, Any] = {"description": "Successful Response"}
    if call.answer is not None:
        done["content"] = {"application/json": _content(call.answer)}
    responses: dict[str, Any] = {str(call.status): done}
    for status, more in call.responses.items():
        known = responses.setdefault(str(status), {})
        content = {**known.get("content", {}), **more.get("content", {})}
        responses[str(status)] = {**known, **more, "content": content}
    known = {*REFUSED_BY_ALL, *call.problems, *(REFUSED_WITH_A_BODY if call.body else ())}
    refused = {MEDIA_TYPE: _content(Problem)}
    for status in sorted(known):
        responses[str(status)] = {"description": HTTPStatus(status).phrase, "content": refused}
    return responses | {"default": {"description": "Any other error", "content": refused}}


def _content(shape: type[Struct]) -> Mapping[str, Any]:
    return {"schema": {"$ref": _reference(shape.__name__)}}


def _reference(name: str) -> str:
    return f"#/components/schemas/{name}"

"""What the server understands, as a document for programs: OpenRPC 1.3, made of the tables of methods."""

from typing import Any

from pydantic.json_schema import models_json_schema

from kkm_sim.remote.protocol.jsonrpc import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    PARSE_ERROR,
)
from kkm_sim.remote.protocol.operations import BUSY, ERRORS, NO_ANSWER, TO_CLIENT, TO_SERVER, Method, Shape
from kkm_sim.remote.protocol.silence import Silence

OPENRPC = "1.3.2"

ABOUT = (
    "A till over a WebSocket: /v1/devices/NAME?timeout=SECONDS&client=WHO, a text frame a message, params by name. "
    "Money in kopecks, quantity in thousandths, moments local ISO 8601, data in hex. The first message is `ready`, or "
    f"error {BUSY} when the timeout is over. Error {NO_ANSWER} has a reason in its data: {', '.join(Silence)}. "
    "The server calls, too: x-server-methods, of which those with a result want one."
)

_GENERAL = {
    PARSE_ERROR: "this is no JSON",
    INVALID_REQUEST: "no message of JSON-RPC 2.0, or not now",
    METHOD_NOT_FOUND: "there is no such method",
    INVALID_PARAMS: "params that the method does not take",
    INTERNAL_ERROR: "a bug in kkm-sim",
}

_SCHEMAS = "#/components/schemas/"
_ERRORS = "#/components/errors/"


def openrpc(url: str) -> dict[str, Any]:
    """The document of the server at `url`."""
    methods = (*TO_SERVER.values(), *TO_CLIENT.values())
    shapes: dict[str, type[Shape]] = {}
    for method in methods:
        shapes |= {shape.__name__: shape for shape in (method.params, method.result) if shape is not None}
    _, schemas = models_json_schema(
        [(shape, "validation") for shape in shapes.values()], ref_template=_SCHEMAS + "{model}"
    )
    defined = schemas["$defs"]
    errors = _GENERAL | ERRORS
    return {
        "openrpc": OPENRPC,
        "info": {"title": "kkm-sim remote access", "version": "1", "description": ABOUT},
        "servers": [{"name": "this", "url": f"{url}/v1/devices"}],
        "methods": [_described(method, defined) for method in TO_SERVER.values()],
        "x-server-methods": [_described(method, defined) for method in TO_CLIENT.values()],
        "components": {
            "schemas": defined,
            "errors": {str(code): {"code": code, "message": told} for code, told in errors.items()},
        },
    }


def _described(method: Method, defined: dict[str, Any]) -> dict[str, Any]:
    shape = defined[method.params.__name__]
    needed = shape.get("required", ())
    described: dict[str, Any] = {
        "name": method.name,
        "summary": method.summary,
        "paramStructure": "by-name",
        "params": [
            {"name": name, "required": name in needed, "schema": schema}
            for name, schema in shape.get("properties", {}).items()
        ],
    }
    if method.result is not None:
        described["result"] = {"name": "result", "schema": {"$ref": _SCHEMAS + method.result.__name__}}
    if method.errors:
        described["errors"] = [{"$ref": f"{_ERRORS}{code}"} for code in method.errors]
    return described

"""JSON-RPC 2.0: texts ↔ requests, notifications and responses. Pure; it knows no method."""

import json
from dataclasses import dataclass
from typing import Any

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603

Id = int | str
"""What a request is known by. null, fractions and the rest are taken for no id that we could answer to."""


@dataclass(frozen=True, slots=True)
class Request:
    """A call that wants a response."""

    id: Id
    method: str
    params: dict[str, Any]

    def encode(self) -> str:
        """Its text."""
        return _text(id=self.id, method=self.method, params=self.params)


@dataclass(frozen=True, slots=True)
class Notification:
    """A call that wants none."""

    method: str
    params: dict[str, Any]

    def encode(self) -> str:
        """Its text."""
        return _text(method=self.method, params=self.params)


@dataclass(frozen=True, slots=True)
class Result:
    """The response to a request that was carried out."""

    id: Id
    result: Any

    def encode(self) -> str:
        """Its text."""
        return _text(id=self.id, result=self.result)


@dataclass(frozen=True, slots=True)
class Failure:
    """The response to a request that was not. `id` None: it was not even one. `data`: what else there is to say."""

    id: Id | None
    code: int
    message: str
    data: Any = None

    def encode(self) -> str:
        """Its text."""
        error = {"code": self.code, "message": self.message}
        return _text(id=self.id, error=error if self.data is None else error | {"data": self.data})


@dataclass(frozen=True, slots=True)
class Malformed:
    """A text that is none of them; `reply` tells its sender so."""

    reply: Failure


Message = Request | Notification | Result | Failure


def parse(text: str) -> Message | Malformed:
    """The message that a text is. Never raises."""
    try:
        message = json.loads(text)
    except ValueError:
        return Malformed(Failure(None, PARSE_ERROR, "this is no JSON"))
    except RecursionError:
        return Malformed(Failure(None, PARSE_ERROR, "this JSON is nested too deep"))
    if isinstance(message, list):
        return Malformed(Failure(None, INVALID_REQUEST, "batches are not taken: one message at a time"))
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
        return Malformed(Failure(None, INVALID_REQUEST, 'a message is an object with "jsonrpc": "2.0"'))
    if "method" in message:
        return _call(message)
    return _response(message)


def _call(message: dict[str, Any]) -> Message | Malformed:
    number = message.get("id")
    known = number if _is_id(number) else None
    method, params = message["method"], message.get("params", {})
    if "id" in message and known is None:
        return Malformed(Failure(None, INVALID_REQUEST, "an id is a whole number or a string"))
    if not isinstance(method, str):
        return Malformed(Failure(known, INVALID_REQUEST, "a method is a string"))
    if not isinstance(params, dict):
        return Malformed(Failure(known, INVALID_PARAMS, "params go by name: an object"))
    return Notification(method, params) if known is None else Request(known, method, params)


def _response(message: dict[str, Any]) -> Message | Malformed:
    number: Id | None = message["id"] if _is_id(message.get("id")) else None  # one of ours, not of its sender's
    if "result" in message and "error" not in message and number is not None:
        return Result(number, message["result"])
    error = message.get("error")
    if not isinstance(error, dict) or not _is_whole(error.get("code")) or not isinstance(error.get("message"), str):
        told = "a message has a method, or an id and either a result or an error with code and message"
        return Malformed(Failure(None, INVALID_REQUEST, told))
    return Failure(number, error["code"], error["message"], error.get("data"))


def _is_id(value: Any) -> bool:
    return isinstance(value, str) or _is_whole(value)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _text(**members: Any) -> str:
    # In ASCII: what a client sent half a surrogate pair in can still be told back to it.
    return json.dumps({"jsonrpc": "2.0", **members}, separators=(",", ":"))

"""Errors as problem details (RFC 9457): a stable type, a title, a status, and a sentence that a person understands."""

import asyncio
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError, WebSocketRequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from kkm_sim.problems import ProblemCode

MEDIA_TYPE = "application/problem+json"


class Problem(BaseModel):
    """Why a call was not carried out. Beside these, what the sentence names, each by its name."""

    model_config = ConfigDict(extra="allow")

    type: Annotated[str, Field(examples=[ProblemCode.NO_SUCH_TILL.type])]
    title: str
    status: int
    detail: str


class ProblemError(Exception):
    """Raised by a call that cannot be carried out; answered as a problem. `fields`: what the code's sentence names."""

    def __init__(self, status: int, code: ProblemCode, /, **fields: int | str) -> None:
        self.status = status
        self.code = code
        self.fields = fields
        self.detail = code.sentence.format(**fields)
        super().__init__(self.detail)


class ProblemResponse(JSONResponse):
    """A problem as an answer; it also refuses a WebSocket before it is accepted."""

    media_type = MEDIA_TYPE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await super().__call__(scope, receive, send)
        if scope["type"] == "websocket":
            # Uvicorn calls the handshake unfinished, in its log, if we end before the connection has.
            await asyncio.sleep(0)


def problem_response(error: ProblemError, headers: Mapping[str, str] | None = None) -> ProblemResponse:
    """The error as an answer, titled by its status."""
    problem = {
        "type": error.code.type,
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "detail": error.detail,
        **error.fields,
    }
    return ProblemResponse(problem, error.status, dict(headers or {}))


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems of a call for OpenAPI: those it is known for, and `default` for the rest."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    known: dict[int | str, dict[str, Any]] = {
        status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses
    }
    return known | {"default": {"description": "Any other error", "content": content}}


def answer_problems(app: FastAPI) -> None:
    """Makes every error of the app a problem."""
    app.add_exception_handler(ProblemError, _problem)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _bad_request)
    app.add_exception_handler(WebSocketRequestValidationError, _bad_request)
    app.add_exception_handler(Exception, _our_mistake)


async def _problem(connection: HTTPConnection, error: Exception) -> ProblemResponse:
    assert isinstance(error, ProblemError)
    return problem_response(error)


async def _http_error(connection: HTTPConnection, error: Exception) -> ProblemResponse:
    assert isinstance(error, HTTPException)
    status, path = error.status_code, connection.url.path
    if status == HTTPStatus.NOT_FOUND:
        problem = ProblemError(status, ProblemCode.NOTHING_THERE, path=path)
    elif status == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = (error.headers or {}).get("Allow", "other methods")
        method = connection.scope["method"]
        problem = ProblemError(status, ProblemCode.WRONG_METHOD, path=path, allowed=allowed, method=method)
    else:
        problem = ProblemError(status, ProblemCode.REFUSED, said=error.detail)
    return problem_response(problem, error.headers)


async def _bad_request(connection: HTTPConnection, error: Exception) -> ProblemResponse:
    assert isinstance(error, RequestValidationError | WebSocketRequestValidationError)
    faults = error.errors()
    if any(fault["type"] == "json_invalid" for fault in faults):
        reason = "; ".join(str(fault.get("ctx", {}).get("error", fault["msg"])) for fault in faults)
        return problem_response(ProblemError(HTTPStatus.BAD_REQUEST, ProblemCode.BODY_NOT_JSON, fault=reason))
    if any(tuple(fault["loc"]) == ("body",) and fault["input"] is not None for fault in faults):
        content_type = connection.headers.get("content-type", "").partition(";")[0].strip()
        if not content_type.endswith("json"):
            return problem_response(_other_type(content_type))
    sentence = "; ".join(_sentence(fault) for fault in faults)
    sentence = f"{sentence[:1].upper()}{sentence[1:]}"
    return problem_response(ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, ProblemCode.DOES_NOT_FIT, faults=sentence))


def _other_type(content_type: str) -> ProblemError:
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    if not content_type:
        return ProblemError(status, ProblemCode.BODY_UNTYPED)
    return ProblemError(status, ProblemCode.BODY_OF_OTHER_TYPE, content_type=content_type)


_REASONS = {
    "missing": "is required",
    "extra_forbidden": "is not known here",
    "model_attributes_type": "should be a JSON object",
}
"""What pydantic says for programmers, said for everybody."""


def _sentence(fault: Mapping[str, Any]) -> str:
    """`field "on" should be a valid boolean`."""
    reason = _REASONS.get(fault["type"]) or str(fault["msg"]).removeprefix("Input ")
    return f"{_place(fault['loc'])} {reason[:1].lower()}{reason[1:]}"


def _place(location: Sequence[Any]) -> str:
    where, *names = location
    name = ".".join(str(part) for part in names)
    if not name:
        return f"the {where}"
    return f'field "{name}"' if where == "body" else f'{where} parameter "{name}"'


async def _our_mistake(connection: HTTPConnection, error: Exception) -> ProblemResponse:
    return problem_response(ProblemError(HTTPStatus.INTERNAL_SERVER_ERROR, ProblemCode.OUR_MISTAKE))

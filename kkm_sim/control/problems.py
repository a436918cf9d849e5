"""Errors as problem details (RFC 9457): a title, a status and a sentence that a person understands."""

import asyncio
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError, WebSocketRequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

MEDIA_TYPE = "application/problem+json"

SEE_OPENAPI = "What there is stands in /openapi.json."


class Problem(BaseModel):
    """Why a call was not carried out."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


class ProblemError(Exception):
    """Raised by a call that cannot be carried out; answered as a problem."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


class ProblemResponse(JSONResponse):
    """A problem as an answer; it also refuses a WebSocket before it is accepted."""

    media_type = MEDIA_TYPE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await super().__call__(scope, receive, send)
        if scope["type"] == "websocket":
            # Uvicorn calls the handshake unfinished, in its log, if we end before the connection has.
            await asyncio.sleep(0)


def problem_response(status: int, detail: str, headers: Mapping[str, str] | None = None) -> ProblemResponse:
    """A problem titled by its status."""
    problem = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail)
    return ProblemResponse(problem.model_dump(), status, dict(headers or {}))


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
    return problem_response(error.status, error.detail)


async def _http_error(connection: HTTPConnection, error: Exception) -> ProblemResponse:
    assert isinstance(error, HTTPException)
    path, detail = connection.url.path, error.detail
    if error.status_code == HTTPStatus.NOT_FOUND:
        detail = f"There is nothing at {path}. {SEE_OPENAPI}"
    elif error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = (error.headers or {}).get("Allow", "other methods")
        detail = f"{path} takes {allowed}, not {connection.scope['method']}. {SEE_OPENAPI}"
    return problem_response(error.status_code, detail, error.headers)


async def _bad_request(connection: HTTPConnection, error: Exception) -> ProblemResponse:
    assert isinstance(error, RequestValidationError | WebSocketRequestValidationError)
    faults = error.errors()
    if any(fault["type"] == "json_invalid" for fault in faults):
        reason = "; ".join(str(fault.get("ctx", {}).get("error", fault["msg"])) for fault in faults)
        return problem_response(HTTPStatus.BAD_REQUEST, f"The body is not JSON: {reason}.")
    if any(tuple(fault["loc"]) == ("body",) and fault["input"] is not None for fault in faults):
        content_type = connection.headers.get("content-type", "").partition(";")[0].strip()
        if not content_type.endswith("json"):
            came = f"came as {content_type}" if content_type else "came without a Content-Type"
            detail = f"The body {came}: send JSON with the header Content-Type: application/json."
            return problem_response(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail)
    sentence = "; ".join(_sentence(fault) for fault in faults)
    return problem_response(HTTPStatus.UNPROCESSABLE_ENTITY, f"{sentence[:1].upper()}{sentence[1:]}.")


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
    return problem_response(HTTPStatus.INTERNAL_SERVER_ERROR, "A mistake in kkm-sim itself; its log says more.")

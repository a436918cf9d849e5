"""Errors as problem details (RFC 9457): a stable type, a title, a status, and a sentence that a person understands."""

import asyncio
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from msgspec import Struct
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kkm_sim.control.fitting import DoesNotFit
from kkm_sim.control.models import said
from kkm_sim.problems import ProblemCode

MEDIA_TYPE = "application/problem+json"


class Problem(Struct):
    """Why a call was not carried out. Beside these, what the sentence names, each by its name."""

    type: Annotated[
        str, said("Its stable type: these, and what later versions add.", *(code.type for code in ProblemCode))
    ]
    title: Annotated[str, said("What its status means.", "Not Found")]
    status: Annotated[int, said("The HTTP status.", 404)]
    detail: Annotated[str, said("What is wrong, in a sentence.", "There is no till at address 9; there is 1.")]


class ProblemError(Exception):
    """Raised by a call that cannot be carried out; answered as a problem. `fields`: what the code's sentence names."""

    def __init__(self, status: int, code: ProblemCode, /, **fields: int | str) -> None:
        self.status = status
        self.code = code
        self.fields = fields
        self.detail = code.sentence.format(**fields)
        super().__init__(self.detail)


class ProblemResponse(Response):
    """A problem as an answer; it also refuses a WebSocket before it is accepted."""

    media_type = MEDIA_TYPE

    def render(self, content: Any) -> bytes:
        # What a client sent may come back in it, and be no text.
        return json.dumps(content, ensure_ascii=False).encode("utf-8", "backslashreplace")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await super().__call__(scope, receive, send)
        if scope["type"] == "websocket":
            # Uvicorn calls the handshake unfinished, in its log, if we end before the connection has:
            # https://github.com/Kludex/uvicorn/pull/3138
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


def answer_problems(app: Starlette) -> None:
    """Makes every error of the app a problem."""
    app.add_exception_handler(ProblemError, _problem)
    app.add_exception_handler(DoesNotFit, _misfit)
    app.add_exception_handler(HTTPException, _http_error)
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


async def _misfit(connection: HTTPConnection, error: Exception) -> ProblemResponse:
    told = str(error)
    faults = f"{told[:1].upper()}{told[1:]}"
    return problem_response(ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, ProblemCode.DOES_NOT_FIT, faults=faults))


async def _our_mistake(connection: HTTPConnection, error: Exception) -> ProblemResponse:
    return problem_response(ProblemError(HTTPStatus.INTERNAL_SERVER_ERROR, ProblemCode.OUR_MISTAKE))

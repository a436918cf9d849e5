"""A call of the API, declared once: how it is reached, what it takes and gives, for the server and for OpenAPI."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kkm_sim.control.access import access_of
from kkm_sim.control.fitting import DoesNotFit, fitted
from kkm_sim.control.models import Asked, Body
from kkm_sim.control.problems import ProblemError
from kkm_sim.problems import ProblemCode

Fn = TypeVar("Fn", bound=Callable[..., Awaitable[Any]])
A = TypeVar("A", bound=Asked)

_JSON = re.compile(r"application/(.*\+)?json", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Call:
    """One method of one path.

    `run(access, asked)` or `run(access, asked, body)` carries it out; it gives an answer's shape, a finished response,
    or None. `asked`, `body`, `answer`: the shapes of what it takes and gives. `problems`: the statuses it is known to
    refuse with beside those that every call may. `responses`: what OpenAPI says of its answers beside that.
    """

    method: str
    path: str
    run: Callable[..., Awaitable[Any]]
    asked: type[Asked]
    body: type[Body] | None
    answer: type[msgspec.Struct] | None
    status: int
    problems: Sequence[int]
    responses: Mapping[int, Mapping[str, Any]]

    async def __call__(self, request: Request) -> Response:
        """Carries it out. Raises ProblemError, DoesNotFit."""
        given = None if self.body is None else await _json_of(request)
        faults: list[str] = []
        takes: list[Any] = []
        try:
            takes.append(asked_of(self.asked, request))
        except DoesNotFit as misfit:
            faults += misfit.faults
        if self.body is not None:
            try:
                takes.append(_body_of(self.body, given))
            except DoesNotFit as misfit:
                faults += misfit.faults
        if faults:
            raise DoesNotFit(faults)
        answer = await self.run(access_of(request), *takes)
        if isinstance(answer, Response):
            return answer
        if answer is None:
            return Response(status_code=self.status)
        return Response(msgspec.json.encode(answer), self.status, media_type="application/json")


class Router:
    """Collects calls: `@router.call("GET", "/v1/till")` above a function whose signature names the shapes."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    def call(
        self,
        method: str,
        path: str,
        *,
        answer: type[msgspec.Struct] | None = None,
        status: int = 200,
        problems: Sequence[int] = (),
        responses: Mapping[int, Mapping[str, Any]] | None = None,
    ) -> Callable[[Fn], Fn]:
        """`answer`: where the function gives a response that is already made."""

        def declare(run: Fn) -> Fn:
            shapes = run.__annotations__
            gives = answer or shapes["return"]
            self.calls.append(
                Call(method, path, run, shapes["asked"], shapes.get("body"), gives, status, problems, responses or {})
            )
            return run

        return declare


class Resource:
    """What is at one path, by method. An ASGI application."""

    def __init__(self, methods: Mapping[str, Callable[[Request], Awaitable[Response]]]) -> None:
        self._methods = methods

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        method = self._methods.get(request.method)
        if method is None:
            raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": ", ".join(sorted(self._methods))})
        response = await method(request)
        await response(scope, receive, send)


def asked_of(shape: type[A], connection: HTTPConnection) -> A:
    """What the address asks for. Raises DoesNotFit."""
    path = connection.path_params

    def called(name: str) -> str:
        return f'{"path" if name in path else "query"} parameter "{name}"'

    return fitted(shape, {**connection.query_params, **path}, called, as_text=True)


def _body_of(shape: type[Body], given: object) -> Body:
    if given is None:
        raise DoesNotFit(["the body is required"])
    if not isinstance(given, dict):
        raise DoesNotFit(["the body should be a JSON object"])
    return fitted(shape, given, lambda name: f'field "{name}"', as_text=False)


async def _json_of(request: Request) -> object:
    """The body; None where there is none. Raises ProblemError where it is no JSON, or does not say that it is."""
    text = await request.body()
    if not text:
        return None
    content_type = request.headers.get("content-type", "").partition(";")[0].strip()
    if not content_type:
        raise ProblemError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, ProblemCode.BODY_UNTYPED)
    if not _JSON.fullmatch(content_type):
        status, code = HTTPStatus.UNSUPPORTED_MEDIA_TYPE, ProblemCode.BODY_OF_OTHER_TYPE
        raise ProblemError(status, code, content_type=content_type)
    line, column = 1, 1
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        line, column = error.lineno, error.colno
    except (ValueError, RecursionError):
        # No text, a number of thousands of digits, or nested without end: all of it is wrong.
        pass
    raise ProblemError(HTTPStatus.BAD_REQUEST, ProblemCode.BODY_NOT_JSON, line=line, column=column)

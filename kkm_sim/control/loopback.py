"""Keeps the pages of a browser out of a server that listens on loopback for this computer's programs."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from kkm_sim.control.problems import ProblemError, problem_response
from kkm_sim.drivers.browser_guard import BrowserGuard, Pages
from kkm_sim.problems import ProblemCode

_GUARD = BrowserGuard(Pages.OF_THIS_COMPUTER, loopback_only=True)


class LoopbackOnly:
    """Answers 403 to a Host or Origin that is not this computer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            headers = Headers(scope=scope)
            # A program that speaks HTTP/1.0 may leave Host out; no browser does.
            host, origin = headers.get("host") or "localhost", headers.get("origin")
            foreign = _GUARD.foreign(host, [origin] if origin else [])
            if foreign is not None:
                problem = ProblemError(403, ProblemCode.FOREIGN, name=headers[foreign])
                await problem_response(problem)(scope, receive, send)
                return
        await self._app(scope, receive, send)

"""Keeps the pages of a browser out of a server that listens on loopback for this computer's programs.

A page from anywhere can make the browser connect to 127.0.0.1, under a name of its own (DNS rebinding) or from a
foreign origin; both show in the headers.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from kkm_sim.control.problems import ProblemError, problem_response
from kkm_sim.drivers.listening import is_loopback
from kkm_sim.problems import ProblemCode


class LoopbackOnly:
    """Answers 403 to a Host or Origin that is not this computer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            headers = Headers(scope=scope)
            host, origin = headers.get("host"), headers.get("origin")
            foreign = next((name for name in (host and f"//{host}", origin) if name and not _is_loopback(name)), None)
            if foreign is not None:
                problem = ProblemError(403, ProblemCode.FOREIGN, name=foreign.removeprefix("//"))
                await problem_response(problem)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _is_loopback(url: str) -> bool:
    try:
        return is_loopback(urlsplit(url).hostname or "")
    except ValueError:
        return False

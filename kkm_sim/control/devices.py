"""The control APIs of several lines at one address: `?device=NAME` chooses."""

from collections.abc import Mapping
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Receive, Scope, Send

from kkm_sim.control.problems import ProblemError, problem_response
from kkm_sim.problems import ProblemCode


class DeviceChoice:
    """Hands each request to the API of the device that `?device=` names, which may be left out where there is one.

    What is the same for all, the description of the API, the first one has.
    """

    def __init__(self, apps: Mapping[str, ASGIApp]) -> None:
        """`apps`: by device, at least one."""
        self._apps = dict(apps)
        self._first = next(iter(self._apps))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return
        query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        there = ", ".join(self._apps)
        if "device" not in query and len(self._apps) > 1 and scope["path"].startswith("/v1/"):
            # Keys pressed on the wrong till are worse than none.
            problem = ProblemError(400, ProblemCode.DEVICE_NOT_NAMED, first=self._first, there=there)
            await problem_response(problem)(scope, receive, send)
            return
        name = query.get("device", [self._first])[-1]
        app = self._apps.get(name)
        if app is None:
            problem = ProblemError(404, ProblemCode.NO_SUCH_DEVICE, device=name, there=there)
            await problem_response(problem)(scope, receive, send)
        else:
            await app(scope, receive, send)

"""The application: the calls, their problems, and what OpenAPI says of them."""

import json
from collections import defaultdict
from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from kkm_sim.control import calls, streaming
from kkm_sim.control.access import Access
from kkm_sim.control.loopback import LoopbackOnly
from kkm_sim.control.mailbox import CAPACITY
from kkm_sim.control.problems import answer_problems
from kkm_sim.control.routing import Call, Resource
from kkm_sim.drivers.pump import Pump
from kkm_sim.simulator import Simulator

CALLS: Sequence[Call] = (*calls.router.calls, *streaming.router.calls)


def create_app(
    pump: Pump, simulator: Simulator, *, loopback_only: bool = False, event_capacity: int = CAPACITY
) -> Starlette:
    """The API over a simulator that `pump` drives; `event_capacity` events may wait for each slow client."""
    app = Starlette(routes=_routes())
    app.router.redirect_slashes = False
    app.state.access = Access(pump, simulator)
    app.state.event_capacity = event_capacity
    answer_problems(app)
    if loopback_only:
        app.add_middleware(LoopbackOnly)
    return app


def _routes() -> list[BaseRoute]:
    resources: defaultdict[str, dict[str, Call]] = defaultdict(dict)
    for call in CALLS:
        resources[call.path][call.method] = call
    return [
        Route("/openapi.json", Resource({"GET": _openapi})),
        *(Route(path, Resource(methods)) for path, methods in resources.items()),
        WebSocketRoute("/v1/events", streaming.events),
        WebSocketRoute("/{path:path}", streaming.no_such_stream),
    ]


async def _openapi(request: Request) -> Response:
    # Who does not ask does not wait for it.
    from kkm_sim.control.openapi import document

    text = json.dumps(document(CALLS), ensure_ascii=False)
    return Response(text.encode(), media_type="application/json")

"""The application: the calls, their problems, and what OpenAPI says of them."""

from typing import Any

from fastapi import FastAPI
from pydantic import TypeAdapter

from kkm_sim.control import calls, streaming
from kkm_sim.control.access import Access
from kkm_sim.control.loopback import LoopbackOnly
from kkm_sim.control.mailbox import CAPACITY
from kkm_sim.control.models import Event
from kkm_sim.control.problems import Problem, answer_problems
from kkm_sim.drivers.pump import Pump
from kkm_sim.simulator import Simulator

ABOUT = (
    "Everything a person can do to the till and see of it. Money in kopecks, quantity in thousandths, moments in "
    "nanoseconds since the start, bytes in hex. Errors are problem details (RFC 9457)."
)


class ControlApp(FastAPI):
    """FastAPI with the schemas that no call's signature names."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            document = super().openapi()
            reference = "#/components/schemas/{model}"
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            extras: dict[str, Any] = {"Problem": Problem, "Event": Event}
            for name, model in extras.items():
                schema = TypeAdapter(model).json_schema(mode="serialization", ref_template=reference)
                schemas |= schema.pop("$defs", {})
                schemas[name] = schema
        return self.openapi_schema or {}


def create_app(
    pump: Pump, simulator: Simulator, *, loopback_only: bool = False, event_capacity: int = CAPACITY
) -> FastAPI:
    """The API over a simulator that `pump` drives; `event_capacity` events may wait for each slow client."""
    # The documentation pages of FastAPI load scripts from outside.
    app = ControlApp(
        title="kkm-sim control API",
        version="1",
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.access = Access(pump, simulator)
    app.state.event_capacity = event_capacity
    answer_problems(app)
    app.include_router(calls.router)
    app.include_router(streaming.router)
    if loopback_only:
        app.add_middleware(LoopbackOnly)
    return app

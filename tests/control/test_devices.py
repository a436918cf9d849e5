import asyncio

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from kkm_sim.control.devices import DeviceChoice
from tests.control.support import problem


def app_named(name: str) -> Starlette:
    async def who(request: Request) -> JSONResponse:
        return JSONResponse(name)

    return Starlette(routes=[Route("/v1/till", who)])


def get(path: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        choice = DeviceChoice({"one": app_named("one"), "two": app_named("two")})
        async with httpx.AsyncClient(transport=httpx.ASGITransport(choice), base_url="http://till") as client:
            return await client.get(path)

    return asyncio.run(ask())


def test_the_device_is_chosen_by_name_the_first_without() -> None:
    assert get("/v1/till").json() == "one"
    assert get("/v1/till?device=two").json() == "two"


def test_a_device_that_is_not_there_is_a_problem() -> None:
    sentence = problem(get("/v1/till?device=three"), 404)
    assert sentence == "There is no simulated device 'three'; there is one, two."

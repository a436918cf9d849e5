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

    return Starlette(routes=[Route("/v1/till", who), Route("/openapi.json", who)])


def get(path: str, *names: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        choice = DeviceChoice({name: app_named(name) for name in names or ("one", "two")})
        async with httpx.AsyncClient(transport=httpx.ASGITransport(choice), base_url="http://till") as client:
            return await client.get(path)

    return asyncio.run(ask())


def test_the_device_is_chosen_by_name() -> None:
    assert get("/v1/till?device=one").json() == "one"
    assert get("/v1/till?device=two").json() == "two"


def test_without_a_name_there_must_be_one_device() -> None:
    assert get("/v1/till", "only").json() == "only"
    sentence = problem(get("/v1/till?devcie=two"), 400)
    assert sentence == "There are several simulated devices: say which, ?device=one; there is one, two."


def test_what_is_the_same_for_all_needs_no_name() -> None:
    assert get("/openapi.json").json() == "one"


def test_a_device_that_is_not_there_is_a_problem() -> None:
    sentence = problem(get("/v1/till?device=three"), 404)
    assert sentence == "There is no simulated device 'three'; there is one, two."

import asyncio

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response

from tests.control.support import Api, problem


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/till/", "/v2/till", "/docs", "/redoc", "/v1/faults"])
def test_nothing_there(api: Api, path: str) -> None:
    sentence = problem(api("GET", path), 404)
    assert sentence == f"There is nothing at {path}. What there is stands in /openapi.json."


def test_the_wrong_method(api: Api) -> None:
    answer = api("POST", "/v1/till")
    assert problem(answer, 405) == "/v1/till takes GET, not POST. What there is stands in /openapi.json."
    assert answer.headers["allow"] == "GET"


def test_a_body_that_is_not_json(api: Api) -> None:
    answer = api("POST", "/v1/power", content="{", headers={"Content-Type": "application/json"})
    assert problem(answer, 400) == "The body is not JSON from line 1, column 2 on."


@pytest.mark.parametrize(
    ("sent", "came"),
    [
        ({"content": '{"on": true}'}, "without a Content-Type"),
        ({"data": {"on": "true"}}, "as application/x-www-form-urlencoded"),
        ({"content": '{"on": true}', "headers": {"Content-Type": "text/plain"}}, "as text/plain"),
    ],
)
def test_a_body_that_does_not_say_it_is_json(api: Api, sent: dict[str, object], came: str) -> None:
    sentence = problem(api("POST", "/v1/power", None, **sent), 415)
    assert sentence == f"The body came {came}: send JSON with the header Content-Type: application/json."
    assert api("GET", "/v1/till").json()["power"] is True


@pytest.mark.parametrize(
    ("call", "body", "sentence"),
    [
        ("power", None, "The body is required."),
        ("power", [], "The body should be a JSON object."),
        ("power", {}, 'Field "on" is required.'),
        ("power", {"on": "yes"}, 'Field "on" should be true or false.'),
        ("power", {"on": 1}, 'Field "on" should be true or false.'),
        ("power", {"on": True, "off": False}, 'Field "off" is not known here.'),
        ("power?till=one", {"on": True}, 'Query parameter "till" should be a whole number'),
        ("paper", {"present": None}, 'Field "present" should be true or false.'),
        ("keys", {"keys": 5}, "Field \"keys\" should be a string of keys, such as '1 5 0 ПИ', or a list"),
        ("keys", {"keys": ["1", 5]}, "Field \"keys\" should be a string of keys, such as '1 5 0 ПИ', or a list"),
    ],
)
def test_a_body_that_does_not_fit(api: Api, call: str, body: object, sentence: str) -> None:
    assert problem(api("POST", f"/v1/{call}", body), 422).startswith(sentence)


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("tape?format=pdf", 'Query parameter "format" should be json, text, png or svg.'),
        ("tape?since=-1", 'Query parameter "since" should be a whole number, 0 or more.'),
        ("wire?since=x", 'Query parameter "since" should be a whole number'),
        ("options/speed", 'Path parameter "n" should be a whole number'),
    ],
)
def test_a_parameter_that_does_not_fit(api: Api, path: str, sentence: str) -> None:
    assert problem(api("GET", f"/v1/{path}"), 422).startswith(sentence)


def test_events_are_not_for_http(api: Api) -> None:
    assert "ws://" in problem(api("GET", "/v1/events"), 426)


def test_our_own_mistake_shows_no_traceback(api: Api) -> None:
    async def broken(request: Request) -> Response:
        raise RuntimeError("inside")

    async def call() -> httpx.Response:
        transport = httpx.ASGITransport(api.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://till") as client:
            return await client.get("/broken")

    api.app.add_route("/broken", broken)
    assert problem(asyncio.run(call()), 500) == "A mistake in kkm-sim itself; its log says more."

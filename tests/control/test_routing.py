import asyncio
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from kkm_sim.control.access import Access
from kkm_sim.control.models import OfOption, OptionValue
from kkm_sim.control.problems import answer_problems
from kkm_sim.control.routing import Resource, Router
from tests.control.support import problem

router = Router()


@router.call("PUT", "/double/{n}")
async def double(access: Access, asked: OfOption, body: OptionValue) -> OptionValue:
    """Twice as much."""
    return OptionValue(value=body.value * asked.n)


@router.call("DELETE", "/double/{n}", status=204)
async def forget(access: Access, asked: OfOption) -> None:
    """Nothing."""


@router.call("GET", "/double/{n}", answer=OptionValue, problems=[409])
async def tell(access: Access, asked: OfOption) -> Response:
    """A response that is made."""
    return Response("made", 201)


def send(method: str, path: str = "/double/2", **more: Any) -> httpx.Response:
    app = Starlette(routes=[Route("/double/{n}", Resource({call.method: call for call in router.calls}))])
    app.state.access = None
    answer_problems(app)

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://till") as client:
            return await client.request(method, path, **more)

    return asyncio.run(ask())


def test_a_call_is_declared_by_its_signature() -> None:
    put, delete, get = router.calls
    assert (put.method, put.path, put.asked, put.body, put.answer) == (
        "PUT",
        "/double/{n}",
        OfOption,
        OptionValue,
        OptionValue,
    )
    assert (delete.body, delete.answer, delete.status) == (None, None, 204)
    assert (get.answer, get.problems) == (OptionValue, [409])


def test_what_it_gives_is_sent() -> None:
    answer = send("PUT", json={"value": 21})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.content == b'{"value":42}'
    assert (send("DELETE").status_code, send("DELETE").content) == (204, b"")
    assert (send("GET").status_code, send("GET").text) == (201, "made")


@pytest.mark.parametrize("method", ["POST", "HEAD", "OPTIONS"])
def test_other_methods_are_told_which_there_are(method: str) -> None:
    answer = send(method)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "DELETE, GET, PUT"


def test_all_that_does_not_fit_is_told_at_once() -> None:
    sentence = problem(send("PUT", "/double/x?till=y", json={"worth": 1}), 422)
    assert sentence == (
        'Query parameter "till" should be a whole number; path parameter "n" should be a whole number; '
        'field "value" is required; field "worth" is not known here.'
    )


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "APPLICATION/JSON", "application/vnd.till+json"])
def test_json_has_more_than_one_name(kind: str) -> None:
    assert send("PUT", content='{"value": 1}', headers={"Content-Type": kind}).json() == {"value": 2}


@pytest.mark.parametrize("kind", ["text/json", "application/xml", "application/jsonp"])
def test_what_is_no_json_is_refused(kind: str) -> None:
    sentence = problem(send("PUT", content='{"value": 1}', headers={"Content-Type": kind}), 415)
    assert sentence.startswith(f"The body came as {kind}: ")


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b'{"value": 1', "line 1, column 12"),
        (b'{\n"value":: 1}', "line 2, column 9"),
        (b"\xff\xfe", "line 1, column 1"),
        (b'{"value": "\xff"}', "line 1, column 1"),
        (b"[" * 100_000, "line 1, column 1"),
        (b'{"value": %s}' % (b"9" * 5000), "line 1, column 1"),
    ],
)
def test_a_body_that_cannot_be_read(body: bytes, place: str) -> None:
    answer = send("PUT", content=body, headers={"Content-Type": "application/json"})
    assert problem(answer, 400) == f"The body is not JSON from {place} on."


@pytest.mark.parametrize("body", [b"1", b'"x"', b"[1]", b"NaN"])
def test_a_body_is_an_object(body: bytes) -> None:
    answer = send("PUT", content=body, headers={"Content-Type": "application/json"})
    assert problem(answer, 422) == "The body should be a JSON object."


@pytest.mark.parametrize("body", [b"", b"null"])
def test_a_body_is_required(body: bytes) -> None:
    answer = send("PUT", content=body, headers={"Content-Type": "application/json"})
    assert problem(answer, 422) == "The body is required."


def test_what_is_no_text_is_told_all_the_same() -> None:
    answer = send("PUT", content=b'{"value": 1, "\\ud800": 2}', headers={"Content-Type": "application/json"})
    assert problem(answer, 422) == 'Field "\ud800" is not known here.'

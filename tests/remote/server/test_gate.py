import json
from http import HTTPStatus
from typing import Any

import pytest
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from kkm_sim.clock import SECOND
from kkm_sim.remote.server.gate import Gate, Refusal, Wish, problem

DEVICE = "/v1/devices/one"


def gate(*tokens: str, loopback_only: bool = True, full: str = "") -> Gate:
    documents = {"/v1/devices": lambda: ["list"]}
    names = ["one", "касса 2"]
    return Gate(names, documents, tokens=tokens, loopback_only=loopback_only, full=lambda: full)


def request(path: str = DEVICE, *headers: tuple[str, str], host: str = "127.0.0.1:19524") -> Request:
    given = [("Host", host)] if host else []
    return Request(path, Headers([*given, ("Upgrade", "websocket"), *headers]))


def refused(response: Response | None, status: int) -> str:
    assert response is not None
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Content-Length"] == str(len(response.body))
    details: dict[str, Any] = json.loads(response.body)
    assert (details["type"], details["status"], details["title"]) == ("about:blank", status, HTTPStatus(status).phrase)
    sentence: str = details["detail"]
    assert sentence.endswith(".")
    return sentence


def test_a_device_is_let_pass() -> None:
    assert gate().answer(request()) is None
    assert gate().answer(request("/v1/devices/%D0%BA%D0%B0%D1%81%D1%81%D0%B0%202")) is None


def test_a_document_is_answered() -> None:
    response = gate().answer(request("/v1/devices"))
    assert response is not None
    assert (response.status_code, response.body) == (200, b'["list"]')


def test_what_is_not_there_is_told_with_what_is() -> None:
    assert refused(gate().answer(request("/v1/devices/x")), 404) == "There is no device 'x'; there is one, касса 2."
    assert "/v1/openrpc.json" in refused(gate().answer(request("/")), 404)


def test_a_device_wants_a_websocket() -> None:
    plain = Request(DEVICE, Headers([("Host", "localhost")]))
    response = gate().answer(plain)
    assert "ws://" in refused(response, 426)
    assert response is not None
    assert response.headers["Upgrade"] == "websocket"


@pytest.mark.parametrize("path", ["/v1/devices", DEVICE])
@pytest.mark.parametrize("method", ["POST", "HEAD", "DELETE"])
def test_other_methods_are_not_for_here(method: str, path: str) -> None:
    response = gate().answer(Request(path, Headers([("Host", "localhost"), ("Upgrade", "websocket")]), method))
    assert "GET" in refused(response, 405)
    assert response is not None
    assert response.headers["Allow"] == "GET"


def test_where_there_is_no_room_the_list_is_told_all_the_same() -> None:
    crowded = gate("secret", full="There is no room.")
    assert refused(crowded.answer(request(DEVICE, ("Authorization", "Bearer secret"))), 503) == "There is no room."
    assert "token" in refused(crowded.answer(request()), 401)
    listed = crowded.answer(request("/v1/devices", ("Authorization", "Bearer secret")))
    assert listed is not None
    assert listed.status_code == 200


# Tokens


@pytest.mark.parametrize("path", [DEVICE, "/v1/devices", "/v1/devices/x", "/nothing"])
def test_without_a_token_nobody_learns_anything(path: str) -> None:
    response = gate("secret").answer(request(path))
    assert "Authorization: Bearer" in refused(response, 401)
    assert response is not None
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("given", ["Bearer secret", "bearer second", "Bearer  secret "])
def test_any_of_the_tokens_is_good(given: str) -> None:
    assert gate("secret", "second").answer(request(DEVICE, ("Authorization", given))) is None


@pytest.mark.parametrize(
    "given", ["Bearer", "Bearer ", "Bearer secre", "Bearer secret2", "Basic secret", "secret", "é"]
)
def test_nothing_else_is(given: str) -> None:
    refused(gate("secret").answer(request(DEVICE, ("Authorization", given))), 401)


def test_two_tokens_at_once_are_none() -> None:
    two = request(DEVICE, ("Authorization", "Bearer secret"), ("Authorization", "Bearer x"))
    refused(gate("secret").answer(two), 401)


# Browsers


def test_a_page_of_the_same_host_is_let_in() -> None:
    assert gate().answer(request(DEVICE, ("Origin", "http://127.0.0.1:3000"))) is None


@pytest.mark.parametrize("loopback_only", [True, False])
def test_a_page_from_elsewhere_is_not(loopback_only: bool) -> None:
    strange = request(DEVICE, ("Origin", "http://localhost:3000"))
    sentence = refused(gate(loopback_only=loopback_only).answer(strange), 403)
    assert sentence == "Pages from elsewhere are not let in: http://localhost:3000."


def test_a_name_that_was_bound_to_this_computer_is_not_its_own() -> None:
    rebound = request(DEVICE, ("Origin", "http://evil.example"), host="evil.example:19524")
    assert "evil.example" in refused(gate().answer(rebound), 403)
    assert gate(loopback_only=False).answer(request(host="till.shop:19524")) is None


@pytest.mark.parametrize("hosts", [[], ["localhost", "evil.example"], [""]])
def test_one_host_is_needed(hosts: list[str]) -> None:
    several = Request(DEVICE, Headers([("Host", host) for host in hosts]))
    refused(gate().answer(several), 400)


# What is wished


def test_a_wish_has_the_timeout_in_ns_and_the_clients_name() -> None:
    assert gate().wish(f"{DEVICE}?timeout=1.5&client=%D0%AF") == Wish("one", 1_500_000_000, "Я")


def test_the_timeout_is_5_s_where_nobody_says_one() -> None:
    assert gate().wish(DEVICE) == Wish("one", 5 * SECOND, "")


def test_a_clients_name_is_short_and_has_no_lines() -> None:
    assert gate().wish(f"{DEVICE}?client=a%0Akkm-sim:{'b' * 200}").client == ("akkm-sim:" + "b" * 200)[:64]


@pytest.mark.parametrize("text", ["", "-1", "soon", "nan", "inf", "1e300", "1e999", "86401"])
def test_a_timeout_is_a_number_of_seconds(text: str) -> None:
    assert "number of seconds" in refused(gate().answer(request(f"{DEVICE}?timeout={text}")), 400)


@pytest.mark.parametrize("query", ["timout=5", "timeout=1&timeout=2", "client=a&client=b"])
def test_other_parameters_are_mistakes(query: str) -> None:
    refused(gate().answer(request(f"{DEVICE}?{query}")), 400)


def test_what_is_no_address_is_a_mistake() -> None:
    assert refused(gate().answer(request("//[")), 400) == "'//[' is no address."


def test_a_wish_for_nothing_is_refused() -> None:
    with pytest.raises(Refusal):
        gate().wish("/v1/devices/")


def test_a_problem_may_tell_what_is_no_text() -> None:
    assert refused(problem(HTTPStatus.NOT_FOUND, "\udcff."), 404)

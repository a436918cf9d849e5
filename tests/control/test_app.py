from typing import Any

import pytest

from tests.control.support import Api

BODIES: dict[str, object] = {
    "/v1/keys": {"keys": "1 С"},
    "/v1/options/{n}": {"value": 3},
    "/v1/power": {"on": True},
    "/v1/paper": {"present": True},
    "/v1/clock": {"advance_s": 1},
}

CALLS = {
    ("GET", "/v1/till"),
    ("POST", "/v1/keys"),
    ("GET", "/v1/indicator"),
    ("GET", "/v1/tape"),
    ("GET", "/v1/findings"),
    ("DELETE", "/v1/findings"),
    ("GET", "/v1/wire"),
    ("GET", "/v1/options/{n}"),
    ("PUT", "/v1/options/{n}"),
    ("POST", "/v1/power"),
    ("POST", "/v1/paper"),
    ("POST", "/v1/clock"),
    ("GET", "/v1/events"),
}


def operations(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(m.upper(), path): call for path, calls in document["paths"].items() for m, call in calls.items()}


def references(node: object) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"]} if "$ref" in node else set()
        return own.union(*(references(child) for child in node.values()))
    return set().union(*(references(child) for child in node)) if isinstance(node, list) else set()


def test_openapi_names_every_call(api: Api) -> None:
    document = api("GET", "/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert operations(document).keys() == CALLS


def test_openapi_has_every_schema_it_names(api: Api) -> None:
    document = api("GET", "/openapi.json").json()
    schemas = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert references(document) <= schemas
    assert {f"#/components/schemas/{name}" for name in ("Problem", "Event", "Snapshot", "KeyEvent")} <= schemas


def test_openapi_tells_of_problems(api: Api) -> None:
    for name, call in operations(api("GET", "/openapi.json").json()).items():
        assert {"404", "422", "default"} <= call["responses"].keys(), name
        for status, answer in call["responses"].items():
            if status == "default" or status >= "4":
                assert answer["content"].keys() == {"application/problem+json"}, (name, status)


@pytest.mark.parametrize(
    "path",
    [*(f"tape?format={output}" for output in ("json", "text", "png", "svg")), "indicator?format=svg"],
)
def test_every_format_is_documented(api: Api, path: str) -> None:
    call = operations(api("GET", "/openapi.json").json())["GET", f"/v1/{path.partition('?')[0]}"]
    kind = api("GET", f"/v1/{path}").headers["content-type"].partition(";")[0]
    assert kind in call["responses"]["200"]["content"]


@pytest.mark.parametrize(("method", "path"), sorted(CALLS))
def test_every_call_answers_as_documented(api: Api, method: str, path: str) -> None:
    call = operations(api("GET", "/openapi.json").json())[method, path]
    body = BODIES.get(path) if method != "GET" else None
    answer = api(method, path.format(n=29), body)
    documented = call["responses"][str(answer.status_code)]
    assert answer.headers.get("content-type") in documented.get("content", {None: {}})
    assert answer.is_success or path == "/v1/events"

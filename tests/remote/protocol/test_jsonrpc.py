import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkm_sim.remote.protocol.jsonrpc import (
    INVALID_PARAMS,
    INVALID_REQUEST,
    PARSE_ERROR,
    Failure,
    Malformed,
    Message,
    Notification,
    Request,
    Result,
    parse,
)

GOLDEN: list[tuple[Message, str]] = [
    (
        Request(1, "message", {"code": 2}),
        '{"jsonrpc":"2.0","id":1,"method":"message","params":{"code":2}}',
    ),
    (Request("a", "ping", {}), '{"jsonrpc":"2.0","id":"a","method":"ping","params":{}}'),
    (Notification("ready", {}), '{"jsonrpc":"2.0","method":"ready","params":{}}'),
    (Result(1, {"result": 0}), '{"jsonrpc":"2.0","id":1,"result":{"result":0}}'),
    (Result(1, None), '{"jsonrpc":"2.0","id":1,"result":null}'),
    (
        Failure(7, -32004, "no", {"result": 27}),
        '{"jsonrpc":"2.0","id":7,"error":{"code":-32004,"message":"no","data":{"result":27}}}',
    ),
    (Failure(None, -32700, "no"), '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"no"}}'),
]


@pytest.mark.parametrize(("message", "text"), GOLDEN)
def test_both_ways(message: Message, text: str) -> None:
    assert message.encode() == text
    assert parse(text) == message


def test_a_call_without_params_has_none() -> None:
    assert parse('{"jsonrpc": "2.0", "id": 1, "method": "ping"}') == Request(1, "ping", {})


@pytest.mark.parametrize(
    ("text", "number", "code"),
    [
        ("", None, PARSE_ERROR),
        ("{", None, PARSE_ERROR),
        ("[" * 100_000, None, PARSE_ERROR),
        (f'{{"id": {"9" * 5000}}}', None, PARSE_ERROR),
        ("7", None, INVALID_REQUEST),
        ("[]", None, INVALID_REQUEST),
        ('[{"jsonrpc":"2.0","id":1,"method":"ping"}]', None, INVALID_REQUEST),
        ('{"id":1,"method":"ping"}', None, INVALID_REQUEST),
        ('{"jsonrpc":"1.0","id":1,"method":"ping"}', None, INVALID_REQUEST),
        ('{"jsonrpc":"2.0","id":1,"method":7}', 1, INVALID_REQUEST),
        ('{"jsonrpc":"2.0","id":null,"method":"ping"}', None, INVALID_REQUEST),
        ('{"jsonrpc":"2.0","id":1.5,"method":"ping"}', None, INVALID_REQUEST),
        ('{"jsonrpc":"2.0","id":true,"method":"ping"}', None, INVALID_REQUEST),
        ('{"jsonrpc":"2.0","id":1,"method":"ping","params":[1]}', 1, INVALID_PARAMS),
        ('{"jsonrpc":"2.0","method":"ping","params":null}', None, INVALID_PARAMS),
        # What was meant for a response bears an id of ours: no call of its sender's is told by that it failed.
        ('{"jsonrpc":"2.0","id":1}', None, INVALID_REQUEST),
        ('{"jsonrpc":"2.0","result":1}', None, INVALID_REQUEST),
        ('{"jsonrpc":"2.0","id":1,"result":1,"error":{}}', None, INVALID_REQUEST),
        ('{"jsonrpc":"2.0","id":1,"error":{"code":"x","message":"y"}}', None, INVALID_REQUEST),
        ('{"jsonrpc":"2.0","id":1,"error":{"code":1}}', None, INVALID_REQUEST),
    ],
)
def test_what_is_no_message_is_told_back(text: str, number: int | None, code: int) -> None:
    malformed = parse(text)
    assert isinstance(malformed, Malformed)
    assert (malformed.reply.id, malformed.reply.code) == (number, code)
    assert json.loads(malformed.reply.encode())["error"]["message"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
MEMBERS = st.fixed_dictionaries(
    {},
    optional={
        "jsonrpc": st.just("2.0") | JSON,
        "id": JSON,
        "method": st.just("ping") | JSON,
        "params": JSON,
        "result": JSON,
        "error": st.fixed_dictionaries({"code": JSON, "message": JSON}) | JSON,
    },
)


@given(MEMBERS.map(json.dumps) | st.text())
def test_whatever_comes_there_is_something_to_say_to_it(text: str) -> None:
    message = parse(text)
    said = message.reply.encode() if isinstance(message, Malformed) else message.encode()
    assert said.isascii()
    assert not isinstance(parse(said), Malformed)

import errno
import os
import socket
import ssl

import pytest

from kkm_sim.remote.client.connection_errors import no_server, refusal, stranger

REFUSED = os.strerror(errno.ECONNREFUSED)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (TimeoutError(), "host did not answer within 2.5 s"),
        (
            OSError(errno.ECONNREFUSED, "Connect call failed ('127.0.0.1', 1)"),
            f"no server at host ({REFUSED})",
        ),
        (socket.gaierror(-2, "nobody knows it"), "no server at host (nobody knows it)"),
        (OSError("Multiple exceptions: …"), "no server at host (Multiple exceptions: …)"),
        (ssl.SSLCertVerificationError(1, "self-signed certificate"), "no TLS with host ("),
        (ssl.SSLError(1, "wrong version number"), "host ended the connection before it said anything: if it has TLS"),
        (ConnectionResetError(), "host ended the connection before it said anything: if it has TLS, say wss://host"),
    ],
)
def test_the_network(error: OSError, told: str) -> None:
    assert str(no_server("host", error, 2.5)).startswith(told)


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (401, b'{"title": "Unauthorized", "status": 401, "detail": "A token."}', "host wants a token"),
        (403, b'{"title": "Forbidden", "status": 403, "detail": "For this computer."}', "For this computer."),
        (404, b'{"title": "Not Found", "status": 404, "detail": "There is no till."}', "There is no till."),
    ],
)
def test_http(status: int, body: bytes, told: str) -> None:
    assert str(refusal("host", status, body)).startswith(told)


@pytest.mark.parametrize(
    "body",
    [
        *(b"<html>", b"", b"[]", b'{"detail": "Not Found"}', b'{"title": 1, "status": 404, "detail": ""}'),
        *(b'{"title": "Not Found", "status": 404}', b'{"title": "Not Found", "status": 400, "detail": "x"}'),
    ],
)
def test_http_of_a_stranger(body: bytes) -> None:
    told = "what answers at host is no remote access server of kkm-sim: it answers HTTP 404"
    assert str(refusal("host", 404, body)) == told


def test_tls_where_there_is_none() -> None:
    told = "wss://host:7 ended the connection before it said anything: if it has no TLS, say ws://host:7"
    assert str(no_server("wss://host:7", ConnectionResetError(), 1)) == told


def test_something_else() -> None:
    assert str(stranger("host", "so it is")) == "what answers at host is no remote access server of kkm-sim: so it is"

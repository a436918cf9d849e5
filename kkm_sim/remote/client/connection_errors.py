"""Why there is no connection to a server, in the words of what a user can do about it."""

import contextlib
import json
import os
import ssl as tls
from typing import Any

from kkm_sim.remote.protocol.errors import NotConnected, RemoteError


def no_server(server: str, error: OSError, timeout: float) -> NotConnected:
    """The network's error."""
    if isinstance(error, TimeoutError):
        told = f"{server} did not answer within {timeout:g} s: is it the address? A slow network needs a longer timeout"
    elif isinstance(error, tls.SSLCertVerificationError):
        reason = getattr(error, "verify_message", error)
        told = f"no TLS with {server} ({reason}): is its certificate trusted here?"
    elif isinstance(error, (tls.SSLError, ConnectionResetError, ConnectionAbortedError, BrokenPipeError)):
        told = f"{server} ended the connection before it said anything: {_other_scheme(server)}"
    else:
        told = f"no server at {server} ({_reason(error)}): is `kkm-sim serve` running there?"
    return NotConnected(told)


def _reason(error: OSError) -> str:
    # asyncio puts words and addresses of its own in the place of the system's.
    if error.errno is not None and error.errno > 0:
        return os.strerror(error.errno)
    return error.strerror or str(error)


def refusal(server: str, status: int, body: bytes) -> RemoteError:
    """An HTTP answer that lets nobody in; the server's own words where it has some."""
    detail = _detail(status, body)
    if not detail:
        return stranger(server, f"it answers HTTP {status}")
    if status == 401:
        return RemoteError(f"{server} wants a token of its --token-file: none was given, or one that it does not know")
    return RemoteError(detail)


def _detail(status: int, body: bytes) -> str:
    """What our server says of its refusal, as problem details; "": another's answer."""
    told: Any = None
    with contextlib.suppress(ValueError):
        told = json.loads(body)
    if not isinstance(told, dict) or told.get("status") != status or not isinstance(told.get("title"), str):
        return ""
    detail = told.get("detail")
    return detail if isinstance(detail, str) else ""


def stranger(server: str, reason: object) -> RemoteError:
    """Something else answers there."""
    return RemoteError(f"what answers at {server} is no remote access server of kkm-sim: {reason}")


def no_http(server: str) -> RemoteError:
    """What answers there does not even speak HTTP."""
    return stranger(server, f"it does not speak HTTP; {_other_scheme(server)}")


def _other_scheme(server: str) -> str:
    """With or without TLS: what a user may have mixed up."""
    scheme, _, where = server.rpartition("://")
    return f"if it has no TLS, say ws://{where}" if scheme == "wss" else f"if it has TLS, say wss://{where}"

"""Why there is no connection to a server, in the words of what a user can do about it."""

import contextlib
import json
import os
import ssl as tls

from kkm_sim.remote.errors import NotConnected, RemoteError


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


def refusal(server: str, device: str | None, status: int, body: bytes) -> RemoteError:
    """An HTTP answer that lets nobody in; the server's own words where it has some."""
    detail = ""
    with contextlib.suppress(ValueError, AttributeError):
        detail = str(json.loads(body).get("detail", ""))
    if status in (401, 403):
        return RemoteError(f"{server} wants a token of its --token-file: none was given, or one that it does not know")
    if status == 404 and device is not None:
        return RemoteError(detail or f"{server} has no device {device!r}; GET /v1/devices lists them")
    return RemoteError(detail or f"{server} does not let us in: HTTP {status}")


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

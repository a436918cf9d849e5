"""Where a remote access server and its devices are, and what lets us in: what a user says ↔ URLs and headers."""

from urllib.parse import quote, urlencode, urlsplit

PORT = 19524

TIMEOUT_S = 5.0
"""How long a client waits for a device where it does not say [D-54]."""

LONGEST_S = 86_400
"""Nobody waits longer than a day."""


def server_url(server: str) -> str:
    """`ws://HOST:PORT` of what a user calls a server: HOST, HOST:PORT, [::1]:PORT, ws://… or wss://…; or ValueError."""
    url = server if "://" in server else f"ws://{server}"
    wanted = f"{server!r} is no server: HOST:{PORT}, ws://HOST:{PORT} or wss://HOST:{PORT}"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError(wanted) from None
    if parts.scheme in ("ws", "wss") and parts.path.startswith("/v1/devices"):
        told = f"leave the path away: {parts.scheme}://{parts.netloc}, and say the device by its name"
        raise ValueError(f"{server!r} is more than a server: {told}")
    extra = parts.path.strip("/") or parts.query or parts.fragment or parts.username
    if parts.scheme not in ("ws", "wss") or not host or port == 0 or extra or any(sign.isspace() for sign in server):
        raise ValueError(wanted)
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}:{PORT if port is None else port}"


def patience(timeout: float) -> float:
    """Seconds that a user says; or ValueError."""
    if not isinstance(timeout, (int, float)):
        raise ValueError(f"a timeout of {timeout!r}: it is a number of seconds from 0 to {LONGEST_S}")
    if not 0 <= timeout <= LONGEST_S:
        raise ValueError(f"a timeout of {timeout} s: it is from 0 to {LONGEST_S}")
    return timeout


def credentials(token: str | None) -> dict[str, str]:
    """The header that shows the server a token, as it stands in a file; or ValueError."""
    if token is None:
        return {}
    if not isinstance(token, str):  # which is not shown: it may be the secret all the same
        raise ValueError(f"the token is of type {type(token).__name__}: it is a str, a line of ASCII")
    token = token.strip()
    if not token or not token.isascii() or not token.isprintable():
        raise ValueError("the token is none: it is a line of ASCII")
    return {"Authorization": f"Bearer {token}"}


def device_url(server: str, device: str, timeout: float, client: str | None) -> str:
    """Where the device is, and how many seconds we wait for it. `client`: what those who wait for us are told."""
    query = {"timeout": f"{timeout:.9f}".rstrip("0").rstrip(".")} | ({"client": client} if client else {})
    return f"{server_url(server)}/v1/devices/{quote(device, safe='')}?{urlencode(query)}"

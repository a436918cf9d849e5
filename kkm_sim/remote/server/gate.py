"""Who is let in, and to what: the HTTP side of the server, before any WebSocket."""

import hmac
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from kkm_sim.clock import SECOND
from kkm_sim.drivers.browser_guard import BrowserGuard, Pages
from kkm_sim.remote.protocol.addresses import LONGEST_S, TIMEOUT_S

DEVICES = "/v1/devices"
OPENRPC = "/v1/openrpc.json"

LONGEST_NAME = 64


class Refusal(Exception):
    """A request that is not carried out: a status and a sentence."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Wish:
    """What a WebSocket is opened for. `timeout` in ns; `client`: as it calls itself, "" if it does not."""

    device: str
    timeout: int
    client: str


class Gate:
    """Looks at requests: answers those that are answered by a document, lets those pass that want a device."""

    def __init__(
        self,
        devices: Sequence[str],
        documents: Mapping[str, Callable[[], Any]],
        *,
        tokens: Sequence[str],
        loopback_only: bool,
        full: Callable[[], str],
    ) -> None:
        """`documents`: what to answer, by path. With `tokens` every request needs one of them. `full`: why there is no
        room for one more client, "" while there is."""
        self._devices = devices
        self._documents = documents
        self._tokens = [token.encode() for token in tokens]
        self._guard = BrowserGuard(Pages.OF_THE_SAME_HOST, loopback_only)
        self._full = full

    def answer(self, request: Request) -> Response | None:
        """The answer to a request; None: its WebSocket may be opened, for its `wish`."""
        try:
            self._check_page(request.headers)
            self._check_token(request.headers)
            # websockets before 17 knows no other method, and does not say which it was (websockets #1677).
            if (method := getattr(request, "method", "GET")) != "GET":
                told = f"{method} is not for here: GET lists and describes, the rest goes over a WebSocket."
                raise Refusal(HTTPStatus.METHOD_NOT_ALLOWED, told)
            path = _parts(request.path).path
            if path in self._documents:
                return _response(HTTPStatus.OK, self._documents[path](), "application/json")
            wish = self.wish(request.path)
            if "websocket" not in ",".join(request.headers.get_all("Upgrade")).lower():
                told = f"{wish.device} is worked with over a WebSocket: connect to this address with ws:// or wss://."
                raise Refusal(HTTPStatus.UPGRADE_REQUIRED, told)
            if told := self._full():
                raise Refusal(HTTPStatus.SERVICE_UNAVAILABLE, told)
        except Refusal as refusal:
            return problem(refusal.status, refusal.detail)
        return None

    def wish(self, target: str) -> Wish:
        """What a request's target asks for. Raises Refusal."""
        parts = _parts(target)
        name = unquote(parts.path.removeprefix(DEVICES + "/"))
        if not parts.path.startswith(DEVICES + "/") or name not in self._devices:
            if parts.path.startswith(DEVICES + "/"):
                told = f"There is no device {name!r}; there is {', '.join(self._devices)}."
            else:
                told = f"There is nothing at {parts.path}; there is {DEVICES}, {DEVICES}/NAME and {OPENRPC}."
            raise Refusal(HTTPStatus.NOT_FOUND, told)
        query = parse_qs(parts.query, keep_blank_values=True)
        for key, values in query.items():
            if key not in ("timeout", "client"):
                told = f"The parameter {key!r} is not known: there are timeout and client."
                raise Refusal(HTTPStatus.BAD_REQUEST, told)
            if len(values) > 1:
                raise Refusal(HTTPStatus.BAD_REQUEST, f"The parameter {key!r} is given twice.")
        client = "".join(each for each in query.get("client", [""])[0] if each.isprintable())
        return Wish(name, _timeout(query.get("timeout", [str(TIMEOUT_S)])[0]), client[:LONGEST_NAME])

    def _check_page(self, headers: Headers) -> None:
        """Pages of a browser stay out, but those of this host."""
        hosts, origins = headers.get_all("Host"), headers.get_all("Origin")
        host = _hostname(f"//{hosts[0]}") if len(hosts) == 1 else ""
        if not host:
            raise Refusal(HTTPStatus.BAD_REQUEST, "A request has one header Host.")
        match self._guard.foreign(hosts[0], origins):
            case "Host":
                raise Refusal(HTTPStatus.FORBIDDEN, f"This server is for this computer only, not for {host}.")
            case "Origin":
                raise Refusal(HTTPStatus.FORBIDDEN, f"Pages from elsewhere are not let in: {', '.join(origins)}.")

    def _check_token(self, headers: Headers) -> None:
        if not self._tokens:
            return
        given = headers.get_all("Authorization")
        kind, _, token = (given[0] if len(given) == 1 else "").partition(" ")
        # All are compared: how long it takes tells nothing of which was nearly right.
        known = [hmac.compare_digest(token.strip().encode("utf-8", "surrogateescape"), one) for one in self._tokens]
        if kind.lower() != "bearer" or not any(known):
            told = (
                "A token is needed: the header Authorization: Bearer TOKEN, with a token of the server's --token-file."
            )
            raise Refusal(HTTPStatus.UNAUTHORIZED, told)


def problem(status: HTTPStatus, detail: str) -> Response:
    """An error as problem details (RFC 9457)."""
    details = {"type": "about:blank", "title": status.phrase, "status": status, "detail": detail}
    return _response(status, details, "application/problem+json")


def _response(status: HTTPStatus, document: Any, media_type: str) -> Response:
    body = json.dumps(document, ensure_ascii=False).encode("utf-8", "backslashreplace")
    headers = Headers(
        [
            ("Date", formatdate(usegmt=True)),
            ("Connection", "close"),
            ("Content-Length", str(len(body))),
            ("Content-Type", media_type),
            ("Cache-Control", "no-store"),
        ]
    )
    if status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = "GET"
    if status is HTTPStatus.UPGRADE_REQUIRED:
        headers["Upgrade"] = "websocket"
    return Response(status.value, status.phrase, headers, body)


def _parts(target: str) -> SplitResult:
    try:
        return urlsplit(target)
    except ValueError:
        raise Refusal(HTTPStatus.BAD_REQUEST, f"{target!r} is no address.") from None


def _timeout(text: str) -> int:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= LONGEST_S:
        told = f"The timeout is a number of seconds from 0 to {LONGEST_S}, not {text!r}."
        raise Refusal(HTTPStatus.BAD_REQUEST, told)
    return int(seconds * SECOND)


def _hostname(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""

"""A remote access server that says what a test tells it to."""

import contextlib
import json
import threading
from collections.abc import Callable
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from tests.waiting import PATIENCE_S

READY = {"jsonrpc": "2.0", "method": "ready", "params": {"device": "till"}}

BUSY = {
    **{"jsonrpc": "2.0", "id": None},
    "error": {
        **{"code": -32001, "message": "device busy"},
        "data": {"holder": "касса 2", "since": "2026-11-21T15:00:00+03:00"},
    },
}


class Talk:
    """One connection, the server's end."""

    def __init__(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        self.path = socket.request.path
        self.headers = socket.request.headers
        self.socket = socket

    def say(self, message: dict[str, Any]) -> None:
        self.socket.send(json.dumps(message))

    def hear(self) -> dict[str, Any]:
        """The next message, without what all of them have."""
        message = json.loads(self.socket.recv(PATIENCE_S))
        assert message.pop("jsonrpc") == "2.0"
        return dict(message)

    def ready(self) -> None:
        self.say(READY)

    def answer(self, method: str, result: Any) -> dict[str, Any]:
        """Hears a call and answers it; returns its params."""
        call = self.hear()
        assert call["method"] == method
        self.reply(call, result)
        return dict(call["params"])

    def reply(self, call: dict[str, Any], result: Any) -> None:
        """Answers a call that it has heard."""
        self.say({"jsonrpc": "2.0", "id": call["id"], "result": result})

    def refuse(self, method: str, code: int, message: str = "", **data: Any) -> None:
        call = self.hear()
        assert call["method"] == method
        self.say({"jsonrpc": "2.0", "id": call["id"], "error": {"code": code, "message": message, "data": data}})

    def ask(self, number: int, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """A request; returns its response."""
        self.say({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        return self.hear()

    def tell(self, method: str, params: dict[str, Any]) -> None:
        self.say({"jsonrpc": "2.0", "method": method, "params": params})

    def until_closed(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            for _ in self.socket:
                pass


class FakeServer:
    """Talks with each client as `talks` says, one after the other; what went wrong there is raised at the end."""

    def __init__(
        self, *talks: Callable[[Talk], None], gate: Callable[[Request], Response | None] | None = None
    ) -> None:
        self._talks = list(talks)
        self._errors: list[BaseException] = []
        self._server = serve(
            self._serve, "127.0.0.1", 0, process_request=lambda _, request: None if gate is None else gate(request)
        )
        self.address = f"127.0.0.1:{self._server.socket.getsockname()[1]}"
        self._talking: set[threading.Thread] = set()
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def _serve(self, socket: ServerConnection) -> None:
        self._talking.add(threading.current_thread())
        try:
            talk = Talk(socket)
            self._talks.pop(0)(talk)
            talk.until_closed()
        except BaseException as error:
            self._errors.append(error)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join(PATIENCE_S)
        for thread in self._talking:
            thread.join(PATIENCE_S)
        # What it heard amiss is why its client failed, a connection that was lost only follows.
        for own in self._errors:
            if error is None or isinstance(own, AssertionError):
                raise own from error


def refusal(status: HTTPStatus, detail: str) -> Response:
    """How a server of ours says that it lets nobody in."""
    return answer(status, {"type": "about:blank", "title": status.phrase, "status": status, "detail": detail})


def answer(status: HTTPStatus, body: object) -> Response:
    """An HTTP answer in JSON."""
    text = json.dumps(body).encode()
    headers = Headers({"Content-Type": "application/json", "Content-Length": str(len(text)), "Connection": "close"})
    return Response(status.value, status.phrase, headers, text)

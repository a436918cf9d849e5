"""A till with its server, somewhere, and the operator who stands before it."""

import contextlib
import json
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

from kkm_sim.till.chart import TillState
from tests.commands.program import Program
from tests.remote.computers import Computer
from tests.render.matrix import decode_qr, modules_of_packed, with_quiet_zone
from tests.waiting import PATIENCE_S, eventually

Kind = Literal["sim:", "pty"]


class FarTill:
    """`address`: HOST:PORT of the server that has the till as kassa1; `rfc2217`: the same of its raw line."""

    def __init__(
        self, computer: Computer, control: str, server: Program, ready: dict[str, Any], token: str | None
    ) -> None:
        self.computer = computer
        self.server = server
        self.address = str(ready["listen"]).partition("://")[2]
        self.rfc2217 = ready["rfc2217"]["kassa1"] if ready["rfc2217"] else None
        self._control = control
        self._headers = {"Authorization": f"Bearer {token}"} if token is not None else {}

    def press(self, keys: str) -> None:
        self._ask("keys", {"keys": keys})

    def waits_for(self, come: Callable[[dict[str, Any]], bool]) -> None:
        eventually(lambda: come(self._ask("till")), why=lambda: f"in vain: {self._ask('till')}")

    def waits_for_state(self, state: TillState) -> None:
        self.waits_for(lambda shown: bool(shown["state"] == state.value))

    @property
    def indicator(self) -> str:
        return str(self._ask("till")["indicator"]["text"])

    @property
    def qr(self) -> str:
        """What the last picture on the tape says to whoever scans it."""
        *_, picture = (entry for entry in self._ask("tape")["entries"] if entry["kind"] == "bitmap")
        rows = [bytes.fromhex(row) for row in picture["rows"]]
        return decode_qr(with_quiet_zone(modules_of_packed(rows, picture["width"])))

    @property
    def findings(self) -> list[Any]:
        """What the master did against the document."""
        return list(self._ask("findings")["findings"])

    def waits_for_lease(self, state: str, waiting: int = 0) -> None:
        """Until the server says that of the device: `held` or `free`, and how many wait."""

        def told() -> tuple[object, object]:
            device = json.loads(self._read(f"http://{self.address}/v1/devices"))["devices"][0]
            return device["state"], device["waiting"]

        eventually(lambda: told() == (state, waiting), why=lambda: f"in vain: {told()}")

    def _ask(self, what: str, body: object = None) -> Any:
        text = None if body is None else json.dumps(body).encode()
        return json.loads(self._read(f"{self._control}/v1/{what}", text))

    def _read(self, url: str, body: bytes | None = None) -> str:
        request = urllib.request.Request(url, body, {"Content-Type": "application/json", **self._headers})

        def read() -> str:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                return str(answer.read().decode())

        return self.computer.does(read)


@contextlib.contextmanager
def far_till(kind: Kind, computer: Computer, *options: str, tokens: Path | None = None) -> Iterator[FarTill]:
    """A fresh till within the server, or on a pty beside it. `options` are the server's, `tokens` a file of one."""
    http = ("--http", "127.0.0.1:0", "--pace", "off")
    with contextlib.ExitStack() as stack:
        if kind == "pty":
            till = stack.enter_context(computer.program("run", "--pty", *http)).ready()
            words: tuple[str, ...] = ("--device", f"kassa1={till['port']}")
        else:
            till, words = None, ("--device", "kassa1=sim:", *http)
        if tokens is not None:
            words = (*words, "--token-file", str(tokens))
        server = stack.enter_context(computer.program("serve", *words, "--listen", f"{computer.host}:0", *options))
        ready = server.ready()
        token = None if tokens is None else tokens.read_text(encoding="utf-8").strip()
        yield FarTill(computer, str((till or ready)["http"]), server, ready, token)

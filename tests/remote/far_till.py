"""Tills with their server, somewhere, and the operator who stands before them."""

import contextlib
import json
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Literal, Protocol
from urllib.parse import quote

from kkm_sim.till.chart import TillState
from tests.commands.counter import Counter
from tests.commands.program import Program
from tests.remote.computers import Computer
from tests.render.matrix import decode_qr, modules_of_packed, with_quiet_zone
from tests.waiting import PATIENCE_S, eventually

Kind = Literal["sim:", "pty"]


class Operated(Protocol):
    """A till and its operator."""

    def press(self, keys: str) -> None: ...

    def waits_for_state(self, state: TillState) -> None: ...

    @property
    def picture(self) -> tuple[list[bytes], int]:
        """The rows of the last picture on the tape, and its width."""
        ...

    @property
    def findings(self) -> list[Any]:
        """What the master did against the document."""
        ...


class OnPty:
    """A till in this process, which a server reaches by its pty."""

    def __init__(self, counter: Counter) -> None:
        self.press = counter.press
        self.waits_for_state = counter.waits_for_state
        self._counter = counter

    @property
    def picture(self) -> tuple[list[bytes], int]:
        bitmap = self._counter.picture
        return list(bitmap.rows), bitmap.width

    @property
    def findings(self) -> list[Any]:
        return list(self._counter.findings)


class InServer:
    """A simulated till within its server, by the control API."""

    def __init__(self, ask: Callable[..., Any]) -> None:
        self._ask = ask

    def press(self, keys: str) -> None:
        self._ask("keys", {"keys": keys})

    def waits_for_state(self, state: TillState) -> None:
        eventually(lambda: self._ask("till")["state"] == state.value, why=lambda: f"in vain: {self._ask('till')}")

    @property
    def picture(self) -> tuple[list[bytes], int]:
        *_, picture = (entry for entry in self._ask("tape")["entries"] if entry["kind"] == "bitmap")
        return [bytes.fromhex(row) for row in picture["rows"]], picture["width"]

    @property
    def findings(self) -> list[Any]:
        return list(self._ask("findings")["findings"])


class FarTill:
    """`address`: HOST:PORT of the server that has the till as `device`; `rfc2217`: the same of its raw line."""

    def __init__(self, tills: "FarTills", device: str, operated: Operated, rfc2217: str | None) -> None:
        self.device = device
        self.address = tills.address
        self.rfc2217 = rfc2217
        self.press = operated.press
        self.waits_for_state = operated.waits_for_state
        self._tills = tills
        self._operated = operated

    @property
    def qr(self) -> str:
        """What the last picture on the tape says to whoever scans it."""
        return decode_qr(with_quiet_zone(modules_of_packed(*self._operated.picture)))

    @property
    def findings(self) -> list[Any]:
        """What the master did against the document."""
        return self._operated.findings

    @property
    def log(self) -> list[str]:
        """What the server has said of it so far."""
        return [line for line in self._tills.server.err if line.startswith(f"kkm-sim: {self.device}: ")]

    def waits_for_lease(self, state: str, waiting: int = 0) -> None:
        """Until the server says that of the device: `held` or `free`, and how many wait."""

        def told() -> tuple[object, object]:
            devices = json.loads(self._tills.read(f"http://{self.address}/v1/devices"))["devices"]
            (device,) = (one for one in devices if one["name"] == self.device)
            return device["state"], device["waiting"]

        eventually(lambda: told() == (state, waiting), why=lambda: f"in vain: {told()}")


class FarTills:
    """A server and its tills, of which each test takes fresh ones."""

    def __init__(self, computer: Computer, server: Program, counters: dict[str, Counter], token: str | None) -> None:
        ready = server.ready()
        self.server = server
        self.address = str(ready["listen"]).partition("://")[2]
        self._ready = ready
        self._computer = computer
        self._counters = counters
        self._headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        self._unused: dict[Kind, list[str]] = {
            "sim:": [name for name in ready["devices"] if name not in counters],
            "pty": list(counters),
        }

    def fresh(self, kind: Kind) -> FarTill:
        """A till that nobody has used yet; the last first, that one may be had by its name."""
        return self.till(self._unused[kind][-1])

    def till(self, device: str) -> FarTill:
        """The one of that name, which nobody may have used yet."""
        kind: Kind = "pty" if device in self._counters else "sim:"
        self._unused[kind].remove(device)
        operated = OnPty(self._counters[device]) if kind == "pty" else InServer(partial(self._ask, device))
        return FarTill(self, device, operated, (self._ready["rfc2217"] or {}).get(device))

    def read(self, url: str, body: bytes | None = None) -> str:
        """What the server's computer reads there."""
        request = urllib.request.Request(url, body, {"Content-Type": "application/json", **self._headers})

        def read() -> str:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                return str(answer.read().decode())

        return self._computer.does(read)

    def _ask(self, device: str, what: str, body: object = None) -> Any:
        text = None if body is None else json.dumps(body).encode()
        return json.loads(self.read(f"{self._ready['http']}/v1/{what}?device={quote(device)}", text))


@contextlib.contextmanager
def far_tills(
    computer: Computer, *options: str, simulated: int, on_ptys: int = 0, tokens: Path | None = None
) -> Iterator[FarTills]:
    """So many fresh tills within the server, and on ptys beside it. `options` are the server's, `tokens` a file of
    one. The first of the simulated is kassa1."""
    with contextlib.ExitStack() as stack:
        counters: dict[str, Counter] = {}
        for number in range(on_ptys):
            counter = counters[f"pty{number + 1}"] = Counter(pty=True)
            stack.enter_context(counter.pump)
        urls = {f"kassa{number + 1}": "sim:" for number in range(simulated)}
        urls |= {name: counter.options[1] for name, counter in counters.items()}
        words = [word for name, url in urls.items() for word in ("--device", f"{name}={url}")]
        if simulated:
            words += ["--http", "127.0.0.1:0"]
        if tokens is not None:
            words += ["--token-file", str(tokens)]
        server = stack.enter_context(
            computer.program("serve", *words, "--pace", "off", "--listen", f"{computer.host}:0", *options)
        )
        token = None if tokens is None else tokens.read_text(encoding="utf-8").strip()
        yield FarTills(computer, server, counters, token)


@contextlib.contextmanager
def far_till(computer: Computer, *options: str) -> Iterator[FarTill]:
    """A fresh till within its server, which has no other."""
    with far_tills(computer, *options, simulated=1) as tills:
        yield tills.fresh("sim:")

"""A till far away: whole operations by `kkm-sim serve`, and its COM port forwarded, both through a slow network.

    python -m tests.benchmarks.remote

Prints Markdown tables. The same program, one line changed, works with a till at a pty of this machine (the floor), over
the server, and over the server's RFC 2217 port. An operator presses his keys as soon as the till lets him. Where the
network is crossed while the till and its line have something to do anyway, a call costs less than a round trip.
"""

import contextlib
import json
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from websockets.sync.client import ClientConnection
from websockets.sync.client import connect as connect_by_hand

from kkm_sim.remote import BlockingTill, RemoteError, connect, open_port, qr_code
from kkm_sim.remote.client.handlers import Handlers
from tests.benchmarks.devices import KKM_SIM, RUN, resident_mib, running
from tests.benchmarks.figures import HEAD, row
from tests.remote.shop import Shop
from tests.remote.slow_network import SlowNetwork

ONE_WAY_MS = (0, 50, 150, 350, 1600)
PRINTS_AT_ONCE = ("--set", "print_lines_per_s=0")
PATIENCE_S = 60
"""For a connection, and for what is done with it."""
TIMES = 3
GLANCE_S = 0.002
PINGS_APART_S = 0.25
"""More than the till wants between two PINGs: none waits for that."""

WAITING = 200
SETTLED_S = 0.5


@dataclass(frozen=True, slots=True)
class Operation:
    """What is timed, and how often the network is crossed for it: `calls` there and back, `told` one way."""

    name: str
    calls: int
    told: int = 0

    def on_the_way(self, one_way: float) -> float:
        """The least that the network takes, in the unit of `one_way`."""
        return (2 * self.calls + self.told) * one_way


PING = Operation("PING", 1)
SALE = Operation("sale", 1)
CLOSE = Operation("close + QR", 3, 1)
"""May it be closed, the picture, is there more; that it is done is told."""
RECEIPT = Operation("whole receipt", 4, 1)
OPERATIONS = (PING, SALE, CLOSE, RECEIPT)

Times = dict[Operation, float]
"""ms."""


class Operator:
    """Whoever stands at a till with `--http`."""

    def __init__(self, url: str, device: str = "") -> None:
        # Opened by each request that finds it closed: the API does not keep one that is silent for long.
        self._connection = HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE_S)
        self._query = f"?device={device}" if device else ""

    def press(self, keys: str) -> None:
        """Presses keys."""
        with contextlib.closing(self._connection):
            self._ask("POST", "keys", {"keys": keys})

    def sees(self, come: Callable[[Any], bool], over: threading.Event) -> bool:
        """Looks until the till, as the control API has it, is as he needs it; False when it is over before."""
        with contextlib.closing(self._connection):
            while not over.wait(GLANCE_S):
                if come(self._ask("GET", "till")):
                    return True
            return False

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        text = None if body is None else json.dumps(body)
        self._connection.request(method, f"/v1/{path}{self._query}", text, {"Content-Type": "application/json"})
        with self._connection.getresponse() as answer:
            said = answer.read()
        return json.loads(said) if said else None


class Program:
    """A program that sells a bottle, wherever its till is."""

    def __init__(self, operator: Operator) -> None:
        self.operator = operator
        self._shop = Shop(qr_code("https://check.egais.ru/?id=cf1b1096-3cbc-11e7-b3c1-9b018b2ba3f7"))

    @property
    def handlers(self) -> Handlers:
        return self._shop.handlers

    def measure(self, till: BlockingTill) -> Times:
        """Pings and sells. Raises RemoteError."""
        till.ping()
        times: Times = {}
        time.sleep(PINGS_APART_S)
        times[PING] = timed(till.ping)
        with self._seller():
            times[SALE] = timed(lambda: till.sale(barcode=4600000000008, quantity=1000))
        self._shop.done.clear()
        begun = time.perf_counter()
        self.operator.press("ИТ ИТ")
        if not self._shop.done.wait(PATIENCE_S):
            raise RemoteError("the receipt did not come to its end")
        times[CLOSE] = (time.perf_counter() - begun) * 1000
        times[RECEIPT] = times[SALE] + times[CLOSE]
        return times

    @contextlib.contextmanager
    def _seller(self) -> Iterator[None]:
        """The operator, until the sale is over, whichever way."""
        over = threading.Event()

        def sell() -> None:
            if self.operator.sees(lambda till: till["request"], over):
                self.operator.press("1 0 0 ПИ")

        thread = threading.Thread(target=sell)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def timed(act: Callable[[], object]) -> float:
    """ms."""
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


def serve(*options: str) -> AbstractContextManager[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """`kkm-sim serve` with one simulated till; who comes and goes is no news here."""
    words = ("serve", "--device", "kassa1=sim:", "--listen", "127.0.0.1:0")
    return running(*KKM_SIM, *words, *options, stderr=subprocess.DEVNULL)


@contextlib.contextmanager
def server() -> Iterator[dict[str, Any]]:
    """The same with the till's operator and its line."""
    with serve("--http", "127.0.0.1:0", "--rfc2217", "127.0.0.1:0", *PRINTS_AT_ONCE) as (_, ready):
        yield ready


def locally(times: int) -> Times:
    """The floor: the till at a pty of this machine."""
    with running(*RUN, "--http", "127.0.0.1:0", *PRINTS_AT_ONCE) as (_, ready):
        program = Program(Operator(ready["http"]))
        with open_port(ready["port"], **program.handlers) as till:
            return medians([program.measure(till) for _ in range(times)])


def by_calls(one_way_s: float, times: int) -> Times:
    """Whole operations through the slow network."""
    with server() as ready, SlowNetwork(ready["listen"].rpartition("/")[2], one_way_s) as network:
        program = Program(Operator(ready["http"], "kassa1"))
        with connect(f"ws://{network.address}", "kassa1", timeout=PATIENCE_S, **program.handlers) as till:
            return medians([program.measure(till) for _ in range(times)])


def by_port(one_way_s: float, times: int) -> Times | str:
    """The COM port through the slow network; a sentence where that breaks."""
    with server() as ready, SlowNetwork(ready["rfc2217"]["kassa1"], one_way_s) as network:
        program = Program(Operator(ready["http"], "kassa1"))
        try:
            with (
                open_port(f"rfc2217://{network.address}?timeout={PATIENCE_S}", **program.handlers) as till,
                patience(till) as lost,
            ):
                return medians([program.measure(till) for _ in range(times)])
        except RemoteError as error:
            reason = f"nothing within {PATIENCE_S} s" if lost.is_set() else str(error).partition(":")[0]
            return f"breaks: {reason}"


@contextlib.contextmanager
def patience(till: BlockingTill) -> Iterator[threading.Event]:
    """Closes the till, so that whoever waits for it fails, when it takes too long; the event says that it did."""
    lost = threading.Event()

    def lose() -> None:
        lost.set()
        till.close()

    timer = threading.Timer(PATIENCE_S, lose)
    timer.start()
    try:
        yield lost
    finally:
        timer.cancel()


def medians(measured: Sequence[Times]) -> Times:
    return {operation: statistics.median(times[operation] for times in measured) for operation in OPERATIONS}


def far_till(one_ways_ms: Sequence[int] = ONE_WAY_MS, times: int = TIMES) -> Iterator[str]:
    """Rows of the table."""
    near = locally(times)
    for one_way_ms in one_ways_ms:
        often = times if one_way_ms < 1000 else 1
        calls, port = by_calls(one_way_ms / 1000, often), by_port(one_way_ms / 1000, often)
        for operation in OPERATIONS:
            beyond = (calls[operation] - near[operation] - operation.on_the_way(one_way_ms)) / operation.calls
            forwarded = f"{port[operation]:.0f} ms" if isinstance(port, dict) else port
            yield (
                f"| {one_way_ms} ms | {operation.name} | {near[operation]:.0f} ms | {calls[operation]:.0f} ms "
                f"| {operation.calls} | {beyond:+.1f} ms | {forwarded} |"
            )


def receipt_far_away(one_way_ms: int = 150) -> str:
    """Row of the other table: the whole in short."""
    near, calls, port = locally(1), by_calls(one_way_ms / 1000, 1), by_port(one_way_ms / 1000, 1)
    network = RECEIPT.on_the_way(one_way_ms)
    beyond = (calls[RECEIPT] - near[RECEIPT] - network) / RECEIPT.calls
    forwarded = f"{port[RECEIPT]:.0f} ms" if isinstance(port, dict) else port
    return row(
        f"a receipt {one_way_ms} ms away: RPC / port forwarded",
        f"{calls[RECEIPT]:.0f} ms / {forwarded}",
        f"{near[RECEIPT]:.0f} ms locally + {network:.0f} ms of network",
        f"{beyond:+.1f} ms a call",
        "≤ +20 ms a call",
    )


FAR_HEAD = (
    "| one way | operation | locally | RPC | calls | beyond a round trip, each | port forwarded |\n"
    "|---|---|---|---|---|---|---|"
)


def memory() -> str:
    """Row of the other table: the server's memory, with a till, and with a queue for it."""
    with serve() as (process, ready):
        url = f"{ready['listen']}/v1/devices/kassa1?timeout={PATIENCE_S}"
        with contextlib.ExitStack() as stack:
            first = stack.enter_context(connected(url))
            first.recv(PATIENCE_S)
            time.sleep(SETTLED_S)
            alone = resident_mib(process.pid)
            for _ in range(WAITING):
                stack.enter_context(connected(url))
            time.sleep(SETTLED_S)
            queue = resident_mib(process.pid)
    what = f"`serve` resident, one `sim:` till / {WAITING} clients waiting"
    return row(what, f"{alone:.1f} / {queue:.1f} MiB", aim="≤ 60 MiB")


@contextlib.contextmanager
def connected(url: str) -> Iterator[ClientConnection]:
    """A client that says nothing, and goes without a word."""
    client = connect_by_hand(url, proxy=None, compression=None, close_timeout=0)
    try:
        yield client
    finally:
        client.socket.close()


def main() -> None:
    print(FAR_HEAD, flush=True)
    for line in far_till():
        print(line, flush=True)
    print(f"\n{HEAD}", flush=True)
    print(memory(), flush=True)


if __name__ == "__main__":
    main()

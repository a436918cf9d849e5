"""What `kkm-sim tui` costs: from a key to the indicator on the terminal, and what the till's gap feels of it.

    python -m tests.benchmarks.screen URL

is a user: attaches the screen to the till at URL, says a line when it is there, and types until its stdin ends.
"""

import contextlib
import fcntl
import itertools
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

from kkm_sim.drivers.turns import SHORT_NS, ask_for_turns
from tests.benchmarks.devices import ACK, BYTE_NS, FLOOR, GAP_NS, KKM_SIM, RDY, RUN, SYN, Device, device, ping_packet
from tests.benchmarks.figures import p50_p99, percentiles, row
from tests.waiting import PATIENCE_S

ROOT = Path(__file__).parents[2]
TUI = (*KKM_SIM, "tui", "--lang", "ru")
ROWS, COLUMNS = 40, 120
CONNECTED = "между чеками"
"""What the status says as soon as the till is there."""
CLEARED = "0.00"

RDY_ANSWER = bytes.fromhex("7f 02 01 e5 1a")
ACK_ANSWER = bytes.fromhex("7f 02 01 ea 15")
PING_EVERY_NS = 200_000_000
PING_ANSWER = 53
"""Bytes of the till's answer to PING."""

PREFIX = b"52"
"""Typed first: one digit could stand anywhere on the screen, three in a row are the indicator's."""
DIGITS = b"941738"

_ESCAPE = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[@-Z\\^_]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")


class Screen:
    """`kkm-sim tui` on a terminal of 120×40, of which this process reads all that comes."""

    def __init__(self, *options: str) -> None:
        self._terminal, inside = pty.openpty()
        fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        environment |= {"TERM": "xterm-256color"}
        self._process = subprocess.Popen(
            (*TUI, *options), stdin=inside, stdout=inside, stderr=inside, env=environment, start_new_session=True
        )
        os.close(inside)
        self._came = b""

    def press(self, keys: bytes) -> None:
        """Types keys; what came before them is forgotten."""
        self.drain(0)
        self._came = b""
        os.write(self._terminal, keys)

    def drain(self, seconds: float) -> None:
        """Reads what comes within this time."""
        end = time.monotonic() + seconds
        while self._read(max(end - time.monotonic(), 0)):
            pass

    def wait_for(self, text: str) -> None:
        """Reads until `text` has come since the last keys. Raises TimeoutError."""
        end = time.monotonic() + PATIENCE_S
        wanted = text.encode()
        while wanted not in _ESCAPE.sub(b"", self._came):
            if not self._read(max(end - time.monotonic(), 0)):
                raise TimeoutError(f"no {text!r} on the screen: {self._came[-200:]!r}")

    def close(self) -> None:
        """Ends it. Its terminal is read to the end, or it would wait for ever."""
        self._process.terminate()
        with contextlib.suppress(OSError):  # a terminal nobody holds open any more
            while self._read(PATIENCE_S):
                pass
        self._process.wait(PATIENCE_S)
        os.close(self._terminal)

    def _read(self, within_s: float) -> bool:
        """Whether something came within this time, or is over."""
        if not select.select([self._terminal], [], [], within_s)[0]:
            return False
        self._came += os.read(self._terminal, 1 << 16)
        return True


@contextlib.contextmanager
def screen(*options: str) -> Iterator[Screen]:
    """A screen that shows its till."""
    shown = Screen(*options)
    try:
        shown.wait_for(CONNECTED)
        yield shown
    finally:
        shown.close()


def key_to_indicator(presses: int = 120) -> str:
    """Row of the table: a key written into the terminal, until the new text of the indicator has come out."""
    spent: list[float] = []
    with screen() as shown:
        shown.drain(1)
        while len(spent) < presses:
            typed = PREFIX.decode()
            shown.press(PREFIX)
            shown.wait_for(typed)
            for digit in DIGITS:
                # A quick typist, never in step with the screen's own times.
                shown.drain(0.1 + len(spent) * 7 % 31 / 1000)
                typed += chr(digit)
                begun = time.perf_counter_ns()
                shown.press(bytes((digit,)))
                shown.wait_for(typed)
                spent.append((time.perf_counter_ns() - begun) / 1e6)
            shown.press(b"c")
            shown.wait_for(CLEARED)
    p50, p99 = percentiles(spent)
    return row("key → indicator on the terminal, p50 / p99", f"{p50:.0f} / {p99:.0f} ms", aim="p50 ≤ 50 ms")


def gap_beside_a_screen(seconds: int = 20) -> str:
    """Rows of the table: the till's gap while a screen shows it, and a bare device that sleeps as long beside them.

    From the master's write to the moment that the till's own record has for the beginning of its answer; at the far
    end of the pty it comes later, by what the system takes to carry the bytes there and to wake whoever hears them.
    """
    heard: list[float] = []
    bare: list[float] = []
    # So little later by our own waking as can be.
    ask_for_turns(SHORT_NS)
    with device(*RUN, "--http", "127.0.0.1:0") as till, device(*FLOOR, "paced rdy") as floor:
        assert till.http is not None
        master = Master(till, heard)
        end = time.monotonic() + seconds
        with user_of(till.http):
            while time.monotonic() < end:
                master.exchange()
                bare.append(floor.overshoot())
        began = overshoots_to_the_beginning(master.sent, till.http)
    what = "gap overshoot beside a repainting TUI, p50 / p99"
    aim = "p99 ≤ 1 ms"
    return "\n".join(
        (
            row(f"{what}, until the answer begins", p50_p99(began), aim=aim),
            row(f"{what}, until it is heard at the pty's far end", p50_p99(heard), p50_p99(bare)),
        )
    )


def overshoots_to_the_beginning(sent: Sequence[tuple[int, bytes]], http: str) -> list[float]:
    """By how much the till began its answers too late, ms, as `/v1/wire` has them; `sent`: the master's packets and
    when it wrote them. What the two clocks differ by is the same for all: the promptest answer was not late."""
    with urllib.request.urlopen(f"{http}/v1/wire") as answer:
        packets = json.load(answer)["packets"]
    heard = [packet for packet in packets if packet["direction"] == "to_till"]
    assert [packet["bytes"] for packet in heard[1:]] == [data.hex() for _, data in sent], "all but the SYN"
    written = {packet["n"]: begun for packet, (begun, _) in zip(heard[1:], sent, strict=True)}
    took = [
        reply["at"] - written[packet["n"]] - len(packet["bytes"]) // 2 * BYTE_NS
        for packet, reply in itertools.pairwise(packets)
        if reply["direction"] == "to_master" and packet["n"] in written
    ]
    return [(each - min(took)) / 1e6 for each in took]


class Master:
    """Polls and pings as fast as the document lets it; `late`: by how much each gap of the till was too long, ms;
    `sent`: when each packet was written."""

    def __init__(self, till: Device, late: list[float]) -> None:
        self._till = till
        self._late = late
        self.sent: list[tuple[int, bytes]] = []
        self._number = 1
        self._next_ping = 0
        self._till.ask(SYN, 5)
        self._quiet = time.perf_counter_ns()

    def exchange(self) -> None:
        """RDY, and a PING when it is time where the till is ready for one; while its operator types it is not."""
        if self._ask(RDY) != RDY_ANSWER or time.perf_counter_ns() < self._next_ping:
            return
        if self._ask(ping_packet(self._number)) != ACK_ANSWER:
            return
        self._next_ping = self._quiet + PING_EVERY_NS
        self._till.hear(PING_ANSWER)
        self._quiet = time.perf_counter_ns()
        self._send(ACK)
        self._quiet = time.perf_counter_ns() + len(ACK) * BYTE_NS
        self._number = self._number % 7 + 1

    def _ask(self, packet: bytes) -> bytes:
        begun = self._send(packet)
        answer = self._till.hear(5)
        self._quiet = time.perf_counter_ns()
        self._late.append((self._quiet - begun - (len(packet) + len(answer)) * BYTE_NS - GAP_NS) / 1e6)
        return answer

    def _send(self, packet: bytes) -> int:
        time.sleep(max(self._quiet + GAP_NS - time.perf_counter_ns(), 0) / 1e9)
        begun = time.perf_counter_ns()
        os.write(self._till.fd, packet)
        self.sent.append((begun, packet))
        return begun


def user(url: str) -> None:
    """Shows the till at `url` with its bytes, and plays with it until stdin ends."""
    with screen("--attach", url) as shown:
        shown.press(b"b")
        print("shown", flush=True)
        for keys in itertools.cycle((b"5", b"c", b"f", b"f")):
            shown.press(keys)
            shown.drain(0.15)
            if select.select([sys.stdin], [], [], 0)[0]:
                return


@contextlib.contextmanager
def user_of(url: str) -> Iterator[None]:
    """A user in a process of his own: this one only measures."""
    command = (sys.executable, "-m", "tests.benchmarks.screen", url)
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "shown\n"
        yield
        process.stdin.close()


if __name__ == "__main__":
    user(sys.argv[1])

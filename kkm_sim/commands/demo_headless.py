"""`kkm-sim demo --headless`: till and SmartBox, two processes on a virtual null modem, and a sale that plays itself."""

import argparse
import contextlib
import functools
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime

from kkm_sim.clock import SECOND, Instant
from kkm_sim.commands.joining import complain, say, settings_of
from kkm_sim.drivers.monotonic import MonotonicClock
from kkm_sim.drivers.ports import Port
from kkm_sim.drivers.pump import LATENESS, Pump
from kkm_sim.drivers.turns import SHORT_NS, ask_for_turns
from kkm_sim.link.events import PacketSeen
from kkm_sim.link.packets import ControlCode, DataPacket, Direction
from kkm_sim.messages.reading import read_message
from kkm_sim.simulator import Simulator
from kkm_sim.till.chart import TillState
from kkm_sim.till.keyboard import Key, parse_keys
from kkm_sim.till.machine import Till

EAN = "4607001771562"
PDF = "22N000017K1UWQ1AYT9DPAX3110130010160ZZTPKJ8FQE0V0GMH65AUT3U49P1EUT3U"

PATIENCE_S = 60
"""How long any step of the sale may take."""

LOOK_S = 0.02
"""How soon the till is looked at again where nobody has told anything meanwhile."""

HAND_S = 0.05
"""A hand's time from key to key: what is shown is meant to be followed."""


class Stuck(Exception):
    """A step of the sale did not come about."""


def demo_headless(args: argparse.Namespace) -> int:
    """Plays the sale. Returns 0, or 1 if it got stuck."""
    settings = settings_of((), None, **({"print_lines_per_s": 0} if args.pace == "off" else {}))
    ask_for_turns(SHORT_NS)
    clock = MonotonicClock()
    simulator = Simulator(settings, wall=datetime.now(), now=clock.now(), paced=args.pace != "off", lateness=LATENESS)
    port, url = _null_modem(simulator.baud)
    # SIGTERM ends it as Ctrl-C does: the SmartBox's process must not outlive this one.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.ExitStack() as stack:
        if args.record is not None:
            from kkm_sim.commands.recording import Recording

            recording = Recording(args.record, simulator, settings, start="cash", paced=args.pace != "off", clock=clock)
            stack.callback(recording.finish)
        pump = Pump(simulator, port, pace=args.pace, clock=clock)
        if args.record is not None:
            pump.on_step.append(recording.keep_up)
        stack.enter_context(pump)
        box = stack.enter_context(_smartbox(url, args.pace))
        say(f"A till on {url}, its SmartBox in process {box.pid}. The operator sells a bottle.\n")
        news = News(box)
        pump.on_step.append(_Watcher(simulator, news))
        try:
            _sell(Operator(pump, simulator, news), Scanner(box, news))
        except Stuck as stuck:
            complain(f"kkm-sim demo: {stuck}")
            return 1
        tape = pump.call(lambda now: simulator.till().till.tape.since(0))
        findings = pump.call(lambda now: [finding.message for _, finding in simulator.findings.since()])
        news.tell()
    from kkm_sim.render.text import tape_text

    say(
        "\nThe tape:\n\n" + tape_text([entry for _, entry in tape], ansi=sys.stdout is not None and sys.stdout.isatty())
    )
    say(f"\nFindings: {'; '.join(findings) or 'none, the SmartBox kept to the document'}.")
    return 0


def _sell(operator: "Operator", scanner: "Scanner") -> None:
    """The document's first section, and its fifth, by hand."""
    scanner.scan(EAN)
    operator.waits_for("the prompt for the PDF code", lambda till: till.indicator.text == "SCAn PdF")
    scanner.scan(PDF)
    operator.waits_for("the sale request", lambda till: till.state is TillState.REQUEST)
    operator.presses("3 5 0 . 9 0 ПИ")
    operator.waits_for("the item", lambda till: till.state is TillState.OPEN and not till.printing)
    operator.presses("5 0 0 ИТ")
    operator.waits_for("the end of the receipt", lambda till: till.state is TillState.IDLE and not till.printing)
    scanner.waits_for("printed and done")


class News:
    """What any thread has to tell. Only the main thread prints it, and so hears that nobody reads (`| head`)."""

    def __init__(self, box: "subprocess.Popen[str]") -> None:
        self._box = box
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()

    def add(self, line: str) -> None:
        """Takes a line, from any thread."""
        self._lines.put(line)

    def tell(self) -> None:
        """Prints what has come. In the main thread."""
        while not self._lines.empty():
            say(self._lines.get())

    def until(self, come: Callable[[], bool]) -> bool:
        """Tells what comes until `come()`; False when that takes too long. Stuck if the SmartBox is gone meanwhile."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            has_come = come()
            self.tell()
            if has_come:
                return True
            if self._box.poll() is not None:
                raise Stuck(f"the SmartBox's process has ended, exit code {self._box.returncode}")
            with contextlib.suppress(queue.Empty):
                say(self._lines.get(timeout=LOOK_S))
        return False


class Operator:
    """Watches the indicator and presses keys."""

    def __init__(self, pump: Pump, simulator: Simulator, news: News) -> None:
        self._pump = pump
        self._simulator = simulator
        self._news = news

    def presses(self, keys: str) -> None:
        """Presses keys, one by one, no faster than a hand."""
        for key in parse_keys(keys):
            time.sleep(HAND_S)
            self._pump.call(functools.partial(self._press, key))
            self._news.tell()

    def _press(self, key: Key, now: Instant) -> None:
        self._simulator.press(key, now)
        self._news.add(f"{'':11}operator: {key.value:3} → «{self._simulator.till().till.indicator.text}»")

    def waits_for(self, what: str, come: Callable[[Till], bool]) -> None:
        """Looks at the till until something has come about; raises Stuck when it does not."""
        if not self._news.until(lambda: self._pump.call(lambda now: come(self._simulator.till().till))):
            shown = self._pump.call(lambda now: self._simulator.till().till.indicator.text)
            raise Stuck(f"{what} did not come within {PATIENCE_S} s; the indicator shows «{shown}»")


class Scanner:
    """Feeds the SmartBox's process with codes, and hears what it says."""

    def __init__(self, box: "subprocess.Popen[str]", news: News) -> None:
        self._box = box
        self._news = news
        self._said: list[str] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def scan(self, code: str) -> None:
        """The scanner reads a code."""
        assert self._box.stdin is not None
        try:
            self._box.stdin.write(code + "\n")
            self._box.stdin.flush()
        except BrokenPipeError:
            raise Stuck("the SmartBox's process has ended") from None

    def waits_for(self, words: str) -> None:
        """Waits until the SmartBox has said these words; raises Stuck when it does not."""
        if not self._news.until(lambda: any(words in line for line in self._said)):
            raise Stuck(f"the SmartBox never said «{words}»")

    def _listen(self) -> None:
        assert self._box.stdout is not None
        for line in self._box.stdout:
            self._news.add(f"{'':11}SmartBox: {line.rstrip()}")
            self._said.append(line)


class _Watcher:
    """Tells each packet as it passes, in words."""

    def __init__(self, simulator: Simulator, news: News) -> None:
        self._simulator = simulator
        self._news = news
        self._last = simulator.wire.last

    def __call__(self, now: Instant) -> None:
        for number, seen in self._simulator.wire.since(self._last):
            self._last = number
            if not _is_poll(seen):
                self._news.add(_told(seen))


def _is_poll(seen: PacketSeen) -> bool:
    """RDY and what it hears goes on for ever: not worth a line each."""
    return not isinstance(seen.packet, DataPacket) and seen.packet.code in _POLLING


_POLLING = (ControlCode.RDY, ControlCode.DISC)


def _told(seen: PacketSeen) -> str:
    packet = seen.packet
    to_till = packet.direction is Direction.TO_TILL
    message = read_message(packet.data, to_till=to_till, order="listed") if isinstance(packet, DataPacket) else None
    arrow = "→ till" if to_till else "← till"
    return f"{seen.at / SECOND:8.3f} s {arrow}  {packet}{f'  {message}' if message else ''}"[:_WIDTH]


_WIDTH = 150


def _null_modem(baud: int) -> tuple[Port, str]:
    """A line with two ends inside this machine: the till's port, and the URL of the other end."""
    if os.name == "posix":
        from kkm_sim.drivers.open_pty import open_pty

        pty = open_pty(None, baud)
        return pty, pty.names["port"]
    from kkm_sim.drivers.tcp_port import TcpPort

    tcp = TcpPort("127.0.0.1", 0)
    return tcp, f"socket://{tcp.names['tcp']}"


@contextlib.contextmanager
def _smartbox(url: str, pace: str) -> Iterator["subprocess.Popen[str]"]:
    """The SmartBox in a process of its own; it ends with its stdin, whatever becomes of this process."""
    command = [sys.executable, "-m", "kkm_sim", "smartbox", "--port", url, "--timeout", "1"]
    if pace == "off":
        command += ["--pace", "off"]
    # A terminal sends Ctrl-C to both: a session of its own leaves it to us to end the SmartBox.
    box = subprocess.Popen(
        [*command, "serve"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
        start_new_session=True,
    )
    try:
        yield box
    finally:
        box.terminate()
        box.wait()

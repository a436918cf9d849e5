"""`kkm-sim run`: one till on a line, for software under test. The line has this process to itself."""

import argparse
import contextlib
import gc
import json
import logging
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import IO, Any

from kkm_sim.clock import Instant
from kkm_sim.commands.joining import open_line, say, settings_of, until_told
from kkm_sim.commands.mistakes import UserMistake
from kkm_sim.drivers.monotonic import MonotonicClock
from kkm_sim.drivers.pump import LATENESS, Pump
from kkm_sim.drivers.turns import SHORT_NS, ask_for_turns
from kkm_sim.findings import Finding
from kkm_sim.link.events import PacketSeen
from kkm_sim.simulator import Simulator

log = logging.getLogger(__name__)


def run(args: argparse.Namespace) -> int:
    """Serves until SIGINT or SIGTERM. Returns 0."""
    defaults: dict[str, Any] = {}
    if args.pace == "off":
        defaults["print_lines_per_s"] = 0
    settings = settings_of(args.set, args.config, **defaults)
    if args.address is not None:
        settings = replace(settings, option_30=args.address)
    clock = MonotonicClock()
    simulator = Simulator(
        settings,
        wall=datetime.now(),
        now=clock.now(),
        start=args.start,
        paced=args.pace != "off",
        lateness=LATENESS,
        watched=args.http is not None or log.isEnabledFor(logging.DEBUG),
    )
    with contextlib.ExitStack() as stack:
        findings = stack.enter_context(_append_to(args.findings)) if args.findings else None
        pump = Pump(simulator, open_line(args, simulator.baud), pace=args.pace, clock=clock)
        stack.callback(pump.stop)
        if findings is not None or log.isEnabledFor(logging.INFO):
            pump.on_step.append(_Reporter(simulator, findings))
        if args.record is not None:
            from kkm_sim.commands.recording import Recording

            recording = Recording(
                args.record, simulator, settings, start=args.start, paced=args.pace != "off", clock=clock
            )
            stack.callback(recording.finish)
            pump.on_step.append(recording.keep_up)
        until_told(pump.stop)
        if args.end_with_stdin:
            threading.Thread(target=_end_with_stdin, args=(pump.stop,), name="kkm-sim stdin", daemon=True).start()
        http = None
        if args.http is None:
            _ask_for_turns_in(pump)
        else:
            # Its thread has them, too.
            ask_for_turns(SHORT_NS)
            http = stack.enter_context(_control(pump, simulator, args.http))
        names = pump.port.names
        ready = {
            "ready": True,
            "port": names.get("port"),
            "link": names.get("link"),
            "tcp": names.get("tcp"),
            "rfc2217": names.get("rfc2217"),
            "http": http,
            "pid": os.getpid(),
        }
        say(json.dumps(ready))
        pump.run()
    return 0


def _ask_for_turns_in(pump: Pump) -> None:
    """With its first bytes: it takes milliseconds, which a start has no time for and a master's first gap has."""

    def ask(now: Instant) -> None:
        pump.on_step.remove(ask)
        ask_for_turns(SHORT_NS)

    pump.on_step.append(ask)


def _end_with_stdin(stop: Callable[[], None]) -> None:
    """Calls `stop` when nobody is left who could write to stdin, or nobody ever was."""
    with contextlib.suppress(OSError):
        while os.read(0, 4096):
            pass
    stop()


class _Reporter:
    """Writes findings, and with -vv packets, as they happen."""

    def __init__(self, simulator: Simulator, findings: IO[str] | None) -> None:
        self._simulator = simulator
        self._file = findings
        self._last_finding = 0
        self._last_packet = 0

    def __call__(self, now: Instant) -> None:
        simulator = self._simulator
        if simulator.findings.last > self._last_finding:
            for number, finding in simulator.findings.since(self._last_finding):
                self._report(number, finding)
            self._last_finding = simulator.findings.last
        if simulator.wire.last > self._last_packet:
            if log.isEnabledFor(logging.DEBUG):
                for _, seen in simulator.wire.since(self._last_packet):
                    log.debug("%s", _packet_line(seen))
            self._last_packet = simulator.wire.last

    def _report(self, number: int, finding: Finding) -> None:
        rule = finding.code.rule
        log.info("%s: %s [%s] %s", rule.severity, finding.message, rule.code, finding.raw.hex(" "))
        if self._file is not None:
            self._file.write(json.dumps(finding.entry(number), ensure_ascii=False) + "\n")
            self._file.flush()


def _packet_line(seen: PacketSeen) -> str:
    arrow = "<" if seen.packet.direction else ">"
    return f"{seen.at / 1e9:10.4f} {arrow} {seen.packet!s:16} {seen.raw.hex(' ')}"


def _append_to(path: str) -> IO[str]:
    try:
        return open(path, "a", encoding="utf-8")
    except OSError as error:
        raise UserMistake(f"--findings: cannot write {path}: {error.strerror}") from None


@contextlib.contextmanager
def _control(pump: Pump, simulator: Simulator, where: tuple[str, int]) -> Any:
    from kkm_sim.control.server import ControlServer

    try:
        server = ControlServer(pump, simulator, *where)
    except OSError as error:
        raise UserMistake(f"--http: cannot listen on {where[0]}:{where[1]}: {error.strerror}") from None
    server.start()
    # All that has been loaded for it stays: looking for garbage there would stop the line for more than a gap.
    gc.freeze()
    try:
        yield server.url
    finally:
        server.stop()

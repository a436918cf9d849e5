"""What several commands need: settings from the command line, and a line to put an engine on."""

import argparse
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import FrameType
from typing import Any

from kkm_sim.commands.mistakes import UserMistake
from kkm_sim.drivers.ports import Doorbell, Port, PortError
from kkm_sim.settings import Settings


def settings_of(assignments: Sequence[str], config: str | None = None, **defaults: Any) -> Settings:
    """Settings from a TOML file and NAME=VALUE; `defaults` stand where the user said nothing."""
    if not assignments and config is None:
        return replace(Settings(), **defaults)
    # pydantic takes its time: only who has something to say pays for it.
    from pathlib import Path

    from kkm_sim.configuration import ConfigurationError, load_settings

    try:
        return load_settings(None if config is None else Path(config), assignments, defaults)
    except ConfigurationError as error:
        raise UserMistake(str(error)) from None


def open_line(args: argparse.Namespace, baud: int) -> Port:
    """The port that the options of `run` name."""
    try:
        if args.port is not None:
            from kkm_sim.drivers.serial_port import SerialPort

            return SerialPort(args.port, baud)
        if args.tcp is not None:
            from kkm_sim.drivers.tcp_port import TcpPort

            return TcpPort(*args.tcp)
        if args.rfc2217 is not None:
            from kkm_sim.drivers.rfc2217_port import Rfc2217Port

            host, port = args.rfc2217
            return Rfc2217Port(host, port, baud)
        from kkm_sim.drivers.open_pty import open_pty

        return open_pty(args.pty or None, baud)
    except PortError as error:
        raise UserMistake(str(error)) from None


def until_told(stop: Callable[[], None]) -> None:
    """Lets SIGINT and SIGTERM call `stop`, in a thread that waits for nothing else.

    A handler of Python's own runs between two of its instructions: of a signal that comes just before the line's
    loop goes to sleep it would hear when the next byte arrives, perhaps never.
    """
    bell = Doorbell()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _hear)
    signal.set_wakeup_fd(bell.button, warn_on_full_buffer=False)

    def listen() -> None:
        while True:
            bell.wait((), None)
            stop()

    threading.Thread(target=listen, name="kkm-sim signals", daemon=True).start()


def _hear(number: int, frame: FrameType | None) -> None:
    """What there is to do is done by whoever hears the bell."""


def say(line: str) -> None:
    """A line on stdout, at once."""
    try:
        print(line, flush=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UserMistake(f"cannot write to stdout: {error.strerror}") from None


def complain(line: str) -> None:
    """A line on stderr, at once."""
    print(line, file=sys.stderr, flush=True)

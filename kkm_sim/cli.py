"""The command line `kkm-sim`: what can be said, and how mistakes are told. What is done stands in `commands`."""

import argparse
import io
import logging
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from kkm_sim.commands.mistakes import UserMistake

LINES = "the line (default: --pty)"


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints are one line, exit 2."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command; returns the exit code: 0 done, 1 it failed, 2 the user's mistake, 70 a bug, 130 interrupted."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Not every terminal and locale has Cyrillic letters and half blocks: escapes, not an error.
        sys.stdout.reconfigure(errors="backslashreplace")
    args, unknown = parser().parse_known_args(argv)
    if unknown:
        print(f"kkm-sim {args.command}: no such option or word: {' '.join(unknown)}", end=" ", file=sys.stderr)
        print(f"(see kkm-sim {args.command} --help)", file=sys.stderr)
        return 2
    levels = (logging.WARNING, logging.INFO, logging.DEBUG)
    logging.basicConfig(stream=sys.stderr, format="kkm-sim: %(message)s")
    # Ours alone: what the libraries do inside is no news to a user.
    logging.getLogger("kkm_sim").setLevel(levels[min(args.verbose, 2)])
    try:
        return _run(args)
    except UserMistake as mistake:
        print(f"kkm-sim {args.command}: {mistake}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output went away (`| head`): Python must not try to flush the rest at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # the last resort: a bug of ours, and still one line
        logging.getLogger(__name__).info("", exc_info=True)
        print(
            f"kkm-sim {args.command}: a bug in kkm-sim, please report it: {error!r} (-v shows where)", file=sys.stderr
        )
        return 70


def _run(args: argparse.Namespace) -> int:
    # Imported where used: a till must be up in the time its own modules take, not everybody's.
    match args.command:
        case "run":
            from kkm_sim.commands.run import run

            return run(args)
        case "smartbox":
            from kkm_sim.commands.smartbox import smartbox

            return smartbox(args)
        case "demo":
            from kkm_sim.commands.demo import demo

            return demo(args)
        case _:
            from kkm_sim.commands.schema import schema

            return schema(args)


def parser() -> argparse.ArgumentParser:
    """Everything that `kkm-sim` understands."""
    main_parser = _Parser(
        prog="kkm-sim",
        description="A simulator of the cash register Mercury-130K as it works with MyPOS SmartBox UTM for EGAIS.",
    )
    main_parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    commands = main_parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=_Parser)
    _add_demo(commands)
    _add_run(commands)
    _add_smartbox(commands)
    _add_schema(commands)
    return main_parser


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *args: object, **kwargs: object) -> None:
        from importlib.metadata import PackageNotFoundError, version

        try:
            number = version("kkm-sim")
        except PackageNotFoundError:
            number = "of a checkout that is not installed"
        print(f"kkm-sim {number}")
        parser.exit(0)


_Commands = argparse._SubParsersAction  # the type argparse gives its subcommands has no public name


def _add_demo(commands: "_Commands[_Parser]") -> None:
    demo = commands.add_parser(
        "demo",
        help="a whole sale with nothing attached",
        description="Joins a till and a SmartBox, two processes, by a virtual null modem and plays a sale of alcohol "
        "from the scan to the QR code; prints the exchange and the tape.",
    )
    demo.add_argument("--headless", action="store_true", help="play on the plain terminal")
    demo.add_argument("--pace", choices=("packet", "byte", "off"), default="packet", help="as for run")
    _add_verbose(demo)


def _add_run(commands: "_Commands[_Parser]") -> None:
    run = commands.add_parser(
        "run",
        help="a till on a line, for software under test",
        description="Runs one till on a line. When it serves, one JSON line on stdout says where; "
        "nothing else is printed there. Ctrl-C or SIGTERM ends it.",
    )
    line = run.add_argument_group(LINES).add_mutually_exclusive_group()
    line.add_argument("--port", metavar="URL", help="a serial device or any pyserial URL")
    line.add_argument("--pty", metavar="LINK", nargs="?", const="", help="make a pty, and a symlink LINK to it (POSIX)")
    line.add_argument("--tcp", metavar="HOST:PORT", type=address, help="raw bytes over TCP; port 0 = any free one")
    line.add_argument("--rfc2217", metavar="HOST:PORT", type=address, help="telnet with COM port control (RFC 2217)")
    run.add_argument("--address", metavar="N", type=_till_address, help="address on the line, 1-98 (option 30)")
    run.add_argument("--set", metavar="NAME=VALUE", action="append", default=[], help="a setting; may be repeated")
    run.add_argument("--config", metavar="FILE.toml", help="settings from a TOML file; --set wins")
    run.add_argument("--http", metavar="HOST:PORT", type=address, help="serve the control API; port 0 = any free one")
    run.add_argument("--findings", metavar="FILE.jsonl", help="append each finding as a line of JSON")
    run.add_argument(
        "--start", choices=("cash", "menu", "off"), default="cash", help="the till's state (default: cash)"
    )
    run.add_argument(
        "--pace",
        choices=("packet", "byte", "off"),
        default="packet",
        help="packets arrive whole in their time, bytes one by one, or all at once with no gaps (default: packet)",
    )
    _add_verbose(run)


def _add_smartbox(commands: "_Commands[_Parser]") -> None:
    smartbox = commands.add_parser(
        "smartbox",
        help="the other end: a reference SmartBox on any port",
        description="Plays the SmartBox against a till, simulated or real.",
    )
    _add_smartbox_options(smartbox)
    actions = smartbox.add_subparsers(dest="action", metavar="ACTION", required=True, parser_class=_Parser)
    ping = actions.add_parser("ping", help="ask the till's state and print it")
    sell = actions.add_parser("sell", help="scan the codes given, wait for the operator and for the receipt's end")
    sell.add_argument("codes", metavar="CODE", nargs="+", help="EAN and PDF codes as scanned")
    message = actions.add_parser("message", help="show a message to the operator")
    message.add_argument("code", metavar="N", type=_number, help="1 SCAn EAN, 2 SCAn PdF, 3 ПОВtОР")
    annul = actions.add_parser("annul", help="annul the open receipt")
    serve = actions.add_parser(
        "serve",
        help="take scanned codes line by line on stdin, and serve the till",
        description="Each line of stdin is a scanned code, or: beer EAN, ping, message 1|2|3, annul, "
        "utm up|down|refuses, quit. After the end of stdin it serves until the receipt is done.",
    )
    for action in (ping, sell, message, annul, serve):
        _add_smartbox_options(action, again=True)


def _add_smartbox_options(parser: argparse.ArgumentParser, *, again: bool = False) -> None:
    """The options of `smartbox`, which may stand before its action or, `again`, after it."""

    def add(*names: str, default: Any = None, **how: Any) -> None:
        parser.add_argument(*names, default=argparse.SUPPRESS if again else default, **how)

    add("--port", metavar="URL", help="a serial device, pty or any pyserial URL; needed")
    add("--address", metavar="N", type=_till_address, default=1, help="the till's address (default: 1)")
    add("--baud", type=_number, choices=(9600, 19200, 38400, 57600), default=57600, help="(default: 57600)")
    add("--set", metavar="NAME=VALUE", action="append", default=[], help="frame_numbers, retries …")
    add("--pace", choices=("packet", "off"), default="packet", help="off: no gaps, as the till's")
    add("--timeout", metavar="S", type=_number, default=120, help="seconds to wait for the end (default: 120)")
    add("--beer", metavar="EAN", action="append", default=[], help="a code that is beer; repeatable")
    add("--qr-level", choices=("L", "M", "Q", "H"), default="M", help="error correction of the QR code (default: M)")
    add("--utm", choices=("up", "down", "refuses"), default="up", help="the stand-in for the UTM (default: up)")
    add("--utm-delay", metavar="S", type=_number, default=0, help="seconds the UTM takes for an answer")
    add("-v", "--verbose", action="count", default=0, help="-vv: every packet on stderr")


def _add_schema(commands: "_Commands[_Parser]") -> None:
    schema = commands.add_parser("schema", help="JSON Schema for editors", description="Prints a JSON Schema.")
    schema.add_argument("what", choices=("settings",))
    _add_verbose(schema)


def _add_verbose(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "-v", "--verbose", action="count", default=0, help="log findings to stderr; twice: packets too"
    )


def address(text: str) -> tuple[str, int]:
    """HOST:PORT of an option; port 0 is any free one."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdecimal() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT, for example 127.0.0.1:0")
    return host.strip("[]") or "127.0.0.1", int(port)


def _till_address(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 98:
        raise argparse.ArgumentTypeError(f"{text!r} is not a till's address, 1 to 98")
    return int(text)


def _number(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)

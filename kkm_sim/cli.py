"""The command line `kkm-sim`: which commands there are, and how mistakes are told."""

import argparse
import gc
import io
import logging
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from typing import Any, NoReturn

from kkm_sim.commands.mistakes import UserMistake

COMMANDS = {
    "demo": "a whole sale with nothing attached",
    "run": "a till on a line, for software under test",
    "tui": "the till on the terminal: indicator, keys, tape and line",
    "smartbox": "the other end: a reference SmartBox on any port",
    "replay": "play scenarios, in virtual time or on a port",
    "serve": "tills reachable over the network, for one client at a time",
    "schema": "JSON Schema for editors",
}
"""Each is a module in `arguments` and in `commands`: what may be said to it, and what it does."""


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints are one line, exit 2."""

    def __init__(self, **words: Any) -> None:
        # Each option is formatted once to see that it can be, and without a width argparse looks for the terminal's:
        # by way of `shutil`, which brings three compressors along.
        super().__init__(**words, formatter_class=partial(argparse.HelpFormatter, width=80))

    def format_help(self) -> str:
        self.formatter_class = argparse.HelpFormatter
        return super().format_help()

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command; returns the exit code: 0 done, 1 it failed, 2 the user's mistake, 70 a bug, 130 interrupted."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Not every terminal and locale has Cyrillic letters and half blocks: escapes, not an error.
        sys.stdout.reconfigure(errors="backslashreplace")
    words = sys.argv[1:] if argv is None else argv
    chosen = words[0] if words and words[0] in COMMANDS else None
    args, unknown = parser(chosen).parse_known_args(words)
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
    # What is loaded stays: to look for garbage among it is a tenth of the start, and later a pause in the line's time.
    gc.disable()
    command: Callable[[argparse.Namespace], int]
    command = getattr(import_module(f"kkm_sim.commands.{args.command}"), args.command)
    gc.freeze()
    gc.enable()
    return command(args)


def parser(chosen: str | None = None) -> argparse.ArgumentParser:
    """Everything that `kkm-sim` understands; of the commands only the chosen one, if one is chosen."""
    main_parser = _Parser(
        prog="kkm-sim",
        description="A simulator of the cash register Mercury-130K as it works with MyPOS SmartBox UTM for EGAIS.",
    )
    main_parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    commands = main_parser.add_subparsers(
        dest="command", metavar="COMMAND", required=True, parser_class=_Parser, prog=main_parser.prog
    )
    for name in COMMANDS if chosen is None else (chosen,):
        arguments = import_module(f"kkm_sim.arguments.{name}")
        arguments.add_arguments(commands.add_parser(name, help=COMMANDS[name], description=arguments.DESCRIPTION))
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

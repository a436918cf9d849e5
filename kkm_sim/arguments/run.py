"""What may be said to `kkm-sim run`."""

import argparse

from kkm_sim.arguments.argument_types import add_line, add_verbose, address, till_address

LINES = "the line (default: --pty)"
DESCRIPTION = (
    "Runs one till on a line. When it serves, one JSON line on stdout says where; "
    "nothing else is printed there. Ctrl-C or SIGTERM ends it."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options and words of `kkm-sim run`."""
    add_till(parser)
    parser.add_argument(
        "--end-with-stdin",
        action="store_true",
        help="end when stdin does: a program that starts it with a pipe there leaves no till behind, however it ends",
    )


def add_till(parser: argparse.ArgumentParser) -> None:
    """What kind of till it is, on which line, and what is kept of it."""
    add_line(parser, LINES)
    parser.add_argument("--address", metavar="N", type=till_address, help="address on the line, 1-98 (option 30)")
    parser.add_argument("--set", metavar="NAME=VALUE", action="append", default=[], help="a setting; may be repeated")
    parser.add_argument("--config", metavar="FILE.toml", help="settings from a TOML file; --set wins")
    parser.add_argument(
        "--http", metavar="HOST:PORT", type=address, help="serve the control API; port 0 = any free one"
    )
    parser.add_argument("--findings", metavar="FILE.jsonl", help="append each finding as a line of JSON")
    parser.add_argument(
        "--record", metavar="FILE.kkm.yaml", help="write what happens as a scenario that replays it, a new file"
    )
    parser.add_argument(
        "--start", choices=("cash", "menu", "off"), default="cash", help="the till's state (default: cash)"
    )
    parser.add_argument(
        "--pace",
        choices=("packet", "byte", "off"),
        default="packet",
        help="packets arrive whole in their time, bytes one by one, or all at once with no gaps (default: packet)",
    )
    add_verbose(parser)

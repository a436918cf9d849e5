"""What may be said to `kkm-sim smartbox`."""

import argparse
from typing import Any

from kkm_sim.arguments.argument_types import till_address, whole_number

DESCRIPTION = "Plays the SmartBox against a till, simulated or real."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options and words of `kkm-sim smartbox`."""
    _add_options(parser)
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    ping = actions.add_parser("ping", help="ask the till's state and print it")
    sell = actions.add_parser("sell", help="scan the codes given, wait for the operator and for the receipt's end")
    sell.add_argument("codes", metavar="CODE", nargs="+", help="EAN and PDF codes as scanned")
    message = actions.add_parser("message", help="show a message to the operator")
    message.add_argument("code", metavar="N", type=whole_number, help="1 SCAn EAN, 2 SCAn PdF, 3 ПОВtОР")
    annul = actions.add_parser("annul", help="annul the open receipt")
    serve = actions.add_parser(
        "serve",
        help="take scanned codes line by line on stdin, and serve the till",
        description="Each line of stdin is a scanned code, or: beer EAN, ping, message 1|2|3, annul, "
        "utm up|down|refuses|slow [SECONDS], cable out|in, quit. `utm slow` allows a receipt after so many seconds "
        "(default: 8), WAIT meanwhile. `cable out` pulls the line's plug: nothing passes until `cable in`, and what is "
        "said meanwhile is lost. After the end of stdin it serves until the receipt is done.",
    )
    for action in (ping, sell, message, annul, serve):
        _add_options(action, again=True)


def _add_options(parser: argparse.ArgumentParser, *, again: bool = False) -> None:
    """The options of `smartbox`, which may stand before its action or, `again`, after it."""

    def add(*names: str, default: Any = None, **how: Any) -> None:
        parser.add_argument(*names, default=argparse.SUPPRESS if again else default, **how)

    add("--port", metavar="URL", help="a serial device, pty or any pyserial URL; this or --remote is needed")
    add("--remote", metavar="SERVER", help="HOST:19524 or wss://HOST:19524 of a `kkm-sim serve`, instead of --port")
    add("--device", metavar="NAME", help="the till of --remote (default: its only one)")
    add(
        "--connect-timeout",
        metavar="S",
        type=whole_number,
        help="seconds for --remote to answer and for its till to be free (default: 5)",
    )
    add("--token-file", metavar="FILE", help="the token that --remote wants is in it")
    add("--tls-ca", metavar="FILE", help="certificates to trust a wss:// server by, PEM")
    add("--address", metavar="N", type=till_address, help="the till's address at --port (default: 1)")
    add("--baud", type=whole_number, choices=(9600, 19200, 38400, 57600), help="of --port (default: 57600)")
    add("--set", metavar="NAME=VALUE", action="append", default=[], help="frame_numbers, retries …")
    add("--pace", choices=("packet", "off"), help="off: no gaps at --port, as the till's (default: packet)")
    add("--timeout", metavar="S", type=whole_number, default=120, help="seconds to wait for the end (default: 120)")
    add("--beer", metavar="EAN", action="append", default=[], help="a code that is beer; repeatable")
    add("--qr-level", choices=("L", "M", "Q", "H"), default="M", help="error correction of the QR code (default: M)")
    add("--utm", choices=("up", "down", "refuses"), default="up", help="the stand-in for the UTM (default: up)")
    add("--utm-delay", metavar="S", type=whole_number, default=0, help="seconds the UTM takes for an answer")
    add("--json", action="store_true", default=False, help="tell each event as a JSON object on a line of stdout")
    add("-v", "--verbose", action="count", default=0, help="-vv: every packet on stderr")

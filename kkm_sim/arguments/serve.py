"""What may be said to `kkm-sim serve`."""

import argparse
import re

from kkm_sim.arguments.argument_types import address, till_address, whole_number

DESCRIPTION = (
    "Makes tills reachable over the network, for one client at a time each: a WebSocket with JSON-RPC 2.0 at "
    "ws://HOST:PORT/v1/devices/NAME, the list at /v1/devices, the methods at /v1/openrpc.json. The exchange with the "
    "till stays here, only whole operations cross the network. When it serves, one JSON line on stdout says where; "
    "stderr tells who holds which till. Ctrl-C or SIGTERM ends it."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `kkm-sim serve`."""
    parser.add_argument(
        "--device",
        metavar="NAME=URL",
        type=device,
        action="append",
        default=[],
        help="a till: a serial device or any pyserial URL, or sim: for a simulated one; may be repeated",
    )
    parser.add_argument(
        "--listen",
        metavar="HOST:PORT",
        type=address,
        default=("127.0.0.1", 19524),
        help="where clients connect (default: 127.0.0.1:19524; port 0 = any free one)",
    )
    parser.add_argument(
        "--token-file", metavar="FILE", help="tokens, of which a client must have one; one a line, # comments"
    )
    parser.add_argument("--tls-cert", metavar="FILE.pem", help="serve wss:// with this certificate chain")
    parser.add_argument("--tls-key", metavar="FILE.pem", help="its key, where the chain's file has none")
    parser.add_argument(
        "--max-clients",
        metavar="N",
        type=clients,
        default=500,
        help="clients at once, those that wait among them; more are turned away with HTTP 503 (default: 500)",
    )
    parser.add_argument(
        "--address", metavar="N", type=till_address, default=1, help="the tills' address on their lines (default: 1)"
    )
    parser.add_argument("--baud", type=whole_number, choices=(9600, 19200, 38400, 57600), default=57600)
    parser.add_argument("--set", metavar="NAME=VALUE", action="append", default=[], help="a setting; may be repeated")
    parser.add_argument(
        "--pace", choices=("packet", "off"), default="packet", help="the simulated tills' (default: packet)"
    )
    parser.add_argument(
        "--rfc2217",
        metavar="[NAME=]HOST:PORT",
        type=raw_line,
        action="append",
        default=[],
        help="a till's line as a COM port over telnet, on this computer alone; may be repeated",
    )
    parser.add_argument(
        "--http",
        metavar="HOST:PORT",
        type=address,
        help="control API of the sim: tills, ?device=NAME, on this computer alone",
    )
    parser.add_argument("-v", "--verbose", action="count", default=0, help="log each call to stderr, too")


def device(text: str) -> tuple[str, str]:
    """NAME=URL."""
    name, equals, url = text.partition("=")
    if not equals or not url or not _is_name(name):
        told = "is not NAME=URL, for example kassa1=/dev/ttyUSB0 or kassa1=sim: (a name: letters, digits, - . _)"
        raise argparse.ArgumentTypeError(f"{text!r} {told}")
    return name, url


def raw_line(text: str) -> tuple[str | None, tuple[str, int]]:
    """[NAME=]HOST:PORT."""
    name, equals, where = text.rpartition("=")
    return (name if equals else None), address(where)


def clients(text: str) -> int:
    """How many clients there may be."""
    number = whole_number(text)
    if number == 0:
        raise argparse.ArgumentTypeError("0 would let nobody in: 1 or more")
    return number


def _is_name(text: str) -> bool:
    return re.fullmatch(r"[\w.-]{1,64}", text) is not None and text.strip(".") != ""

"""What may be said to `kkm-sim demo`."""

import argparse

from kkm_sim.arguments.argument_types import add_verbose

DESCRIPTION = (
    "Joins a till and a SmartBox, two processes, by a virtual null modem. On a terminal the till's screen with a panel "
    "for the SmartBox: scan, let the UTM refuse, pull the cable; `?` is a guided tour. Without a terminal, or with "
    "--headless, it plays a sale of alcohol from the scan to the QR code and prints the exchange and the tape."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options and words of `kkm-sim demo`."""
    parser.add_argument("--headless", action="store_true", help="play a sale on the plain terminal")
    parser.add_argument("--pace", choices=("packet", "byte", "off"), default="packet", help="as for run")
    parser.add_argument("--lang", choices=("en", "ru"), help="language of the screen (default: the locale's)")
    parser.add_argument("--bell", action="store_true", help="ring the terminal's bell when the till beeps an error")
    parser.add_argument("--record", metavar="FILE.kkm.yaml", help="write what happens as a scenario that replays it")
    add_verbose(parser)

"""What may be said to `kkm-sim demo`."""

import argparse

from kkm_sim.arguments.words import add_verbose

DESCRIPTION = (
    "Joins a till and a SmartBox, two processes, by a virtual null modem and plays a sale of alcohol "
    "from the scan to the QR code; prints the exchange and the tape."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options and words of `kkm-sim demo`."""
    parser.add_argument("--headless", action="store_true", help="play on the plain terminal")
    parser.add_argument("--pace", choices=("packet", "byte", "off"), default="packet", help="as for run")
    parser.add_argument("--record", metavar="FILE.kkm.yaml", help="write what happens as a scenario that replays it")
    add_verbose(parser)

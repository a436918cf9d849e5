"""What may be said to `kkm-sim tui`."""

import argparse

from kkm_sim.arguments import run

DESCRIPTION = (
    "The till on the terminal: indicator, keyboard, tape, line and state. With --attach of a till that runs, "
    "else of one that it starts with the options of `run`, in a process of its own, and ends."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options and words of `kkm-sim tui`."""
    parser.add_argument(
        "--attach",
        metavar="URL",
        help="a till that runs, by the `http` of its ready line",
    )
    parser.add_argument("--lang", choices=("en", "ru"), help="language of the screen (default: the locale's)")
    parser.add_argument("--bell", action="store_true", help="ring the terminal's bell when the till beeps an error")
    run.add_arguments(parser)

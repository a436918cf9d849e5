"""What may be said to `kkm-sim tui`."""

import argparse

from kkm_sim.arguments import argument_types, run

DESCRIPTION = (
    "The till on the terminal: indicator, keyboard, tape, line and state. With --attach of a till that runs, "
    "else of one that it starts with the options of `run`, in a process of its own, and ends. "
    "With --web in browsers instead, all of them at the one till."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options and words of `kkm-sim tui`."""
    parser.add_argument(
        "--attach",
        metavar="URL",
        help="a till that runs, by the `http` of its ready line; ?till=N or ?device=NAME behind it: one of several",
    )
    parser.add_argument(
        "--web",
        metavar="[HOST:]PORT",
        type=_web_address,
        help="serve the screen to browsers instead, on this computer unless HOST is another; port 0 = any free one",
    )
    parser.add_argument("--lang", choices=("en", "ru"), help="language of the screen (default: the locale's)")
    parser.add_argument("--bell", action="store_true", help="ring the terminal's bell when the till beeps an error")
    run.add_till(parser)


def _web_address(text: str) -> tuple[str, int]:
    try:
        return argument_types.address(text if ":" in text else f"127.0.0.1:{text}")
    except argparse.ArgumentTypeError:
        raise argparse.ArgumentTypeError(f"{text!r} is not PORT or HOST:PORT, for example 8000") from None

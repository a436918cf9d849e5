"""`kkm-sim demo`: a till and a SmartBox on a virtual null modem, to be worked by hand or played by itself."""

import argparse
import sys


def demo(args: argparse.Namespace) -> int:
    """On a terminal the screen with the SmartBox's panel; else, or where it is asked for, a sale that plays itself."""
    if not args.headless and sys.stdin and sys.stdin.isatty() and sys.stdout.isatty():
        from kkm_sim.commands.demo_screen import demo_screen

        return demo_screen(args)
    from kkm_sim.commands.demo_headless import demo_headless

    return demo_headless(args)

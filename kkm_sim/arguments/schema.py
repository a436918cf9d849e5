"""What may be said to `kkm-sim schema`."""

import argparse

from kkm_sim.arguments.argument_types import add_verbose

DESCRIPTION = "Prints a JSON Schema."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options and words of `kkm-sim schema`."""
    parser.add_argument("what", choices=("settings", "scenario", "steps"))
    add_verbose(parser)

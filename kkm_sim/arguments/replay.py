"""What may be said to `kkm-sim replay`."""

import argparse

from kkm_sim.arguments.argument_types import add_line, whole_number

DESCRIPTION = (
    "Plays scenarios, files *.kkm.yaml: in virtual time, faster than it passes, or, with --realtime, on a port "
    "with a master of your own. Exit code 0: all passed, 1: one failed, 2: a file is no scenario."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options and words of `kkm-sim replay`."""
    parser.add_argument(
        "paths", metavar="FILE|FOLDER", nargs="+", help="scenarios; folders are searched for *.kkm.yaml"
    )
    parser.add_argument("--list", action="store_true", help="only list them: title, file, number of steps")
    parser.add_argument(
        "--only", metavar="TEXT", action="append", default=[], help="those with TEXT in file name or title; repeatable"
    )
    parser.add_argument("-x", "--stop", action="store_true", help="stop at the first that fails")
    parser.add_argument(
        "-j", "--jobs", metavar="N", type=whole_number, default=1, help="play N at once, 0: one a core (default: 1)"
    )
    parser.add_argument(
        "--seed", metavar="N", type=whole_number, default=0, help="decides what scenarios leave to chance (default: 0)"
    )
    parser.add_argument(
        "--update", action="store_true", help="write what is seen into the steps with `update: true`, in their files"
    )
    parser.add_argument("--junit", metavar="FILE", help="write a report as JUnit XML")
    parser.add_argument("--trace", metavar="FILE", help="write every packet and its moment, the same in every run")
    parser.add_argument("--realtime", action="store_true", help="play on a port; the master is a program of yours")
    add_line(parser, "the line, with --realtime (default: --pty)")
    parser.add_argument(
        "--pace", choices=("packet", "byte", "off"), help="with --realtime, as for run (default: packet)"
    )
    told = parser.add_mutually_exclusive_group()
    told.add_argument("-q", "--quiet", action="store_true", help="tell only of those that fail, and how many passed")
    told.add_argument("-v", "--verbose", action="count", default=0, help="tell each step as it is played")

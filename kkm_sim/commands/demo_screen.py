"""`kkm-sim demo` on a terminal: till, SmartBox and screen, each a process of its own."""

import argparse
import os

from kkm_sim.commands.tui import till_of_ours
from kkm_sim.tui.catalogue import LANGUAGES, language_here
from kkm_sim.tui.till_process import TillProcess

NULL_MODEM = "--pty" if os.name == "posix" else "--tcp=127.0.0.1:0"
"""A line with two ends inside this machine."""


def demo_screen(args: argparse.Namespace) -> int:
    """Shows them until the user leaves. Returns 0."""
    language = args.lang or language_here()
    words = LANGUAGES[language]
    options = [NULL_MODEM, "--http=127.0.0.1:0", f"--pace={args.pace}", *["-v"] * args.verbose]
    options += [] if args.record is None else [f"--record={args.record}"]
    with till_of_ours(options) as till:
        # Only now: the till comes up while the screen is loaded.
        from kkm_sim.commands.tui_screen import show
        from kkm_sim.tui.client import Client
        from kkm_sim.tui.demo.catalogue import LANGUAGES as DEMO_LANGUAGES
        from kkm_sim.tui.demo.screen import DemoFace
        from kkm_sim.tui.demo.smartbox_process import BoxProcess
        from kkm_sim.tui.view import View

        till.wait_until_ready()
        client = Client(lambda: till.url if till.is_alive else None, words)
        # It tries once more and then says that the till is lost: who has pulled the cable is watching.
        options = ["--set=retries=1", *["--pace=off"] * (args.pace == "off")]
        box = BoxProcess(lambda: box_url(till), options)
        face = DemoFace(View(words, till.url, till.port), client, till, box, DEMO_LANGUAGES[language], rings=args.bell)
        try:
            return show(face)
        finally:
            box.stop()


def box_url(till: TillProcess) -> str | None:
    """The other end of the till's line, as the SmartBox opens it; None while there is none."""
    if not till.is_alive or till.port is None:
        return None
    return till.port if os.name == "posix" else f"socket://{till.port}"

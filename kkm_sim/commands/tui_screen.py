"""The screen of `kkm-sim tui` on a terminal, until the user leaves."""

import asyncio
import os
import signal

from kkm_sim.drivers.turns import LONG_NS, ask_for_turns
from kkm_sim.tui.app import Face
from kkm_sim.tui.catalogue import LANGUAGES
from kkm_sim.tui.client import Client
from kkm_sim.tui.till_process import TillProcess
from kkm_sim.tui.view import View


def tui_screen(till: TillProcess | str, language: str, *, bell: bool) -> int:
    """Shows a till that was started here, or the one whose control API is at that address. Returns the exit code.

    Raises NotStarted where ours does not come up.
    """
    words = LANGUAGES[language]
    if isinstance(till, str):
        return show(Face(View(words, till), Client(lambda: till, words), rings=bell))
    till.wait_until_ready()
    view = View(words, till.url, till.port)
    return show(Face(view, Client(lambda: till.url if till.is_alive else None, words), till, rings=bell))


def show(face: Face) -> int:
    """Shows a screen until the user leaves. Returns its exit code."""
    if os.name == "posix":
        # The terminal is gone. Textual may wait for ever to write to it; what was started here ends with our pipes.
        signal.signal(signal.SIGHUP, lambda number, frame: os._exit(128 + number))
    ask_for_turns(LONG_NS)
    asyncio.run(_run(face))
    return face.return_code or 0


async def _run(face: Face) -> None:
    """Shows it until the user leaves, or somebody ends this process."""
    if os.name == "posix":
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, face.exit)
    await face.run_async()

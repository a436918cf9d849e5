"""`kkm-sim tui --web`: the screen in browsers, a process for each tab, all of one till."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager

from kkm_sim.commands.joining import complain, say
from kkm_sim.commands.mistakes import UserMistake
from kkm_sim.drivers.listening import is_loopback
from kkm_sim.tui.catalogue import LANGUAGES
from kkm_sim.tui.till_process import TillProcess
from kkm_sim.tui.web.server import WebServer

LOOK_S = 0.2
"""How soon it is seen that the till has ended."""


def web(where: tuple[str, int], till: AbstractContextManager[TillProcess] | str, *, lang: str, bell: bool) -> int:
    """Serves until it is told to end: returns 0; 1 if its till ends before.

    `till` is one that is started here and ends with us, or the address of another's control API.
    """
    with contextlib.ExitStack() as stack:
        listening = stack.enter_context(_listen(*where))
        host, port = listening.getsockname()[:2]
        if not is_loopback(host):
            complain(f"kkm-sim tui: whoever reaches port {port} of this computer can press the till's keys")
        ends = _ends()
        for number in ends:
            # Until the server hears it: what has been started ends as with Ctrl-C.
            signal.signal(number, signal.default_int_handler)
        try:
            if isinstance(till, str):
                ours, url, line = None, till, None
            else:
                ours = stack.enter_context(till)
                ours.wait_until_ready()
                url, line = ours.url, ours.port
            title = f"{LANGUAGES[lang].indicator} · {line or url.removeprefix('http://')}"
            command = [sys.executable, "-m", "kkm_sim", "tui", f"--attach={url}", f"--lang={lang}"]
            server = WebServer(listening, where[0], command + ["--bell"] * bell, title=title, lang=lang)
            asyncio.run(_serve(server, ours, ends))
        except KeyboardInterrupt:
            return 0
        finally:
            for number in ends:
                # The end is near, and a second Ctrl-C would leave some of it behind.
                signal.signal(number, signal.SIG_IGN)
        if ours is not None and (end := ours.why_ended()) is not None:
            code, said = end
            complain(f"kkm-sim tui: the till has ended: {said or f'exit code {code}'}")
            return 1
    return 0


def _ends() -> list[signal.Signals]:
    """The signals that end it. A hangup is none under `nohup`."""
    ends = [signal.SIGINT, signal.SIGTERM]
    if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        ends.append(signal.SIGHUP)
    return ends


async def _serve(server: WebServer, till: TillProcess | None, ends: Sequence[signal.Signals]) -> None:
    """Serves until a signal comes, or the till is no more."""
    told = asyncio.Event()
    if sys.platform != "win32":
        for number in ends:
            asyncio.get_running_loop().add_signal_handler(number, told.set)
    async with server.serving():
        say(f"The till's screen for browsers: {server.url} (Ctrl-C ends it)")
        # textual-serve prints what a tab's process complains of; our stdout has its one line.
        with contextlib.redirect_stdout(sys.stderr):
            while not told.is_set() and (till is None or till.is_alive):
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(told.wait(), LOOK_S)


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family)
    except OSError as error:
        # What create_server says names the address once more.
        why = error.strerror if isinstance(error, socket.gaierror) else os.strerror(error.errno or 0)
        raise UserMistake(f"--web: cannot listen on {host}:{port}: {why}") from None

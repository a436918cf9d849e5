"""`kkm-sim tui`: the till's face, of a till that runs elsewhere or of one that this command starts and ends."""

import argparse
import contextlib
import os
import sys
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from kkm_sim.commands.mistakes import UserMistake
from kkm_sim.tui.catalogue import language_here
from kkm_sim.tui.till_process import NotStarted, TillProcess


def tui(args: argparse.Namespace) -> int:
    """Shows the till until the user leaves. Returns 0."""
    there = None if args.attach is None else api_url(args.attach)
    options = run_options(args)
    if there is not None and options:
        raise UserMistake(f"{options[0]} is for a till that is started here; --attach shows one that runs")
    if args.web is None and not _has_screen():
        raise UserMistake("this is a screen and needs a terminal; `run` serves without one, --web serves browsers")
    language = args.lang or language_here()
    options += [] if args.http else ["--http", "127.0.0.1:0"]
    if args.web is not None:
        # Imported only where it is wanted: a web server takes its time, and is an extra.
        try:
            from kkm_sim.commands.web import web
        except ModuleNotFoundError as missing:
            if (missing.name or "").startswith("kkm_sim"):
                raise
            raise UserMistake("--web is an extra that is not installed here: pip install 'kkm-sim[web]'") from None
        return web(args.web, there or till_of_ours(options), lang=language, bell=args.bell)
    with contextlib.nullcontext(there) if there is not None else till_of_ours(options) as till:
        # Only now: a till of ours comes up while the screen is loaded.
        from kkm_sim.commands.tui_screen import tui_screen

        return tui_screen(till, language, bell=args.bell)


def _has_screen() -> bool:
    """Whether there is a terminal, or another of our processes draws what we say for a browser."""
    if "TEXTUAL_DRIVER" in os.environ:
        return True
    return bool(sys.stdin and sys.stdin.isatty() and sys.stdout.isatty())


def run_options(args: argparse.Namespace) -> list[str]:
    """The options of `run` that were given, as words of a command line."""
    options = []
    for name in ("port", "config", "findings", "record"):
        value = getattr(args, name)
        options += [] if value is None else [f"--{name}={value}"]
    for name in ("tcp", "rfc2217", "http"):
        where = getattr(args, name)
        options += [] if where is None else [f"--{name}={_host_port(*where)}"]
    if args.pty is not None:
        options.append(f"--pty={args.pty}" if args.pty else "--pty")
    if args.address is not None:
        options.append(f"--address={args.address}")
    options += [f"--set={assignment}" for assignment in args.set]
    options += [f"--start={args.start}"] * (args.start != "cash")
    options += [f"--pace={args.pace}"] * (args.pace != "packet")
    return options + ["-v"] * args.verbose


def api_url(text: str) -> str:
    """The address of a control API as the client wants it. Raises UserMistake."""
    url = text if "://" in text else f"http://{text}"
    # ValueError: a port that is no number, a query that is none.
    with contextlib.suppress(ValueError):
        parts = urlsplit(url)
        choice = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True) if parts.query else []
        is_server = parts.scheme == "http" and parts.hostname and parts.port and parts.path in ("", "/")
        if is_server and all(_chooses(*one) for one in choice):
            return urlunsplit(("http", parts.netloc, "", urlencode(choice), ""))
    raise UserMistake(
        f"--attach: {text!r} is not the address of a control API, for example http://127.0.0.1:8130, or that with "
        "?till=2 or ?device=bar behind it where it has several"
    )


def _chooses(name: str, value: str) -> bool:
    """Whether a word of the query chooses a till."""
    return value.isascii() and value.isdecimal() if name == "till" else name == "device" and value != ""


def _host_port(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


@contextlib.contextmanager
def till_of_ours(options: list[str]) -> Iterator[TillProcess]:
    """A till that comes up meanwhile, until it is waited for. Raises UserMistake where it does not come up."""
    till = TillProcess(options)
    try:
        yield till
    except NotStarted as reason:
        raise UserMistake(str(reason)) from None
    finally:
        till.stop()

"""`kkm-sim serve`: tills reachable over the network, each for one client at a time."""

import argparse
import asyncio
import contextlib
import errno
import json
import logging
import math
import os
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kkm_sim.commands.joining import complain, say, settings_of, until_told
from kkm_sim.commands.mistakes import UserMistake
from kkm_sim.commands.token_file import tokens_in
from kkm_sim.drivers.listening import bound_socket, is_loopback
from kkm_sim.drivers.ports import Port, PortError
from kkm_sim.drivers.turns import SHORT_NS, ask_for_turns
from kkm_sim.remote.server.lines import SIMULATED, Lines, SimulatedLine
from kkm_sim.remote.server.raw_line import RawLine
from kkm_sim.remote.server.server import RemoteServer
from kkm_sim.settings import BAUD_RATES

NO_ROOM = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
"""Errors of the system that has no room for one more connection."""

NO_ROOM_TOLD_S = 60
"""Between two words about that."""


def serve(args: argparse.Namespace) -> int:
    """Serves until SIGINT or SIGTERM. Returns 0."""
    if not args.device:
        raise UserMistake(
            "which till? Say --device NAME=URL, a serial device or any pyserial URL, or --device kassa1=sim:"
        )
    urls = dict(args.device)
    if len(urls) < len(args.device):
        raise UserMistake(f"--device: each name once: {' '.join(name for name, _ in args.device)}")
    _check_ports(urls)
    _refuse_beyond_loopback(args)
    # Who holds what is news to whoever runs a server, -v or not.
    logging.getLogger("kkm_sim.remote").setLevel(logging.DEBUG if args.verbose else logging.INFO)
    defaults: dict[str, Any] = {"option_29": BAUD_RATES.index(args.baud), "option_30": args.address}
    if args.pace == "off":
        defaults["print_lines_per_s"] = 0
    lines = Lines(settings_of(args.set, **defaults), args.pace)
    tokens = _tokens(args)
    ask_for_turns(SHORT_NS)
    return asyncio.run(_serve(args, urls, lines, tokens, _tls(args)))


def _tokens(args: argparse.Namespace) -> list[str]:
    host, port = args.listen
    if args.token_file is None:
        if not is_loopback(host):
            told = "say --token-file FILE, one token a line, or listen on 127.0.0.1"
            raise UserMistake(f"--listen {host}:{port}: beyond this computer only with tokens; {told}")
        return []
    return tokens_in(args.token_file)


def _tls(args: argparse.Namespace) -> ssl.SSLContext | None:
    if args.tls_cert is None:
        if args.tls_key is not None:
            raise UserMistake("--tls-key is the key of a certificate: say --tls-cert FILE.pem, too")
        return None
    _check_readable("--tls-cert", args.tls_cert)
    if args.tls_key is not None:
        _check_readable("--tls-key", args.tls_key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        # A key with a password: nobody is there to be asked for it.
        context.load_cert_chain(args.tls_cert, args.tls_key, password=lambda: "")
    except ssl.SSLError as error:
        reason = (error.reason or "no certificate or key").lower().replace("_", " ")
        key = args.tls_cert if args.tls_key is None else args.tls_key
        hint = ": say --tls-key FILE.pem, too" if args.tls_key is None else ""
        raise UserMistake(f"--tls-cert: {args.tls_cert} with the key in {key} is not usable: {reason}{hint}") from None
    return context


def _check_readable(option: str, file: str) -> None:
    try:
        with open(file, "rb") as opened:
            opened.read()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UserMistake(f"{option}: cannot read {file}: {reason}") from None


async def _serve(
    args: argparse.Namespace, urls: Mapping[str, str], lines: Lines, tokens: Sequence[str], tls: ssl.SSLContext | None
) -> int:
    loop, told = asyncio.get_running_loop(), asyncio.Event()

    def end() -> None:
        with contextlib.suppress(RuntimeError):  # it has ended
            loop.call_soon_threadsafe(told.set)

    until_told(end)
    loop.set_exception_handler(_no_room())
    async with contextlib.AsyncExitStack() as stack:
        listening = stack.enter_context(_listen("--listen", args.listen))
        raw_sockets = [(name, stack.enter_context(_listen("--rfc2217", where))) for name, where in _raw(args, urls)]
        simulated: dict[str, SimulatedLine] = {}
        for name, url in urls.items():
            if url == SIMULATED:
                simulated[name] = lines.simulated()
                stack.push_async_callback(asyncio.to_thread, simulated[name].pump.stop)
        opened = await asyncio.gather(
            *(_open(lines, name, url, simulated.get(name)) for name, url in urls.items()), return_exceptions=True
        )
        for mistake in opened:
            if isinstance(mistake, BaseException):
                raise mistake
        devices = [
            lines.device(name, url, port)
            for (name, url), port in zip(urls.items(), opened, strict=True)
            if not isinstance(port, BaseException)
        ]
        for device in devices:
            stack.push_async_callback(asyncio.to_thread, device.stop)
        http = None
        if args.http is not None:
            http = await _control(stack, args.http, simulated)
        by_name = {device.name: device for device in devices}
        raw = {name: RawLine(by_name[name], bound, lines.baud, most=args.max_clients) for name, bound in raw_sockets}
        server = RemoteServer(devices, listening, tokens=tokens, tls=tls, most=args.max_clients)
        stack.push_async_callback(server.stop)
        await server.start()
        for line in raw.values():
            stack.callback(line.stop)
            await line.start()
        _warn(args)
        ready = {
            "ready": True,
            "listen": server.url,
            "devices": list(by_name),
            "rfc2217": {name: line.address for name, line in raw.items()} or None,
            "http": http,
            "pid": os.getpid(),
        }
        say(json.dumps(ready))
        await told.wait()
    return 0


def _no_room() -> Callable[[asyncio.AbstractEventLoop, dict[str, Any]], None]:
    """What the event loop does with what goes wrong in it: that there is no room is told once a minute, without a
    traceback; the loop tries again each second."""
    tell_at = -math.inf

    def tell(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        nonlocal tell_at
        error = context.get("exception")
        if not (isinstance(error, OSError) and error.errno in NO_ROOM):
            loop.default_exception_handler(context)
        elif time.monotonic() >= tell_at:
            tell_at = time.monotonic() + NO_ROOM_TOLD_S
            complain(f"kkm-sim serve: no room for more connections ({error.strerror}): new ones wait; see `ulimit -n`")

    return tell


async def _open(lines: Lines, name: str, url: str, simulated: SimulatedLine | None) -> Port:
    if simulated is not None:
        return simulated.port
    try:
        return await asyncio.to_thread(lines.port, url)
    except PortError as error:
        raise UserMistake(f"--device {name}: {error}") from None


def _check_ports(urls: Mapping[str, str]) -> None:
    """What would wait for ever: a port that nobody meant, and one that another till of ours has."""
    seen: dict[str, str] = {}
    for name, url in urls.items():
        if url == SIMULATED:
            continue
        if url.lower().rstrip(":") == SIMULATED.rstrip(":") and not os.path.exists(url):
            raise UserMistake(f"--device {name}: there is no port {url!r}; did you mean {name}={SIMULATED}?")
        port = url if "://" in url else os.path.normcase(os.path.realpath(url))
        if port in seen:
            raise UserMistake(f"--device: {seen[port]} and {name} are one port, {url}: each till has its own")
        seen[port] = name


def _refuse_beyond_loopback(args: argparse.Namespace) -> None:
    """What has no tokens is for this computer alone."""
    asked = [("--rfc2217", where) for _, where in args.rfc2217] + ([("--http", args.http)] if args.http else [])
    for option, (host, port) in asked:
        if not is_loopback(host):
            named, there = f"[{host}]" if ":" in host else host, port or "PORT"
            way_out = "listen on 127.0.0.1 and let others in by a tunnel"
            tunnel = f"ssh -L {there}:127.0.0.1:{there} THIS-COMPUTER"
            raise UserMistake(f"{option} {named}:{port}: it knows no tokens; {way_out}, {tunnel}")


def _listen(option: str, where: tuple[str, int]) -> socket.socket:
    try:
        bound = bound_socket(*where)
        bound.listen()  # at once: that two of ours have one address is told here
    except OSError as error:
        raise UserMistake(f"{option}: cannot listen on {where[0]}:{where[1]}: {error.strerror or error}") from None
    return bound


def _raw(args: argparse.Namespace, urls: Mapping[str, str]) -> list[tuple[str, tuple[str, int]]]:
    """Which devices' lines are served raw, and where."""
    there = ", ".join(urls)
    chosen: dict[str, tuple[str, int]] = {}
    for name, where in args.rfc2217:
        if name is None and len(urls) > 1:
            raise UserMistake(f"--rfc2217: the line of which till? Say NAME=HOST:PORT; there is {there}")
        known = next(iter(urls)) if name is None else name
        if known not in urls or known in chosen:
            raise UserMistake(f"--rfc2217 {known}: each --device once; there is {there}")
        chosen[known] = where
    return list(chosen.items())


async def _control(
    stack: contextlib.AsyncExitStack, where: tuple[str, int], simulated: Mapping[str, SimulatedLine]
) -> str:
    if not simulated:
        raise UserMistake("--http is the control API of simulated tills, and there is none: say --device kassa1=sim:")
    from starlette.types import ASGIApp

    from kkm_sim.control.app import create_app
    from kkm_sim.control.devices import DeviceChoice
    from kkm_sim.control.server import AppServer

    def make(loopback_only: bool) -> ASGIApp:
        return DeviceChoice(
            {
                name: create_app(line.pump, line.simulator, loopback_only=loopback_only)
                for name, line in simulated.items()
            }
        )

    try:
        server = AppServer(make, *where)
    except OSError as error:
        raise UserMistake(f"--http: cannot listen on {where[0]}:{where[1]}: {error.strerror or error}") from None
    stack.push_async_callback(asyncio.to_thread, server.stop)
    await asyncio.to_thread(server.start)
    return server.url


def _warn(args: argparse.Namespace) -> None:
    """What others on the way could read."""
    if not is_loopback(args.listen[0]) and args.tls_cert is None:
        complain("kkm-sim serve: without --tls-cert tokens cross the network in clear: whoever hears one can use it")

"""Where the till of `kkm-sim smartbox` is: at a port of this machine, or at a remote access server."""

import argparse
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kkm_sim.clock import Clock
from kkm_sim.commands.mistakes import UserMistake
from kkm_sim.drivers.cable import Cable
from kkm_sim.drivers.ports import Port, PortError
from kkm_sim.drivers.serial_port import SerialPort
from kkm_sim.link.messenger import Messenger
from kkm_sim.settings import Settings

if TYPE_CHECKING:
    import ssl


@dataclass(frozen=True, slots=True)
class LineToTill:
    """An open line. `link`: what brings messages over it, None for the SmartBox's own engine; `cable`: its plug, if it
    has one here; `lost`: what a user hears when the till does not answer."""

    port: Port
    link: Messenger | None
    cable: Cable | None
    lost: str


def open_till(args: argparse.Namespace, settings: Settings, clock: Clock) -> LineToTill | str:
    """The line that --port or --remote names; a sentence where the server does not give us its till."""
    if args.remote is not None:
        return _remote(args, settings, clock)
    try:
        cable = Cable(SerialPort(args.port, args.baud))
    except PortError as error:
        raise UserMistake(str(error)) from None
    lost = (
        f"no answer from address {args.address} at {args.baud} baud: is the till on, has it this address (option 30) "
        "and this speed (option 29)?"
    )
    return LineToTill(cable, None, cable, lost)


def _remote(args: argparse.Namespace, settings: Settings, clock: Clock) -> LineToTill | str:
    # websockets takes its time: only who goes over the network pays for it.
    from kkm_sim.remote.errors import RemoteError
    from kkm_sim.remote.remote_link import RemoteLink
    from kkm_sim.remote.remote_port import RemotePort

    try:
        port = RemotePort(
            args.remote,
            args.device,
            timeout=args.connect_timeout,
            token=None if args.token_file is None else _token(args.token_file),
            client=f"kkm-sim smartbox on {socket.gethostname()}",
            ssl=None if args.tls_ca is None else _trust(args.tls_ca),
        )
    except ValueError as error:
        raise UserMistake(str(error)) from None
    except RemoteError as error:
        return str(error)
    lost = (
        "no answer by way of the server: is the connection to it up, is the till on, has the server its address "
        "(option 30) and speed (option 29)?"
    )
    return LineToTill(port, RemoteLink(settings, clock.now()), None, lost)


def _token(file: str) -> str:
    try:
        lines = [line.strip() for line in Path(file).read_text(encoding="utf-8-sig").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise UserMistake(f"--token-file {file}: {getattr(error, 'strerror', None) or 'this is no text'}") from None
    token = next((line for line in lines if line and not line.startswith("#")), "")
    if not token or not token.isascii() or not token.isprintable():
        raise UserMistake(f"--token-file {file}: there is no token in it, a line of ASCII")
    return token


def _trust(file: str) -> "ssl.SSLContext":
    import ssl

    try:
        return ssl.create_default_context(cafile=file)
    except OSError as error:
        raise UserMistake(f"--tls-ca {file}: {error.strerror or 'there are no certificates in it'}") from None

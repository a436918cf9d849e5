"""Where the till of `kkm-sim smartbox` is: at a port of this machine, or at a remote access server."""

import argparse
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kkm_sim.clock import Clock
from kkm_sim.commands.mistakes import UserMistake
from kkm_sim.commands.token_file import tokens_in
from kkm_sim.drivers.cable import Cable
from kkm_sim.drivers.ports import Port, PortError
from kkm_sim.drivers.serial_port import SerialPort
from kkm_sim.link.messenger import Messenger
from kkm_sim.remote.protocol.addresses import TIMEOUT_S
from kkm_sim.settings import Settings

if TYPE_CHECKING:
    import ssl


HERE = {"address": 1, "baud": 57600, "pace": "packet"}
FAR = {"device": None, "connect_timeout": int(TIMEOUT_S), "token_file": None, "tls_ca": None}
"""What may be said of a till at --port, of one at --remote, and what holds where nothing is said."""


@dataclass(frozen=True, slots=True)
class LineToTill:
    """An open line. `link`: what brings messages over it, None for the SmartBox's own engine; `cable`: its plug, if it
    has one here; `why_lost`: what a user hears when the till does not answer."""

    port: Port
    link: Messenger | None
    cable: Cable | None
    why_lost: Callable[[], str]

    @property
    def lost(self) -> str:
        """What a user hears when the till does not answer now."""
        return self.why_lost()


def choose_line(args: argparse.Namespace) -> None:
    """Settles where the till is, and puts defaults in the place of what was not said of it."""
    if args.port is None and args.remote is None:
        raise UserMistake(
            "where is the till? Say --port URL: a serial device, a pty or any pyserial URL, or --remote HOST:19524"
        )
    if args.port is not None and args.remote is not None:
        raise UserMistake("--port and --remote: the till is at one of them")
    far = args.remote is not None
    if said := [f"--{name.replace('_', '-')}" for name in (HERE if far else FAR) if getattr(args, name) is not None]:
        of_far = "the line to the till of --remote is the server's; say it to kkm-sim serve"
        raise UserMistake(f"{', '.join(said)}: {of_far if far else 'for --remote alone'}")
    for name, value in (HERE | FAR).items():
        if getattr(args, name) is None:
            setattr(args, name, value)
    if far:
        args.pace = "off"  # texts have none of their own


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
    return LineToTill(cable, None, cable, lambda: lost)


def _remote(args: argparse.Namespace, settings: Settings, clock: Clock) -> LineToTill | str:
    # websockets takes its time: only who goes over the network pays for it.
    from kkm_sim.remote.client.remote_link import RemoteLink
    from kkm_sim.remote.client.remote_port import RemotePort
    from kkm_sim.remote.protocol.errors import RemoteError

    try:
        port = RemotePort(
            args.remote,
            args.device,
            timeout=args.connect_timeout,
            token=None if args.token_file is None else tokens_in(args.token_file)[0],
            client=f"kkm-sim smartbox on {socket.gethostname()}",
            ssl=None if args.tls_ca is None else _trust(args.tls_ca),
        )
    except ValueError as error:
        raise UserMistake(str(error)) from None
    except RemoteError as error:
        return str(error)
    link = RemoteLink(settings, clock.now())
    return LineToTill(port, link, None, lambda: link.lost)


def _trust(file: str) -> "ssl.SSLContext":
    import ssl

    try:
        return ssl.create_default_context(cafile=file)
    except OSError as error:
        raise UserMistake(f"--tls-ca {file}: {error.strerror or 'there are no certificates in it'}") from None

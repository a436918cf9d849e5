"""A device's line byte by byte, over telnet (RFC 2217), for programs that can only open a COM port."""

import asyncio
import contextlib
import logging
import socket

from kkm_sim.clock import SECOND
from kkm_sim.drivers.listening import address_of
from kkm_sim.drivers.telnet import Telnet, TelnetBroken, escaped
from kkm_sim.remote.master.line_end import CAPACITY
from kkm_sim.remote.master.master_news import MasterNews
from kkm_sim.remote.protocol.addresses import TIMEOUT_S
from kkm_sim.remote.server.device import Device
from kkm_sim.remote.server.leases import Lease
from kkm_sim.remote.server.server import AT_ONCE, MOST_CLIENTS, WAITING_CONNECTIONS
from kkm_sim.settings import BAUD_RATES

log = logging.getLogger(__name__)

KEEP_ALIVE = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 2}
"""A program may lawfully say nothing for hours: the system asks whether it is still there. Seconds, and how often."""

UNTAKEN_MS = 20_000
"""For how long a program may not take what the till said; while it is on its way the system does not ask."""

MOST_UNREAD = 65_536
"""Bytes that may wait for a program that does not read; more are lost, as at a port that nobody reads."""


class RawLine:
    """Serves a device's line on a bound socket. A program waits in the queue as every client does, 5 s [D-54]; what
    it says meanwhile is kept. Its connection is closed when that was in vain."""

    def __init__(
        self,
        device: Device,
        bound: socket.socket,
        baud: int,
        timeout: int = int(TIMEOUT_S * SECOND),
        most: int = MOST_CLIENTS,
    ) -> None:
        """`timeout`: ns. More than `most` programs at once are hung up on."""
        self.address = address_of(bound)
        self._device = device
        self._bound = bound
        self._baud = baud
        self._timeout = timeout
        self._most = most
        self._server: asyncio.Server | None = None
        self._programs: set[Program] = set()

    async def start(self) -> None:
        """Returns when connections are accepted. Raises OSError."""
        self._server = await asyncio.start_server(self._serve, sock=self._bound, backlog=AT_ONCE)
        self._bound.listen(WAITING_CONNECTIONS)

    def stop(self) -> None:
        """Ends it. Its device is for others to stop."""
        if self._server is not None:
            self._server.close()
        for program in self._programs:
            program.hang_up()
        self._bound.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._programs) >= self._most:
            writer.transport.abort()  # telnet has no words for it
            return
        program = Program(self._device, reader, writer, self._baud)
        self._programs.add(program)
        try:
            await program.run(self._timeout)
        except Exception:
            log.exception("%s: a bug in kkm-sim", self._device.name)
        finally:
            self._programs.discard(program)


class Program:
    """A program at its COM port far away."""

    def __init__(self, device: Device, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, baud: int) -> None:
        host, port = (writer.get_extra_info("peername") or ("somebody", 0))[:2]
        self.name = f"COM port ({host}:{port})"
        self._device = device
        self._reader = reader
        self._writer = writer
        self._telnet = Telnet(baud, self._reply)
        self._baud: int | None = None
        self._holding = False
        self._early = bytearray()
        _keep_alive(writer.get_extra_info("socket"))

    async def run(self, timeout: int) -> None:
        """Until it is gone, or was refused after `timeout` ns."""
        why = "a bug in kkm-sim"
        self._device.ask(self, timeout)
        try:
            why = await self._listen()
        except OSError:
            why = "the connection was lost"
        finally:
            self._holding = False
            self._device.leave(self, why)
            self.hang_up()

    def hang_up(self) -> None:
        """Closes the connection. A program that does not read is not waited for."""
        if self._writer.transport.get_write_buffer_size():
            self._writer.transport.abort()
        else:
            self._writer.close()

    async def _listen(self) -> str:
        while True:
            said = await self._reader.read(CAPACITY)
            if not said:
                return "the program closed its port"
            try:
                data = self._telnet.heard(said)
            except TelnetBroken:
                return "it does not speak telnet as RFC 2217 has it"
            self._follow_speed()
            if self._holding:
                self._device.send_raw(data)
            elif len(self._early) + len(data) <= CAPACITY:
                self._early += data
            # One that says much is not to keep the others waiting, nor to ask without end and never listen.
            await asyncio.sleep(0)
            await self._writer.drain()

    def _reply(self, data: bytes) -> None:
        """Telnet's own answers; asyncio complains of each that goes to a connection that is lost (asyncio #301)."""
        if not self._writer.transport.is_closing():
            self._writer.write(data)

    def _follow_speed(self) -> None:
        baud = self._telnet.asked_baud
        # Another speed than a till's the port may not even have.
        if baud != self._baud and baud in BAUD_RATES:
            self._baud = baud
            if self._holding:
                self._device.set_raw_baud(baud)

    # From the device

    def granted(self, lease: Lease) -> None:
        """The line is its own."""
        self._holding = True
        self._device.hold_raw(self._said, self._baud)
        self._device.send_raw(bytes(self._early))
        self._early.clear()

    def refused(self, held: Lease) -> None:
        """Telnet has no words for it."""
        self.hang_up()

    def heard(self, news: MasterNews) -> None:
        """Nothing: there is no master while the line is raw."""

    def _said(self, data: bytes) -> None:
        """What the till says."""
        unread = self._writer.transport.get_write_buffer_size()
        if self._holding and unread + len(data) <= MOST_UNREAD:
            self._writer.write(escaped(data))


def _keep_alive(line: socket.socket) -> None:
    line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (KEEP_ALIVE | {"TCP_USER_TIMEOUT": UNTAKEN_MS}).items():
        if hasattr(socket, name):
            with contextlib.suppress(OSError):
                line.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)

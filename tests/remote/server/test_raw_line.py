import asyncio
import contextlib
import functools
import socket
import struct
from collections.abc import AsyncIterator

import pytest
import serial

from kkm_sim.clock import MS
from kkm_sim.drivers.listening import bound_socket
from kkm_sim.findings import FindingCode
from kkm_sim.remote.server.raw_line import MOST_UNREAD, UNTAKEN_MS, RawLine
from tests.old_pyserial import old_pyserial
from tests.remote.server.serving import Serving, call, ready, run, serving
from tests.waiting import PATIENCE_S, eventually_async

RDY = bytes.fromhex("7F 02 01 C5 3A")
TILLS_RDY = bytes.fromhex("7F 02 01 E5 1A")
SET_9600 = bytes.fromhex("FF FA 2C 01 00 00 25 80 FF F0")
IS_9600 = bytes.fromhex("FF FA 2C 65 00 00 25 80 FF F0")
"""Telnet's sub-negotiation of the speed (RFC 2217): asked for, and acknowledged."""
SMALL = 4096


@contextlib.asynccontextmanager
async def raw_line(timeout: int = 5000 * MS, most: int = 9) -> AsyncIterator[tuple[Serving, RawLine]]:
    async with serving() as counter:
        line = RawLine(counter.one, bound_socket("127.0.0.1", 0), 57600, timeout, most)
        await line.start()
        try:
            yield counter, line
        finally:
            line.stop()


async def program(line: RawLine) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, port = line.address.split(":")
    return await asyncio.open_connection(host, int(port))


async def hears(reader: asyncio.StreamReader, expected: bytes) -> None:
    async with asyncio.timeout(PATIENCE_S):
        heard = b""
        while expected not in heard:
            more = await reader.read(4096)
            assert more, heard
            heard += more


@old_pyserial
@run
async def test_a_program_opens_it_as_a_port_of_its_own() -> None:
    async with raw_line() as (counter, line):
        opens = functools.partial(serial.serial_for_url, f"rfc2217://{line.address}", baudrate=57600, timeout=5)
        port = await asyncio.to_thread(opens)
        await counter.waits_for_lease("held")
        assert counter.one.describe()["holder"].startswith("COM port (127.0.0.1:")
        port.write(RDY)
        assert await asyncio.to_thread(port.read, len(TILLS_RDY)) == TILLS_RDY
        await asyncio.to_thread(port.close)
        await counter.waits_for_lease("free")


@run
async def test_it_waits_in_the_queue_and_what_it_said_is_kept() -> None:
    async with raw_line() as (counter, line):
        async with counter.connect() as client:
            await ready(client)
            reader, writer = await program(line)
            writer.write(RDY)
            await counter.waits_for_lease("held", 1)
            assert "result" in await call(client, "ping")
        await hears(reader, TILLS_RDY)
        writer.close()
        async with counter.connect() as client:
            await ready(client)
            assert "result" in await call(client, "ping")


@run
async def test_who_waits_in_vain_is_hung_up_on() -> None:
    async with raw_line(timeout=20 * MS) as (counter, line), counter.connect() as client:
        await ready(client)
        reader, writer = await program(line)
        async with asyncio.timeout(PATIENCE_S):
            await reader.read()  # telnet's greeting, and the end
        writer.close()
        await counter.waits_for_lease("held")
        assert "result" in await call(client, "ping")


@run
async def test_a_speed_that_is_not_the_tills_is_not_understood() -> None:
    async with raw_line() as (counter, line):
        reader, writer = await program(line)
        writer.write(SET_9600)
        await hears(reader, IS_9600)
        writer.write(RDY)
        findings = counter.tills["one"].simulator.findings
        await eventually_async(lambda: any(one.code is FindingCode.WRONG_SPEED for _, one in findings.since(0)))
        writer.write(SET_9600.replace(bytes.fromhex("00 00 25 80"), bytes.fromhex("00 00 E1 00")))
        writer.write(RDY)
        await hears(reader, TILLS_RDY)
        writer.close()
        await counter.waits_for_lease("free")


@run
async def test_more_programs_than_there_may_be_are_hung_up_on() -> None:
    async with raw_line(most=1) as (counter, line):
        _, holder = await program(line)
        await counter.waits_for_lease("held")
        reader, writer = await program(line)
        async with asyncio.timeout(PATIENCE_S):
            with contextlib.suppress(ConnectionResetError):
                assert await reader.read() == b""
        assert [counter.one.describe()[name] for name in ("state", "waiting")] == ["held", 0]
        writer.close()
        holder.close()


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="a name of Linux")
@run
async def test_who_takes_nothing_of_what_the_till_said_is_missed_as_soon() -> None:
    """While something is on its way the system asks nothing, and says it again for a quarter of an hour."""
    async with raw_line() as (counter, line):
        _, writer = await program(line)
        await counter.waits_for_lease("held")
        held = next(iter(line._programs))._writer.get_extra_info("socket")
        assert held.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == UNTAKEN_MS
        writer.close()


@run
async def test_a_reset_ends_the_lease() -> None:
    async with raw_line() as (counter, line):
        _, writer = await program(line)
        await counter.waits_for_lease("held")
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
        await counter.waits_for_lease("free")


@run
async def test_broken_telnet_ends_it_too() -> None:
    async with raw_line() as (counter, line):
        reader, writer = await program(line)
        writer.write(bytes.fromhex("FF FA 2C 01 25 FF F0"))
        async with asyncio.timeout(PATIENCE_S):
            await reader.read()
        writer.close()
        await counter.waits_for_lease("free")


@run
async def test_a_program_that_asks_and_never_listens_is_not_listened_to() -> None:
    async with raw_line() as (counter, line):
        # The system would take megabytes in our place.
        line._bound.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL)
        with socket.socket() as flood:
            flood.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
            flood.connect(line._bound.getsockname())
            sending = asyncio.create_task(asyncio.to_thread(flood.sendall, SET_9600 * 50_000))
            await eventually_async(lambda: len(line._programs) == 1)
            untaken = next(iter(line._programs))._writer.transport.get_write_buffer_size
            await eventually_async(lambda: untaken() > MOST_UNREAD)
            for _ in range(20):
                await asyncio.sleep(0.01)
                assert untaken() < 2 * MOST_UNREAD
            line.stop()
            await counter.waits_for_lease("free")
            with contextlib.suppress(ConnectionError):
                await sending


@run
async def test_the_end_hangs_up() -> None:
    async with raw_line() as (counter, line):
        reader, writer = await program(line)
        await counter.waits_for_lease("held")
        line.stop()
        async with asyncio.timeout(PATIENCE_S):
            await reader.read()
        writer.close()

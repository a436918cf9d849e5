"""RFC 2217 with pyserial's own client."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
import serial
from serial import rfc2217

from kkm_sim.drivers.pump import Pump
from kkm_sim.drivers.rfc2217_port import Rfc2217Port
from tests.drivers.echo import Echo
from tests.old_pyserial import old_pyserial
from tests.waiting import PATIENCE_S, eventually

pytestmark = old_pyserial


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
def line(echo: Echo) -> Iterator[Pump]:
    with Pump(echo, Rfc2217Port("127.0.0.1", 0, echo.baud), pace="off") as pump:
        yield pump


def client_of(line: Pump, **settings: Any) -> serial.Serial:
    name = line.port.names["rfc2217"]
    return serial.serial_for_url(f"rfc2217://{name}", **{"baudrate": 57600, "timeout": PATIENCE_S} | settings)


def test_all_byte_values_pass_both_ways(line: Pump, echo: Echo) -> None:
    everything = bytes(range(256))
    with client_of(line) as client:
        client.write(everything)
        assert client.read(256) == everything
    assert echo.bytes_heard == everything


def test_any_line_setting_is_granted_and_reconnecting_works(line: Pump) -> None:
    with client_of(line, parity="E", bytesize=7, stopbits=2) as client:
        client.write(b"x")
        assert client.read(1) == b"x"
    with client_of(line, xonxoff=True) as client:
        client.rts = False
        client.dtr = False
        client.break_condition = True
        client.reset_input_buffer()
        client.reset_output_buffer()
        client.write(b"y")
        assert client.read(1) == b"y"


def test_another_speed_hears_nothing_and_is_reported(line: Pump, echo: Echo) -> None:
    with client_of(line) as client:
        client.baudrate = 9600
        client.write(b"x")
        eventually(lambda: echo.noise)
        client.timeout = 0.1
        assert client.read(1) == b""
        assert [data for data, _ in echo.noise] == [b"x"]
        client.timeout = PATIENCE_S
        client.baudrate = 57600
        client.write(b"y")
        assert client.read(1) == b"y"
    assert echo.bytes_heard == b"y"


def raw_client_of(line: Pump) -> socket.socket:
    host, port = line.port.names["rfc2217"].split(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE_S)


def read_until(client: socket.socket, wanted: bytes) -> None:
    seen = b""
    while wanted not in seen:
        more = client.recv(4096)
        assert more, f"{wanted!r} never came, but {seen!r}"
        seen += more


def test_state_masks_are_acknowledged(line: Pump) -> None:
    with raw_client_of(line) as client:
        client.sendall(b"\xff\xfa\x2c\x0a\x12\xff\xf0")
        read_until(client, b"\xff\xfa\x2c\x6e\x12\xff\xf0")
        client.sendall(b"\xff\xfa\x2c\x0b\x34\xff\xf0")
        read_until(client, b"\xff\xfa\x2c\x6f\x34\xff\xf0")


def test_who_asks_for_the_speed_gets_the_tills(line: Pump, echo: Echo) -> None:
    line.call(lambda now: setattr(echo, "baud", 19200))
    with raw_client_of(line) as client:
        client.sendall(b"\xff\xfa\x2c\x01\x00\x00\x00\x00\xff\xf0")
        read_until(client, b"\xff\xfa\x2c\x65\x00\x00\x4b\x00\xff\xf0")


def test_before_a_speed_is_set_the_tills_is_assumed(line: Pump, echo: Echo) -> None:
    with raw_client_of(line) as client:
        client.sendall(b"plain")
        read_until(client, b"plain")
    assert echo.noise == []


@pytest.mark.parametrize(
    "telnet",
    [
        rfc2217.IAC + rfc2217.SE,
        b"\xff\xfa\x2c\x01\x00\xff\xf0",
        b"\xff\xfa\x2c\x03\x63\xff\xf0",
        b"\xff\xfa\x2c\x0a\xff\xf0",
    ],
    ids=["end without start", "short speed", "unknown parity", "no mask"],
)
def test_broken_telnet_ends_the_connection_and_nothing_else(line: Pump, echo: Echo, telnet: bytes) -> None:
    with raw_client_of(line) as client:
        client.sendall(telnet)
        while client.recv(4096):
            pass
    with raw_client_of(line) as client:
        client.sendall(b"fine")
        eventually(lambda: echo.bytes_heard == b"fine")

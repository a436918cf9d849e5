"""What packet mode has of its own; everything else a pty must do stands in test_pty_port, for both kinds."""

import os
import sys
import threading
from collections.abc import Iterator

import pytest
import serial

from kkm_sim.clock import MS, SECOND
from tests.waiting import PATIENCE_S, eventually

if sys.platform != "linux":
    pytest.skip("packet mode is used on Linux", allow_module_level=True)

import termios

from kkm_sim.drivers.packet_pty_port import PacketPtyPort

LONG = PATIENCE_S * SECOND


@pytest.fixture
def port() -> Iterator[PacketPtyPort]:
    port = PacketPtyPort(None, 57600)
    yield port
    port.close()


def test_a_reader_without_a_limit_is_woken_from_another_thread(port: PacketPtyPort) -> None:
    waker = threading.Timer(0.05, port.wake)
    waker.start()
    assert port.read(None) == b""
    waker.join()


def test_a_wake_before_the_read_is_not_lost_and_costs_no_data(port: PacketPtyPort) -> None:
    port.wake()
    assert port.read(None) == b""
    with serial.Serial(port.names["port"], 57600) as client:
        client.write(b"abc")
        port.wake()
        eventually(lambda: port.read(LONG) == b"abc")


def test_waking_the_reader_never_holds_up_what_a_client_writes(port: PacketPtyPort) -> None:
    client = os.open(port.names["port"], os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    over = threading.Event()

    def ring() -> None:
        while not over.is_set():
            port.wake()

    waker = threading.Thread(target=ring)
    waker.start()
    heard = 0
    try:
        for sent in range(1, 5001):
            # A write that the line cannot take raises BlockingIOError.
            assert os.write(client, b"\x7f\x02\x01\x05\x06") == 5
            while heard < 5 * sent:
                heard += len(port.read(LONG))
    finally:
        over.set()
        waker.join()
        os.close(client)


def test_a_client_that_clears_every_local_mode_is_still_followed(port: PacketPtyPort) -> None:
    client = os.open(port.names["port"], os.O_RDWR | os.O_NOCTTY)
    try:
        for baud, speed in ((9600, termios.B9600), (19200, termios.B19200), (57600, termios.B57600)):
            attributes = termios.tcgetattr(client)
            attributes[3] = 0
            attributes[4] = attributes[5] = speed
            termios.tcsetattr(client, termios.TCSANOW, attributes)
            assert port.read(LONG) == b""
            assert port.client_baud() == baud
            while port.read(10 * MS):
                pass
    finally:
        os.close(client)


def test_data_after_a_change_of_speed_come_with_the_new_one(port: PacketPtyPort) -> None:
    with serial.Serial(port.names["port"], 57600, timeout=1) as client:
        client.baudrate = 9600
        client.write(b"x")
        while not (heard := port.read(LONG)):
            pass
    assert (heard, port.client_baud()) == (b"x", 9600)

"""Raw TCP with real clients."""

import re
import socket
import statistics
import struct
import time
from collections.abc import Iterator

import pytest

from kkm_sim.clock import MS
from kkm_sim.drivers.ports import PortError
from kkm_sim.drivers.pump import Pump
from kkm_sim.drivers.tcp_port import TcpPort
from tests.drivers.echo import Echo
from tests.waiting import PATIENCE_S


@pytest.fixture
def line() -> Iterator[Pump]:
    with Pump(Echo(), TcpPort("127.0.0.1", 0), pace="off") as pump:
        yield pump


def client_of(line: Pump) -> socket.socket:
    host, port = line.port.names["tcp"].split(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE_S)


def ask(client: socket.socket, data: bytes) -> bytes:
    client.sendall(data)
    answer = b""
    while len(answer) < len(data):
        more = client.recv(4096)
        assert more, "closed in the middle"
        answer += more
    return answer


def test_all_byte_values_pass_both_ways(line: Pump) -> None:
    everything = bytes(range(256))
    with client_of(line) as client:
        assert ask(client, everything) == everything


def test_any_number_of_reconnects(line: Pump) -> None:
    for n in range(5):
        with client_of(line) as client:
            assert ask(client, bytes([n])) == bytes([n])


def test_a_reset_connection_does_no_harm(line: Pump) -> None:
    client = client_of(line)
    assert ask(client, b"x") == b"x"
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.sendall(b"y")
    client.close()
    with client_of(line) as another:
        assert ask(another, b"z") == b"z"


def test_the_newest_client_wins(line: Pump) -> None:
    with client_of(line) as old:
        assert ask(old, b"a") == b"a"
        with client_of(line) as new:
            assert ask(new, b"b") == b"b"
            assert old.recv(1) == b""


def test_small_answers_are_not_held_back(line: Pump) -> None:
    with client_of(line) as client:
        spent = []
        for _ in range(20):
            start = time.monotonic()
            ask(client, b"12345")
            spent.append(time.monotonic() - start)
        # Nagle's algorithm costs 40 ms each time.
        assert statistics.median(spent) < 0.04


def test_without_a_client_words_go_nowhere() -> None:
    port = TcpPort("127.0.0.1", 0)
    port.write(b"x")
    assert port.read(1 * MS) == b""
    assert port.client_baud() is None
    port.close()


def test_a_taken_address_is_a_port_error() -> None:
    port = TcpPort("127.0.0.1", 0)
    number = int(port.names["tcp"].split(":")[1])
    with pytest.raises(PortError, match=re.escape(f"cannot listen on 127.0.0.1:{number}")):
        TcpPort("127.0.0.1", number)
    port.close()


def test_an_impossible_port_number_is_a_port_error() -> None:
    with pytest.raises(PortError):
        TcpPort("127.0.0.1", 70_000)

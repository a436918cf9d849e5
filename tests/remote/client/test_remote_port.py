import threading

import pytest

from kkm_sim.clock import SECOND
from kkm_sim.drivers.ports import PortGone
from kkm_sim.remote.client.remote_link import connection_lost
from kkm_sim.remote.client.remote_port import RemotePort
from kkm_sim.remote.protocol.errors import NotConnected
from tests.remote.client.fake_server import FakeServer, Talk
from tests.remote.client.threads import threads_of_ours
from tests.waiting import PATIENCE_S, eventually

LONG = PATIENCE_S * SECOND


def test_texts_both_ways() -> None:
    heard: list[object] = []

    def talk(server: Talk) -> None:
        server.ready()
        heard.extend((server.hear(), server.hear()))
        server.tell("done", {"result": 0})

    with FakeServer(talk) as server:
        port = RemotePort(server.address, "till")
        port.write(b'{"jsonrpc":"2.0","id":1}\n{"jsonrpc":"2.0","id":2}\n')
        assert port.read(LONG) == b'{"jsonrpc": "2.0", "method": "done", "params": {"result": 0}}\n'
        assert port.names == {"port": f"till at {server.address}"}
        assert (port.paced, port.client_baud()) == (False, None)
        port.close()
        port.close()
    assert heard == [{"id": 1}, {"id": 2}]
    assert threads_of_ours() == []


def test_waiting_ends_when_it_should() -> None:
    with FakeServer(lambda talk: talk.ready()) as server:
        port = RemotePort(server.address, "till")
        assert port.read(0) == b""
        port.wake()
        assert port.read(None) == b""
        port.close()


def test_what_was_written_before_the_close_arrives() -> None:
    heard: list[object] = []

    def talk(server: Talk) -> None:
        server.ready()
        heard.append(server.hear())

    with FakeServer(talk) as server:
        port = RemotePort(server.address, "till")
        port.write(b'{"jsonrpc":"2.0","id":1}\n')
        port.close()
    assert heard == [{"id": 1}]


def test_a_connection_that_is_lost_is_made_again() -> None:
    def first(server: Talk) -> None:
        server.ready()
        server.socket.socket.shutdown(2)

    def second(server: Talk) -> None:
        server.ready()
        server.tell("done", {"result": 0})

    with FakeServer(first, second) as server:
        port = RemotePort(server.address, "till")
        assert port.read(LONG) == connection_lost()
        with pytest.raises(PortGone):
            port.read(LONG)
        assert port.read(0) == b""
        port.write(b"{}\n")
        eventually(port.reopen)
        assert b'"ready"' in port.read(LONG)
        assert b'"done"' in port.read(LONG)
        port.close()


def test_a_connection_that_nobody_has_taken_yet_is_closed_too() -> None:
    def first(server: Talk) -> None:
        server.ready()
        server.socket.socket.shutdown(2)

    taken = threading.Event()

    def second(server: Talk) -> None:
        server.ready()
        taken.set()

    with FakeServer(first, second) as server:
        port = RemotePort(server.address, "till")
        assert port.read(LONG) == connection_lost()
        with pytest.raises(PortGone):
            port.read(LONG)
        assert taken.wait(PATIENCE_S)
        port.close()
    assert threads_of_ours() == []


def test_a_server_that_does_not_come_back() -> None:
    def first(server: Talk) -> None:
        server.ready()
        server.socket.socket.shutdown(2)

    with FakeServer(first) as server:
        port = RemotePort(server.address, "till")
        assert port.read(LONG) == connection_lost()
    for _ in range(3):
        assert not port.reopen()
    port.close()
    assert threads_of_ours() == []


def test_no_server() -> None:
    with pytest.raises(NotConnected):
        RemotePort("127.0.0.1:1", "till")
    assert threads_of_ours() == []

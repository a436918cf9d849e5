import socket
import struct
import threading
import time

from kkm_sim.drivers.listening import address_of
from tests.remote.slow_network import SlowNetwork
from tests.waiting import PATIENCE_S


def echo(listening: socket.socket) -> None:
    peer, _ = listening.accept()
    with peer:
        while data := peer.recv(4096):
            peer.sendall(data)


def test_bytes_come_back_whole_in_order_and_not_before_their_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=echo, args=(listening,), daemon=True).start()
        with SlowNetwork(address_of(listening), 0.05) as network:
            host, port = network.address.split(":")
            with socket.create_connection((host, int(port))) as line:
                begun = time.monotonic()
                for n in range(100):
                    line.sendall(bytes([n]))
                came = b""
                while len(came) < 100:
                    came += line.recv(4096)
                assert came == bytes(range(100))
                assert time.monotonic() - begun >= 0.1
                line.shutdown(socket.SHUT_WR)
                assert line.recv(1) == b""


def test_a_reset_arrives_too_as_an_end() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, SlowNetwork(address_of(listening), 0) as network:
        host, port = network.address.split(":")
        line = socket.create_connection((host, int(port)))
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        peer, _ = listening.accept()
        line.close()
        with peer:
            peer.settimeout(PATIENCE_S)
            assert peer.recv(1) == b""

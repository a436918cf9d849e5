"""Devices and pyserial URLs. A pty's slave stands for a device; closing its master is pulling the plug."""

import errno
import os
import select
import socket
import statistics
import threading
import time
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest
import serial

from kkm_sim.clock import MS, SECOND
from kkm_sim.drivers.ports import PortError, PortGone
from kkm_sim.drivers.pump import Pump
from kkm_sim.drivers.rfc2217_port import Rfc2217Port
from kkm_sim.drivers.serial_port import SerialPort
from kkm_sim.drivers.tcp_port import TcpPort
from tests.drivers.echo import Echo
from tests.old_pyserial import old_pyserial
from tests.waiting import PATIENCE_S, eventually

needs_pty = pytest.mark.skipif(os.name != "posix", reason="ptys are POSIX")
LONG = PATIENCE_S * SECOND


class Plug:
    """What a device's far end is: `link` is the device's name, there while plugged in."""

    def __init__(self, link: Path) -> None:
        self.link = link
        self.master = -1

    def put_in(self) -> None:
        self.master, slave = os.openpty()
        tty.setraw(slave)
        self.link.symlink_to(os.ttyname(slave))
        # Open until somebody else has it: a master without any slave reads EIO.
        self._slave = slave

    def pull_out(self) -> None:
        if self.master >= 0:
            self.link.unlink()
            self.close_ends()

    def close_ends(self) -> None:
        os.close(self._slave)
        os.close(self.master)
        self.master = -1

    def ask(self, data: bytes) -> bytes:
        os.write(self.master, data)
        answer = b""
        while len(answer) < len(data) and select.select([self.master], [], [], PATIENCE_S)[0]:
            answer += os.read(self.master, 4096)
        return answer


@pytest.fixture
def plug(tmp_path: Path) -> Iterator[Plug]:
    plug = Plug(tmp_path / "device")
    plug.put_in()
    yield plug
    plug.pull_out()


@needs_pty
def test_all_byte_values_pass_both_ways(plug: Plug) -> None:
    everything = bytes(range(256))
    with Pump(Echo(), SerialPort(str(plug.link), 57600), pace="off"):
        assert plug.ask(everything) == everything


@needs_pty
def test_a_device_has_its_name_and_is_told_the_speed(plug: Plug) -> None:
    import termios

    port = SerialPort(str(plug.link), 57600)
    assert port.names == {"port": str(plug.link)}
    assert port.client_baud() is None
    # Not the hardware it looks like: a pty has no speed of its own.
    assert port.paced
    assert termios.tcgetattr(plug.master)[5] == termios.B57600
    port.follow(9600)
    assert termios.tcgetattr(plug.master)[5] == termios.B9600
    port.close()


@needs_pty
def test_a_device_that_vanishes_is_gone_once_and_comes_back(plug: Plug) -> None:
    port = SerialPort(str(plug.link), 57600)
    plug.pull_out()
    with pytest.raises(PortGone):
        port.read(LONG)
    assert port.read(1 * MS) == b""
    port.write(b"lost")
    assert not port.reopen()
    plug.put_in()
    eventually(port.reopen)
    os.write(plug.master, b"x")
    assert port.read(LONG) == b"x"
    port.close()


@needs_pty
def test_the_same_till_is_there_when_the_device_is_back(plug: Plug, caplog: pytest.LogCaptureFixture) -> None:
    echo = Echo()
    with Pump(echo, SerialPort(str(plug.link), 57600), pace="off", retry=20 * MS):
        assert plug.ask(b"a") == b"a"
        plug.pull_out()
        eventually(lambda: len(caplog.messages) == 1)
        plug.put_in()
        eventually(lambda: len(caplog.messages) == 2)
        assert plug.ask(b"b") == b"b"
    assert echo.bytes_heard == b"ab"
    lost, back = caplog.messages
    # The kernel says it in one of two ways, an error or an empty read.
    assert lost.startswith(f"port lost, waiting for it: {plug.link}: ")
    assert back == f"port is back: {plug.link}"


@needs_pty
@pytest.mark.parametrize("by_number", [False, True])
def test_the_number_of_a_pty_that_vanished_may_be_a_strangers(
    plug: Plug, monkeypatch: pytest.MonkeyPatch, by_number: bool
) -> None:
    name = os.path.realpath(plug.link) if by_number else str(plug.link)
    port = SerialPort(name, 57600)
    # A link left behind, as by a till that was killed.
    plug.close_ends()
    with pytest.raises(PortGone) as gone:
        port.read(LONG)
    assert ("its number goes to anybody's next pty" in str(gone.value)) is by_number
    opened: list[str] = []
    monkeypatch.setattr(serial, "serial_for_url", lambda url, **options: opened.append(url))
    for _ in range(3):
        assert not port.reopen()
    assert opened == []
    monkeypatch.undo()
    plug.link.unlink()
    plug.put_in()
    if by_number:
        assert not port.reopen()
    else:
        eventually(port.reopen)
    port.close()


@needs_pty
def test_a_write_may_find_the_device_gone(plug: Plug) -> None:
    port = SerialPort(str(plug.link), 57600)
    plug.pull_out()
    with pytest.raises(PortGone):
        port.write(b"x")
    port.close()


@needs_pty
def test_closing_while_the_device_is_away(plug: Plug) -> None:
    with Pump(Echo(), SerialPort(str(plug.link), 57600), retry=20 * MS) as pump:
        plug.pull_out()
        eventually(lambda: pump.gone)
        pump.stop()
        assert pump.wait(0)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("/nowhere/tty", os.strerror(errno.ENOENT)),
        ("socket://127.0.0.1:1", os.strerror(errno.ECONNREFUSED)),
        ("nonsense://x", ""),
        pytest.param("/dev/null", f"{os.strerror(errno.ENOTTY)}: it is no serial device", marks=needs_pty),
    ],
)
def test_a_port_that_cannot_be_opened_is_one_sentence(url: str, reason: str) -> None:
    with pytest.raises(PortError) as caught:
        SerialPort(url, 57600)
    assert str(caught.value).startswith(f"cannot open port {url}: {reason}")
    assert "\n" not in str(caught.value)


def test_a_host_that_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*host: object, **wanted: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME, "nobody knows it")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(PortError, match="cannot open port socket://cellar:1: nobody knows it"):
        SerialPort("socket://cellar:1", 57600)


def test_sockets_are_paced_and_not_held_back() -> None:
    with Pump(Echo(), TcpPort("127.0.0.1", 0), pace="off") as far:
        port = SerialPort(f"socket://{far.port.names['tcp']}", 57600)
        assert port.paced
        spent = []
        for _ in range(20):
            answer = b""
            start = time.monotonic()
            for part in (b"12", b"345"):
                port.write(part)
            while len(answer) < 5:
                more = port.read(LONG)
                assert more
                answer += more
            spent.append(time.monotonic() - start)
        # Nagle's algorithm costs 40 ms each time.
        assert statistics.median(spent) < 0.04
        port.close()


def test_a_socket_that_is_closed_is_gone_and_comes_back() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = SerialPort(f"socket://127.0.0.1:{listener.getsockname()[1]}", 57600)
        listener.accept()[0].close()
        with pytest.raises(PortGone, match="the other end has gone"):
            port.read(LONG)
        assert port.reopen()
        far, _ = listener.accept()
        far.sendall(b"x")
        assert port.read(LONG) == b"x"
        far.close()
        port.close()


def test_a_loop_hears_itself_through_a_thread() -> None:
    port = SerialPort("loop://", 57600)
    assert port.paced
    port.write(bytes(range(256)))
    heard = b""
    while len(heard) < 256 and (more := port.read(LONG)):
        heard += more
    assert heard == bytes(range(256))
    port.follow(9600)
    port.close()


def test_waking_ends_a_read_through_a_thread() -> None:
    port = SerialPort("loop://", 57600)
    threading.Timer(0.02, port.wake).start()
    start = time.monotonic()
    assert port.read(LONG) == b""
    assert time.monotonic() - start < PATIENCE_S
    port.close()


def read_to_the_end(port: SerialPort) -> None:
    """What came before the end is read first."""
    for _ in range(10):
        port.read(LONG)


@old_pyserial
def test_rfc2217_works_follows_the_speed_and_may_vanish() -> None:
    far_echo = Echo()
    with Pump(far_echo, Rfc2217Port("127.0.0.1", 0, 57600), pace="off") as far:
        port = SerialPort(f"rfc2217://{far.port.names['rfc2217']}", 57600)
        assert not port.paced
        port.write(b"\xff\x00")
        heard = b""
        while len(heard) < 2 and (more := port.read(LONG)):
            heard += more
        assert heard == b"\xff\x00"
        port.follow(9600)
        port.write(b"x")
        eventually(lambda: far_echo.noise)
    with pytest.raises(PortGone):
        read_to_the_end(port)
    assert not port.reopen()
    port.close()


def test_a_port_that_may_be_absent_has_just_vanished(tmp_path: Path) -> None:
    link = tmp_path / "till"
    port = SerialPort(str(link), 57600, may_be_absent=True)
    with pytest.raises(PortGone, match=os.strerror(errno.ENOENT)):
        port.read(0)
    assert port.read(0) == b""
    port.write(b"lost")
    assert not port.reopen()
    port.close()


def test_what_is_no_url_may_not_be_absent() -> None:
    with pytest.raises(PortError, match="nonsense"):
        SerialPort("nonsense://x", 57600, may_be_absent=True)


@needs_pty
def test_a_device_that_another_has_is_not_taken(plug: Plug) -> None:
    first = SerialPort(str(plug.link), 57600)
    with pytest.raises(PortError, match=r"device: another program has it$"):
        SerialPort(str(plug.link), 57600)
    first.close()
    SerialPort(str(plug.link), 57600).close()

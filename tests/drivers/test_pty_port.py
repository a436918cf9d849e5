"""A pty of our own, with real clients."""

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import serial

from kkm_sim.clock import MS, ManualClock
from kkm_sim.drivers.open_pty import open_pty
from kkm_sim.drivers.ports import PortError
from kkm_sim.drivers.pty_port import PtyPort
from kkm_sim.drivers.pump import Pump
from tests.drivers.echo import Echo
from tests.waiting import PATIENCE_S, eventually

pytestmark = pytest.mark.skipif(os.name != "posix", reason="ptys are POSIX")

QUIET_S = 0.15
"""Longer than the 100 ms in which noise counts as one burst."""

Ports = Callable[[str | os.PathLike[str] | None, int], PtyPort]


@pytest.fixture(params=[PtyPort, open_pty], ids=["plain", "best"])
def pty_port(request: pytest.FixtureRequest) -> Ports:
    """The pty of any POSIX system, and the one that this system serves best."""
    ports: Ports = request.param
    return ports


@pytest.fixture
def link(tmp_path: Path) -> Path:
    return tmp_path / "till"


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
def line(echo: Echo, link: Path, pty_port: Ports) -> Iterator[Pump]:
    with Pump(echo, pty_port(link, echo.baud), pace="off") as pump:
        yield pump


def ask(path: Path, data: bytes) -> bytes:
    with serial.Serial(str(path), 57600, timeout=PATIENCE_S) as client:
        client.write(data)
        return bytes(client.read(len(data)))


def hears_nothing(client: serial.Serial) -> bool:
    client.timeout = QUIET_S
    return client.read(1) == b""


def test_all_byte_values_pass_both_ways(line: Pump, link: Path, echo: Echo) -> None:
    everything = bytes(range(256))
    assert ask(link, everything) == everything
    assert echo.bytes_heard == everything


def test_a_client_may_leave_and_come_back(line: Pump, link: Path) -> None:
    for n in range(5):
        assert ask(link, bytes([n])) == bytes([n])


def test_the_slave_has_the_tills_speed_and_no_echo_before_anybody_opens_it(link: Path, pty_port: Ports) -> None:
    import termios

    port = pty_port(link, 9600)
    client = os.open(link, os.O_RDWR | os.O_NOCTTY)
    try:
        _, _, _, local_modes, in_speed, out_speed, _ = termios.tcgetattr(client)
        assert in_speed == out_speed == termios.B9600
        assert not local_modes & termios.ECHO
        assert port.client_baud() == 9600
    finally:
        os.close(client)
        port.close()


def test_a_wrong_speed_hears_nothing_and_is_reported_once_a_burst(line: Pump, link: Path, echo: Echo) -> None:
    with serial.Serial(str(link), 9600) as client:
        client.write(b"\x7f\x02")
        eventually(lambda: echo.noise)
        client.write(b"\x01")
        assert hears_nothing(client)
        client.write(b"again")
        eventually(lambda: len(echo.noise) == 2)
        assert hears_nothing(client)
    assert [data for data, _ in echo.noise] == [b"\x7f\x02", b"again"]
    assert echo.noise[1][1] - echo.noise[0][1] > 100 * MS
    assert echo.heard == []
    assert ask(link, b"right") == b"right"


def test_a_speed_no_till_has_is_wrong_too(line: Pump, link: Path, echo: Echo) -> None:
    with serial.Serial(str(link), 34800) as client:
        client.write(b"x")
        eventually(lambda: echo.noise)
        assert hears_nothing(client)
    assert len(echo.noise) == 1


def test_an_answer_is_not_written_to_a_client_that_changed_its_speed(link: Path, pty_port: Ports) -> None:
    echo, clock = Echo(delay=10 * MS), ManualClock()
    with (
        Pump(echo, pty_port(link, echo.baud), pace="off", clock=clock),
        serial.Serial(str(link), 57600) as client,
    ):
        client.write(b"x")
        eventually(lambda: echo.heard)
        client.baudrate = 9600
        clock.advance(10 * MS)
        eventually(lambda: echo.answered)
        assert hears_nothing(client)


def test_when_the_till_changes_its_speed_the_client_must_follow(line: Pump, link: Path, echo: Echo) -> None:
    with serial.Serial(str(link), 57600) as client:
        line.call(lambda now: setattr(echo, "baud", 19200))
        client.write(b"x")
        eventually(lambda: echo.noise)
        assert hears_nothing(client)
        client.timeout = PATIENCE_S
        client.baudrate = 19200
        client.write(b"y")
        assert client.read(1) == b"y"


def test_the_link_is_removed_at_the_end(link: Path, pty_port: Ports) -> None:
    port = pty_port(link, 57600)
    assert port.names == {"port": os.readlink(link), "link": str(link)}
    port.close()
    port.close()
    assert not os.path.lexists(link)


def test_a_link_left_behind_is_replaced(link: Path, pty_port: Ports) -> None:
    link.symlink_to("/dev/pts/left-behind")
    port = pty_port(link, 57600)
    assert os.readlink(link) == port.names["port"]
    assert list(link.parent.iterdir()) == [link]
    port.close()


def test_a_link_that_is_somebody_elses_by_now_stays(link: Path, pty_port: Ports) -> None:
    first = pty_port(link, 57600)
    second = pty_port(link, 57600)
    first.close()
    assert os.readlink(link) == second.names["port"]
    second.close()
    assert not os.path.lexists(link)


def test_a_file_in_the_way_is_not_touched(link: Path, pty_port: Ports) -> None:
    link.write_text("precious")
    with pytest.raises(PortError, match="in the way"):
        pty_port(link, 57600)
    assert link.read_text() == "precious"


def test_a_missing_directory_is_a_port_error(tmp_path: Path, pty_port: Ports) -> None:
    with pytest.raises(PortError, match=os.strerror(errno.ENOENT)):
        pty_port(tmp_path / "missing" / "till", 57600)


def test_without_a_link_there_is_only_the_pty(pty_port: Ports) -> None:
    port = pty_port(None, 57600)
    assert list(port.names) == ["port"]
    port.close()


def test_what_nobody_reads_is_dropped_without_waiting(pty_port: Ports) -> None:
    port = pty_port(None, 57600)
    for _ in range(100):
        port.write(bytes(1000))
    assert port.read(10 * MS) == b""
    port.close()


def test_a_link_to_something_else_is_not_touched(link: Path, pty_port: Ports) -> None:
    link.symlink_to("/etc/hostname")
    with pytest.raises(PortError, match="in the way"):
        pty_port(link, 57600)
    assert os.readlink(link) == "/etc/hostname"


def test_the_link_of_a_running_till_is_not_taken(link: Path, pty_port: Ports) -> None:
    command = [sys.executable, "-m", "kkm_sim", "run", "--pty", str(link)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert json.loads(other.stdout.readline())["ready"]
        with pytest.raises(PortError, match="another till that is running"):
            pty_port(link, 57600)
        with serial.Serial(str(link), 57600, timeout=PATIENCE_S, exclusive=True) as client:
            client.write(bytes.fromhex("7f 02 01 c5 3a"))
            assert client.read(5) == bytes.fromhex("7f 02 01 e5 1a")
        other.kill()
    port = pty_port(link, 57600)
    assert os.readlink(link) == port.names["port"]
    port.close()


def test_a_dead_tills_link_is_taken_though_another_till_has_its_pty_now(tmp_path: Path, pty_port: Ports) -> None:
    dead, alive = tmp_path / "dead", tmp_path / "alive"
    command = [sys.executable, "-m", "kkm_sim", "run", "--pty", str(alive)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        dead.symlink_to(json.loads(other.stdout.readline())["port"])
        port = pty_port(dead, 57600)
        assert os.readlink(dead) == port.names["port"]
        port.close()
        other.kill()

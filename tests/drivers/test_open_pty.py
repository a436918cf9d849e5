"""Which kind of pty is opened; what each must do stands in test_pty_port."""

import sys

import pytest

if sys.platform == "win32":
    pytest.skip("no ptys here", allow_module_level=True)

import fcntl

from kkm_sim.drivers.open_pty import open_pty
from kkm_sim.drivers.pty_port import PtyPort


@pytest.mark.skipif(sys.platform != "linux", reason="packet mode is used on Linux")
def test_packet_mode_where_there_is_that() -> None:
    from kkm_sim.drivers.packet_pty_port import PacketPtyPort

    port = open_pty(None, 57600)
    assert isinstance(port, PacketPtyPort)
    port.close()


def test_a_plain_one_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(fd: int, request: int, argument: bytes) -> None:
        raise OSError("no packet mode")

    monkeypatch.setattr(fcntl, "ioctl", refuse)
    port = open_pty(None, 57600)
    assert type(port) is PtyPort
    port.close()

"""A pulled plug, with a port that remembers what was asked of it."""

from collections import deque
from collections.abc import Mapping

import pytest

from kkm_sim.drivers.cable import Cable
from kkm_sim.drivers.ports import Port, PortGone


class Inner:
    """A port that gives what stands in `coming`, and nothing after that."""

    paced = True
    names: Mapping[str, str] = {"port": "here"}

    def __init__(self, *coming: bytes | PortGone) -> None:
        self.coming = deque(coming)
        self.written: list[bytes] = []
        self.asked: list[object] = []

    def read(self, timeout_ns: int | None) -> bytes:
        self.asked.append(("read", timeout_ns))
        came = self.coming.popleft() if self.coming else b""
        if isinstance(came, PortGone):
            raise came
        return came

    def pause(self, timeout_ns: int | None) -> None:
        self.asked.append(("pause", timeout_ns))

    def write(self, data: bytes) -> None:
        if self.coming and isinstance(gone := self.coming[0], PortGone):
            raise gone
        self.written.append(data)

    def client_baud(self) -> int | None:
        return 9600

    def follow(self, baud: int) -> None:
        self.asked.append(("follow", baud))

    def reopen(self) -> bool:
        self.asked.append("reopen")
        return True

    def wake(self) -> None:
        self.asked.append("wake")

    def close(self) -> None:
        self.asked.append("close")


def test_plugged_in_it_is_the_port() -> None:
    inner = Inner(b"abc")
    cable = Cable(inner)
    assert cable.plugged
    assert cable.read(5) == b"abc"
    cable.write(b"xyz")
    assert inner.written == [b"xyz"]


def test_what_is_said_while_unplugged_is_lost() -> None:
    inner = Inner(b"before", b"meanwhile", b"after")
    cable = Cable(inner)
    assert cable.read(None) == b"before"
    cable.plugged = False
    cable.write(b"lost")
    assert cable.read(None) == b""
    cable.plugged = True
    assert cable.read(None) == b"after"
    cable.write(b"heard")
    assert inner.written == [b"heard"]


@pytest.mark.parametrize("plugged", [True, False])
def test_all_else_is_asked_of_the_port(plugged: bool) -> None:
    inner = Inner()
    cable: Port = Cable(inner)
    assert isinstance(cable, Cable)
    cable.plugged = plugged
    assert (cable.paced, cable.names, cable.client_baud(), cable.reopen()) == (True, {"port": "here"}, 9600, True)
    assert cable.read(7) == b""
    assert cable.read(None) == b""
    cable.pause(8)
    cable.follow(38400)
    cable.wake()
    cable.close()
    # It waits as long as the port does, for the same things.
    assert inner.asked == ["reopen", ("read", 7), ("read", None), ("pause", 8), ("follow", 38400), "wake", "close"]


@pytest.mark.parametrize("plugged", [True, False])
def test_a_port_that_vanishes_is_told(plugged: bool) -> None:
    cable = Cable(Inner(PortGone("here: no such device")))
    cable.plugged = plugged
    with pytest.raises(PortGone, match="here: no such device"):
        cable.read(None)


def test_a_port_that_vanishes_under_a_write_is_told() -> None:
    with pytest.raises(PortGone):
        Cable(Inner(PortGone("here: no such device"))).write(b"x")

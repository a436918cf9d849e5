"""A cable whose plug can be pulled, between whoever speaks and a port."""

from collections.abc import Mapping

from kkm_sim.drivers.ports import Port


class Cable:
    """A port around another port: while not `plugged`, nothing passes either way and what is said is lost.

    The device stays open, as it does behind a plug that was pulled. `plugged` belongs to the pump's thread, as all of
    a port does; a port that vanishes raises PortGone through it, plugged or not.
    """

    def __init__(self, port: Port) -> None:
        self.plugged = True
        self._port = port

    @property
    def paced(self) -> bool:
        return self._port.paced

    @property
    def names(self) -> Mapping[str, str]:
        return self._port.names

    def read(self, timeout_ns: int | None) -> bytes:
        """As the port's own; what comes while unplugged is taken from it all the same, lest it be heard later."""
        data = self._port.read(timeout_ns)
        return data if self.plugged else b""

    def pause(self, timeout_ns: int | None) -> None:
        self._port.pause(timeout_ns)

    def write(self, data: bytes) -> None:
        if self.plugged:
            self._port.write(data)

    def client_baud(self) -> int | None:
        return self._port.client_baud()

    def follow(self, baud: int) -> None:
        self._port.follow(baud)

    def reopen(self) -> bool:
        return self._port.reopen()

    def wake(self) -> None:
        self._port.wake()

    def close(self) -> None:
        self._port.close()

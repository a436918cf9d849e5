"""Our end of a device's line: the master beside the till, or for a while the raw bytes of a program far away. Pure."""

from collections.abc import Callable

from kkm_sim.clock import Instant
from kkm_sim.remote.master.till_master import TillMaster

CAPACITY = 4096
"""Raw bytes that may wait for the line; more are lost, as with a full transmitter."""


class LineEnd:
    """An engine for the pump. What the master has begun is brought to its end before raw bytes go out."""

    def __init__(self, master: TillMaster) -> None:
        self.master = master
        self._heard: Callable[[bytes], object] | None = None
        self._out = bytearray()
        self._raw_baud: int | None = None
        self._last_baud = master.baud  # at the last poll

    @property
    def byte_time(self) -> int:
        return self.master.byte_time

    @property
    def baud(self) -> int:
        """The raw line's speed, where its program has set one; else the master's."""
        return self.master.baud if self._raw_baud is None else self._raw_baud

    # The raw line

    def begin_raw(self, heard: Callable[[bytes], object], baud: int | None) -> None:
        """From now on `heard` gets what the till says. The master must not be held."""
        self._heard, self._raw_baud = heard, baud

    def set_raw_baud(self, baud: int) -> None:
        """The program has set the speed."""
        if self._heard is not None:
            self._raw_baud = baud

    def send_raw(self, data: bytes) -> None:
        """What the program says to the till."""
        if self._heard is not None and len(self._out) + len(data) <= CAPACITY:
            self._out += data

    def end_raw(self) -> None:
        """The program is gone."""
        self._heard = self._raw_baud = None
        self._out.clear()

    # The line

    @property
    def _raw(self) -> bool:
        return self._heard is not None and self.master.silent

    def receive(self, data: bytes, now: Instant) -> None:
        """Takes bytes, the last of which arrived at `now`."""
        if self._heard is not None and self._raw:
            self._heard(data)
        else:
            self.master.receive(data, now)

    def poll(self, now: Instant) -> bytes:
        """Runs the timeouts; returns the bytes that begin to go out at `now`, b"" for none."""
        if self.baud != self._last_baud:
            # The port follows after this step: what goes out now would still go at the old speed.
            self._last_baud = self.baud
            return b""
        if self._raw and self._out:
            data = bytes(self._out)
            self._out.clear()
            return data
        return self.master.poll(now)

    def deadline(self) -> Instant | None:
        """When `poll` must be called at the latest."""
        return Instant(0) if self._raw and self._out else self.master.deadline()

"""Which kind of pty this system serves best."""

import contextlib
import os
import sys

from kkm_sim.drivers.pty_port import PtyPort


def open_pty(link: str | os.PathLike[str] | None, baud: int) -> PtyPort:
    """A pty in packet mode where there is that, else a plain one. Raises PortError."""
    if sys.platform == "linux":
        from kkm_sim.drivers.packet_pty_port import PacketPtyPort

        # Kernels that only look like Linux may lack packet mode.
        with contextlib.suppress(OSError):
            return PacketPtyPort(link, baud)
    return PtyPort(link, baud)

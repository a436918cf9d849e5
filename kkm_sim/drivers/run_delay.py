"""How long the system kept this thread from a processor while it had something to do. Linux; elsewhere nobody tells.

Bytes that came meanwhile are noticed so much later, and the quiet after them looks so much shorter than it was.
"""

import os


class RunDelay:
    """Counts for the thread that makes it, from then on."""

    def __init__(self) -> None:
        try:
            self._file: int | None = os.open("/proc/thread-self/schedstat", os.O_RDONLY | os.O_CLOEXEC)
        except (OSError, AttributeError):  # another system, or a kernel that does not count
            self._file = None
        self._told = 0
        self.since_last()

    def since_last(self) -> int:
        """ns since the last call."""
        if self._file is None:
            return 0
        _, waited, *_ = os.pread(self._file, 64, 0).split()
        told, self._told = self._told, int(waited)
        return self._told - told

    def close(self) -> None:
        """Gives its file back."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

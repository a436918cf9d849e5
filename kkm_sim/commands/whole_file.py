"""A file written whole or not at all, where it is a file."""

import os
import stat
import tempfile
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Puts `data` in the place of what a file had.

    A link stays one: the file that it names is written. What is no ordinary file (a device, a FIFO) is written
    straight. Raises OSError; an ordinary file is then as it was.
    """
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        # As other programs make files that everybody may read: mkstemp makes them for their owner alone.
        mode = stat.S_IFREG | 0o644
    if not stat.S_ISREG(mode):
        with open(path, "wb") as file:
            file.write(data)
        return
    real = os.path.realpath(path)
    handle, beside = tempfile.mkstemp(dir=os.path.dirname(real), prefix=".kkm-sim.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(beside, stat.S_IMODE(mode))
        os.replace(beside, real)
    except BaseException:
        os.unlink(beside)
        raise

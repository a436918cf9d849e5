"""A user's text file, read whole: no more of it than there can be, and never what has no end."""

import os
import stat
from pathlib import Path


class UnreadableFile(ValueError):
    """Why a file cannot be read, in words that follow its name; where its bytes are no text: `line`, `column`."""

    def __init__(self, reason: str, line: int = 1, column: int = 1) -> None:
        super().__init__(reason)
        self.line = line
        self.column = column


def read_text_file(path: Path, most: int) -> str:
    """The text of a file in UTF-8 of at most `most` bytes, with or without a byte order mark.

    Raises UnreadableFile; at once for a pipe or a device, which may never end.
    """
    try:
        # Looked at while it is open, and opened so that a pipe without a writer does not hold us.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise UnreadableFile("it is a pipe or a device, not a file")
            data = file.read(most + 1)
    except IsADirectoryError:
        raise UnreadableFile("it is a folder") from None
    except OSError as error:
        raise UnreadableFile(error.strerror or str(error)) from None
    except ValueError as error:
        if isinstance(error, UnreadableFile):
            raise
        raise UnreadableFile("no file can have such a name") from None
    if len(data) > most:
        raise UnreadableFile(f"it is over {_size(most)}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        lines = data[: error.start].decode("utf-8-sig", "replace").replace("\r\n", "\n").split("\n")
        told = f"it is no text in UTF-8: byte {data[error.start]:02X} in line {len(lines)}"
        raise UnreadableFile(told, len(lines), len(lines[-1]) + 1) from None


def _size(count: int) -> str:
    return f"{count >> 20} MiB" if count >= 1 << 20 else f"{count >> 10} KiB"

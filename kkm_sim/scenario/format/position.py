"""Where something stands in a scenario file."""

import re
from typing import NamedTuple


class Position(NamedTuple):
    """Where something stands: lines and columns count from 1; `text` is its own lines, comments and all."""

    file: str
    line: int
    column: int
    text: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


NOWHERE = Position("", 0, 0)
"""Of what stands in no file."""


def lines_of(text: str) -> list[str]:
    """The lines of a text as YAML and editors count them; never none."""
    return re.split(r"\r\n|\n|\r", text)

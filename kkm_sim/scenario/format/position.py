"""Where something stands in a scenario file."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Position:
    """Where something stands: lines and columns count from 1; `text` is its own lines, comments and all."""

    file: str
    line: int
    column: int
    text: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

"""What is wrong in a scenario file: every mistake with its place, in one line each."""

from collections.abc import Sequence
from typing import NamedTuple

from kkm_sim.scenario.format.position import Position

MOST_SHOWN = 40
"""Characters of a text that a mistake shows."""


def shown(text: object) -> str:
    """A text as a mistake shows it: not too much of it, and in one line."""
    whole = str(text)
    short = whole if len(whole) <= MOST_SHOWN else f"{whole[: MOST_SHOWN - 1]}…"
    return "".join(c if c.isprintable() else "¶" if c == "\n" else "·" for c in short)


class Mistake(NamedTuple):
    """One mistake: where, what is expected there, what there is; both in a person's words."""

    at: Position
    expected: str
    found: str

    def __str__(self) -> str:
        line = f"{self.at}: expected {self.expected}, there is {self.found}"
        return "".join(character if character.isprintable() else "·" for character in line)


class ScenarioMistakes(Exception):
    """A scenario that cannot be played; carries all its mistakes, in the order of the file."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = tuple(mistakes)

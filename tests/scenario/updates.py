"""What was seen in place of what was expected, for tests of `--update`."""

from kkm_sim.scenario.format.position import Position
from kkm_sim.scenario.report.outcome import Update

CONTAINS = "{contains: [what nobody will ever have printed on any tape at all]}"

BEFORE = [
    "''",
    '"x"',
    "x",
    "|\n      x\n\n",
    "|3-\n       x\n",
    ">\n      x",
    "[x]",
    "\n      - x\n      - y",
    "",
    CONTAINS,
]
"""How a tape may stand in a file, before something else was seen."""


def seen(line: int, column: int, verb: str, value: object, file: str = "f.kkm.yaml") -> Update:
    """What was seen at a place."""
    return Update(Position(file, line, column), verb, value)

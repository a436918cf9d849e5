"""Steps as they stand in their files: the model beside its node, what repeats and includes hold inside them."""

from typing import NamedTuple

from kkm_sim.scenario.format.mistakes import Mistake
from kkm_sim.scenario.format.position import Position
from kkm_sim.scenario.format.steps import VERBS, Step
from kkm_sim.scenario.format.yaml_nodes import Mapping, Node


class SourceStep(NamedTuple):
    """A step in its file; `verb` and `step` are None where it has none, or is none: a mistake that has been told."""

    file: str
    node: Node
    verb: str | None
    step: Step | None
    body: tuple["SourceStep", ...] = ()
    fragment: "SourceFragment | None" = None

    @property
    def inside(self) -> tuple["SourceStep", ...]:
        """The steps in a repeat or of an included file."""
        return self.fragment.steps if self.fragment is not None else self.body

    @property
    def value(self) -> Node:
        """The value of its verb."""
        found = self.node.get(self.verb) if isinstance(self.node, Mapping) and self.verb is not None else None
        return self.node if found is None else found

    def mistake(self, node: Node, expected: str, found: str | None = None) -> Mistake:
        """A mistake at a node of this step."""
        return Mistake(Position(self.file, node.line, node.column), expected, found or node.found)


class SourceFragment(NamedTuple):
    """An included file: its variables with their defaults, those that its steps name, and its steps.

    `total`: how many steps there are in it, included ones counted each time.
    """

    file: str
    defaults: dict[str, int | str]
    uses: frozenset[str]
    steps: tuple[SourceStep, ...]
    total: int

    @property
    def variables(self) -> frozenset[str]:
        """The names of its variables."""
        return frozenset(self.defaults)


def verb_in(node: Node) -> str | None:
    """The verb of a step as it stands in its file: the first key that is one."""
    keys = [key.value for key, _ in node.entries] if isinstance(node, Mapping) else []
    return next((str(key) for key in keys if key in VERBS), None)

"""Variables, looked at before anything is played: every `$name` must have a value when its step comes.

What a step binds inside a `repeat` is gone after it; what an included file binds stays, its own variables do not.
"""

import difflib
from collections.abc import Iterator, Sequence, Set

from kkm_sim.scenario.format.field_types import REFERENCE, names_in
from kkm_sim.scenario.format.mistakes import Mistake
from kkm_sim.scenario.format.packets import MASTER_FIELDS, TILL_FIELDS
from kkm_sim.scenario.format.source_steps import SourceStep
from kkm_sim.scenario.format.yaml_nodes import Mapping, Node, Scalar, scalars_of

_EXCHANGES = MASTER_FIELDS.keys() | TILL_FIELDS.keys()


def unbound_variables(steps: Sequence[SourceStep], variables: Set[str]) -> list[Mistake]:
    """A mistake for every name without a value, in the order of the steps."""
    walk = _Walk()
    walk.steps(steps, set(variables))
    return list(walk.mistakes.values())


def variables_in(node: Node) -> set[str]:
    """The variables that the texts of a node name: `$name`, `${name}`."""
    return {name for scalar in scalars_of(node) for name in _names_in(scalar)}


def _names_in(scalar: Scalar) -> list[str]:
    text = scalar.value
    return names_in(text) if isinstance(text, str) else []


class _Walk:
    def __init__(self) -> None:
        self.mistakes: dict[tuple[str, int, int, str], Mistake] = {}
        self.included_at: list[str] = []

    def steps(self, steps: Sequence[SourceStep], known: set[str]) -> None:
        """Walks steps; `known` grows by what they bind."""
        for step in steps:
            if step.verb == "repeat":
                self._repeat(step, known)
            elif step.verb == "include":
                self._include(step, known)
            elif step.step is None:
                # What it would have bound is not to be missed after it.
                known.update(variables_in(step.node))
            else:
                self._step(step, known)

    def _step(self, step: SourceStep, known: set[str]) -> None:
        bound: list[str] = []
        for value, binds in _values(step):
            for scalar in scalars_of(value):
                names = _names_in(scalar)
                if names and binds and REFERENCE.fullmatch(str(scalar.value)):
                    bound += names
                elif names:
                    self._check(step, scalar, names, known)
        known.update(bound)

    def _repeat(self, step: SourceStep, known: set[str]) -> None:
        inside = set(known)
        counter = step.value.get("as") if isinstance(step.value, Mapping) else None
        if isinstance(counter, Scalar):
            inside.add(str(counter.value))
        self.steps(step.body, inside)

    def _include(self, step: SourceStep, known: set[str]) -> None:
        given = step.value.get("with") if isinstance(step.value, Mapping) else None
        entries = given.entries if isinstance(given, Mapping) else ()
        fragment = step.fragment
        for key, value in entries:
            if isinstance(value, Scalar):
                self._check(step, value, _names_in(value), known)
            if fragment is not None and key.value not in fragment.variables | fragment.uses:
                near = _near(str(key.value), fragment.variables | fragment.uses)
                self._say(step, key, f"a variable of {fragment.file}{near}", str(key.value))
        if fragment is None:
            return
        own = fragment.variables | {str(key.value) for key, _ in entries}
        inside = known | own
        self.included_at.append(f"{step.file}:{step.node.line}")
        self.steps(fragment.steps, inside)
        self.included_at.pop()
        known.update(inside - own)

    def _check(self, step: SourceStep, scalar: Scalar, names: list[str], known: set[str]) -> None:
        for name in names:
            if name not in known:
                self._say(step, scalar, f"a variable that has a value by now{_near(name, known)}", f"${name}")

    def _say(self, step: SourceStep, node: Scalar, expected: str, name: str) -> None:
        found = f"`{name}`"
        if self.included_at:
            found += f" (included in {', '.join(reversed(self.included_at))})"
        self.mistakes.setdefault((step.file, node.line, node.column, name), step.mistake(node, expected, found))


def _values(step: SourceStep) -> Iterator[tuple[Node, bool]]:
    """The values of a step in the order they are taken, and whether a lone `$name` there takes what comes."""
    value = step.value
    if step.verb in _EXCHANGES and isinstance(value, Mapping):
        sent, expected = value.get("send"), value.get("expect")
        if sent is not None:
            yield sent, False
        if expected is not None:
            yield expected, True
    else:
        yield value, step.verb in ("expect", "receipt")


def _near(name: str, known: Set[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), n=3, cutoff=0.6)
    if near:
        return f" (did you mean {' or '.join(f'`{word}`' for word in near)}?)"
    return f": {', '.join(sorted(known))}" if known else ""

"""A scenario read from its file, with the files it includes: checked as a whole, each step knowing its place."""

import os
from collections.abc import Sequence as AnySequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from kkm_sim.configuration import ConfigurationError, setting_names, setting_words
from kkm_sim.scenario.format.checks import impossible_steps
from kkm_sim.scenario.format.diagnosis import diagnose, did_you_mean
from kkm_sim.scenario.format.mistakes import Mistake, ScenarioMistakes
from kkm_sim.scenario.format.model import Fragment, Scenario
from kkm_sim.scenario.format.position import Position, lines_of
from kkm_sim.scenario.format.source_steps import SourceFragment, SourceStep, verb_in
from kkm_sim.scenario.format.steps import AnyStep, IncludeStep, RepeatStep, Step
from kkm_sim.scenario.format.till_settings import setting_of
from kkm_sim.scenario.format.unbound_variables import unbound_variables, variables_in
from kkm_sim.scenario.format.yaml_nodes import Mapping, Node, Scalar, Sequence, YamlMistake, compose
from kkm_sim.settings import Settings

__all__ = ["Mistake", "ScenarioMistakes", "load_scenario"]

MAX_STEPS = 100_000
"""Steps of a scenario, those of included files counted each time they are included."""

STEPS_ENDING = ".steps.yaml"

MAX_INCLUDES = 20
"""Files that include one another, one inside the other."""


def load_scenario(path: Path) -> Scenario:
    """The scenario of a file. Raises ScenarioMistakes with everything that is wrong in it and in what it includes."""
    reader = _Reader()
    scenario = reader.scenario(path)
    if scenario is None or reader.mistakes:
        raise ScenarioMistakes(reader.in_order())
    return scenario


class _Reader:
    """Reads a scenario; `mistakes` grows."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []
        self._fragments: dict[str, SourceFragment | None] = {}
        self._files: list[str] = []
        """The files being read, each included by the one before it."""
        self._order: list[str] = []

    def in_order(self) -> list[Mistake]:
        """The mistakes, by file as they were met, by line in each."""
        unique = dict.fromkeys(self.mistakes)
        return sorted(unique, key=lambda it: (self._order.index(it.at.file), it.at.line, it.at.column))

    def scenario(self, path: Path) -> Scenario | None:
        """The file's scenario; None where it is none."""
        file = str(path)
        self._files.append(_real(file))
        try:
            text = self._text(file)
            root, mistakes = compose(text, file)
        except YamlMistake as error:
            self._order.append(error.mistake.at.file)
            self.mistakes.append(error.mistake)
            return None
        if isinstance(root, Mapping) and file.endswith(STEPS_ENDING) and root.key("title") is None:
            at = Position(file, root.line, root.column)
            self.mistakes.append(Mistake(at, "a scenario", "a file of steps for a scenario to `include`"))
            return None
        self.mistakes += mistakes
        scenario: Scenario | None = self._model(Scenario, root, file)
        steps = self._source_steps(root, scenario.steps if scenario else None, file, lines_of(text))
        if not isinstance(root, Mapping):
            return None
        addresses = self._settings(root, file)
        if _count(steps) > MAX_STEPS:
            at = Position(file, root.line, root.column)
            self.mistakes.append(
                Mistake(at, f"at most {MAX_STEPS} steps in all", f"{_count(steps)} with those included")
            )
            return None
        self.mistakes += impossible_steps(root, steps, addresses)
        self.mistakes += unbound_variables(steps, _names(root))
        if scenario is not None:
            scenario.read_from(file)
        return scenario

    def _text(self, file: str) -> str:
        """The text of a file. Raises YamlMistake."""
        self._order.append(file)
        start = Position(file, 1, 1)
        try:
            data = Path(file).read_bytes()
        except (OSError, ValueError) as error:
            raise YamlMistake(Mistake(start, "a file that can be read", _why(error))) from error
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            rows = lines_of(data[: error.start].decode("utf-8-sig", "replace"))
            at = Position(file, len(rows), len(rows[-1]) + 1)
            raise YamlMistake(Mistake(at, "text in UTF-8", f"the byte {data[error.start]:02X}")) from error

    def _model(self, model: type[BaseModel], root: Node, file: str) -> Any:
        """The node as a model; None, and mistakes, where it is not right."""
        try:
            return model.model_validate(root.plain)
        except ValidationError as error:
            place = ".".join(map(str, error.errors(include_url=False, include_input=False)[0]["loc"]))
            unnamed = Mistake(Position(file, root.line, root.column), "a scenario", f"`{place}`, which fits nowhere")
            self.mistakes += list(diagnose(model, root, file)) or [unnamed]
            return None

    def _source_steps(
        self, around: Node, models: AnySequence[Step] | None, file: str, lines: list[str]
    ) -> tuple[SourceStep, ...]:
        """The steps under the key `steps`, located; their models if they are known to be right."""
        listed = around.get("steps") if isinstance(around, Mapping) else None
        if not isinstance(listed, Sequence):
            return ()
        steps: AnySequence[Step | None] = [_step(node) for node in listed.items] if models is None else models
        return tuple(self._one(node, step, file, lines) for node, step in zip(listed.items, steps, strict=True))

    def _one(self, node: Node, step: Step | None, file: str, lines: list[str]) -> SourceStep:
        source = SourceStep(file, node, verb_in(node), step)
        if step is not None:
            step.located(Position(file, node.line, node.column, _own_lines(lines, node)))
        if source.verb == "repeat":
            inner = step.repeat.steps if isinstance(step, RepeatStep) else None
            return source._replace(body=self._source_steps(source.value, inner, file, lines))
        if source.verb == "include":
            fragment = self._included(source)
            if isinstance(step, IncludeStep) and fragment is not None:
                steps = tuple(inner.step for inner in fragment.steps if inner.step is not None)
                step.included(steps, fragment.defaults)
            return source._replace(fragment=fragment)
        return source

    def _included(self, source: SourceStep) -> SourceFragment | None:
        name = source.value.get("file") if isinstance(source.value, Mapping) else source.value
        if not isinstance(name, Scalar) or not isinstance(name.value, str):
            return None
        file = str(Path(source.file).parent / name.value)
        real = _real(file)
        if real in self._files:
            way = " → ".join(os.path.basename(part) for part in [*self._files[self._files.index(real) :], real])
            self.mistakes.append(source.mistake(name, "a file that does not include itself", f"the circle {way}"))
            return None
        if len(self._files) > MAX_INCLUDES:
            found = f"one more, {name.found}"
            self.mistakes.append(source.mistake(name, f"at most {MAX_INCLUDES} files, one inside the other", found))
            return None
        if real not in self._fragments:
            self._files.append(real)
            try:
                self._fragments[real] = self._fragment(source, name, file)
            finally:
                self._files.pop()
        return self._fragments[real]

    def _fragment(self, source: SourceStep, name: Scalar, file: str) -> SourceFragment | None:
        try:
            text = self._text(file)
        except YamlMistake as error:
            if isinstance(error.__cause__, UnicodeDecodeError):
                self.mistakes.append(error.mistake)
            else:
                found = f"{name.found}: {error.mistake.found}"
                self.mistakes.append(source.mistake(name, "a file of steps that can be read", found))
            return None
        try:
            root, mistakes = compose(text, file)
        except YamlMistake as error:
            self.mistakes.append(error.mistake)
            return None
        self.mistakes += mistakes
        model = self._model(Fragment, root, file)
        steps = self._source_steps(root, model.steps if model else None, file, lines_of(text))
        defaults = model.variables if model else dict.fromkeys(_names(root), 0)
        fragment = SourceFragment(file, defaults, frozenset(variables_in(root)), steps, _count(steps))
        if fragment.total > MAX_STEPS:
            found = f"{fragment.total} in {name.found}"
            self.mistakes.append(source.mistake(name, f"at most {MAX_STEPS} steps in all", found))
            return None
        return fragment

    def _settings(self, root: Mapping, file: str) -> set[int] | None:
        """Checks `settings` and `tills`; the addresses of the tills, None where they cannot be told."""
        before = len(self.mistakes)
        shared = root.get("settings")
        tills = root.get("tills")
        tables: list[Node] = [*(tills.items if isinstance(tills, Sequence) else ())]
        addresses: set[int] = set()
        for table in [*([shared] if shared else []), *tables]:
            if isinstance(table, Mapping):
                for key, value in table.entries:
                    self.mistakes += _setting_mistakes(key, value, file)
        if len(self.mistakes) > before:
            return None
        common = _plain(shared)
        for table in tables:
            address = (common | _plain(table)).get("option_30", Settings().option_30)
            if address in addresses:
                at = Position(file, table.line, table.column)
                told = f"a second till at address {address}"
                self.mistakes.append(Mistake(at, "an address of its own (`option_30`) for each till", told))
            addresses.add(address)
        return addresses or {common.get("option_30", Settings().option_30)}


_A_STEP: TypeAdapter[Any] | None = None


def _step(node: Node) -> Step | None:
    """One step by itself; None where it is not right."""
    global _A_STEP
    if _A_STEP is None:
        _A_STEP = TypeAdapter(AnyStep)
    try:
        step: Step = _A_STEP.validate_python(node.plain)
    except ValidationError:
        return None
    return step


def _setting_mistakes(key: Scalar, value: Node, file: str) -> list[Mistake]:
    name = str(key.value)
    if name not in setting_names():
        at = Position(file, key.line, key.column)
        return [Mistake(at, did_you_mean("a setting", name, setting_names()), key.found)]
    try:
        setting_of(name, value.plain)
    except ConfigurationError:
        return [Mistake(Position(file, value.line, value.column), setting_words(name), value.found)]
    return []


def _names(root: Node) -> set[str]:
    """The variables that a file gives a value."""
    variables = root.get("variables") if isinstance(root, Mapping) else None
    return {str(key.value) for key, _ in variables.entries} if isinstance(variables, Mapping) else set()


def _plain(node: Node | None) -> dict[Any, Any]:
    return node.plain if isinstance(node, Mapping) else {}


def _count(steps: AnySequence[SourceStep]) -> int:
    return sum(1 + _count(step.body) + (step.fragment.total if step.fragment else 0) for step in steps)


def _real(file: str) -> str:
    """The one name of a file that may be called by many."""
    try:
        return os.path.realpath(file)
    except (OSError, ValueError):
        return file


def _why(error: Exception) -> str:
    match error:
        case FileNotFoundError():
            return "no file of that name"
        case IsADirectoryError():
            return "a folder"
        case OSError():
            return f"a file that says: {error.strerror}"
        case _:
            return "a name that no file can have"


def _own_lines(lines: list[str], node: Node) -> str:
    """A step's lines as they stand in the file, less what they are indented by."""
    own = lines[node.line - 1 : node.last]
    while len(own) > 1 and not own[-1].strip():
        own.pop()
    indent = len(own[0]) - len(own[0].lstrip(" ")) if own else 0
    return "\n".join(row[indent:] if row[:indent].isspace() else row.lstrip(" ") for row in own)

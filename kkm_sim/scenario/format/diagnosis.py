"""What is wrong with a piece of a scenario, found along the models' types and said in a person's words.

Pydantic decides what is right; here a refusal becomes one mistake, at the node that is wrong. Every part of a union
complains of a value in its own way; a person wants to hear of one mistake.
"""

import difflib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Le, Lt, MaxLen, MinLen
from pydantic import BaseModel, BeforeValidator, Discriminator, Tag, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from kkm_sim.scenario.format.field_types import Called
from kkm_sim.scenario.format.fields import Counted, Fields, count_of
from kkm_sim.scenario.format.mistakes import Mistake, shown
from kkm_sim.scenario.format.packets import Message
from kkm_sim.scenario.format.position import Position
from kkm_sim.scenario.format.steps import A_STEP, VERBS, verb_of
from kkm_sim.scenario.format.yaml_nodes import NOTHING, Mapping, Node, Scalar, Sequence

_MANY = 12
"""So many words of a kind are listed; of more only the near ones."""


def diagnose(kind: Any, node: Node, file: str) -> Iterator[Mistake]:
    """The mistakes of a node that should be of a type; none if it is."""
    return _Diagnosis(file).of(kind, node)


def did_you_mean(what: str, word: object, words: Iterable[str]) -> str:
    """`a verb (did you mean `keys`?)`, or all the words where none is near."""
    choices = list(words)
    near = difflib.get_close_matches(str(word), choices, n=3, cutoff=0.6)
    if near:
        return f"{what} (did you mean {_or(_ticked(near))}?)"
    return f"{what}: {_or(choices)}"


class _Diagnosis:
    def __init__(self, file: str) -> None:
        self.file = file

    def of(self, kind: Any, node: Node) -> Iterator[Mistake]:
        bare, notes = _taken_apart(kind)
        if bare is None or bare is type(None):
            return
        if _is_union(bare):
            yield from self._union(kind, bare, notes, node)
        elif isinstance(bare, type) and issubclass(bare, BaseModel):
            yield from self._model(bare, node)
        elif get_origin(bare) is list and isinstance(node, Sequence):
            yield from self._list(kind, bare, node)
        elif get_origin(bare) is dict and isinstance(node, Mapping):
            yield from self._dict(bare, node)
        else:
            yield from self._leaf(kind, node)

    def mistake(self, node: Node, expected: str, found: str | None = None) -> Mistake:
        return Mistake(Position(self.file, node.line, node.column), expected, found or node.found)

    def _leaf(self, kind: Any, node: Node) -> Iterator[Mistake]:
        if refusal(kind, node.plain) is not None:
            yield self.mistake(node, words(kind, node.plain))

    def _list(self, kind: Any, bare: Any, node: Sequence) -> Iterator[Mistake]:
        if not node.items:
            yield from self._leaf(kind, node)
        for item in node.items:
            yield from self.of(get_args(bare)[0], item)

    def _dict(self, bare: Any, node: Mapping) -> Iterator[Mistake]:
        key_kind, value_kind = get_args(bare)
        for key, value in node.entries:
            yield from self._leaf(key_kind, key)
            if value_kind is not Any:
                yield from self.of(value_kind, value)

    def _union(self, kind: Any, bare: Any, notes: tuple[Any, ...], node: Node) -> Iterator[Mistake]:
        discriminator = next((note.discriminator for note in notes if isinstance(note, Discriminator)), None)
        if discriminator is verb_of:
            yield from self._step(node)
            return
        members = [member for member in get_args(bare) if member is not type(None)]
        fitting = [member for member in members if _fits(member, node)]
        if isinstance(node, Mapping) and discriminator is not None:
            assert callable(discriminator)
            tag = Tag(str(discriminator(node.plain)))
            fitting = [member for member in members if tag in _taken_apart(member)[1]]
        elif isinstance(node, Mapping) and len(fitting) > 1:
            named = {key.value for key, _ in node.entries}
            fitting = [member for member in fitting if named & _keys(member).keys()]
        if len(fitting) == 1 and not isinstance(node, Scalar):
            yield from self.of(fitting[0], node)
        elif refusal(kind, node.plain) is not None:
            yield self.mistake(node, words(kind, node.plain))

    def _step(self, node: Node) -> Iterator[Mistake]:
        if not isinstance(node, Mapping):
            yield self.mistake(node, A_STEP)
            return
        verbs = [key for key, _ in node.entries if key.value in VERBS]
        if len(verbs) == 1:
            yield from self._model(VERBS[str(verbs[0].value)], node)
        elif verbs:
            empty = VERBS[str(verbs[0].value)]
            if _outdented(empty, node):
                yield from self._model(empty, node)
            else:
                yield self.mistake(verbs[1], "one verb in a step", f"`{verbs[1].value}` beside `{verbs[0].value}`")
        else:
            beside = {name for step in VERBS.values() for name in step.model_fields}
            unknown = next((key for key, _ in node.entries if key.value not in beside), None)
            if unknown is None:
                yield self.mistake(node, A_STEP)
            else:
                yield self.mistake(unknown, did_you_mean("a verb", unknown.value, VERBS))

    def _model(self, model: type[BaseModel], node: Node) -> Iterator[Mistake]:
        if not isinstance(node, Mapping):
            yield self.mistake(node, words(model, node.plain))
            return
        known = _keys(model)
        missing = {name: field for name, field in known.items() if field.is_required()}
        outdented = _outdented(model, node)
        found = bool(outdented)
        for around, inside in outdented.items():
            names = _and(_ticked(str(key.value) for key in inside))
            yield self.mistake(inside[0], f"{names} indented further, inside `{around}`", f"{names} beside `{around}`")
        told = {key for inside in outdented.values() for key in inside}
        for key, value in node.entries:
            field = known.get(str(key.value))
            if key in told or key.value in outdented:
                missing.pop(str(key.value), None)
            elif field is None:
                missing_near = difflib.get_close_matches(str(key.value), missing, n=1, cutoff=0.6)
                missing.pop(missing_near[0] if missing_near else "", None)
                found = True
                meant = did_you_mean("a key known here", key.value, missing_near or known)
                yield self.mistake(key, meant, f"`{shown(key.value)}`")
            else:
                missing.pop(str(key.value), None)
                kind = _kind_of(field)
                count = count_of(str(key.value)) if issubclass(model, Fields) else None
                for mistake in self.of(kind if count is None else Annotated[kind, count], value):
                    found = True
                    yield mistake
        for name in missing:
            found = True
            yield self.mistake(node, f"the key `{name}`", f"{node.found} without it")
        if not found and issubclass(model, Message) and refusal(model, node.plain) is not None:
            yield self.mistake(node, words(model, node.plain))


def refusal(kind: Any, value: Any) -> ValidationError | None:
    """What pydantic has against a value; None if it takes it."""
    try:
        _adapter(kind).validate_python(value)
    except ValidationError as error:
        return error
    return None


@lru_cache(maxsize=2000)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def words(kind: Any, value: Any) -> str:
    """What a value of a type is called: `a whole number from 0 to 7, or a variable, as in `$name``."""
    bare, notes = _taken_apart(kind)
    if any(isinstance(note, BeforeValidator) for note in notes):
        said = _own_words(kind, value)
        if said is not None:
            return said
    called = next((note.words for note in notes if isinstance(note, Called)), None)
    if called is not None:
        return called + _length(notes)
    if _is_union(bare):
        count = next((note for note in notes if isinstance(note, Counted)), None)
        members = [member if count is None else Annotated[member, count] for member in get_args(bare)]
        parts = dict.fromkeys(words(member, value) for member in members if _taken_apart(member)[0] is not type(None))
        return ", or ".join(parts)
    if get_origin(bare) is Literal:
        return _choice([str(choice) for choice in get_args(bare)], value)
    if get_origin(bare) is list:
        least = next((note.min_length for note in notes if isinstance(note, MinLen)), 0)
        return f"a list{' of at least one' if least else ''}, each {words(get_args(bare)[0], None)}"
    if isinstance(bare, type) and issubclass(bare, BaseModel):
        return _mapping(bare)
    if bare is bool:
        return "true or false"
    if bare is int:
        counted = next((note for note in notes if isinstance(note, Counted)), None)
        if counted is not None:
            return f"a whole number of {counted.unit}{_range(notes)}, as in {counted.example}"
        return f"a whole number{_range(notes)}"
    if bare is str:
        return f"a text{_length(notes)}"
    return "a mapping"


def _own_words(kind: Any, value: Any) -> str | None:
    """What a validator of ours says."""
    error = refusal(kind, value)
    faults = error.errors(include_url=False) if error else []
    said = [str(fault["ctx"]["error"]) for fault in faults if fault["type"] == "value_error"]
    return said[0] if said else None


def _choice(choices: list[str], value: Any) -> str:
    if len(choices) <= _MANY:
        return _or(choices)
    what = f"one of {len(choices)} codes"
    near = did_you_mean(what, value, choices)
    return near if "did you mean" in near else f"{what}, as in `{choices[0]}`"


def _mapping(model: type[BaseModel]) -> str:
    if issubclass(model, Message):
        functions = [name for name in _keys(model) if name not in ("hs", "number")]
        return f"a mapping with one of packet, data, hex, {_or(functions)}"
    keys = _keys(model)
    required = [name for name, field in keys.items() if field.is_required()]
    return f"a mapping with {_and(_ticked(required))}" if required else f"a mapping of {_or(list(keys))}"


def _range(notes: tuple[Any, ...]) -> str:
    least: Any = next((note.ge for note in notes if isinstance(note, Ge)), None)
    most: Any = next((note.le for note in notes if isinstance(note, Le)), None)
    below: Any = next((note.lt for note in notes if isinstance(note, Lt)), None)
    if below is not None:
        most = below - 1
    if least is None:
        return ""
    if most is None:
        return f", {least} or more"
    return f", {least} or {most}" if most == least + 1 else f" from {least} to {most}"


def _length(notes: tuple[Any, ...]) -> str:
    most = next((note.max_length for note in notes if isinstance(note, MaxLen)), None)
    least = next((note.min_length for note in notes if isinstance(note, MinLen)), 0)
    if most is not None:
        return f" of at most {most} characters"
    return " that is not empty" if least else ""


def _fits(kind: Any, node: Node) -> bool:
    """Whether a type is of the kind of a node: mapping, list or single value."""
    bare, _ = _taken_apart(kind)
    if isinstance(bare, type) and issubclass(bare, BaseModel):
        return isinstance(node, Mapping)
    origin = get_origin(bare)
    return isinstance(node, Mapping if origin is dict else Sequence if origin is list else Scalar)


def _outdented(model: type[BaseModel], node: Mapping) -> dict[str, list[Scalar]]:
    """Keys that stand beside an empty key and belong inside it, by that key."""
    known = _keys(model)
    verb = getattr(model, "VERB", None)
    beside: dict[str, list[Scalar]] = {}
    for around, value in node.entries:
        field = known.get(str(around.value))
        if field is None or not isinstance(value, Scalar) or value.value is not NOTHING:
            continue
        if verb is not None and around.value != verb:
            continue
        inner = {name for each in _models_in(_kind_of(field)) for name in _keys(each)}
        inside = [key for key, _ in node.entries if key.value in inner and key.value not in known]
        if inside:
            beside[str(around.value)] = inside
    return beside


def _models_in(kind: Any) -> Iterator[type[BaseModel]]:
    """The models among the members of a type."""
    bare, _ = _taken_apart(kind)
    if _is_union(bare):
        for member in get_args(bare):
            yield from _models_in(member)
    elif isinstance(bare, type) and issubclass(bare, BaseModel):
        yield bare


def _taken_apart(kind: Any) -> tuple[Any, tuple[Any, ...]]:
    """A type without its notes, and those, `Field(…)`'s own among them."""
    if get_origin(kind) is not Annotated:
        return kind, ()
    bare, *notes = get_args(kind)
    inner, more = _taken_apart(bare)
    flat = [part for note in notes for part in (note.metadata if isinstance(note, FieldInfo) else (note,))]
    return inner, (*more, *flat)


def _is_union(bare: Any) -> bool:
    return get_origin(bare) in (Union, UnionType)


def _kind_of(field: FieldInfo) -> Any:
    notes = tuple(field.metadata)
    if isinstance(field.discriminator, Discriminator):
        notes = (*notes, field.discriminator)
    return Annotated[(field.annotation, *notes)] if notes else field.annotation


def _keys(kind: Any) -> dict[str, FieldInfo]:
    """The keys of a model as they are written."""
    model: type[BaseModel] = _taken_apart(kind)[0]
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _ticked(choices: Iterable[str]) -> list[str]:
    return [f"`{word}`" for word in choices]


def _and(choices: list[str]) -> str:
    return " and ".join(choices)


def _or(choices: list[str]) -> str:
    return choices[0] if len(choices) == 1 else f"{', '.join(choices[:-1])} or {choices[-1]}"

"""Variables of a scenario while it is played: their values, and `$name` replaced by them.

A scope is a round of `repeat` or an included file inside what stands around it. A name is looked for from the
inside out; what is bound for the first time lives as long as the round it was bound in.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import IntEnum
from typing import Any

from kkm_sim.scenario.format.field_types import REFERENCE
from kkm_sim.scenario.format.fields import Fields

Value = int | str | datetime
"""Whole numbers, texts, moments; a code is the lower-case name it has in a scenario."""


class UnknownVariable(ValueError):
    """A name that has no value here."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no variable ${name} here")


class Scope:
    """Names and their values, inside another scope or outermost. `own` False: what is bound goes to the one around."""

    def __init__(
        self, values: Mapping[str, Value] | None = None, *, around: "Scope | None" = None, own: bool = True
    ) -> None:
        self._values: dict[str, Value] = dict(values or {})
        self._around = around
        self._home: Scope = self if own or around is None else around._home

    def get(self, name: str) -> Value | None:
        """The value of a name; None where it has none."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope._values:
                return scope._values[name]
            scope = scope._around
        return None

    def bind(self, name: str, value: Value) -> None:
        """Gives a name that has no value yet the one that came."""
        self._home._values[name] = value

    def text(self, template: str) -> str:
        """The text with each `$name` replaced, and `$$` by the sign. Raises UnknownVariable."""
        return REFERENCE.sub(self._replaced, template)

    def whole(self, value: Any) -> Any:
        """The value that `$name` stands for, or the value itself. Raises UnknownVariable."""
        name = reference(value)
        return value if name is None else self._known(name)

    def _replaced(self, match: re.Match[str]) -> str:
        name = match[1] or match[2]
        return _words(self._known(name)) if name else "$"

    def _known(self, name: str) -> Value:
        value = self.get(name)
        if value is None:
            raise UnknownVariable(name)
        return value


def reference(value: Any) -> str | None:
    """The name that a value refers to; None for one that is no `$name`."""
    match = REFERENCE.fullmatch(value) if isinstance(value, str) else None
    return None if match is None else match[1] or match[2]


def _words(value: Value) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def person_value(value: Any) -> Any:
    """A field's value as a person writes it: a code by its name, a moment in ISO, bytes in hex."""
    match value:
        case IntEnum():
            return value.name.lower()
        case datetime():
            return value.isoformat()
        case bytes():
            return value.hex(" ")
        case _:
            return value


def captured(value: Any) -> Value:
    """What a variable takes of a field."""
    taken: Value = value.name.lower() if isinstance(value, IntEnum) else value
    return taken


def sent_fields(fields: Fields, scope: Scope) -> dict[str, Any]:
    """The given fields with their variables replaced, as the record has them.

    Raises UnknownVariable, and ValueError for a value that the field does not take.
    """
    given: dict[str, Any] = {}
    for name, value in fields.given().items():
        if value is None:
            continue
        if isinstance(value, str):
            text = scope.whole(value) if reference(value) is not None else scope.text(value)
            given[name] = value if text == value else typed(fields, name, text)
        else:
            given[name] = value
    return given


def expected_fields(fields: Fields, scope: Scope) -> tuple[dict[str, Any], dict[str, str]]:
    """The given fields with a value, and those that take what comes: their variables. Raises as `sent_fields`."""
    wanted: dict[str, Any] = {}
    free: dict[str, str] = {}
    for name, value in fields.given().items():
        if value is None:
            continue
        variable = reference(value)
        if variable is not None and scope.get(variable) is None:
            free[name] = variable
        elif variable is not None:
            wanted[name] = typed(fields, name, scope.whole(value))
        else:
            wanted[name] = typed(fields, name, scope.text(value)) if isinstance(value, str) else value
    return wanted, free


def unlike(free: Mapping[str, str], there: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Fields that take the same variable but came with other values: the first that has it, and one that differs."""
    firsts: dict[str, str] = {}
    pairs = []
    for name, variable in free.items():
        if name in there:
            first = firsts.setdefault(variable, name)
            if captured(there[first]) != captured(there[name]):
                pairs.append((first, name))
    return pairs


def typed(fields: Fields, name: str, value: Any) -> Any:
    """A variable's value as the field has it; a whole number may stand where a text must. Raises ValueError."""
    spellings = (value, str(value)) if isinstance(value, int) and not isinstance(value, bool) else (value,)
    for spelling in spellings:
        try:
            return getattr(type(fields).model_validate({name: spelling}), name)
        except ValueError:
            pass
    raise ValueError(f"{name} cannot be {_words(value)}")

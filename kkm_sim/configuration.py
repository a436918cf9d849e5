"""Settings from outside: a TOML file and `NAME=VALUE` strings, checked field by field."""

import contextlib
import difflib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from annotated_types import Interval, Len, Predicate
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, create_model

from kkm_sim.messages.forms import CR, ENCODING, printable
from kkm_sim.record_models import COMPOSED
from kkm_sim.settings import Settings
from kkm_sim.text_file import UnreadableFile, read_text_file

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


_LARGEST_FILE = 256 << 10
_MOST_PARTS = 8
"""Of a dotted key."""
_MOST_TRIED = 200
"""Lines of a wrong file that are looked at for where it begins to be wrong."""


class ConfigurationError(ValueError):
    """Settings that cannot be: a line for each, with its name, its value and what is allowed."""


def load_settings(
    config: Path | None, assignments: Sequence[str], defaults: Mapping[str, Any] | None = None
) -> Settings:
    """The settings of a TOML file, if any, then of `NAME=VALUE` strings; later ones win.

    A list is written `1,3` in a string and `[1, 3]` in TOML. `defaults`: the program's own, unchecked, for
    what neither names. Raises ConfigurationError.
    """
    values: dict[str, Any] = dict(defaults or {})
    wrong: list[str] = []
    for name, value in _read_toml(config).items() if config is not None else ():
        try:
            values[name] = _checked(name, value, f"{config}: ")
        except ConfigurationError as error:
            wrong.append(str(error))
    for assignment in assignments:
        try:
            name, value = _assigned(assignment)
        except ConfigurationError as error:
            wrong.append(str(error))
        else:
            values[name] = value
    if wrong:
        raise ConfigurationError("\n".join(wrong))
    return Settings(**values)


def _assigned(assignment: str) -> tuple[str, Any]:
    name, equals, text = assignment.partition("=")
    name = name.strip()
    if not equals or not name:
        raise ConfigurationError(f"{assignment!r} is not NAME=VALUE")
    return name, _parsed(name, text.strip())


def settings_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a settings file."""
    described = {f.name: Field(f.default, description=f.metadata["about"]) for f in fields(Settings)}
    table = {name: (kind, described[name]) for name, kind in _kinds().items()}
    model: type[BaseModel] = create_model(  # type: ignore[call-overload]
        "Settings", __config__=ConfigDict(extra="forbid", protected_namespaces=()), __doc__=Settings.__doc__, **table
    )
    return {"$schema": _DIALECT} | model.model_json_schema()


def setting_names() -> tuple[str, ...]:
    """Every setting there is."""
    return tuple(_kinds())


def checked_setting(name: str, value: Any) -> Any:
    """A value that came with a type, as the setting has it. Raises ConfigurationError."""
    return _checked(name, value, "")


def setting_words(name: str) -> str:
    """What a setting may be, in words."""
    return allowed_values(_kind_of(name, ""))


def _read_toml(path: Path) -> Mapping[str, Any]:
    try:
        text = read_text_file(path, _LARGEST_FILE)
    except UnreadableFile as error:
        raise ConfigurationError(f"cannot read {path}: {error}") from error
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        # So that a long one costs no time: it takes the parser as many steps as the square of its parts.
        if line.partition("=")[0].count(".") > _MOST_PARTS:
            raise ConfigurationError(f"{path}: line {number} is nested too deep for a setting")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ConfigurationError(f"{path} is nested too deep for settings") from None
    except ValueError as error:
        whole = _lines_of_toml(lines)
        wrong = " ".join(lines[whole][:60].split()) if whole < len(lines) else ""
        raise ConfigurationError(f"{path} is not TOML from line {whole + 1} on: {wrong}") from error


def _lines_of_toml(lines: Sequence[str]) -> int:
    """How many lines from the beginning are TOML, and more so than any that follow them."""
    whole = 0
    for number in range(1, min(len(lines), _MOST_TRIED) + 1):
        with contextlib.suppress(ValueError, RecursionError):
            tomllib.loads("\n".join(lines[:number]))
            whole = number
    return whole


def _checked(name: str, value: Any, where: str) -> Any:
    """A value that came with a type, from TOML: no conversion but a list to a tuple."""
    kind = _kind_of(name, where)
    given = tuple(value) if isinstance(value, list) else value
    return _validated(name, kind, given, shown=value, where=where, strict=True)


def _parsed(name: str, text: str) -> Any:
    """A value that came as text, read as the field's type wants it."""
    kind = _kind_of(name, "")
    bare, _ = _taken_apart(kind)
    given: Any = text
    if get_origin(bare) is tuple:
        given = [part.strip() for part in text.split(",")] if text else []
    elif bare is bool:
        given = {"true": True, "1": True, "false": False, "0": False}.get(text.lower(), text)
        return _validated(name, kind, given, shown=text, where="", strict=True)
    return _validated(name, kind, given, shown=text, where="", strict=False)


def _validated(name: str, kind: Any, given: Any, *, shown: Any, where: str, strict: bool) -> Any:
    try:
        return _adapter(name).validate_python(given, strict=strict)
    except ValidationError as error:
        raise ConfigurationError(f"{where}{name} = {shown!r}: must be {allowed_values(kind)}") from error


def allowed_values(kind: Any) -> str:
    """What a setting of this type may be, in words: `a whole number from 0 to 3`."""
    bare, limits = _taken_apart(kind)
    if get_origin(bare) is Literal:
        return " or ".join(str(choice) for choice in get_args(bare))
    if get_origin(bare) is tuple:
        length = next(
            (f"{_range(limit.min_length, limit.max_length)} " for limit in limits if isinstance(limit, Len)), ""
        )
        return f"a list of {length}values, each {allowed_values(get_args(bare)[0])}"
    if bare is bool:
        return "true or false"
    if bare is int:
        return "a whole number" + "".join(
            f" from {limit.ge} to {limit.le}" for limit in limits if isinstance(limit, Interval)
        )
    longest = next((limit.max_length for limit in limits if isinstance(limit, Len)), None)
    return f"text of at most {longest} characters of Windows-1251" if longest else "text"


def _taken_apart(kind: Any) -> tuple[Any, tuple[Any, ...]]:
    """A type without its limits, and those."""
    if get_origin(kind) is Annotated:
        bare, *limits = get_args(kind)
        return bare, tuple(limits)
    return kind, ()


def _range(least: int, most: int | None) -> str:
    if most is None:
        return f"at least {least}"
    return str(least) if least == most else f"{least} to {most}"


@cache
def _kinds() -> dict[str, Any]:
    """The type of each setting, with its bounds."""
    hints = get_type_hints(Settings)
    return {f.name: _bounded(hints[f.name], **f.metadata["bounds"]) for f in fields(Settings)}


def _bounded(
    kind: Any,
    *,
    least: int | None = None,
    most: int | None = None,
    longest: int | None = None,
    count: int | None = None,
    some: bool = False,
) -> Any:
    if get_origin(kind) is tuple:
        each = _bounded(get_args(kind)[0], least=least, most=most, longest=longest)
        values = tuple[each, ...]  # type: ignore[valid-type]
        if count is not None:
            return Annotated[values, Len(count, count)]
        return Annotated[values, Len(1)] if some else values
    if longest is not None:
        return Annotated[kind, COMPOSED, Len(0, longest), Predicate(_is_printable)]
    return kind if least is None else Annotated[kind, Interval(ge=least, le=most)]


def _is_printable(text: str) -> bool:
    """Whether the machine can print it: Windows-1251 without control characters."""
    return CR not in text and text == printable(text) == text.encode(ENCODING, "replace").decode(ENCODING)


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(_kinds()[name])


def _kind_of(name: str, where: str) -> Any:
    kinds = _kinds()
    if name in kinds:
        return kinds[name]
    near = difflib.get_close_matches(name, kinds, n=3, cutoff=0.5)
    hint = f"; did you mean {', '.join(near)}?" if near else f"; there are {', '.join(kinds)}"
    raise ConfigurationError(f"{where}there is no setting {name!r}{hint}")

"""What a field may hold: durations, keys, bytes, variables, each a type that knows what to say of a bad value."""

import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StrictInt, StrictStr, StringConstraints, WithJsonSchema

from kkm_sim.clock import MS, SECOND
from kkm_sim.messages.forms import composed
from kkm_sim.till.keyboard import UnknownKey, parse_keys

_DURATION = re.compile(r"(\d+) ?(ns|us|µs|ms|s|min|h)", re.ASCII)
_UNITS = {"ns": 1, "us": 1000, "µs": 1000, "ms": MS, "s": SECOND, "min": 60 * SECOND, "h": 3600 * SECOND}

LONGEST_DURATION = 10 * 365 * 24 * 3600 * SECOND
"""10 years: longer ones are slips of the pen, and dates have an end."""

_MOST_DIGITS = 40

DURATION_PATTERN = r"^[0-9]+ ?(ns|us|µs|ms|s|min|h)$"
"""What a duration looks like to an editor."""

_NAME = "[A-Za-z_][A-Za-z0-9_]*"
REFERENCE = re.compile(rf"\$\$|\$\{{({_NAME})\}}|\$({_NAME})", re.ASCII)
"""`$name` or `${name}` inside a text; `$$` is the sign itself."""


def names_in(text: str) -> list[str]:
    """The variables that a text names, in its order."""
    return [name for match in REFERENCE.finditer(text) if (name := match[1] or match[2])]


def literal(value: Any) -> Any:
    """Texts that were seen, written so that they mean themselves: `$A` is `$$A`. Lists and mappings of them too."""
    match value:
        case str():
            return value.replace("$", "$$") if REFERENCE.search(value) else value
        case list():
            return [literal(each) for each in value]
        case dict():
            return {key: literal(each) for key, each in value.items()}
        case _:
            return value


@dataclass(frozen=True, slots=True)
class Called:
    """What a person calls a value of this type; stands in its annotation."""

    words: str


class HexNumber(int):
    """A number written `0x1F`; where a text is wanted it is the text."""

    text: str

    def __new__(cls, text: str) -> "HexNumber":
        number = super().__new__(cls, text, 16)
        number.text = text
        return number


def as_text(value: Any) -> Any:
    """A number without quotes where a text is wanted, `scan: 4601234567893`, is that text; a text is composed."""
    if isinstance(value, HexNumber):
        return value.text
    if isinstance(value, str):
        return composed(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def parse_duration(text: Any) -> int:
    """`10 ms`, `3 s`, `24 h` → ns. Raises ValueError with what is understood."""
    match = _DURATION.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise ValueError("a duration: a whole number and its unit, ns, us, ms, s, min or h, as in `10 ms`")
    # So many digits are told by their length: they need not be counted.
    nanoseconds = int(match[1]) * _UNITS[match[2]] if len(match[1]) <= _MOST_DIGITS else LONGEST_DURATION + 1
    if nanoseconds > LONGEST_DURATION:
        raise ValueError("a duration of at most 10 years, `87600 h`")
    return nanoseconds


def duration_words(nanoseconds: int) -> str:
    """The shortest exact way to write a duration: `10 ms`."""
    for unit in ("h", "min", "s", "ms", "us"):
        if nanoseconds and nanoseconds % _UNITS[unit] == 0:
            return f"{nanoseconds // _UNITS[unit]} {unit}"
    return f"{nanoseconds} ns"


def _keys(value: Any) -> str:
    words = value if isinstance(value, list) else [value]
    texts = [as_text(word) for word in words]
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("keys of the till, as in `1 5 0 ПИ`")
    text = " ".join(texts)
    try:
        if not parse_keys(REFERENCE.sub("0", text)):
            raise ValueError("keys of the till, one at least, as in `1 5 0 ПИ`")
    except UnknownKey as error:
        raise ValueError(f"keys of the till, as in `1 5 0 ПИ` (no key is called `{error.word}`)") from None
    return text


def _raw(value: Any) -> bytes:
    text = as_text(value)
    if isinstance(text, str):
        try:
            return bytes.fromhex(text)
        except ValueError:
            pass
    raise ValueError("bytes in hex, as in `03 05`")


FreeText = Annotated[
    StrictStr,
    BeforeValidator(as_text),
    Called("a text"),
    # Editors take `150` and `150.00` for numbers.
    WithJsonSchema({"type": ["string", "number"]}),
]
"""A text; one that looks like a number needs no quotes."""

Duration = Annotated[
    int,
    BeforeValidator(parse_duration),
    WithJsonSchema({"type": "string", "pattern": DURATION_PATTERN, "examples": ["10 ms", "3 s"]}),
]
"""ns; written `10 ms`."""

Keys = Annotated[
    str,
    BeforeValidator(_keys),
    WithJsonSchema(
        {
            "type": ["string", "number", "array"],
            "items": {"type": ["string", "number"]},
            "examples": ["1 5 0 ПИ"],
        }
    ),
]
"""Keys as `parse_keys` takes them."""

Bytes = Annotated[
    bytes,
    BeforeValidator(_raw),
    WithJsonSchema({"type": ["string", "number"], "pattern": r"^([0-9A-Fa-f]{2} *)*$", "examples": ["03 05"]}),
]
"""Bytes, written in hex."""

Reference = Annotated[
    str, StringConstraints(strict=True, pattern=rf"^\$({_NAME}|\{{{_NAME}\}})$"), Called("a variable, as in `$name`")
]
"""A variable that stands for a whole value: `$name`."""

Name = Annotated[
    str, StringConstraints(strict=True, pattern=rf"^{_NAME}$"), Called("a name of Latin letters and digits")
]
"""The name of a variable."""

Value = Annotated[StrictInt | FreeText, Field(union_mode="left_to_right")]
"""What a variable may be."""

TillAddress = Annotated[StrictInt, Field(ge=1, le=98)]

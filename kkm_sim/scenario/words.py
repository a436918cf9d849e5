"""The words of a scenario: durations, keys, bytes, variables, each a type that knows what to say of a bad one."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

from kkm_sim.clock import MS, SECOND
from kkm_sim.till.keyboard import UnknownKey, parse_keys

_DURATION = re.compile(r"(\d+) ?(ns|us|µs|ms|s|min|h)", re.ASCII)
_UNITS = {"ns": 1, "us": 1000, "µs": 1000, "ms": MS, "s": SECOND, "min": 60 * SECOND, "h": 3600 * SECOND}

_NAME = r"[A-Za-z_]\w*"
REFERENCE = re.compile(rf"\$\{{({_NAME})\}}|\$({_NAME})", re.ASCII)
"""`$name` or `${name}` inside a text."""


def parse_duration(text: Any) -> int:
    """`10 ms`, `3 s`, `24 h` → ns. Raises ValueError with what is understood."""
    match = _DURATION.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise ValueError("a duration: a whole number and its unit, ns, us, ms, s, min or h, as in `10 ms`")
    return int(match[1]) * _UNITS[match[2]]


def duration_words(nanoseconds: int) -> str:
    """The shortest exact way to write a duration: `10 ms`."""
    for unit in ("h", "min", "s", "ms", "us"):
        if nanoseconds and nanoseconds % _UNITS[unit] == 0:
            return f"{nanoseconds // _UNITS[unit]} {unit}"
    return f"{nanoseconds} ns"


def _keys(value: Any) -> str:
    words = value if isinstance(value, list) else [value]
    if not all(isinstance(word, str | int) and not isinstance(word, bool) for word in words):
        raise ValueError("keys, as in `1 5 0 . 5 ПИ`")
    text = " ".join(str(word) for word in words)
    try:
        parse_keys(REFERENCE.sub("0", text))
    except UnknownKey as error:
        raise ValueError(f"keys of the till, as in `1 5 0 ПИ`; there is no key {error.word!r}") from None
    return text


def _raw(value: Any) -> bytes:
    if isinstance(value, str):
        try:
            return bytes.fromhex(value)
        except ValueError:
            pass
    raise ValueError("bytes in hex, as in `03 05`")


Duration = Annotated[
    int,
    BeforeValidator(parse_duration),
    WithJsonSchema({"type": "string", "pattern": r"^\d+ ?(ns|us|µs|ms|s|min|h)$", "examples": ["10 ms", "3 s"]}),
]
"""ns; written `10 ms`."""

Keys = Annotated[
    str,
    BeforeValidator(_keys),
    WithJsonSchema({"type": ["string", "integer", "array"], "examples": ["1 5 0 ПИ"]}),
]
"""Keys as `parse_keys` takes them."""

Bytes = Annotated[
    bytes,
    BeforeValidator(_raw),
    WithJsonSchema({"type": "string", "pattern": r"^([0-9A-Fa-f]{2} ?)*$", "examples": ["03 05"]}),
]
"""Bytes, written in hex."""

Reference = Annotated[str, StringConstraints(pattern=rf"^\$({_NAME}|\{{{_NAME}\}})$")]
"""A variable that stands for a whole value: `$name`."""

Name = Annotated[str, StringConstraints(pattern=rf"^{_NAME}$")]
"""The name of a variable."""

TillAddress = Annotated[int, Field(ge=1, le=98)]

"""Scenarios as YAML text, as a person would write them: short steps on a line of their own, tapes as blocks."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

Plain = Mapping[str, Any]
"""A step, or any mapping in it, as it is written: mappings, lists, texts, whole numbers, true and false."""

_WIDTH = 110
_STEP = "  "
_SAFE = re.compile(r"[^\W_][\w +.:/=−-]*[\w+.−]|[^\W_]|[−+↑×]")
"""Texts that need no quotes, if they look like nothing else."""
_NUMBER_LIKE = re.compile(r"[-+]?[\d.][\d_.,:]*([eE][-+]?\d+)?|0[xob][\da-fA-F_]+|[-+]?\.?(inf|nan)", re.IGNORECASE)
_WORDS = {"true", "false", "null", "~"}
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?.*")
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")


def head_text(title: str, about: str, values: Plain) -> str:
    """What stands before the steps; the steps follow it."""
    lines = [f"title: {scalar(title)}"]
    if about:
        lines.append(f"about: {scalar(about)}")
    for name, value in values.items():
        lines += _entry(name, value, "")
    return "\n".join([*lines, "steps:", ""])


def step_text(step: Plain, comment: str = "") -> str:
    """One step of the list; `comment` is told at the end of its first line."""
    lines = _mapping(step, "  ")
    lines[0] = "- " + lines[0][2:] + (f"  # {comment}" if comment else "")
    return "".join(_STEP[:2] + line + "\n" if line else "\n" for line in lines)


def comment_text(words: str) -> str:
    """A line between the steps that says something to the reader."""
    return f"  # {words}\n"


def scalar(value: Any) -> str:
    """A scalar in YAML, in quotes where it would be taken for something else."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(int(value))
        case datetime():
            return value.isoformat(timespec="seconds")
        case str():
            return value if _needs_no_quotes(value) else _quoted(value)
        case _:
            raise TypeError(f"{type(value).__name__} is no scalar")


def _needs_no_quotes(text: str) -> bool:
    return (
        _SAFE.fullmatch(text) is not None
        and ": " not in text
        and not _NUMBER_LIKE.fullmatch(text)
        and not _DATE.fullmatch(text)
        and text.lower() not in _WORDS
    )


def _quoted(text: str) -> str:
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def _mapping(values: Plain, indent: str) -> list[str]:
    return [line for name, value in values.items() for line in _entry(name, value, indent)]


def _entry(name: str, value: Any, indent: str) -> list[str]:
    key = f"{indent}{name}:"
    if isinstance(value, str) and "\n" in value:
        return [
            f"{key} |",
            *(f"{indent}{_STEP}{line}" if line else "" for line in value.removesuffix("\n").split("\n")),
        ]
    flow = f"{key} {_flow(value)}"
    if len(flow) <= _WIDTH or not isinstance(value, Mapping | list):
        return [flow]
    if isinstance(value, Mapping):
        return [key, *_mapping(value, indent + _STEP)]
    return [f"{key} [", *_filled((_flow(item) for item in value), indent + _STEP), f"{indent}]"]


def _filled(items: Iterable[str], indent: str) -> list[str]:
    lines = [indent]
    for item in items:
        if len(lines[-1]) + len(item) + 2 > _WIDTH and lines[-1] != indent:
            lines.append(indent)
        lines[-1] += f"{item}, "
    return [line.rstrip() for line in lines]


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(name)}: {_in_flow(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_in_flow(item) for item in value) + "]"
    return scalar(value)


def _in_flow(value: Any) -> str:
    return _quoted(value) if isinstance(value, str) and "\n" in value else _flow(value)

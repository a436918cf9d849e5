"""Why pydantic refused a value, in our words: by the kind of its complaint, never by its own words for it."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

_WHOLE_NUMBER = "should be a whole number"
_NUMBER = "should be a number"
_YES_OR_NO = "should be true or false"
_TEXT = "should be a text"
_MOMENT = "should be a date and time, as in 2016-07-01T12:00:00"
_LIST = "should be a list"
_OBJECT = "should be an object"

_REASONS = {
    "missing": "is required",
    "extra_forbidden": "is not known here",
    "int_type": _WHOLE_NUMBER,
    "int_parsing": _WHOLE_NUMBER,
    "int_parsing_size": _WHOLE_NUMBER,
    "int_from_float": _WHOLE_NUMBER,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "bool_type": _YES_OR_NO,
    "bool_parsing": _YES_OR_NO,
    "string_type": _TEXT,
    "string_unicode": _TEXT,
    "datetime_type": _MOMENT,
    "datetime_parsing": _MOMENT,
    "datetime_from_date_parsing": _MOMENT,
    "datetime_object_invalid": _MOMENT,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "dict_type": _OBJECT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "greater_than_equal": "should be at least {ge}",
    "greater_than": "should be more than {gt}",
    "less_than_equal": "should be at most {le}",
    "less_than": "should be less than {lt}",
    "string_too_long": "should have at most {max_length} characters",
    "string_too_short": "should have at least {min_length} characters",
    "string_pattern_mismatch": "should match the pattern {pattern}",
    "too_long": "should have at most {max_length} entries",
    "too_short": "should have at least {min_length} entries",
    "literal_error": "should be {expected}",
    "enum": "should be {expected}",
    "value_error": "{error}",
}
"""By pydantic's `type`, which is for programs and stays; in braces what its `ctx` has. `value_error` is our own."""

MOST_TOLD = 5
"""Enough to begin with: a mistake in each of many fields is one mistake."""


def reason_of(fault: Mapping[str, Any]) -> str:
    """What is wrong with a value, of one of `ValidationError.errors()`: `should be a whole number`."""
    return _REASONS.get(fault["type"], "is not valid").format_map(fault.get("ctx", {}))


def sentence_of(error: ValidationError) -> str:
    """All of it, each with its field: `"quantity" should be a whole number; "colour" is not known here`."""
    faults = error.errors(include_url=False, include_input=False)[:MOST_TOLD]
    return "; ".join(f"{_place(fault['loc'])}{reason_of(fault)}" for fault in faults)


def _place(path: tuple[int | str, ...]) -> str:
    return f'"{".".join(map(str, path))}" ' if path else ""

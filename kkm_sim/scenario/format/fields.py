"""Messages in a scenario: a model for each table of the document, its fields all optional (sections 1–7).

`send` and `expect` name only the fields that matter. A code is written by its name (`code_type: pdf`) or its
number; in `expect` any field may be a variable, which takes what comes if it has no value yet.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from kkm_sim.messages.forms import Bin
from kkm_sim.messages.record import Record, RowOfTable
from kkm_sim.record_models import ValueTypes, model_of
from kkm_sim.scenario.format.field_types import FreeText, Reference

_MONEY = re.compile("total|price|sum|discounts|markups|tax_[1-5]|cash|credit")


@dataclass(frozen=True, slots=True)
class Counted:
    """What a whole number counts, with an example; stands in an annotation."""

    unit: str
    example: str


def count_of(name: str) -> Counted | None:
    """What a field of this name counts: money is in kopecks, a quantity in thousandths."""
    if _MONEY.fullmatch(name):
        return Counted("kopecks", "`1550` for 15.50")
    return Counted("thousandths", "`1500` for 1.5") if name == "quantity" else None


class Fields(BaseModel):
    """Some of the fields of one message."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def given(self) -> Mapping[str, Any]:
        """The fields that are written down, with values as the record has them or `$name`."""
        return {name: getattr(self, name) for name in type(self).model_fields if name in self.model_fields_set}


_MOMENT = re.compile(MOMENT_PATTERN := r"20[0-9]{2}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?")


_OTHER_CENTURY = re.compile(r"(?!20)[0-9]{4}" + MOMENT_PATTERN.removeprefix("20[0-9]{2}"))


def _moment(value: Any) -> Any:
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            pass
    elif isinstance(value, str) and _OTHER_CENTURY.fullmatch(value):
        raise ValueError("a date and time of the years 2000 to 2099, as in `2016-07-01T12:00:00`")
    elif isinstance(value, datetime):
        return value
    raise ValueError("a date and time, as in `2016-07-01T12:00:00`")


Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "pattern": f"^{MOMENT_PATTERN}$", "examples": ["2016-07-01T12:00:00"]}),
]
"""Local date and time without a zone."""


def _code(codes: type[IntEnum]) -> Any:
    names = {code.name.lower(): code for code in codes}

    def read(value: Any) -> Any:
        code = names.get(value) if isinstance(value, str) else value
        if isinstance(code, int) and not isinstance(code, bool) and code in list(codes):
            return codes(code)
        raise ValueError("one of " + ", ".join(f"{name} ({code:d})" for name, code in names.items()))

    schema = {"enum": [*names, *map(int, codes)]}
    return Annotated[codes, BeforeValidator(read), WithJsonSchema(schema)]


_TYPES = ValueTypes(
    text=lambda size: Annotated[FreeText, Field(max_length=size)],
    moment=Moment,
    code=_code,
)


def fields_of(table: type[Record], **more: Any) -> type[Fields]:
    """The model of a table; `more`: further fields, as `create_model` takes them."""
    return model_of(table, Fields, f"{table.__name__}Fields", _field, more)


def _field(row: RowOfTable) -> tuple[Any, Any]:
    # What no till takes may be said to it all the same.
    form = Bin(row.form.size) if isinstance(row.form, Bin) else row.form
    return _TYPES.of(form) | Reference | None, None

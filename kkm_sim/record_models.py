"""The document's tables as pydantic models: a row is a field, whose type has the bounds of the row's form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, Field, StrictBool, StrictInt, create_model

from kkm_sim.messages.forms import Bcd, Bin, Code, DateTime, Flag, Form, Text, composed
from kkm_sim.messages.record import Record, RowOfTable

M = TypeVar("M", bound=BaseModel)

COMPOSED = BeforeValidator(lambda value: composed(value) if isinstance(value, str) else value)
"""Before a text is measured: one letter, one character, as on the machine."""


@dataclass(frozen=True, slots=True)
class ValueTypes:
    """How values are written in the models of one kind; numbers are whole numbers everywhere, flags true or false."""

    text: Callable[[int], Any]
    """A text of at most so many characters."""
    moment: Any
    code: Callable[[type[IntEnum]], Any]
    """One of these codes."""

    def of(self, form: Form[Any]) -> Any:
        """The type of the values that a form holds."""
        match form:
            case Bin(size, most):
                return _number(256**size - 1 if most is None else most)
            case Bcd(size):
                return _number(100**size - 1)
            case Flag():
                return StrictBool
            case Text(size):
                return self.text(size)
            case DateTime():
                return self.moment
            case Code(codes):
                return self.code(codes)
            case _:
                raise AssertionError(f"{form}: a form without a type")


def model_of(
    table: type[Record],
    base: type[M],
    name: str,
    field: Callable[[RowOfTable], tuple[Any, Any] | None],
    more: Mapping[str, Any],
) -> type[M]:
    """The model of a table. `field` gives a row's type and default, `...` for none; None where the model is to be
    without it. `more`: further fields, or others in the place of the table's."""
    rows = {row.name: given for row in table.TABLE if (given := field(row)) is not None}
    fields: dict[str, Any] = {**rows, **more}
    return create_model(name, __base__=base, __doc__=table.__doc__, **fields)


def _number(most: int) -> Any:
    return Annotated[StrictInt, Field(ge=0, le=most)]

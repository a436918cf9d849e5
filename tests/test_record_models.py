from collections.abc import Callable
from datetime import datetime
from enum import IntEnum
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from kkm_sim.messages.codes import CodeType
from kkm_sim.messages.record import Record, RowOfTable
from kkm_sim.messages.records import PingAnswer, SaleRequest
from kkm_sim.record_models import ValueTypes, model_of

NOON = datetime(2016, 7, 1, 12)


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


def text(size: int) -> Any:
    return str


def code(codes: type[IntEnum]) -> Any:
    return codes


TYPES = ValueTypes(text=text, moment=datetime, code=code)


def all_needed(row: RowOfTable) -> tuple[Any, Any] | None:
    return TYPES.of(row.form), ...


def of(table: type[Record], field: Callable[[RowOfTable], tuple[Any, Any] | None], **more: Any) -> type[Strict]:
    return model_of(table, Strict, "Model", field, more)


def test_a_model_has_the_rows_of_its_table_and_says_what_the_table_says() -> None:
    model = of(PingAnswer, all_needed)
    assert list(model.model_fields) == [row.name for row in PingAnswer.TABLE]
    assert (model.__name__, model.__doc__) == ("Model", PingAnswer.__doc__)


def test_rows_may_be_left_out_and_fields_added_or_changed() -> None:
    model = of(
        PingAnswer,
        lambda row: (TYPES.of(row.form), row.default) if row.name in ("total", "flags") else None,
        flags=(int, 7),
        colour=(str, "red"),
    )
    assert model().model_dump() == {"flags": 7, "total": 0, "colour": "red"}


@pytest.mark.parametrize(("name", "most"), [("section", 99), ("tax", 255), ("price", 256**5 - 1), ("item_code", 9999)])
def test_a_number_is_one_that_its_bytes_hold_and_that_means_something(name: str, most: int) -> None:
    (row,) = (row for row in SaleRequest.TABLE if row.name == name)
    model = of(SaleRequest, lambda one: (TYPES.of(one.form), ...) if one is row else None)
    for right in (0, most):
        assert model.model_validate({name: right}).model_dump() == {name: right}
    for wrong in (-1, most + 1, "1", 1.0, True):
        with pytest.raises(ValidationError):
            model.model_validate({name: wrong})


def test_texts_moments_and_codes_are_of_the_types_given() -> None:
    sizes: list[int] = []

    def measured(size: int) -> Any:
        sizes.append(size)
        return str

    types = ValueTypes(text=measured, moment=datetime, code=code)
    model = of(PingAnswer, lambda row: (types.of(row.form), ...) if row.name in ("serial_number", "moment") else None)
    assert model.model_validate({"serial_number": "1", "moment": NOON}).model_dump()["moment"] == NOON
    assert sizes == [16]
    coded = of(SaleRequest, lambda row: (types.of(row.form), ...) if row.name == "code_type" else None)
    assert coded.model_validate({"code_type": 1}).model_dump() == {"code_type": CodeType.PDF}

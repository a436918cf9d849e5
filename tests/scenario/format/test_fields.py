"""Models of the document's tables: what each kind of row takes, and what it refuses."""

from datetime import datetime
from typing import Any

import pytest
from pydantic import ValidationError

from kkm_sim.messages.codes import CodeType
from kkm_sim.messages.records import PingAnswer, SaleRequest
from kkm_sim.scenario.format.fields import Counted, Fields, count_of, fields_of

SALE = fields_of(SaleRequest)
PING = fields_of(PingAnswer)


def given(model: type[Fields], **values: Any) -> dict[str, Any]:
    return dict(model.model_validate(values).given())


def test_a_model_has_the_tables_rows_all_optional() -> None:
    assert list(PING.model_fields) == [row.name for row in PingAnswer.TABLE]
    assert given(PING) == {}


def test_only_what_is_written_is_given() -> None:
    assert given(PING, flags=131, serial_number="1234567") == {"flags": 131, "serial_number": "1234567"}


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("flags", 0, 0),
        ("flags", 255, 255),
        ("shift", 9999, 9999),
        ("serial_number", "Ж" * 16, "Ж" * 16),
        ("serial_number", 1234567, "1234567"),
        ("moment", "2016-07-01T12:30:00", datetime(2016, 7, 1, 12, 30)),
        ("moment", "2016-07-01 12:30", datetime(2016, 7, 1, 12, 30)),
        ("flags", "$flags", "$flags"),
        ("moment", "$moment", "$moment"),
        ("serial_number", "${a_name_longer_than_the_field}", "${a_name_longer_than_the_field}"),
    ],
)
def test_values_are_read_as_the_record_has_them(name: str, value: object, read: object) -> None:
    assert given(PING, **{name: value}) == {name: read}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("flags", -1),
        ("flags", 256),
        ("flags", "131"),
        ("flags", True),
        ("flags", 1.0),
        ("shift", 10_000),
        ("serial_number", "Ж" * 17),
        ("serial_number", True),
        ("moment", "2016-07-01"),
        ("moment", "2016-13-01T12:00:00"),
        ("moment", "2016-07-01T12:00:00Z"),
        ("moment", "1999-07-01T12:00:00"),
        ("moment", "$5"),
        ("no_such_row", 1),
    ],
)
def test_values_that_a_row_cannot_hold(name: str, value: object) -> None:
    with pytest.raises(ValidationError):
        given(PING, **{name: value})


@pytest.mark.parametrize("value", ["1999-07-01T12:00:00", "2116-07-01 12:00"])
def test_a_year_that_the_till_cannot_have_is_told(value: str) -> None:
    with pytest.raises(ValidationError, match="a date and time of the years 2000 to 2099, as in `2016-07-01T12:00:00`"):
        given(PING, moment=value)


@pytest.mark.parametrize(
    ("unit", "names"),
    [
        ("kopecks", "total price sum discounts markups tax_1 tax_5 cash credit"),
        ("thousandths", "quantity"),
        (None, "tax section flags operations result"),
    ],
)
def test_what_a_field_counts(unit: str | None, names: str) -> None:
    for name in names.split():
        count = count_of(name)
        assert (count.unit if isinstance(count, Counted) else None) == unit, name


def test_rows_of_equal_size_and_different_form_keep_their_own_bounds() -> None:
    assert given(PING, shift=9999) == {"shift": 9999}
    assert given(SALE, section=255) == {"section": 255}
    with pytest.raises(ValidationError):
        given(PING, shift=65535)


@pytest.mark.parametrize("value", ["pdf", 1])
def test_a_code_is_written_by_its_name_or_its_number(value: object) -> None:
    assert given(SALE, code_type=value) == {"code_type": CodeType.PDF}


@pytest.mark.parametrize("value", ["PDF", "pfd", 9, True, "1"])
def test_a_code_that_there_is_not(value: object) -> None:
    with pytest.raises(ValidationError) as caught:
        given(SALE, code_type=value)
    assert caught.value.errors()[0]["msg"].endswith("one of ean (0), pdf (1), duplicate_pdf (2), beer (3)")

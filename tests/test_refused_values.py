"""Each complaint of pydantic's is provoked: what is in braces must be there, in every version that we take."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StrictInt, TypeAdapter, ValidationError

from kkm_sim.refused_values import MOST_TOLD, reason_of, sentence_of


class Bottle(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: StrictInt
    price: StrictInt = 0
    places: list[StrictInt] = []


class Colour(Enum):
    RED = "red"


def full(text: str) -> str:
    raise ValueError(f"{text!r} is full")


WHOLE, NUMBER, YES_OR_NO = "should be a whole number", "should be a number", "should be true or false"
MOMENT = "should be a date and time, as in 2016-07-01T12:00:00"
NO_LIST, NO_OBJECT = "should be a list", "should be an object"

REFUSED: list[tuple[Any, Any, str]] = [
    (StrictInt, "7", WHOLE),
    (StrictInt, None, WHOLE),
    (int, "seven", WHOLE),
    (int, "7" * 5000, WHOLE),
    (int, 7.5, WHOLE),
    (float, None, NUMBER),
    (float, "seven", NUMBER),
    (Annotated[float, Field(allow_inf_nan=False)], float("inf"), NUMBER),
    (StrictBool, 1, YES_OR_NO),
    (bool, 7, YES_OR_NO),
    (str, 7, "should be a text"),
    (str, b"\xff", "should be a text"),
    (datetime, None, MOMENT),
    (datetime, "noon", MOMENT),
    (datetime, "2016-13-01", MOMENT),
    (list[int], 7, NO_LIST),
    (tuple[int, ...], 7, NO_LIST),
    (dict[str, int], 7, NO_OBJECT),
    (Bottle, 7, NO_OBJECT),
    (Annotated[int, Field(ge=1)], 0, "should be at least 1"),
    (Annotated[int, Field(gt=1)], 1, "should be more than 1"),
    (Annotated[int, Field(le=99)], 100, "should be at most 99"),
    (Annotated[int, Field(lt=99)], 99, "should be less than 99"),
    (Annotated[str, Field(max_length=2)], "abc", "should have at most 2 characters"),
    (Annotated[str, Field(min_length=2)], "a", "should have at least 2 characters"),
    (Annotated[str, Field(pattern="^[0-9]$")], "a", "should match the pattern ^[0-9]$"),
    (Annotated[list[int], Field(max_length=2)], [1, 2, 3], "should have at most 2 entries"),
    (Annotated[list[int], Field(min_length=2)], [1], "should have at least 2 entries"),
    (Annotated[str, AfterValidator(full)], "cellar", "'cellar' is full"),
    (bytes, 7, "is not valid"),
]


def refusal(kind: Any, value: Any) -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)
    return caught.value


@pytest.mark.parametrize(("kind", "value", "told"), REFUSED)
def test_a_reason_is_in_our_words(kind: Any, value: Any, told: str) -> None:
    assert sentence_of(refusal(kind, value)) == told


@pytest.mark.parametrize(("kind", "choices"), [(Literal[1, 2, 3], "123"), (Colour, ["red"])])
def test_what_there_is_to_choose_from_is_told(kind: Any, choices: list[str]) -> None:
    told = sentence_of(refusal(kind, 4))
    assert told.startswith("should be ")
    assert all(choice in told for choice in choices)


def test_a_model_that_wants_an_object_with_attributes() -> None:
    adapter = TypeAdapter(Bottle)
    with pytest.raises(ValidationError) as caught:
        adapter.validate_python(7, from_attributes=True)
    assert sentence_of(caught.value) == NO_OBJECT


def test_a_date_that_is_none_of_a_moment() -> None:
    assert reason_of({"type": "datetime_object_invalid", "ctx": {"error": "no zone"}}) == MOMENT


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, '"code" is required'),
        ({"code": "no"}, '"code" should be a whole number'),
        ({"code": 1, "colour": 1}, '"colour" is not known here'),
        ({"code": 1, "places": [1, "x"]}, '"places.1" should be a whole number'),
        ({"price": "1"}, '"code" is required; "price" should be a whole number'),
    ],
)
def test_a_sentence_names_the_fields(given: object, told: str) -> None:
    assert sentence_of(refusal(Bottle, given)) == told


def test_many_mistakes_are_not_told_all() -> None:
    told = sentence_of(refusal(Bottle, {f"field{number}": 1 for number in range(1000)}))
    assert told.count(";") == MOST_TOLD - 1

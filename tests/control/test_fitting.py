from typing import Any, get_args

import pytest
from msgspec import UNSET, Meta, Struct, structs

from kkm_sim.control import models
from kkm_sim.control.fitting import DoesNotFit, fitted
from kkm_sim.control.models import Asked, Body, ClockChange, Keys, OfOption, OfTape, OptionValue, PowerSwitch


def in_body(shape: type[Body], given: dict[str, Any]) -> Body:
    return fitted(shape, given, lambda name: f"field {name}", as_text=False)


def in_address(shape: type[Asked], **given: str) -> Asked:
    return fitted(shape, given, lambda name: f"parameter {name}", as_text=True)


def test_what_fits_takes_its_shape() -> None:
    assert in_body(PowerSwitch, {"on": False}) == PowerSwitch(on=False)
    assert in_body(Keys, {"keys": ["1", "ПИ"]}) == Keys(keys=["1", "ПИ"])
    assert in_body(OptionValue, {"value": 10**30}) == OptionValue(value=10**30)


def test_what_is_left_out_is_unset() -> None:
    assert in_body(ClockChange, {"advance_s": 5}) == ClockChange(advance_s=5)
    assert ClockChange(advance_s=5).now is UNSET


@pytest.mark.parametrize(
    ("shape", "given", "faults"),
    [
        (PowerSwitch, {}, ["field on is required"]),
        (PowerSwitch, {"on": 1}, ["field on should be true or false"]),
        (PowerSwitch, {"on": "true"}, ["field on should be true or false"]),
        (PowerSwitch, {"on": None}, ["field on should be true or false"]),
        (PowerSwitch, {"off": 1}, ["field on is required", "field off is not known here"]),
        (OptionValue, {"value": True}, ["field value should be a whole number"]),
        (OptionValue, {"value": 1.0}, ["field value should be a whole number"]),
        (OptionValue, {"value": "3"}, ["field value should be a whole number"]),
        (ClockChange, {"advance_s": -1}, ["field advance_s should be a whole number, 0 or more"]),
        (ClockChange, {"advance_s": None}, ["field advance_s should be a whole number, 0 or more"]),
        (
            ClockChange,
            {"now": 5, "advance_s": "x"},
            [
                "field now should be a date and time such as 2016-07-01T12:00:00",
                "field advance_s should be a whole number, 0 or more",
            ],
        ),
    ],
)
def test_all_that_does_not_fit_a_body_is_told(shape: type[Body], given: dict[str, Any], faults: list[str]) -> None:
    with pytest.raises(DoesNotFit) as raised:
        in_body(shape, given)
    assert raised.value.faults == faults


def test_numbers_in_an_address_are_spelt() -> None:
    assert in_address(OfOption, n="29", till="2") == OfOption(n=29, till=2)
    assert in_address(OfTape, format="png", since="12") == OfTape(format="png", since=12)


def test_an_address_may_say_what_another_server_wants_to_know() -> None:
    assert in_address(OfTape, device="kassa1") == OfTape()


@pytest.mark.parametrize("text", ["", "one", "1.5", "null", "true", "0x1"])
def test_what_is_no_number_is_told(text: str) -> None:
    with pytest.raises(DoesNotFit) as raised:
        in_address(OfTape, till=text)
    assert raised.value.faults == ["parameter till should be a whole number"]


def shapes(base: type[Struct]) -> list[type[Struct]]:
    return [shape for shape in vars(models).values() if isinstance(shape, type) and issubclass(shape, base)]


@pytest.mark.parametrize("shape", [*shapes(Asked), *shapes(Body)])
def test_every_field_that_is_asked_for_says_what_it_should_be(shape: type[Struct]) -> None:
    for field in structs.fields(shape):
        parts = (field.type, *get_args(field.type))
        metas = [meta for part in parts for meta in getattr(part, "__metadata__", ()) if isinstance(meta, Meta)]
        assert [meta.extra["should"] for meta in metas if meta.extra], field.name

"""The words of a scenario: what each takes, and what it says of the rest."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from kkm_sim.clock import MS, SECOND
from kkm_sim.scenario.format.field_types import (
    LONGEST_DURATION,
    REFERENCE,
    Bytes,
    Duration,
    FreeText,
    HexNumber,
    Keys,
    Name,
    Reference,
    TillAddress,
    Value,
    as_text,
    duration_words,
    literal,
    names_in,
    parse_duration,
)
from kkm_sim.scenario.format.variables import Scope


def taken(kind: Any, value: Any) -> Any:
    return TypeAdapter(kind).validate_python(value)


def refused(kind: Any, value: Any) -> str:
    """What is said of a value."""
    with pytest.raises(ValidationError) as caught:
        taken(kind, value)
    (fault,) = caught.value.errors()
    return str(fault.get("ctx", {}).get("error", fault["msg"]))


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("1 ns", 1),
        ("7us", 7_000),
        ("7 µs", 7_000),
        ("10 ms", 10 * MS),
        ("3 s", 3 * SECOND),
        ("2 min", 120 * SECOND),
        ("24 h", 86_400 * SECOND),
        (" 0 s ", 0),
    ],
)
def test_durations(text: str, nanoseconds: int) -> None:
    assert taken(Duration, text) == nanoseconds


@pytest.mark.parametrize("value", ["10", 10, "1.5 s", "-1 s", "10  ms", "ms", "", "١ s", None, True, ["1 s"]])
def test_what_is_no_duration(value: object) -> None:
    words = "a duration: a whole number and its unit, ns, us, ms, s, min or h, as in `10 ms`"
    assert refused(Duration, value) == words


@pytest.mark.parametrize("value", ["87601 h", "315360000001 ms", f"{'9' * 5000} s"])
def test_a_duration_has_an_end(value: str) -> None:
    assert refused(Duration, value) == "a duration of at most 10 years, `87600 h`"
    assert parse_duration("87600 h") == LONGEST_DURATION


@given(st.integers(0, LONGEST_DURATION))
def test_the_words_of_a_duration_are_exact(nanoseconds: int) -> None:
    assert parse_duration(duration_words(nanoseconds)) == nanoseconds


def test_the_words_of_a_duration_are_the_shortest() -> None:
    assert [duration_words(n) for n in (0, 1, 1_500, 10 * MS, 3 * SECOND, 90 * SECOND, 7_200 * SECOND)] == [
        *("0 ns", "1 ns", "1500 ns", "10 ms", "3 s", "90 s", "2 h")
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [("1 5 0 ПИ", "1 5 0 ПИ"), (150, "150"), ([1, "00", "ит"], "1 00 ит"), ("$price ПИ", "$price ПИ")],
)
def test_keys(value: object, text: str) -> None:
    assert taken(Keys, value) == text


@pytest.mark.parametrize("value", ["", " ", []])
def test_no_keys_at_all(value: object) -> None:
    assert refused(Keys, value) == "keys of the till, one at least, as in `1 5 0 ПИ`"


@pytest.mark.parametrize("value", [True, None, [1, True], {"a": 1}, [["1"]]])
def test_what_are_no_keys(value: object) -> None:
    assert refused(Keys, value) == "keys of the till, as in `1 5 0 ПИ`"


def test_a_key_that_there_is_not() -> None:
    assert refused(Keys, "1 5 ЫЫ 6") == "keys of the till, as in `1 5 0 ПИ` (no key is called `ЫЫ`)"
    assert refused(Keys, "1 $ 5") == "keys of the till, as in `1 5 0 ПИ` (no key is called `$`)"


@pytest.mark.parametrize(("value", "data"), [("03 05", b"\x03\x05"), ("7FfE", b"\x7f\xfe"), (10, b"\x10"), ("", b"")])
def test_bytes(value: object, data: bytes) -> None:
    assert taken(Bytes, value) == data


@pytest.mark.parametrize("value", ["5", "0x05", HexNumber("0x05"), 5, "xx", None, True, [5]])
def test_what_are_no_bytes(value: object) -> None:
    assert refused(Bytes, value) == "bytes in hex, as in `03 05`"


def test_a_number_where_a_text_is_wanted_is_as_it_was_written() -> None:
    assert [as_text(value) for value in (4601234567893, HexNumber("0x1F"), "007", True)] == [
        *("4601234567893", "0x1F", "007"),
        True,
    ]
    assert taken(FreeText, 150) == "150"
    assert HexNumber("0x1F") == 31


@pytest.mark.parametrize("value", [True, None, 1.5, ["a"]])
def test_what_is_no_text(value: object) -> None:
    refused(FreeText, value)


def test_a_variables_value_is_a_number_or_a_text() -> None:
    assert [taken(Value, value) for value in (5, HexNumber("0x1F"), "05")] == [5, 31, "05"]


@pytest.mark.parametrize(
    ("text", "fits"), [("$a", True), ("${a_1}", True), ("$1", False), ("$ж", False), ("x$a", False)]
)
def test_a_reference_is_a_variable_and_nothing_else(text: str, fits: bool) -> None:
    assert (REFERENCE.fullmatch(text) is not None) == fits
    if fits:
        assert taken(Reference, text) == text
    else:
        refused(Reference, text)


def test_references_in_a_text() -> None:
    assert [m[1] or m[2] for m in re.finditer(REFERENCE, "${a}b $c$d.$ $5 ${ж}")] == ["a", "c", "d"]


@pytest.mark.parametrize("name", ["", "5x", "a b", "ж", "$a", 5])
def test_what_is_no_name(name: object) -> None:
    refused(Name, name)


@pytest.mark.parametrize("address", [0, 99, "1", True])
def test_what_is_no_tills_address(address: object) -> None:
    refused(TillAddress, address)


@given(st.text("$A{} b"))
def test_a_literal_means_itself_and_names_nothing(text: str) -> None:
    assert names_in(literal(text)) == []
    assert Scope().text(literal(text)) == text


def test_only_what_would_mean_something_else_is_changed() -> None:
    assert literal(["5 $", {"name": "$A"}, 7]) == ["5 $", {"name": "$$A"}, 7]

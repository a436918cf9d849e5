"""Variables: scopes, `$name` in texts and fields, what is captured."""

from datetime import datetime

import pytest

from kkm_sim.messages.codes import CodeType
from kkm_sim.scenario.format.packets import MASTER_FIELDS, TILL_FIELDS
from kkm_sim.scenario.format.variables import (
    Scope,
    UnknownVariable,
    captured,
    expected_fields,
    person_value,
    reference,
    sent_fields,
)

NOON = datetime(2016, 7, 1, 12, 0)


def test_texts_take_both_spellings() -> None:
    scope = Scope({"price": 150, "key": "ПИ", "when": NOON})
    assert scope.text("$price.${price}0 $key") == "150.1500 ПИ"
    assert scope.text("$when") == "2016-07-01T12:00:00"
    assert scope.text("100 $ 5$") == "100 $ 5$"


def test_a_whole_value_keeps_its_type() -> None:
    scope = Scope({"n": 7})
    assert scope.whole("$n") == 7
    assert scope.whole("${n}") == 7
    assert scope.whole("n") == "n"
    assert scope.whole(3) == 3


def test_an_unknown_name_says_so() -> None:
    with pytest.raises(UnknownVariable, match=r"^there is no variable \$x here$"):
        Scope().text("1 $x")
    with pytest.raises(UnknownVariable):
        Scope().whole("$x")


def test_a_round_sees_what_is_around_it_and_keeps_its_own() -> None:
    outer = Scope({"a": 1})
    inner = Scope({"a": 2}, around=outer)
    inner.bind("b", 3)
    assert (inner.get("a"), inner.get("b")) == (2, 3)
    assert (outer.get("a"), outer.get("b")) == (1, None)
    assert Scope({}, around=outer).get("a") == 1


def test_what_an_included_file_binds_stays_its_own_variables_do_not() -> None:
    outer = Scope({})
    round_ = Scope({}, around=outer)
    included = Scope({"price": 5}, around=round_, own=False)
    included.bind("number", 9)
    assert round_.get("number") == 9
    assert round_.get("price") is None
    assert outer.get("number") is None


@pytest.mark.parametrize(
    ("value", "name"), [("$a", "a"), ("${a_1}", "a_1"), ("$a b", None), ("a", None), (5, None), (None, None)]
)
def test_reference(value: object, name: str | None) -> None:
    assert reference(value) == name


@pytest.mark.parametrize(
    ("value", "written"),
    [(CodeType.PDF, "pdf"), (NOON, "2016-07-01T12:00:00"), (b"\x03\x05", "03 05"), (5, 5), ("x", "x"), (True, True)],
)
def test_person_value(value: object, written: object) -> None:
    assert person_value(value) == written


def test_captured_codes_are_names_and_moments_moments() -> None:
    assert captured(CodeType.BEER) == "beer"
    assert captured(NOON) == NOON
    assert captured(15000) == 15000


def test_fields_to_send_take_variables_of_their_kind() -> None:
    fields = MASTER_FIELDS["sale"].model_validate(
        dict(code_type="$type", barcode="$code", name="Вино $n", section=None)
    )
    scope = Scope({"type": "beer", "code": 460, "n": 7})
    assert sent_fields(fields, scope) == {"code_type": CodeType.BEER, "barcode": 460, "name": "Вино 7"}


def test_a_number_may_stand_for_a_text() -> None:
    assert sent_fields(MASTER_FIELDS["sale"].model_validate(dict(name="$n")), Scope({"n": 150})) == {"name": "150"}


@pytest.mark.parametrize(
    ("value", "sentence"),
    [("cognac", "code_type cannot be cognac"), (9, "code_type cannot be 9"), (NOON, "code_type cannot be 2016-07-01")],
)
def test_a_value_that_does_not_fit(value: int | str | datetime, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        sent_fields(MASTER_FIELDS["sale"].model_validate(dict(code_type="$t")), Scope({"t": value}))


def test_expected_fields_with_a_value_are_wanted_others_free() -> None:
    fields = TILL_FIELDS["close"].model_validate(
        dict(receipt_number="$r", total="$sum", kind="sale", moment="$when", shift=1)
    )
    wanted, free = expected_fields(fields, Scope({"sum": 500, "when": "2016-07-01T12:00:00"}))
    assert wanted == {"total": 500, "kind": 0, "moment": NOON, "shift": 1}
    assert free == {"receipt_number": "r"}


def test_the_sign_itself_is_written_twice() -> None:
    scope = Scope({"A": 5})
    assert scope.text("$A $$A $$$A $ 7$") == "5 $A $5 $ 7$"
    assert reference("$$") is None

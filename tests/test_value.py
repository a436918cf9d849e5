"""Frozen values."""

import copy
import pickle
from typing import ClassVar

import pytest

from kkm_sim.value import Value, replace


class Shown(Value):
    """With a default and a property."""

    KIND: ClassVar[str] = "shown"

    text: str
    lit: bool = False

    @property
    def size(self) -> int:
        return len(self.text)


class Coloured(Shown):
    """With a field more."""

    colour: str = "red"


class Cleared(Value):
    """Without fields."""


class Hidden(Value):
    """The same fields as another."""

    text: str
    lit: bool = False


def test_fields_by_place_by_name_and_by_default() -> None:
    assert Shown("a", True) == Shown(lit=True, text="a") == Shown("a", lit=True)
    assert Shown("a").lit is False
    assert Shown("abc").size == 3
    assert Coloured("a", True, "blue") == Coloured("a", colour="blue", lit=True)
    assert Coloured("a").colour == "red"


@pytest.mark.parametrize(
    ("values", "named"),
    [((), {}), ((), {"lit": True}), (("a", True, 3), {}), (("a",), {"text": "b"}), (("a",), {"colour": "b"})],
)
def test_what_does_not_fit(values: tuple[object, ...], named: dict[str, object]) -> None:
    make: type = Shown
    for _ in range(2):  # the first value of a class, and any later one
        with pytest.raises(TypeError):
            make(*values, **named)


def test_it_does_not_change() -> None:
    shown = Shown("a")
    with pytest.raises(AttributeError, match="a Shown does not change"):
        shown.text = "b"  # type: ignore[misc]
    with pytest.raises(AttributeError, match="a Shown does not change"):
        del shown.text
    assert shown == Shown("a")


def test_equal_are_those_of_one_class_with_equal_fields() -> None:
    assert Shown("a") != Shown("b")
    assert Shown("a") != Hidden("a")
    assert Shown("a") != Coloured("a")
    assert {Shown("a"), Shown("a"), Hidden("a"), Cleared(), Cleared()} == {Shown("a"), Hidden("a"), Cleared()}


def test_it_shows_its_fields() -> None:
    assert repr(Shown("a")) == "Shown(text='a', lit=False)"
    assert repr(Cleared()) == "Cleared()"


def test_it_is_taken_apart_by_match() -> None:
    match Shown("a", True):
        case Shown(text, lit):
            assert (text, lit) == ("a", True)
        case _:
            pytest.fail("a Shown is a Shown")


def test_another_with_some_fields_changed() -> None:
    shown = Shown("a")
    assert replace(shown, lit=True) == Shown("a", True)
    assert shown == Shown("a")
    with pytest.raises(TypeError, match="colour"):
        replace(shown, colour="b")  # type: ignore[call-arg]


def test_it_can_be_copied_and_sent_to_another_process() -> None:
    shown = Shown("a", True)
    assert copy.copy(shown) == copy.deepcopy(shown) == pickle.loads(pickle.dumps(shown)) == shown

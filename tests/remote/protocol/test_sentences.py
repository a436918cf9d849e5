from typing import Any

import pytest
from pydantic import ValidationError

from kkm_sim.remote.protocol.operations import Closed, Identifier, Message, Sale, Shape
from kkm_sim.remote.protocol.sentences import sentence_of


@pytest.mark.parametrize(
    ("shape", "given", "told"),
    [
        (Message, {}, '"code" is required'),
        (Message, {"code": 4}, '"code" should be 1, 2 or 3'),
        (Closed, {"result": "no"}, '"result" should be a valid integer'),
        (Closed, {"colour": 1}, '"colour" is not known here'),
        (Sale, {"code_type": 1, "name": "日"}, "\"name\" '日' is no character of Windows-1251"),
        (Sale, {"code_type": 1, "section": 100}, '"section" should be less than or equal to 99'),
        (Closed, [], "should be a valid dictionary or instance of Closed"),
    ],
)
def test_a_sentence_names_the_field(shape: type[Shape], given: Any, told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        shape.model_validate(given)
    assert sentence_of(caught.value) == told


def test_one_of_several_fields_in_a_list_is_named_by_its_place() -> None:
    with pytest.raises(ValidationError) as caught:
        Identifier.model_validate({"kind": "graphics", "rows": ["00", "xx"]})
    assert sentence_of(caught.value).startswith('"rows.1" ')


def test_many_mistakes_are_not_told_all() -> None:
    with pytest.raises(ValidationError) as caught:
        Closed.model_validate({f"field{number}": 1 for number in range(1000)})
    assert sentence_of(caught.value).count("is not known here") == 5

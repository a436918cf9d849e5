"""A scenario's file and a file of steps: what each refuses, what is so unless it is said."""

from datetime import datetime
from typing import Any

import pytest
from pydantic import ValidationError

from kkm_sim.scenario.format.model import Fragment, Scenario


def test_a_scenario_unless_it_is_said() -> None:
    scenario = Scenario.model_validate({"title": "x", "steps": [{"keys": "1"}]})
    assert (scenario.master, scenario.start, scenario.paced, scenario.tills) == ("smartbox", "cash", True, [])
    assert scenario.clock == datetime(2016, 7, 1, 12)
    assert scenario.smartbox.qr_level == "M"
    scenario.read_from("a.kkm.yaml")
    assert scenario.file == "a.kkm.yaml"


@pytest.mark.parametrize(
    "wrong",
    [{"title": ""}, {"title": None}, {"steps": []}, {"master": "me"}, {"start": "on"}, {"paced": "yes"}, {"zzz": 1},
     {"variables": {"1": 1}}, {"variables": {"a": True}}, {"smartbox": {"zzz": 1}}],
    ids=repr,
)  # fmt: skip
def test_what_a_scenario_refuses(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Scenario.model_validate({"title": "x", "steps": [{"keys": "1"}]} | wrong)


def test_a_fragment_has_no_title() -> None:
    assert Fragment.model_validate({"variables": {"a": 1}, "steps": [{"keys": "$a"}]}).variables == {"a": 1}
    with pytest.raises(ValidationError):
        Fragment.model_validate({"title": "x", "steps": [{"keys": "1"}]})

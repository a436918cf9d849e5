"""The settings that a scenario gives to its tills."""

from typing import Any

from kkm_sim.configuration import checked_setting
from kkm_sim.scenario.format.field_types import as_text
from kkm_sim.scenario.format.model import Scenario
from kkm_sim.settings import Settings


def till_settings(scenario: Scenario) -> tuple[Settings, ...]:
    """The settings of each till on the line, of a scenario whose settings have been checked."""
    return tuple(
        Settings(**{name: setting_of(name, value) for name, value in (scenario.settings | own).items()})
        for own in scenario.tills or [{}]
    )


def setting_of(name: str, value: Any) -> Any:
    """A setting's value, in a text's place also of a number without quotes. Raises ConfigurationError."""
    default = getattr(Settings(), name)
    if isinstance(default, str):
        value = as_text(value)
    elif isinstance(value, list) and isinstance(default, tuple) and isinstance(default[0], str):
        value = [as_text(each) for each in value]
    return checked_setting(name, value)

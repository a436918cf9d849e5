"""What a test may say about its till: the names that the marker `kkm` and `kkm_factory` take."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from kkm_sim.bench import DEFAULT_WALL
from kkm_sim.drivers.wire import Pace
from kkm_sim.settings import Settings
from kkm_sim.simulated_till import Start


class WrongSetup(ValueError):
    """A name or a value that no till takes: one sentence that says what is allowed."""


@dataclass(frozen=True, slots=True)
class Setup:
    """A line of tills: the settings of each, how bytes are paced, what the tills are switched to, their date."""

    tills: tuple[Settings, ...]
    pace: Pace
    start: Start = "cash"
    wall: datetime = DEFAULT_WALL


def setup_of(given: Mapping[str, Any], *, pace: Pace) -> Setup:
    """The setup from names and values.

    `pace` (here its default), `start`, `clock` and `tills`; every other name is a setting, and holds for every till
    that does not say otherwise. Raises WrongSetup.
    """
    settings = dict(given)
    pace = _choice("pace", settings.pop("pace", pace), get_args(Pace))
    start: Start = _choice("start", settings.pop("start", "cash"), get_args(Start))
    wall = _moment(settings.pop("clock", DEFAULT_WALL))
    tills = _several(settings.pop("tills", ({},)))
    # Who does not pace the line does not want to wait for the printer.
    defaults = {"print_lines_per_s": 0} if pace == "off" else {}
    every = tuple(_settings({**settings, **own}, defaults) for own in tills)
    addresses = [each.option_30 for each in every]
    if len(set(addresses)) < len(addresses):
        raise WrongSetup(f"tills on one line need different addresses: option_30 is {', '.join(map(str, addresses))}")
    return Setup(every, pace, start, wall)


def _settings(given: Mapping[str, Any], defaults: Mapping[str, Any]) -> Settings:
    if not given:
        return Settings(**defaults)
    # pydantic takes its time: only who has something to say pays for it.
    from kkm_sim.configuration import ConfigurationError, checked_setting

    try:
        return Settings(**{**defaults, **{name: checked_setting(name, value) for name, value in given.items()}})
    except ConfigurationError as error:
        raise WrongSetup(str(error)) from None


def _choice(name: str, value: Any, choices: Sequence[Any]) -> Any:
    if value not in choices:
        raise WrongSetup(f"{name} = {value!r}: must be {' or '.join(choices)}")
    return value


def _moment(value: Any) -> datetime:
    if isinstance(value, str):
        with contextlib.suppress(ValueError):
            value = datetime.fromisoformat(value)
    if not isinstance(value, datetime) or value.tzinfo is not None:
        raise WrongSetup(f"clock = {value!r}: must be a date and time without a zone, as in 2016-07-01T12:00:00")
    return value


def _several(value: Any) -> Sequence[Mapping[str, Any]]:
    if not isinstance(value, list | tuple) or not value or not all(isinstance(each, Mapping) for each in value):
        raise WrongSetup(f"tills = {value!r}: must be a list with the settings of each till")
    return value

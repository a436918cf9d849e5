"""What a test may say about its till: the names that the marker `kkm` and `kkm_factory` take."""

import contextlib
import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, get_args

from kkm_sim.drivers.wire import Pace
from kkm_sim.settings import Settings
from kkm_sim.simulated_till import Start
from kkm_sim.virtual.bench import DEFAULT_WALL

_OF_THE_LINE = ("pace", "start", "clock", "tills")
"""The names that are no setting of one till."""

SEVERAL_TILLS = 'tills=[{"option_30": 1}, {"option_30": 2}]'
"""How several tills on one line are asked for."""

_KNOWN = (*_OF_THE_LINE, *(field.name for field in fields(Settings)))


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
    for name in settings:
        if name not in _KNOWN:
            raise WrongSetup(f"there is no setting {name!r}{_hint(name, _KNOWN)}")
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
    for name in given:
        if name in _OF_THE_LINE:
            raise WrongSetup(f"{name} is said once for the whole line: beside `tills`, not in it")
        if name not in _KNOWN:
            raise WrongSetup(f"there is no setting {name!r}{_hint(name, _KNOWN[len(_OF_THE_LINE) :])}")
    # pydantic takes its time: only who has something to say pays for it.
    from kkm_sim.configuration import ConfigurationError, checked_setting

    try:
        return Settings(**{**defaults, **{name: checked_setting(name, value) for name, value in given.items()}})
    except ConfigurationError as error:
        raise WrongSetup(str(error)) from None


def _hint(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.6)
    return f"; did you mean {' or '.join(near)}?" if near else f"; there are {', '.join(known)}"


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
        raise WrongSetup(f"tills = {value!r}: must be a list with the settings of each till, as in {SEVERAL_TILLS}")
    return value

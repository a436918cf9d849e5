"""What a test says of its till."""

from datetime import datetime
from typing import Any

import pytest

from kkm_sim.settings import Settings
from kkm_sim.testing.setup import Setup, WrongSetup, setup_of


def test_nothing_said_is_a_till_that_waits_for_nothing() -> None:
    assert setup_of({}, pace="off") == Setup((Settings(print_lines_per_s=0),), "off", "cash", datetime(2016, 7, 1, 12))


def test_a_paced_line_has_a_printer_of_its_usual_speed() -> None:
    assert setup_of({}, pace="packet").tills == (Settings(),)


def test_names_are_settings_but_for_a_few() -> None:
    said = {"option_30": 12, "header": ["ООО А, Б"], "start": "menu", "pace": "byte", "clock": "2017-03-01T08:30:00"}
    assert setup_of(said, pace="off") == Setup(
        (Settings(option_30=12, header=("ООО А, Б",)),), "byte", "menu", datetime(2017, 3, 1, 8, 30)
    )


def test_the_printers_speed_may_be_said() -> None:
    assert setup_of({"print_lines_per_s": 5}, pace="off").tills == (Settings(print_lines_per_s=5),)


def test_several_tills_share_what_they_do_not_say_themselves() -> None:
    setup = setup_of({"tills": [{"option_30": 1}, {"option_30": 2, "fiscal": True}], "fiscal": False}, pace="packet")
    assert setup.tills == (Settings(option_30=1, fiscal=False), Settings(option_30=2, fiscal=True))


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"option30": 12}, "there is no setting 'option30'; did you mean option_30"),
        ({"strat": "menu"}, "there is no setting 'strat'; did you mean start"),
        ({"xyzzy": 1}, "there is no setting 'xyzzy'; there are pace, start, clock, tills, "),
        ({"tills": [{"close_timout": 5}]}, "there is no setting 'close_timout'; did you mean close_timeout"),
        ({"tills": [{"pace": "off"}]}, "pace is said once for the whole line"),
        ({"option_30": 99}, "option_30 = 99: must be a whole number from 1 to 98"),
        ({"option_30": "12"}, "option_30 = '12': must be a whole number from 1 to 98"),
        ({"pace": "fast"}, "pace = 'fast': must be packet or byte or off"),
        ({"start": "idle"}, "start = 'idle': must be cash or menu or off"),
        ({"clock": "noon"}, "clock = 'noon': must be a date and time without a zone, as in 2016-07-01T12:00:00"),
        ({"clock": "2016-07-01T12:00:00Z"}, "must be a date and time without a zone"),
        ({"tills": []}, r"tills = \[\]: must be a list with the settings of each till"),
        ({"tills": {"option_30": 1}}, "must be a list"),
        ({"tills": [{}, {}]}, "tills on one line need different addresses: option_30 is 1, 1"),
    ],
)
def test_what_cannot_be_is_one_sentence(said: dict[str, Any], sentence: str) -> None:
    with pytest.raises(WrongSetup, match=sentence):
        setup_of(said, pace="off")

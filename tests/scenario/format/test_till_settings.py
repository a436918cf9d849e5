"""The settings of a scenario's tills."""

from pathlib import Path

from kkm_sim.scenario.format.loader import load_scenario
from kkm_sim.scenario.format.till_settings import till_settings
from kkm_sim.settings import Settings
from tests.scenario.files import HEAD, written


def test_settings_of_each_till_are_over_the_common_ones(tmp_path: Path) -> None:
    text = f"{HEAD}steps: [keys: 1]\n"
    assert till_settings(load_scenario(written(tmp_path, text))) == (Settings(),)
    more = "settings: {busy_reply: silent, option_30: 2}\ntills: [{}, {option_30: 3, section_tax: [1, 2]}]\n"
    assert till_settings(load_scenario(written(tmp_path, text + more))) == (
        Settings(busy_reply="silent", option_30=2),
        Settings(busy_reply="silent", option_30=3, section_tax=(1, 2)),
    )

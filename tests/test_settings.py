"""Settings: README names each with its default, and each default is a lawful value of its own field."""

import json
import re
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from kkm_sim.configuration import ConfigurationError, load_settings
from kkm_sim.settings import BAUD_RATES, OPTIONS, Settings

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")

DECISIONS = re.findall(r"^\| D-(\d+) \| (.+?) \| (?:`(\w+)=(.*)`)? ?\|$", README, re.MULTILINE)
VALUES = re.findall(r"^\| (?!D-)(.+?) \| `(\w+)=(.*)` \|$", README, re.MULTILINE)

FIELDS = {field.name: field for field in fields(Settings)}


def written(value: object) -> str:
    """As on the command line."""
    match value:
        case bool():
            return "true" if value else "false"
        case tuple():
            return ",".join(map(written, value))
        case _:
            return str(value)


def decisions_of(name: str) -> list[str]:
    return re.findall(r"D-(\d+)", FIELDS[name].metadata["about"].partition("]")[0])


def test_readme_names_every_setting_once_with_its_default() -> None:
    named = [(name, default) for _, _, name, default in DECISIONS if name]
    named += [(name, default) for _, name, default in VALUES]
    assert sorted(named) == sorted((name, written(field.default)) for name, field in FIELDS.items())


def test_readme_lists_every_decision_of_the_till() -> None:
    numbers = sorted({int(number) for number, *_ in DECISIONS})
    assert numbers == list(range(1, 58))


@pytest.mark.parametrize("name", [name for name, field in FIELDS.items() if field.metadata["about"][:3] == "[D-"])
def test_decision_of_a_setting_is_the_one_in_readme(name: str) -> None:
    assert [number for number, _, setting, _ in DECISIONS if setting == name] == decisions_of(name)


def test_machine_values_read_as_their_descriptions() -> None:
    descriptions = {name: FIELDS[name].metadata["about"] for _, name, _ in VALUES}
    assert {name: re.sub(r" \[D-.*\]$", "", text) for name, text in descriptions.items()} == {
        name: text for text, name, _ in VALUES
    }


@pytest.mark.parametrize("name", FIELDS)
def test_description_is_one_sentence(name: str) -> None:
    description = FIELDS[name].metadata["about"]
    assert re.fullmatch(r"(\[D-\d+\] )?\S[^.\n]*[^.\s]", description), description


def test_defaults_are_lawful(tmp_path: Path) -> None:
    config = tmp_path / "till.toml"
    config.write_text("\n".join(f"{name} = {json.dumps(field.default)}" for name, field in FIELDS.items()))
    assert load_settings(config, ()) == Settings()


@pytest.mark.parametrize(
    "wrong",
    [
        {"option_27": 2},
        {"option_29": 4},
        {"option_30": 0},
        {"option_30": 99},
        {"max_outgoing": 513},
        {"max_incoming": 0},
        {"close_timeout": 0},
        {"tax_rates": (18, 10, 0, 0)},
        {"tax_rates": (18, 10, 0, 0, 101)},
        {"section_tax": ()},
        {"section_tax": (6,)},
        {"alcohol_types": (4,)},
        {"busy_reply": "nak"},
        {"serial_number": "12345678901234567"},
        {"serial_number": "\x98"},
        {"header": ("x" * 25,)},
        {"cashier": "Δ"},
        {"annul_nothing_result": 256},
    ],
)
def test_limits(wrong: dict[str, Any], tmp_path: Path) -> None:
    ((name, value),) = wrong.items()
    config = tmp_path / "till.toml"
    config.write_text(f"{name} = {json.dumps(value)}")
    with pytest.raises(ConfigurationError, match=name):
        load_settings(config, ())


def test_settings_are_frozen() -> None:
    with pytest.raises(AttributeError):
        Settings().model = 2  # type: ignore[misc]


def test_settings_with_some_of_them_changed() -> None:
    assert replace(Settings(retries=5), model=2) == Settings(retries=5, model=2)


@pytest.mark.parametrize(
    ("section_tax", "section", "tax"),
    [((1,), 1, 1), ((1,), 99, 1), ((1, 2, 0), 1, 1), ((1, 2, 0), 2, 2), ((1, 2, 0), 3, 0), ((1, 2, 0), 99, 0)],
)
def test_tax_of_a_section(section_tax: tuple[int, ...], section: int, tax: int) -> None:
    assert Settings(section_tax=section_tax).tax_of_section(section) == tax


def test_options_of_the_machine() -> None:
    assert {number: (values[0], values[-1]) for number, values in OPTIONS.items()} == {
        27: (0, 1),
        29: (0, 3),
        30: (1, 98),
    }
    assert [BAUD_RATES[value] for value in OPTIONS[29]] == [9600, 19200, 38400, 57600]

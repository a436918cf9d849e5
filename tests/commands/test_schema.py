"""`schema`: what an editor is told agrees with what a settings file may hold."""

import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from kkm_sim.cli import main
from kkm_sim.configuration import ConfigurationError, load_settings
from kkm_sim.scenario.format.schema import fragment_schema, scenario_schema
from kkm_sim.settings import Settings

FIELDS = {field.name: field for field in fields(Settings)}


@pytest.fixture
def schema(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert main(["schema", "settings"]) == 0
    printed: dict[str, Any] = json.loads(capsys.readouterr().out)
    return printed


def accepts(tmp_path: Path, name: str, value: object) -> bool:
    """Whether a settings file may say so."""
    file = tmp_path / "till.toml"
    file.write_text(f"{name} = {json.dumps(value, ensure_ascii=False)}\n", encoding="utf-8")
    try:
        load_settings(file, [])
    except ConfigurationError:
        return False
    return True


def test_it_is_a_closed_table_of_all_settings(schema: dict[str, Any]) -> None:
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert (schema["type"], schema["additionalProperties"]) == ("object", False)
    assert "required" not in schema
    assert list(schema["properties"]) == list(FIELDS)


def test_each_setting_has_its_sentence_and_its_default(schema: dict[str, Any], tmp_path: Path) -> None:
    for name, entry in schema["properties"].items():
        assert entry["description"] == FIELDS[name].metadata["about"]
        default = FIELDS[name].default
        assert entry["default"] == (list(default) if isinstance(default, tuple) else default)
        assert accepts(tmp_path, name, entry["default"])


def test_the_bounds_are_those_of_the_file(schema: dict[str, Any], tmp_path: Path) -> None:
    whole_numbers = {name: entry for name, entry in schema["properties"].items() if entry["type"] == "integer"}
    assert len(whole_numbers) > 10
    for name, entry in whole_numbers.items():
        least, most = entry["minimum"], entry["maximum"]
        assert [accepts(tmp_path, name, value) for value in (least, most)] == [True, True], name
        assert [accepts(tmp_path, name, value) for value in (least - 1, most + 1)] == [False, False], name


def test_the_choices_are_those_of_the_file(schema: dict[str, Any], tmp_path: Path) -> None:
    choices = {name: entry["enum"] for name, entry in schema["properties"].items() if "enum" in entry}
    assert choices["busy_reply"] == ["disc", "busy", "silent"]
    for name, values in choices.items():
        assert all(accepts(tmp_path, name, value) for value in values)
        assert not accepts(tmp_path, name, values[0] + "x")


def test_the_lengths_are_those_of_the_file(schema: dict[str, Any], tmp_path: Path) -> None:
    texts = {name: entry for name, entry in schema["properties"].items() if "maxLength" in entry}
    assert set(texts) == {"serial_number", "cashier", "eklz_number"}
    for name, entry in texts.items():
        assert accepts(tmp_path, name, "Ж" * entry["maxLength"])
        assert not accepts(tmp_path, name, "Ж" * (entry["maxLength"] + 1))
    rates = schema["properties"]["tax_rates"]
    assert (rates["minItems"], rates["maxItems"]) == (5, 5)
    assert not accepts(tmp_path, "tax_rates", [18] * 4)


@pytest.mark.parametrize(("what", "schema_of"), [("scenario", scenario_schema), ("steps", fragment_schema)])
def test_scenarios_have_theirs(
    what: str, schema_of: Callable[[], dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["schema", what]) == 0
    assert json.loads(capsys.readouterr().out) == schema_of()

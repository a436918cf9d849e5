"""JSON Schema of scenario files, from which an editor completes and checks what is being written."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from kkm_sim.configuration import settings_schema
from kkm_sim.scenario.format.field_types import DURATION_PATTERN, duration_words
from kkm_sim.scenario.format.model import Fragment, Scenario

MASTERS = (
    "who is at the other end of the line; smartbox: the reference SmartBox; wire: the scenario itself; "
    "outside: a program of yours, with `replay --realtime`"
)


def scenario_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a file `*.kkm.yaml`."""
    schema = _schema(Scenario)
    settings = settings_schema()
    dialect = settings.pop("$schema")
    for setting in settings["properties"].values():
        _bare_numbers(setting)
    rows = schema["properties"]
    rows["master"]["description"] = MASTERS
    rows["settings"] = {"$ref": "#/$defs/Settings", "description": rows["settings"]["description"]}
    rows["tills"]["items"] = {"$ref": "#/$defs/Settings"}
    schema["$defs"]["Settings"] = settings
    return {"$schema": dialect} | schema


def fragment_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a file `*.steps.yaml`."""
    return {"$schema": GenerateJsonSchema.schema_dialect} | _schema(Fragment)


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema(schema_generator=_Generator)


class _Generator(GenerateJsonSchema):
    """As a file has it: a key left out is left out, never null; a duration has its unit."""

    def nullable_schema(self, schema: Any) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: Any) -> JsonSchemaValue:
        told = super().default_schema(schema)
        if "default" in told and told["default"] is None:
            del told["default"]
        elif told.get("pattern") == DURATION_PATTERN:
            told["default"] = duration_words(told["default"])
        return told

    def dict_schema(self, schema: Any) -> JsonSchemaValue:
        told = super().dict_schema(schema)
        if "patternProperties" in told:
            told["additionalProperties"] = False
        return told

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def _bare_numbers(setting: dict[str, Any]) -> None:
    """A text that looks like a number needs no quotes; editors are to take it for a text too."""
    if "items" in setting:
        _bare_numbers(setting["items"])
    elif setting.get("type") == "string" and "enum" not in setting:
        setting["type"] = ["string", "number"]

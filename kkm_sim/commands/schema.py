"""`kkm-sim schema`: JSON Schema, so that an editor completes and checks what a user writes."""

import argparse
import json
from typing import Any

from kkm_sim.commands.joining import say


def schema(args: argparse.Namespace) -> int:
    """Prints the schema of a settings file, a scenario, or a file of steps."""
    say(json.dumps(_of(args.what), ensure_ascii=False, indent=2))
    return 0


def _of(what: str) -> dict[str, Any]:
    if what == "settings":
        from kkm_sim.configuration import settings_schema

        return settings_schema()
    from kkm_sim.scenario.format.schema import fragment_schema, scenario_schema

    return scenario_schema() if what == "scenario" else fragment_schema()

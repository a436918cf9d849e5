"""`kkm-sim schema`: JSON Schema, so that an editor completes and checks what a user writes."""

import argparse
import json

from kkm_sim.commands.joining import say


def schema(args: argparse.Namespace) -> int:
    """Prints the schema of a settings file."""
    from kkm_sim.configuration import settings_schema

    say(json.dumps(settings_schema(), ensure_ascii=False, indent=2))
    return 0

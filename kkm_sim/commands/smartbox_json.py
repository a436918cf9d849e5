"""What the SmartBox tells, as JSON: an object a line, for a program that drives `kkm-sim smartbox`."""

import json
import re
from datetime import datetime
from typing import Any

from kkm_sim.reasons import Reason, together
from kkm_sim.smartbox.events import (
    CloseRefused,
    CodeRefused,
    ExchangeFailed,
    NotRequested,
    NotUnderstood,
    SmartBoxEvent,
)
from kkm_sim.value import Value


def event_json(event: SmartBoxEvent) -> str:
    """An event's name, its sentence in English, and its fields.

    Integers are what they are in the events: kopecks, numbers, codes of the document. Bytes are hex, moments ISO 8601,
    articles, basket items and messages objects of their own fields. Reasons stand there twice: in `why` by their
    codes, in `reason` or `reasons` in English.
    """
    return said_json(_kebab(type(event).__name__), str(event), **_fields_of(event), **_reasons_of(event))


def said_json(event: str, text: str, **more: Any) -> str:
    """The line itself: `more` are values that JSON knows."""
    return json.dumps({"event": event, "text": text, **more}, ensure_ascii=False)


def _reasons_of(event: SmartBoxEvent) -> dict[str, Any]:
    """Its reasons in English."""
    match event:
        case CloseRefused(why=why):
            return {"reasons": [str(reason) for reason in why]}
        case CodeRefused(why=why) | ExchangeFailed(why=why) | NotRequested(why=why) | NotUnderstood(why=why):
            return {"reason": together(why)}
        case _:
            return {}


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()


def _fields_of(value: Value) -> dict[str, Any]:
    return {name: _plain(field) for name, field in vars(value).items()}


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | str():
            return value
        case int():
            return int(value)  # of an enum, its code in the document
        case bytes():
            return value.hex()
        case datetime():
            return value.isoformat()
        case Reason():
            return value.entry()
        case tuple():
            return [_plain(item) for item in value]
        case Value():
            return _fields_of(value)
        case _:
            raise TypeError(f"{type(value).__name__} has no shape in JSON")

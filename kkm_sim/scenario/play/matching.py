"""A message that came held against the fields that a scenario expects: what differs, what variables take."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kkm_sim.messages.codes import Function, result_words
from kkm_sim.messages.reading import read_message
from kkm_sim.messages.records import (
    CloseRequest,
    DonePacket,
    IdentifierRequest,
    PingAnswer,
    SaleAnswer,
    ShortAnswer,
)
from kkm_sim.scenario.format.field_types import literal
from kkm_sim.scenario.format.fields import Fields
from kkm_sim.scenario.format.variables import captured, expected_fields, person_value, reference, unlike
from kkm_sim.scenario.play.scene import Scene
from kkm_sim.settings import DateTimeOrder

FUNCTIONS = {
    "sale": Function.SALE,
    "close": Function.CLOSE,
    "identifier": Function.IDENTIFIER,
    "done": Function.DONE,
    "ping": Function.PING,
    "message": Function.SHOW_MESSAGE,
    "annul": Function.ANNUL_RECEIPT,
}
"""The document's function of each verb; `short` answers any."""

_TABLES = {
    "sale": SaleAnswer,
    "close": CloseRequest,
    "identifier": IdentifierRequest,
    "done": DonePacket,
    "ping": PingAnswer,
    "message": ShortAnswer,
    "annul": ShortAnswer,
    "short": ShortAnswer,
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs, a phrase each; what variables take if nothing does; the named fields as they came."""

    differences: tuple[str, ...]
    takes: Mapping[str, Any]
    named: Mapping[str, Any]

    def bind(self, scene: Scene) -> None:
        """Gives the variables what came."""
        for name, value in self.takes.items():
            scene.scope.bind(name, captured(value))


def is_of(data: bytes, verb: str) -> bool:
    """Whether a message of the till belongs to the function of a verb."""
    if verb == "short":
        return len(data) == ShortAnswer.SIZE
    return len(data) > 1 and data[1] == FUNCTIONS[verb]


def compare(
    data: bytes, verb: str, fields: Fields | None, scene: Scene, order: DateTimeOrder, *, result: bool
) -> Comparison:
    """Holds a till's message against fields. `result`: it must be 0 where no field speaks of it.

    Raises ValueError for a variable whose value the field cannot have.
    """
    message = read_message(data, to_till=False, order=order)
    wanted, free = expected_fields(fields, scene.scope) if fields is not None else ({}, {})
    named = fields.given() if fields is not None else {}
    if message is None or not is_of(data, verb):
        return Comparison((f"it is no {_TABLES[verb].__name__}",), {}, {})
    there = message.fields
    differences = [_difference(name, value, there) for name, value in wanted.items() if there.get(name) != value]
    differences += [f"{name} is not there" for name in free if name not in there]
    differences += [
        f"{name} is {person_value(there[name])}, but {first} is {person_value(there[first])}: both are ${free[name]}"
        for first, name in unlike(free, there)
    ]
    differences += [str(fault) for fault in message.faults if fault.name in named or not there]
    if result and "result" not in named and there.get("result"):
        differences.append(f"result is {_result(there['result'])}, expected 0")
    return Comparison(
        tuple(differences),
        {variable: there[name] for name, variable in free.items() if name in there},
        {name: _as_written(value, name, there) for name, value in named.items()},
    )


def _difference(name: str, wanted: Any, there: Mapping[str, Any]) -> str:
    if name not in there:
        return f"{name} is not there, expected {person_value(wanted)}"
    seen = _result(there[name]) if name == "result" else person_value(there[name])
    return f"{name} is {seen}, expected {person_value(wanted)}"


def _result(result: int) -> str:
    """`27 (rejected)`."""
    number, _, meaning = result_words(result).partition(", ")
    return f"{number} ({meaning})"


def _as_written(value: Any, name: str, there: Mapping[str, Any]) -> Any:
    """A field for `--update`: a variable stays, what did not come too."""
    if reference(value) is not None or name not in there:
        return person_value(value)
    return literal(person_value(there[name]))


def fields_words(verb: str, fields: Fields | None) -> str:
    """`ping` with flags 131."""
    given = fields.given() if fields is not None else {}
    told = ", ".join(f"{name} {person_value(value)}" for name, value in given.items())
    return f"`{verb}` with {told}" if told else f"`{verb}`"


def data_differences(seen: bytes, wanted: bytes) -> list[str]:
    """What differs between bytes: how many there are, the first that is another."""
    differences = []
    if len(seen) != len(wanted):
        differences.append(f"{len(seen)} bytes, expected {len(wanted)}")
    for index, (byte, other) in enumerate(zip(seen, wanted, strict=False)):
        if byte != other:
            return [*differences, f"byte {index} is {byte:02x}, expected {other:02x}"]
    return differences

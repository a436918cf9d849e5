"""Whether what a client sent fits its shape, told in our own words: by field and by what is wrong with it."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, get_args

import msgspec

S = TypeVar("S", bound=msgspec.Struct)


class DoesNotFit(Exception):
    """`faults`: half a sentence each, such as `field "on" should be true or false`."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def fitted(shape: type[S], given: Mapping[str, Any], called: Callable[[str], str], *, as_text: bool) -> S:
    """The values in their shape. Raises DoesNotFit with all that is wrong with them.

    `called`: what a client calls the value of a name. `as_text`: numbers are spelt, as they are in an address.
    """
    fields = msgspec.structs.fields(shape)
    values: dict[str, Any] = {}
    faults = []
    for field in fields:
        if field.name in given:
            try:
                values[field.name] = msgspec.convert(given[field.name], field.type, strict=not as_text)
            except msgspec.ValidationError:
                faults.append(f"{called(field.name)} should {_should(field.type)}")
        elif field.required:
            faults.append(f"{called(field.name)} is required")
    if shape.__struct_config__.forbid_unknown_fields:
        known = {field.name for field in fields}
        faults += [f"{called(name)} is not known here" for name in given if name not in known]
    if faults:
        raise DoesNotFit(faults)
    return shape(**values)


def _should(kind: Any) -> str:
    """What `models.asked` says of a field of that type, which may also be unset."""
    said = [meta.extra for part in (kind, *get_args(kind)) for meta in getattr(part, "__metadata__", ()) if meta.extra]
    should: str = said[0]["should"]
    return should

"""Frozen values: packets, events, effects, findings.

    class BytesReceived(Value):
        data: bytes
        at: Instant

What a frozen dataclass is, and made without compiling anything: a till has sixty such classes, and each would cost
its start as much as ten of these. msgspec's Struct is made as quickly, but its import alone costs as much as fifteen.
"""

from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, dataclass_transform

_set = object.__setattr__


@dataclass_transform(frozen_default=True)
class Value:
    """Its fields are its annotations, behind those of its base; what stands behind `=` is a field's default."""

    __match_args__: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own = (name for name, kind in cls.__annotations__.items() if getattr(kind, "__origin__", None) is not ClassVar)
        type.__setattr__(cls, "__match_args__", (*cls.__match_args__, *own))

    def __init__(self, *values: Any, **named: Any) -> None:
        names = self.__match_args__
        if named or len(values) != len(names):
            values = _in_order(type(self), values, named)
        for name, value in zip(names, values, strict=True):
            _set(self, name, value)

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        raise AttributeError(f"a {type(self).__name__} does not change")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a {type(self).__name__} does not change")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.__dict__ == self.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *self.__dict__.values()))

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items())
        return f"{type(self).__qualname__}({values})"


def _in_order(cls: type[Value], values: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
    """All values of a `cls`, those named and the defaults among them. Raises TypeError."""
    names = cls.__match_args__
    if len(values) > len(names):
        raise TypeError(f"a {cls.__name__} has {len(names)} fields, not {len(values)}")
    unnamed = names[len(values) :]
    if strange := named.keys() - unnamed:
        raise TypeError(f"a {cls.__name__} has no {', '.join(strange)} that is not given yet")
    try:
        return (*values, *(named[name] if name in named else getattr(cls, name) for name in unnamed))
    except AttributeError as missing:
        raise TypeError(f"a {cls.__name__} needs {missing.name}") from None


if TYPE_CHECKING:
    from dataclasses import replace as replace
else:

    def replace(value: Value, /, **changes: Any) -> Value:
        """As `dataclasses.replace`: the value with some of its fields changed."""
        return type(value)(**{**vars(value), **changes})

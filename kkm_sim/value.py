"""Frozen values: packets, events, effects, findings.

    class BytesReceived(Value):
        data: bytes
        at: Instant

What a frozen dataclass is; but a dataclass compiles six methods when its class is made, and a till that has sixty of
them would begin a third later. Here only `__init__` is compiled, with a class's first value. msgspec's Struct is made
as quickly, yet its import alone costs a till more than all its values do.
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
        if "__init__" not in vars(cls):
            type.__setattr__(cls, "__init__", _compile_init)

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


def _compile_init(self: Value, *values: Any, **named: Any) -> None:
    """Stands for a class's `__init__` until its first value is made."""
    cls = type(self)
    names = cls.__match_args__
    defaults = {f"_{name}": getattr(cls, name) for name in names if hasattr(cls, name)}
    parameters = (f"{name}=_{name}" if f"_{name}" in defaults else name for name in names)
    body = (f"    _set(self, {name!r}, {name})\n" for name in names)
    methods: dict[str, Any] = {}
    exec(f"def __init__(self, {', '.join(parameters)}):\n{''.join(body)}    pass", defaults | {"_set": _set}, methods)
    type.__setattr__(cls, "__init__", methods["__init__"])
    methods["__init__"](self, *values, **named)


if TYPE_CHECKING:
    from dataclasses import replace as replace
else:

    def replace(value: Value, /, **changes: Any) -> Value:
        """As `dataclasses.replace`: the value with some of its fields changed."""
        return type(value)(**{**vars(value), **changes})

"""Records: messages as tables of fields that read like the document's.

    class CloseAnswer(Record, size=7):
        result: int = at(2, Bin(1))

A gap, an overlap or a wrong size fails when the class is made. Decoding never raises: what is wrong is told in
`Reading.faults`; a fault in a field marked `ignored` leaves the record usable.
"""

from collections.abc import Callable
from typing import Any, ClassVar, Generic, NamedTuple, Self, TypeVar, dataclass_transform

from kkm_sim.messages.forms import Fault, Form, Invalid
from kkm_sim.reasons import Reason
from kkm_sim.settings import DateTimeOrder
from kkm_sim.value import Value

_REQUIRED: Any = object()


def at(offset: int, form: Form[Any], *, default: Any = _REQUIRED, ignored: bool = False) -> Any:
    """A field at a byte offset. `ignored`: the till does not look at it, a bad value does no harm [D-9, D-33]."""
    return RowOfTable("", offset, form, default, ignored)


class RowOfTable(NamedTuple):
    """One row of a record's table."""

    name: str
    offset: int
    form: Form[Any]
    default: Any
    ignored: bool

    @property
    def end(self) -> int:
        return self.offset + self.form.size

    @property
    def needed(self) -> bool:
        """Whether a record cannot be made without it."""
        return self.default is _REQUIRED


class FieldFault(Value):
    """A field whose bytes are no value of its form."""

    name: str
    raw: bytes
    fault: Fault
    ignored: bool

    @property
    def reason(self) -> Reason:
        return Reason(self.fault.value, field=self.name, bytes=self.raw.hex(" "))

    def __str__(self) -> str:
        return str(self.reason)


R = TypeVar("R", bound="Record")


class Reading(Value, Generic[R]):
    """What came of decoding: the record unless a field that matters is bad, and every fault."""

    record: R | None
    faults: tuple[FieldFault, ...] = ()


@dataclass_transform(field_specifiers=(at,), frozen_default=True, kw_only_default=True)
class Record(Value):
    """A message with a fixed table. Subclasses give `size`, bytes, and a field for each row."""

    SIZE: ClassVar[int]
    TABLE: ClassVar[tuple[RowOfTable, ...]]
    _ENCODERS: ClassVar[tuple[tuple[str, Callable[[Any, DateTimeOrder], bytes]], ...]]
    _DEFAULTS: ClassVar[dict[str, Any]]

    def __init_subclass__(cls, *, size: int) -> None:
        rows = tuple(row._replace(name=name) for name, row in vars(cls).items() if isinstance(row, RowOfTable))
        _check_table(cls.__name__, rows, size)
        cls.SIZE = size
        cls.TABLE = rows
        cls._ENCODERS = tuple((row.name, row.form.encode) for row in rows)
        cls._DEFAULTS = {row.name: row.default for row in rows}
        for row in rows:
            delattr(cls, row.name)

    def __init__(self, **values: Any) -> None:
        own = self._DEFAULTS | values
        if len(own) != len(self._DEFAULTS):
            raise TypeError(f"{type(self).__name__} has no {', '.join(values.keys() - self._DEFAULTS.keys())}")
        if any(value is _REQUIRED for value in own.values()):
            missing = ", ".join(name for name, value in own.items() if value is _REQUIRED)
            raise TypeError(f"{type(self).__name__} needs {missing}")
        self.__dict__.update(own)

    def encode(self, order: DateTimeOrder = "listed") -> bytes:
        """Its bytes, `SIZE` of them. Raises ValueError for a value that does not fit its form."""
        return b"".join([encode(getattr(self, name), order) for name, encode in self._ENCODERS])

    @classmethod
    def decode(cls, data: bytes, order: DateTimeOrder = "listed") -> Reading[Self]:
        """Reads exactly `SIZE` bytes (ValueError otherwise: the caller has looked at the length)."""
        if len(data) != cls.SIZE:
            raise ValueError(f"{cls.__name__} has {cls.SIZE} bytes, not {len(data)}")
        values: dict[str, Any] = {}
        faults: list[FieldFault] = []
        for row in cls.TABLE:
            raw = data[row.offset : row.end]
            value = row.form.decode(raw, order)
            if isinstance(value, Invalid):
                faults.append(FieldFault(row.name, raw, value.fault, row.ignored))
                value = row.default
            values[row.name] = value
        usable = all(fault.ignored for fault in faults)
        return Reading(cls(**values) if usable else None, tuple(faults))

    @classmethod
    def raw_field(cls, data: bytes, name: str) -> bytes:
        """The bytes of one field as they stand in `data`."""
        row = cls._row(name)
        return data[row.offset : row.end]

    @classmethod
    def with_raw_field(cls, data: bytes, name: str, raw: bytes) -> bytes:
        """`data` with one field's bytes replaced by others of the same size."""
        row = cls._row(name)
        if len(raw) != row.form.size:
            raise ValueError(f"{cls.__name__}.{name} has {row.form.size} bytes, not {len(raw)}")
        return data[: row.offset] + raw + data[row.end :]

    @classmethod
    def _row(cls, name: str) -> RowOfTable:
        return next(row for row in cls.TABLE if row.name == name)


def _check_table(name: str, rows: tuple[RowOfTable, ...], size: int) -> None:
    end = 0
    for row in rows:
        if row.offset != end:
            what = "a gap" if row.offset > end else "an overlap"
            raise TypeError(f"{name}.{row.name}: {what}, byte {row.offset} after byte {end - 1}")
        if row.ignored and row.default is _REQUIRED:
            raise TypeError(f"{name}.{row.name}: an ignored field needs a default to stand for a bad value")
        end = row.end
    if end != size:
        raise TypeError(f"{name}: the table ends at byte {end}, the size is {size}")

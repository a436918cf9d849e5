"""Records: a wrong table fails when the class is made, wrong bytes never raise."""

import pytest

from kkm_sim.messages.codes import Operation
from kkm_sim.messages.forms import Bcd, Bin, Code, Fault, Text
from kkm_sim.messages.record import FieldFault, Record, at


class Sample(Record, size=6):
    """A table of a kind each."""

    vector: int = at(0, Bin(1), default=3)
    kind: Operation = at(1, Code(Operation))
    number: int = at(2, Bcd(2), default=7, ignored=True)
    name: str = at(4, Text(2), default="", ignored=True)


def test_the_table_is_what_was_written() -> None:
    assert Sample.SIZE == 6
    assert [(row.name, row.offset, row.end, row.ignored) for row in Sample.TABLE] == [
        ("vector", 0, 1, False),
        ("kind", 1, 2, False),
        ("number", 2, 4, True),
        ("name", 4, 6, True),
    ]


def test_both_directions() -> None:
    record = Sample(kind=Operation.ANNUL, number=1234, name="Я")
    raw = bytes.fromhex("03 02 34 12 DF 00")
    assert record.encode() == raw
    assert Sample.decode(raw).record == record
    assert Sample.decode(raw).faults == ()


def test_values_are_given_by_name_and_cannot_change() -> None:
    with pytest.raises(TypeError):
        Sample(3, Operation.SALE)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Sample()  # type: ignore[call-arg]
    with pytest.raises(AttributeError):
        Sample(kind=Operation.SALE).number = 8  # type: ignore[misc]


def test_a_gap_an_overlap_and_a_wrong_size_fail_when_the_class_is_made() -> None:
    with pytest.raises(TypeError, match="a gap, byte 2 after byte 0"):

        class Gap(Record, size=3):
            first: int = at(0, Bin(1))
            second: int = at(2, Bin(1))

    with pytest.raises(TypeError, match="an overlap, byte 1 after byte 1"):

        class Overlap(Record, size=3):
            first: int = at(0, Bin(2))
            second: int = at(1, Bin(2))

    with pytest.raises(TypeError, match="ends at byte 2, the size is 3"):

        class Short(Record, size=3):
            first: int = at(0, Bin(2))

    with pytest.raises(TypeError, match="needs a default"):

        class NoDefault(Record, size=1):
            first: int = at(0, Bin(1), ignored=True)


def test_a_fault_in_an_ignored_field_leaves_the_record_usable() -> None:
    reading = Sample.decode(bytes.fromhex("03 01 3A 12 98 00"))
    assert reading.record == Sample(kind=Operation.RETURN)
    assert reading.faults == (
        FieldFault("number", bytes.fromhex("3A 12"), Fault.BCD, True),
        FieldFault("name", bytes.fromhex("98 00"), Fault.TEXT, True),
    )


def test_a_fault_in_a_field_that_matters_leaves_no_record() -> None:
    reading = Sample.decode(bytes.fromhex("03 09 00 A0 00 00"))
    assert reading.record is None
    assert [(fault.name, fault.ignored) for fault in reading.faults] == [("kind", False), ("number", True)]
    assert str(reading.faults[0]) == "kind: a value outside the table, 09"


def test_the_caller_has_looked_at_the_length() -> None:
    for size in (0, 5, 7):
        with pytest.raises(ValueError, match="has 6 bytes"):
            Sample.decode(bytes(size))


def test_fields_byte_for_byte() -> None:
    raw = bytes.fromhex("03 00 3A 12 98 00")
    assert Sample.raw_field(raw, "number") == bytes.fromhex("3A 12")
    assert Sample.with_raw_field(raw, "number", b"\x01\x02") == bytes.fromhex("03 00 01 02 98 00")
    with pytest.raises(ValueError, match="has 2 bytes"):
        Sample.with_raw_field(raw, "number", b"\x01")

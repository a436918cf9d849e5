"""Forms: how one value stands in its bytes («Форматы данных»)."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkm_sim.messages.codes import CodeType, ResultCode
from kkm_sim.messages.forms import (
    Bcd,
    Bin,
    Code,
    DateTime,
    Fault,
    Flag,
    Invalid,
    Text,
    decode_text,
    mirrored,
    printable,
)
from kkm_sim.settings import DateTimeOrder

# Bitmaps


def test_a_bitmap_the_other_way_round() -> None:
    """[D-13]"""
    assert mirrored(bytes.fromhex("80 01 F0 A5")) == bytes.fromhex("01 80 0F A5")


# BIN, BCD


@pytest.mark.parametrize(
    ("size", "value", "raw"),
    [(1, 0, "00"), (1, 255, "FF"), (2, 1, "01 00"), (2, 0x1234, "34 12"), (5, 1000, "E8 03 00 00 00")],
)
def test_bin_is_little_endian(size: int, value: int, raw: str) -> None:
    assert Bin(size).encode(value) == bytes.fromhex(raw)
    assert Bin(size).decode(bytes.fromhex(raw)) == value


@pytest.mark.parametrize(
    ("size", "value", "raw"),
    [
        (1, 0, "00"),
        (1, 99, "99"),
        (2, 7, "07 00"),
        (4, 12345678, "78 56 34 12"),
        (5, 1000, "00 10 00 00 00"),
        (7, 15000, "00 50 01 00 00 00 00"),
        (9, 4607001234567, "67 45 23 01 70 60 04 00 00"),
    ],
)
def test_bcd_is_little_endian_two_digits_a_byte(size: int, value: int, raw: str) -> None:
    assert Bcd(size).encode(value) == bytes.fromhex(raw)
    assert Bcd(size).decode(bytes.fromhex(raw)) == value


@pytest.mark.parametrize("raw", ["0A", "A0", "FF", "0F"])
def test_a_nibble_over_9_is_no_bcd(raw: str) -> None:
    assert Bcd(1).decode(bytes.fromhex(raw)) == Invalid(Fault.BCD)
    assert Bcd(3).decode(bytes.fromhex("00" + raw + "99")) == Invalid(Fault.BCD)


@pytest.mark.parametrize(
    ("form", "value"), [(Bin(1), 256), (Bin(5), 1 << 40), (Bin(1), -1), (Bcd(1), 100), (Bcd(2), -1), (Bcd(4), 10**8)]
)
def test_a_number_that_does_not_fit_is_our_mistake(form: Bin | Bcd, value: int) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        form.encode(value)


@given(st.integers(1, 9), st.data())
def test_numbers_come_back(size: int, data: st.DataObject) -> None:
    binary = data.draw(st.integers(0, 256**size - 1))
    assert Bin(size).decode(Bin(size).encode(binary)) == binary
    decimal = data.draw(st.integers(0, 100**size - 1))
    assert Bcd(size).decode(Bcd(size).encode(decimal)) == decimal


@given(st.binary(min_size=1, max_size=9))
def test_any_bytes_are_a_bcd_number_and_its_bytes_or_invalid(raw: bytes) -> None:
    value = Bcd(len(raw)).decode(raw)
    if isinstance(value, Invalid):
        assert any(byte >> 4 > 9 or byte & 15 > 9 for byte in raw)
    else:
        assert Bcd(len(raw)).encode(value) == raw


# Codes


def test_flag() -> None:
    assert [Flag().encode(False), Flag().encode(True)] == [b"\x00", b"\x01"]
    assert [Flag().decode(b"\x00"), Flag().decode(b"\x01")] == [False, True]
    assert Flag().decode(b"\x02") == Invalid(Fault.VALUE)


def test_code() -> None:
    assert Code(CodeType).decode(b"\x03") is CodeType.BEER
    assert Code(CodeType).encode(CodeType.PDF) == b"\x01"
    assert Code(CodeType).decode(b"\x04") == Invalid(Fault.VALUE)
    assert Code(ResultCode).decode(b"\x1b") is ResultCode.REJECTED


# Text


def test_text_is_windows_1251_filled_with_zeros() -> None:
    raw = bytes.fromhex("CF E8 E2 EE 20 B9 35 A8 B8 00 00 00")
    assert Text(12).encode("Пиво №5Ёё") == raw
    assert Text(12).decode(raw) == "Пиво №5Ёё"


def test_00_ends_a_text_and_what_follows_is_not_looked_at() -> None:
    assert Text(8).decode(b"ab\x00\x98\x01cde") == "ab"
    assert Text(4).decode(bytes(4)) == ""
    assert Text(2).decode(b"ab") == "ab"


@pytest.mark.parametrize("raw", [b"a\x98b\x00", b"a\x01b\x00", b"a\nb\x00", b"a\x7fb\x00"])
def test_what_cannot_be_printed_is_a_fault(raw: bytes) -> None:
    assert Text(4).decode(raw) == Invalid(Fault.TEXT)


def test_cr_is_allowed() -> None:
    assert Text(4).decode(b"a\rb\x00") == "a\rb"


def test_a_text_that_does_not_fit_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        Text(4).encode("abcde")


@pytest.mark.parametrize("value", ["\x98", "漢"])
def test_letters_that_windows_1251_lacks_are_our_mistake(value: str) -> None:
    with pytest.raises(UnicodeEncodeError):
        Text(4).encode(value)


def test_byte_98_is_printed_as_a_question_mark_and_control_characters_not_at_all() -> None:
    assert printable(decode_text(b"a\x98b\x01c\nd\re\x7ff\x00g")) == "a?bcd\ref"


@given(st.binary(max_size=40))
def test_any_bytes_can_be_printed(raw: bytes) -> None:
    text = printable(decode_text(raw))
    assert printable(text) == text
    text.encode("cp1251")


@given(st.text(st.sampled_from("абвЯё №«»AZ09 \r"), max_size=16))
def test_texts_come_back(text: str) -> None:
    assert Text(16).decode(Text(16).encode(text)) == text


# Date and time


@pytest.mark.parametrize(("order", "raw"), [("listed", "01 07 16 12 34 56"), ("little-endian", "56 34 12 16 07 01")])
def test_date_and_time_as_listed_or_the_other_way_round(order: DateTimeOrder, raw: str) -> None:
    moment = datetime(2016, 7, 1, 12, 34, 56)
    assert DateTime().encode(moment, order) == bytes.fromhex(raw)
    assert DateTime().decode(bytes.fromhex(raw), order) == moment


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        ("32 01 16 00 00 00", Fault.VALUE),
        ("30 02 16 00 00 00", Fault.VALUE),
        ("01 01 16 24 00 00", Fault.VALUE),
        ("00 00 00 00 00 00", Fault.VALUE),
        ("0A 01 16 00 00 00", Fault.BCD),
    ],
)
def test_no_such_moment(raw: str, fault: Fault) -> None:
    assert DateTime().decode(bytes.fromhex(raw)) == Invalid(fault)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)), st.sampled_from(["listed", "little-endian"]))
def test_moments_come_back(moment: datetime, order: DateTimeOrder) -> None:
    whole = moment.replace(microsecond=0)
    assert DateTime().decode(DateTime().encode(whole, order), order) == whole

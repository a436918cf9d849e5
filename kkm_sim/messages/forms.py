"""Forms: how one value stands in n bytes (document: «Форматы данных»).

A form owns both directions. Decoding gives a value or an `Invalid`; their bad bytes never raise. Encoding a
value that does not fit is our mistake and raises ValueError.
"""

import codecs
from datetime import datetime
from enum import Enum, IntEnum
from typing import Generic, Protocol, TypeVar

from kkm_sim.reasons import ReasonCode
from kkm_sim.settings import DateTimeOrder
from kkm_sim.value import Value

T = TypeVar("T")
E = TypeVar("E", bound=IntEnum)

ENCODING = "cp1251"
codecs.lookup(ENCODING)  # now: a server that has no file descriptors left could not load it
CR = "\r"

_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


class Fault(Enum):
    """What can be wrong with a field's bytes."""

    BCD = ReasonCode.NIBBLE_OVER_9
    VALUE = ReasonCode.OUTSIDE_TABLE
    TEXT = ReasonCode.UNPRINTABLE


class Invalid(Value):
    """Bytes that are no value of their form."""

    fault: Fault


class Form(Protocol[T]):
    """`size` bytes ↔ one value."""

    @property
    def size(self) -> int: ...

    def decode(self, raw: bytes, order: DateTimeOrder) -> T | Invalid: ...
    def encode(self, value: T, order: DateTimeOrder) -> bytes: ...


class Bin(Value):
    """BIN: a binary number, little-endian; `most` is the highest that means something."""

    size: int
    most: int | None = None

    def decode(self, raw: bytes, order: DateTimeOrder = "listed") -> int | Invalid:
        value = int.from_bytes(raw, "little")
        return value if self.most is None or value <= self.most else Invalid(Fault.VALUE)

    def encode(self, value: int, order: DateTimeOrder = "listed") -> bytes:
        try:
            return value.to_bytes(self.size, "little")
        except OverflowError:
            raise ValueError(f"{value} does not fit BIN {self.size}") from None


class Bcd(Value):
    """BCD: a decimal number, two digits a byte, little-endian, the low nibble the lower digit."""

    size: int

    def decode(self, raw: bytes, order: DateTimeOrder = "listed") -> int | Invalid:
        digits = raw[::-1].hex()
        return int(digits) if digits.isdecimal() else Invalid(Fault.BCD)

    def encode(self, value: int, order: DateTimeOrder = "listed") -> bytes:
        try:
            return int(str(value), 16).to_bytes(self.size, "little")  # its digits, a nibble each
        except OverflowError:
            raise ValueError(f"{value} does not fit BCD {self.size}") from None


class Flag(Value):
    """BIN 1 that is 0 for no and 1 for yes."""

    size: int = 1

    def decode(self, raw: bytes, order: DateTimeOrder = "listed") -> bool | Invalid:
        return raw == b"\x01" if raw in (b"\x00", b"\x01") else Invalid(Fault.VALUE)

    def encode(self, value: bool, order: DateTimeOrder = "listed") -> bytes:
        return b"\x01" if value else b"\x00"


class Code(Value, Generic[E]):
    """BIN 1 that holds one of an enum's values."""

    codes: type[E]
    size: int = 1

    def decode(self, raw: bytes, order: DateTimeOrder = "listed") -> E | Invalid:
        try:
            return self.codes(raw[0])
        except ValueError:
            return Invalid(Fault.VALUE)

    def encode(self, value: E, order: DateTimeOrder = "listed") -> bytes:
        return bytes((value,))


class Text(Value):
    """Строка ASCII: Windows-1251, ended by 00 where it is shorter than its field."""

    size: int

    def decode(self, raw: bytes, order: DateTimeOrder = "listed") -> str | Invalid:
        text = decode_text(raw)
        return text if text == printable(text) else Invalid(Fault.TEXT)

    def encode(self, value: str, order: DateTimeOrder = "listed") -> bytes:
        raw = encode_text(value)
        if len(raw) > self.size:
            raise ValueError(f"{value!r} does not fit text {self.size}")
        return raw.ljust(self.size, b"\x00")


class DateTime(Value):
    """BCD 6: DD MM YY HH MM SS, as the document lists them or the other way round [D-8]. Years are 20YY."""

    size: int = 6

    def decode(self, raw: bytes, order: DateTimeOrder = "listed") -> datetime | Invalid:
        listed = raw if order == "listed" else raw[::-1]
        if not listed.hex().isdecimal():
            return Invalid(Fault.BCD)
        day, month, year, hour, minute, second = (int(f"{byte:02x}") for byte in listed)
        try:
            return datetime(2000 + year, month, day, hour, minute, second)
        except ValueError:
            return Invalid(Fault.VALUE)

    def encode(self, value: datetime, order: DateTimeOrder = "listed") -> bytes:
        parts = (value.day, value.month, value.year % 100, value.hour, value.minute, value.second)
        listed = bytes([part // 10 << 4 | part % 10 for part in parts])
        return listed if order == "listed" else listed[::-1]


def composed(text: str) -> str:
    """The text with each letter in one character: `й`, where some systems write `и` and a breve after it."""
    if text.isascii():
        return text
    from unicodedata import normalize  # of no need where texts are plain

    return normalize("NFC", text)


def encode_text(text: str) -> bytes:
    """The text's bytes. Raises UnicodeEncodeError for what is not of Windows-1251."""
    return composed(text).encode(ENCODING)


def mirrored(dots: bytes) -> bytes:
    """A bitmap's bytes with their bits the other way round [D-13]."""
    return dots.translate(_MIRRORED)


def decode_text(raw: bytes) -> str:
    """Text up to its 00. Byte 98 has no character in Windows-1251 and becomes U+FFFD [D-36]."""
    return raw.split(b"\x00", 1)[0].decode(ENCODING, "replace")


def printable(text: str) -> str:
    """The text as it can be printed: `?` for what has no character, control characters but CR dropped [D-36]."""
    return "".join("?" if c == "\ufffd" else c for c in text if c == CR or (c >= " " and c != "\x7f"))

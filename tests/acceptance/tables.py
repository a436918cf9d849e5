"""The messages of the document, laid out byte by byte from its tables: no code of the package under test."""

from dataclasses import dataclass

EAN, PDF, DUPLICATE, BEER = 0, 1, 2, 3
SALE, RETURN, ANNUL = 0, 1, 2

PING = bytes.fromhex("03 05")
ANNUL_RECEIPT = bytes.fromhex("03 07")
DONE = bytes.fromhex("03 04 00 00")
REFUSED_SALE = bytes.fromhex("03 01 1B") + bytes(68)
"""The full 71 bytes: result 27, the rest zero."""


def le(number: int, size: int) -> bytes:
    """BIN: little-endian."""
    return number.to_bytes(size, "little")


def bcd(number: int, size: int) -> bytes:
    """BCD: two digits a byte, little-endian, the low nibble the lower digit."""
    return bytes.fromhex(str(number).zfill(size * 2))[::-1]


def from_bcd(raw: bytes) -> int:
    digits = raw[::-1].hex()
    assert digits.isdecimal(), f"not BCD: {raw.hex(' ')}"
    return int(digits)


def text(value: str, size: int) -> bytes:
    """Windows-1251, filled with zeros."""
    return value.encode("cp1251").ljust(size, b"\0")


def date_time(iso: str) -> bytes:
    """`2016-07-01T12:34:56` → DD MM YY HH MM SS in BCD, in the order of writing."""
    return bytes.fromhex(iso[8:10] + iso[5:7] + iso[2:4] + iso[11:13] + iso[14:16] + iso[17:19])


def sale_request(
    code_type: int,
    *,
    operation: int = SALE,
    item: int = 0,
    barcode: int = 0,
    quantity: int = 1000,
    price: int = 0,
    name: str = "",
    section: int = 0,
    tax: int = 0,
) -> bytes:
    raw = (
        bytes([3, 1, operation, code_type])
        + bcd(item, 2)
        + bcd(barcode, 9)
        + le(quantity, 5)
        + le(price, 5)
        + text(name, 32)
        + bytes([section, tax])
    )
    assert len(raw) == 59
    return raw


def show_message(code: int) -> bytes:
    return bytes([3, 6, code])


def close_answer(result: int, receipt: int = 0) -> bytes:
    return bytes([3, 2, result]) + bcd(receipt, 4)


def graphics(block: int, rows: list[bytes], bits: int, receipt: int = 0) -> bytes:
    head = bytes([3, 3, 0]) + bcd(receipt, 4) + le(block, 2)
    return head + bytes([1, len(rows), len(rows[0]), bits]) + b"".join(rows)


def words(block: int, value: str, *, receipt: int = 0, counts_zero: bool = True) -> bytes:
    """A text block with its closing 00, which the length byte may or may not count."""
    raw = value.encode("cp1251")
    head = bytes([3, 3, 0]) + bcd(receipt, 4) + le(block, 2)
    if counts_zero:
        return head + bytes([0, 0, len(raw) + 1, 0]) + raw + b"\0"
    return head + bytes([0, 0, len(raw), 0]) + raw


def no_more(block: int, size: int = 13) -> bytes:
    return (bytes([3, 3, 1]) + bytes(4) + le(block, 2) + bytes(4))[:size]


@dataclass(frozen=True, slots=True)
class SaleAnswer:
    result: int
    receipt: int
    number: int
    kind: int
    alcohol: int
    item: int
    barcode: int
    quantity: int
    price: int
    sum: int
    name: bytes
    section: int
    tax: int

    @classmethod
    def read(cls, raw: bytes) -> "SaleAnswer":
        assert (len(raw), raw[:2]) == (71, b"\x03\x01"), raw.hex(" ")
        return cls(
            result=raw[2],
            receipt=from_bcd(raw[4:8]),
            number=raw[8],
            kind=raw[9],
            alcohol=raw[10],
            item=from_bcd(raw[11:13]),
            barcode=from_bcd(raw[13:22]),
            quantity=from_bcd(raw[22:27]),
            price=from_bcd(raw[27:32]),
            sum=from_bcd(raw[32:37]),
            name=raw[37:69],
            section=from_bcd(raw[69:70]),
            tax=from_bcd(raw[70:71]),
        )


@dataclass(frozen=True, slots=True)
class CloseRequest:
    receipt: int
    kind: int
    operations: int
    alcohol: int
    other: int
    total: int
    discounts: int
    markups: int
    taxes: list[int]
    cash: int
    credit: int
    shift: int
    date_time: bytes

    @classmethod
    def read(cls, raw: bytes) -> "CloseRequest":
        assert (len(raw), raw[:2]) == (88, b"\x03\x02"), raw.hex(" ")
        return cls(
            receipt=from_bcd(raw[2:6]),
            kind=raw[6],
            operations=raw[7],
            alcohol=raw[8],
            other=raw[9],
            total=from_bcd(raw[10:17]),
            discounts=from_bcd(raw[17:24]),
            markups=from_bcd(raw[24:31]),
            taxes=[from_bcd(raw[at : at + 7]) for at in (31, 38, 45, 52, 59)],
            cash=from_bcd(raw[66:73]),
            credit=from_bcd(raw[73:80]),
            shift=from_bcd(raw[80:82]),
            date_time=raw[82:88],
        )


@dataclass(frozen=True, slots=True)
class Status:
    """The PING answer."""

    result: int
    flags: int
    shift: int
    date_time: bytes
    receipt: int
    operations: int
    alcohol: int
    total: int

    @classmethod
    def read(cls, raw: bytes) -> "Status":
        assert (len(raw), raw[:2]) == (44, b"\x03\x05"), raw.hex(" ")
        return cls(
            result=raw[2],
            flags=raw[22],
            shift=from_bcd(raw[23:25]),
            date_time=raw[25:31],
            receipt=from_bcd(raw[31:35]),
            operations=raw[35],
            alcohol=raw[36],
            total=from_bcd(raw[37:44]),
        )


def identifier_request(receipt: int, block: int) -> bytes:
    return b"\x03\x03" + bcd(receipt, 4) + le(block, 2)

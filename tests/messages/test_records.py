"""Every message against bytes typed by hand from the document's tables, both ways."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkm_sim.messages import records
from kkm_sim.messages.codes import CodeType, DataKind, Function, ModeFlags, Operation, ShownMessage
from kkm_sim.messages.forms import Fault
from kkm_sim.messages.record import Record
from kkm_sim.messages.records import (
    AnnulReceiptRequest,
    CloseAnswer,
    CloseRequest,
    DonePacket,
    IdentifierAnswer,
    IdentifierHead,
    IdentifierRequest,
    PingAnswer,
    PingRequest,
    SaleAnswer,
    SaleRequest,
    ShortAnswer,
    ShowMessageRequest,
    declared_length,
    declared_till_length,
    till_message,
)

MOMENT = datetime(2016, 7, 1, 12, 34, 56)

# Each row of bytes is a row of the document's table, in its order; the offsets are counted beside them.
# fmt: off
GOLDEN: list[tuple[Record, str]] = [
    (
        SaleRequest(
            code_type=CodeType.PDF, item_code=1234, barcode=4607001234567, quantity=1000, price=25050,
            name="Водка 0,5", section=2, tax=1,
        ),
        "03"                                      # 0  vector
        "01"                                      # 1  function
        "00"                                      # 2  operation
        "01"                                      # 3  code type
        "3412"                                    # 4  item code, BCD
        "674523017060040000"                      # 6  barcode, BCD
        "E803000000"                              # 15 quantity, BIN
        "DA61000000"                              # 20 price, BIN
        "C2EEE4EAE020302C35" + 23 * "00" +        # 25 name
        "02"                                      # 57 section
        "01",                                     # 58 tax
    ),
    (
        SaleAnswer(
            receipt_number=15, operation_number=3, operation=Operation.RETURN, alcohol=True, item_code=1234,
            barcode=4607001234567, quantity=1000, price=25050, sum=25050, name="Пиво", section=12, tax=5,
        ),
        "03"                                      # 0  vector
        "01"                                      # 1  function
        "00"                                      # 2  result
        "00"                                      # 3  reserve
        "15000000"                                # 4  receipt number
        "03"                                      # 8  operation number
        "01"                                      # 9  operation
        "01"                                      # 10 alcohol
        "3412"                                    # 11 item code
        "674523017060040000"                      # 13 barcode
        "0010000000"                              # 22 quantity, BCD
        "5050020000"                              # 27 price, BCD
        "5050020000"                              # 32 sum
        "CFE8E2EE" + 28 * "00" +                  # 37 name
        "12"                                      # 69 section, BCD
        "05",                                     # 70 tax
    ),
    (SaleAnswer(result=27), "03011B" + 68 * "00"),
    (
        CloseRequest(
            receipt_number=12345678, kind=Operation.RETURN, operations=200, alcohol=150, other=50, total=123456789012,
            discounts=1, markups=22, tax_1=101, tax_2=202, tax_3=303, tax_4=404, tax_5=505, cash=1000, credit=99,
            shift=321, moment=MOMENT,
        ),
        "03"                                      # 0  vector
        "02"                                      # 1  function
        "78563412"                                # 2  receipt number
        "01"                                      # 6  kind
        "C8"                                      # 7  operations
        "96"                                      # 8  alcohol
        "32"                                      # 9  other
        "12907856341200"                          # 10 total
        "01000000000000"                          # 17 discounts
        "22000000000000"                          # 24 markups
        "01010000000000"                          # 31 tax 1
        "02020000000000"                          # 38 tax 2
        "03030000000000"                          # 45 tax 3
        "04040000000000"                          # 52 tax 4
        "05050000000000"                          # 59 tax 5
        "00100000000000"                          # 66 cash
        "99000000000000"                          # 73 credit
        "2103"                                    # 80 shift
        "010716123456",                           # 82 date and time
    ),
    (CloseAnswer(result=5, receipt_number=15), "03 02 05 15 00 00 00"),
    (IdentifierRequest(receipt_number=15, block=258), "03 03 15 00 00 00 02 01"),
    (
        IdentifierHead(receipt_number=15, block=1, kind=DataKind.GRAPHICS, rows=57, row_bytes=8, bits=57),
        "03 03 00 15 00 00 00 01 00 01 39 08 39",
    ),
    (DonePacket(result=27), "03 04 1B 00"),
    (PingRequest(), "03 05"),
    (
        PingAnswer(
            model=2, serial_number="0012345", flags=ModeFlags.CASH_MODE | ModeFlags.REQUEST_OPEN | ModeFlags.FISCAL,
            shift=321, moment=MOMENT, receipt_number=15, operations=3, alcohol=2, total=50100,
        ),
        "03"                                      # 0  vector
        "05"                                      # 1  function
        "00"                                      # 2  result
        "00"                                      # 3  reserve
        "02"                                      # 4  model
        "30303132333435" + 9 * "00" +             # 5  serial number
        "00"                                      # 21 reserve
        "89"                                      # 22 mode flags
        "2103"                                    # 23 shift
        "010716123456"                            # 25 now
        "15000000"                                # 31 receipt number
        "03"                                      # 35 operations
        "02"                                      # 36 alcohol
        "00010500000000",                         # 37 total
    ),
    (ShowMessageRequest(message=ShownMessage.REPEAT), "03 06 03"),
    (AnnulReceiptRequest(), "03 07"),
    (ShortAnswer(function=Function.SHOW_MESSAGE), "03 06 00 00"),
    (ShortAnswer(function=9, result=1), "03 09 01 00"),
]

SIZES = {
    SaleRequest: 59, SaleAnswer: 71, CloseRequest: 88, CloseAnswer: 7, IdentifierRequest: 8, IdentifierHead: 13,
    DonePacket: 4, PingRequest: 2, PingAnswer: 44, ShowMessageRequest: 3, AnnulReceiptRequest: 2, ShortAnswer: 4,
}
# fmt: on


@pytest.mark.parametrize(("record", "raw"), GOLDEN, ids=lambda value: type(value).__name__)
def test_each_message_is_the_bytes_of_its_table(record: Record, raw: str) -> None:
    assert record.encode() == bytes.fromhex(raw)


@pytest.mark.parametrize(("record", "raw"), GOLDEN, ids=lambda value: type(value).__name__)
def test_the_bytes_of_its_table_are_each_message(record: Record, raw: str) -> None:
    reading = type(record).decode(bytes.fromhex(raw))
    assert reading.record == record
    assert reading.faults == ()


def test_sizes_are_the_documents() -> None:
    every = {c for c in vars(records).values() if isinstance(c, type) and issubclass(c, Record) and c is not Record}
    assert every == set(SIZES)
    assert {table: table.SIZE for table in every} == SIZES


@pytest.mark.parametrize("table", SIZES, ids=lambda table: table.__name__)
@given(data=st.data())
def test_no_bytes_raise(table: type[Record], data: st.DataObject) -> None:
    raw = data.draw(st.binary(min_size=table.SIZE, max_size=table.SIZE))
    reading = table.decode(raw)
    assert (reading.record is None) == any(not fault.ignored for fault in reading.faults)


def test_the_time_may_stand_the_other_way_round() -> None:
    answer = PingAnswer(model=1, serial_number="1", shift=1, moment=MOMENT)
    assert answer.encode("little-endian")[25:31] == bytes.fromhex("56 34 12 16 07 01")
    assert PingAnswer.decode(answer.encode("little-endian"), "little-endian").record == answer


# Faults


def request_with(offset: int, raw: str) -> bytes:
    """A sound sale request with some bytes replaced."""
    sound = SaleRequest(code_type=CodeType.PDF).encode()
    replaced = bytes.fromhex(raw)
    return sound[:offset] + replaced + sound[offset + len(replaced) :]


@pytest.mark.parametrize(
    ("offset", "raw", "name", "fault"),
    [(4, "0A", "item_code", Fault.BCD), (14, "F0", "barcode", Fault.BCD), (25, "4198", "name", Fault.TEXT)],
)
def test_ignored_fields_of_a_sale_request(offset: int, raw: str, name: str, fault: Fault) -> None:
    reading = SaleRequest.decode(request_with(offset, raw))
    assert reading.record == SaleRequest(code_type=CodeType.PDF)
    assert [(found.name, found.fault, found.ignored) for found in reading.faults] == [(name, fault, True)]


@pytest.mark.parametrize(("offset", "name"), [(2, "operation"), (3, "code_type")])
def test_fields_of_a_sale_request_that_matter(offset: int, name: str) -> None:
    reading = SaleRequest.decode(request_with(offset, "04"))
    assert reading.record is None
    assert [(found.name, found.fault) for found in reading.faults] == [(name, Fault.VALUE)]


def test_the_receipt_number_of_an_answer_is_ignored() -> None:
    assert CloseAnswer.decode(bytes.fromhex("03 02 00 FF FF FF FF")).record == CloseAnswer()
    head = IdentifierHead.decode(bytes.fromhex("03 03 00 FF FF FF FF 01 00 00 00 00 00")).record
    assert head == IdentifierHead()


def test_an_unknown_data_kind_or_message_matters() -> None:
    assert IdentifierHead.decode(bytes.fromhex("03 03 00 00 00 00 00 01 00 02 00 00 00")).record is None
    assert ShowMessageRequest.decode(bytes.fromhex("03 06 00")).record is None
    assert ShowMessageRequest.decode(bytes.fromhex("03 06 04")).record is None


# The identifier's answer


def test_an_identifier_answer_is_its_head_and_its_data() -> None:
    answer = IdentifierAnswer(IdentifierHead(block=2, row_bytes=3), b"\xd4\xd1\x00")
    assert answer.encode() == bytes.fromhex("03 03 00 00 00 00 00 02 00 00 00 03 00 D4 D1 00")


# Declared lengths


@pytest.mark.parametrize(
    ("function", "length"),
    [(1, 59), (2, 7), (4, 20), (5, 20), (6, 3), (7, 20), (0, 20), (8, 20), (255, 20)],
)
def test_declared_length_by_function(function: int, length: int) -> None:
    """What has no table for the master, or no certain length, is complete with its first frame."""
    assert declared_length(bytes([3, function]) + bytes(18)) == length


@pytest.mark.parametrize("data", [b"", b"\x03", b"\x01"])
def test_too_few_bytes_declare_nothing(data: bytes) -> None:
    assert declared_length(data) is None
    assert declared_till_length(data) is None


def test_another_vector_is_complete_with_its_first_frame() -> None:
    assert declared_length(b"\x02\x01" + bytes(5)) == 7
    assert declared_till_length(b"\x02\x01" + bytes(5)) == 7


# fmt: off
IDENTIFIER_LENGTHS: list[tuple[str, int | None]] = [
    ("03 03",                                            None),
    ("03 03 00",                                         None),
    ("03 03 00 00 00 00 00 01 00 01 40 08",              None),  # the head is not whole
    ("03 03 00 00 00 00 00 01 00 01 40 08 40",           13 + 512),
    ("03 03 00 00 00 00 00 01 00 01 39 08 39",           13 + 456),
    ("03 03 00 00 00 00 00 01 00 01 FF FF 00",           13 + 65025),
    ("03 03 00 00 00 00 00 01 00 01 00 00 00",           13),
    ("03 03 00 00 00 00 00 01 00 00 40 20 00",           13 + 32),  # a text: rows say nothing
    ("03 03 00 00 00 00 00 01 00 00 00 FF 00",           13 + 255),
    ("03 03 00 00 00 00 00 01 00 00 00 00 00 41 42 43",  None),  # a text over 255 bytes, or an empty one
    ("03 03 01",                                         3),
    ("03 03 01 00 00 00 00",                             7),
    ("03 03 1B 00 00 00 00 01 00 01 40 08 40",           13),
]
# fmt: on


@pytest.mark.parametrize(("raw", "length"), IDENTIFIER_LENGTHS)
def test_declared_length_of_an_identifier_answer(raw: str, length: int | None) -> None:
    assert declared_length(bytes.fromhex(raw)) == length


@pytest.mark.parametrize(
    ("function", "table"),
    [
        (1, SaleAnswer),
        (2, CloseRequest),
        (3, IdentifierRequest),
        (4, DonePacket),
        (5, PingAnswer),
        (6, ShortAnswer),
        (7, ShortAnswer),
    ],
)
def test_the_tills_messages_have_one_table_each(function: int, table: type[Record]) -> None:
    data = bytes([3, function])
    assert till_message(data) is table
    assert declared_till_length(data) == table.SIZE


def test_the_till_has_no_other_message() -> None:
    assert till_message(b"\x03\x08") is None
    assert declared_till_length(b"\x03\x08\x01\x00") == 4

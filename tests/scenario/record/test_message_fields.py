"""Messages as fields that mean something; what fields cannot say exactly stays bytes."""

from dataclasses import replace
from datetime import datetime

import pytest

from kkm_sim.messages.codes import CodeType, DataKind, ShownMessage
from kkm_sim.messages.records import (
    AnnulReceiptRequest,
    CloseAnswer,
    DonePacket,
    IdentifierAnswer,
    IdentifierHead,
    PingAnswer,
    PingRequest,
    SaleRequest,
    ShortAnswer,
    ShowMessageRequest,
)
from kkm_sim.scenario.record.message_fields import master_fields, qr_fields, till_fields, verb_of
from kkm_sim.settings import Settings
from kkm_sim.smartbox.receipt_identifier import qr_rows

URL = "http://check.egais.ru?id=1"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (SaleRequest(code_type=CodeType.EAN).encode(), ("sale", {"code_type": "ean"})),
        (SaleRequest(code_type=CodeType.BEER, price=100).encode(), ("sale", {"code_type": "beer", "price": 100})),
        (CloseAnswer().encode(), ("close", {})),
        (CloseAnswer(result=27, receipt_number=3).encode(), ("close", {"result": 27, "receipt_number": 3})),
        (PingRequest().encode(), ("ping", {})),
        (AnnulReceiptRequest().encode(), ("annul", {})),
        (ShowMessageRequest(message=ShownMessage.REPEAT).encode(), ("message", {"message": "repeat"})),
        (SaleRequest(code_type=CodeType.PDF, name="$name").encode(), None),
        (SaleRequest(code_type=CodeType.PDF).encode()[:-1], None),
        (SaleRequest(code_type=CodeType.PDF).encode().replace(b"\x00\x01", b"\x00\x09", 1), None),
        (b"\x03\x07\x00", None),
        (b"\x03", None),
        (b"\x02\x05", None),
        (b"\x03\x09", None),
    ],
)
def test_what_the_master_says(data: bytes, said: object) -> None:
    assert master_fields(data, Settings()) == said


def test_an_identifier_of_text() -> None:
    dump = f"{URL}\rABC".encode("cp1251") + b"\x00"
    head = IdentifierHead(block=2, row_bytes=len(dump))
    data = IdentifierAnswer(head, dump).encode()
    assert master_fields(data, Settings(), 2) == ("identifier", {"text": f"{URL}\nABC\n"})
    assert master_fields(data, Settings()) == ("identifier", {"block": 2, "text": f"{URL}\nABC\n"})
    assert master_fields(data[:-1], Settings(), 2) is None  # its closing 00 is missing


def test_an_identifier_of_a_qr_code() -> None:
    rows = qr_rows(URL, "M", "msb")
    head = IdentifierHead(kind=DataKind.GRAPHICS, rows=len(rows), row_bytes=len(rows[0]), bits=len(rows))
    said = master_fields(IdentifierAnswer(head, b"".join(rows)).encode(), Settings(), 1)
    assert said is not None
    verb, fields = said
    assert (verb, fields) == ("identifier", {"bits": len(rows), "bitmap": [row.hex() for row in rows]})
    assert qr_fields(fields, ["another", URL], Settings()) == {"qr": URL}
    assert qr_fields(fields, ["another"], Settings()) is fields


def test_what_the_till_says() -> None:
    ping = PingAnswer(model=1, serial_number="7", flags=131, shift=2, moment=datetime(2016, 7, 1))
    assert till_fields(ping.encode(), "listed") == ("ping", {"flags": 131, "shift": 2})
    assert till_fields(DonePacket().encode(), "listed") == ("done", {})
    assert till_fields(b"\x03\x05\x14" + bytes(41), "listed") == ("ping", {"result": 20})
    assert till_fields(ShortAnswer(function=9, result=1).encode(), "listed") == ("short", {"result": 1, "function": 9})
    assert till_fields(bytes(4), "listed") is None
    assert till_fields(ping.encode()[:40], "listed") is None


def test_the_order_of_a_date_is_the_tills() -> None:
    settings = replace(Settings(), datetime_order="little-endian")
    ping = PingAnswer(model=1, serial_number="7", shift=2, moment=datetime(2016, 7, 31, 23))
    assert till_fields(ping.encode("little-endian"), settings.datetime_order) == ("ping", {"shift": 2})


def test_verbs() -> None:
    assert verb_of(b"\x03\x04\x00\x00") == "done"
    assert verb_of(b"\x04\x04") is None

"""What the master says, from the fields that are named."""

from typing import Any

import pytest

from kkm_sim.scenario.format.packets import MASTER_FIELDS
from kkm_sim.scenario.format.variables import Scope
from kkm_sim.scenario.play.master_messages import message_bytes
from kkm_sim.settings import Settings


def said(verb: str, block: int = 1, settings: Settings | None = None, **fields: Any) -> bytes:
    return message_bytes(verb, MASTER_FIELDS[verb](**fields), Scope({"n": 7}), settings or Settings(), block)


@pytest.mark.parametrize(
    ("verb", "fields", "data"),
    [
        ("ping", {}, "03 05"),
        ("ping", {"vector": 4, "function": 9}, "04 09"),
        ("message", {"message": "repeat"}, "03 06 03"),
        ("message", {"message": 2}, "03 06 02"),
        ("annul", {}, "03 07"),
        ("close", {}, "03 02 00 00 00 00 00"),
        ("close", {"result": 1, "receipt_number": "$n"}, "03 02 01 07 00 00 00"),
        ("identifier", {"result": 1}, "03 03 01 00 00 00 00 01 00 00 00 00 00"),
        ("identifier", {"text": "Да"}, "03 03 00 00 00 00 00 01 00 00 00 03 00 c4 e0 00"),
        ("identifier", {"text": "a\nb\n", "receipt_number": 12}, "03 03 00 12 00 00 00 01 00 00 00 04 00 61 0d 62 00"),
        ("identifier", {"text": "№ $n", "row_bytes": 9}, "03 03 00 00 00 00 00 01 00 00 00 09 00 b9 20 37 00"),
        ("identifier", {"bitmap": ["ff 00", "00 ff"]}, "03 03 00 00 00 00 00 01 00 01 02 02 10 ff 00 00 ff"),
        ("identifier", {"bitmap": ["f0"], "bits": 4, "block": 258}, "03 03 00 00 00 00 00 02 01 01 01 01 04 f0"),
    ],
)
def test_bytes(verb: str, fields: dict[str, Any], data: str) -> None:
    assert said(verb, **fields).hex(" ") == data


def test_a_sale() -> None:
    data = said("sale", code_type="beer", name="Пиво", quantity=2000, price=15050)
    assert len(data) == 59
    assert data[:4].hex(" ") == "03 01 00 03"
    assert data[15:25].hex(" ") == "d0 07 00 00 00 ca 3a 00 00 00"
    assert data[25:30].hex(" ") == "cf e8 e2 ee 00"


def test_a_qr_code() -> None:
    data = said("identifier", block=3, qr="x", level="L")
    assert data[:13].hex(" ") == "03 03 00 00 00 00 00 03 00 01 15 03 15"
    assert len(data) == 13 + 21 * 3
    assert data[13] == 0b1111_1110
    lsb = said("identifier", qr="x", level="L", settings=Settings(bitmap_order="lsb"))
    assert lsb[13] == 0b0111_1111
    assert said("identifier", qr="x" * 90, level="H")[10] > said("identifier", qr="x" * 90, level="L")[10]


def test_a_text_too_long_for_its_length() -> None:
    assert said("identifier", text="x" * 254)[11] == 255
    assert said("identifier", text="x" * 255)[11] == 0


def test_a_bitmap_too_wide_for_its_width() -> None:
    assert said("identifier", bitmap=["ff" * 32])[10:13] == bytes((1, 32, 0))


@pytest.mark.parametrize(
    ("verb", "fields", "sentence"),
    [
        ("sale", {}, "`sale` cannot be sent without `code_type`"),
        ("message", {}, "`message` cannot be sent without `message`"),
        ("sale", {"code_type": 0, "name": "☃"}, "`☃` cannot be written in Windows-1251"),
        ("identifier", {"text": "☃"}, "`☃` cannot be written in Windows-1251"),
        ("identifier", {"qr": "☃"}, "`☃` cannot be written in Windows-1251"),
        ("identifier", {"qr": "x" * 400}, "a QR code of 77x77 is over 64x64"),
        ("identifier", {"text": "x", "qr": "y"}, "an identifier holds one of text and qr"),
        ("identifier", {"bitmap": ["ff", "ffff"]}, "the rows of a bitmap differ in length"),
        ("identifier", {"bitmap": ["ff"] * 256}, "256 rows of 1 bytes: a bitmap has at most 255 of each"),
        ("identifier", {"text": "$no"}, r"there is no variable \$no here"),
    ],
)
def test_what_cannot_be_said(verb: str, fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        said(verb, **fields)

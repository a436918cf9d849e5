from typing import Any

import pytest
from pydantic import ValidationError

from kkm_sim.messages.codes import CodeType
from kkm_sim.messages.records import SaleRequest
from kkm_sim.remote.protocol.operations import TO_CLIENT, TO_SERVER, Identifier, Sale


def test_the_methods_of_the_interface() -> None:
    assert list(TO_SERVER) == ["ping", "sale", "message", "annul", "link"]
    assert list(TO_CLIENT) == ["ready", "close", "identifier", "done", "sale_answer"]
    assert [name for name, method in TO_CLIENT.items() if method.result is None] == ["ready", "done", "sale_answer"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"code_type": 4}, "code_type"),
        ({"code_type": "1"}, "code_type"),
        ({"code_type": 1, "barcode": 10**18}, "barcode"),
        ({"code_type": 1, "barcode": -1}, "barcode"),
        ({"code_type": 1, "price": 1.5}, "price"),
        ({"code_type": 1, "section": 100}, "section"),
        ({"code_type": 1, "name": "x" * 33}, "name"),
        ({"code_type": 1, "name": "漢"}, "name"),
        ({"code_type": 1, "name": "\ud800"}, "name"),
        *(({"code_type": 1, "name": f"a{control}b"}, "name") for control in "\t\n\x00\x1b\x7f\x98"),
        ({"code_type": 1, "vector": 3}, "vector"),
        ({"code_type": 1, "colour": "red"}, "colour"),
    ],
)
def test_a_wrong_sale_names_its_field(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as raised:
        Sale.model_validate(wrong)
    assert [error["loc"][0] for error in raised.value.errors()] == [field]


@pytest.mark.parametrize("name", [bytes([byte]).decode("cp1251") for byte in range(256) if byte != 0x98])
def test_a_name_that_is_taken_comes_back_as_it_went(name: str) -> None:
    """The till echoes it byte for byte: what our own reader would refuse is refused before anything is sent."""
    try:
        taken = Sale.model_validate({"code_type": 0, "name": name}).name  # type: ignore[attr-defined]
    except ValidationError:
        assert name < " " or name == "\x7f"
        return
    data = SaleRequest(code_type=CodeType.EAN, name=taken).encode()
    reading = SaleRequest.decode(data)
    assert reading.record is not None
    assert (reading.record.name, reading.faults) == (name, ())


def test_letters_are_composed_before_they_are_counted() -> None:
    sale = Sale.model_validate({"code_type": 0, "name": "и\u0306" * 32})
    assert sale.name == "й" * 32  # type: ignore[attr-defined]


def test_lines_of_an_identifier_end_as_the_document_has_it() -> None:
    block = Identifier.model_validate({"kind": "text", "text": "one\r\ntwo\nthree"})
    assert block.text == "one\rtwo\rthree"


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "graphics"},
        {"kind": "graphics", "rows": ["80"], "bits": 9},
        {"kind": "graphics", "rows": ["80", "8000"], "bits": 8},
        {"kind": "graphics", "rows": ["8"], "bits": 4},
        {"kind": "graphics", "rows": ["zz"], "bits": 8},
        {"kind": "graphics", "rows": ["00"] * 65, "bits": 8},
        {"kind": "graphics", "rows": ["00" * 9], "bits": 65},
        {"kind": "text", "text": "漢"},
        {"kind": "text", "text": "a\0b"},
        {"kind": "text", "text": ""},
        {},
        {"result": 2},
    ],
)
def test_what_is_no_block(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Identifier.model_validate(wrong)

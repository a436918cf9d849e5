from datetime import datetime
from typing import Any

import pytest

from kkm_sim.messages.codes import Operation
from kkm_sim.messages.records import CloseAnswer, CloseRequest, IdentifierRequest
from kkm_sim.remote.protocol.answers import (
    Unexpected,
    block_of,
    close_of,
    closed_of,
    done_of,
    identifier_of,
    link_of,
    sold_of,
    status_of,
    told_of,
)
from kkm_sim.remote.protocol.operations import Closed, Identifier, fields_of
from kkm_sim.smartbox.identifier import graphics_block, no_block, text_block
from tests.remote.fake_server import CLOSE, COUNTED, SOLD, STATUS


@pytest.mark.parametrize(("read", "fields"), [(status_of, STATUS), (sold_of, SOLD), (close_of, CLOSE)])
def test_messages_come_back_as_they_were(read: Any, fields: dict[str, Any]) -> None:
    record = read(fields)
    assert fields_of(record) == fields
    assert fields_of(type(record).decode(record.encode()).record) == fields


def test_values_have_their_types() -> None:
    close = close_of(CLOSE | {"kind": 1})
    assert isinstance(close, CloseRequest)
    assert close.kind is Operation.RETURN
    assert close.moment == datetime(2016, 7, 1, 12, 5)


def test_a_newer_server_may_tell_more() -> None:
    assert sold_of(SOLD | {"colour": "red"}).sum == 15000


@pytest.mark.parametrize("fields", [None, 7, [], {"model": 1}, STATUS | {"shift": "two"}, STATUS | {"total": -1}])
def test_what_is_no_status(fields: object) -> None:
    with pytest.raises(Unexpected, match="Status"):
        status_of(fields)


def test_requests_and_tellings() -> None:
    assert block_of({"receipt": 7, "block": 2}) == IdentifierRequest(receipt_number=7, block=2)
    assert done_of({"result": 3}).result == 3
    assert link_of(COUNTED).model_dump() == COUNTED


def test_the_smartboxs_answers() -> None:
    assert closed_of(CloseAnswer(result=27, receipt_number=7).encode()) == Closed(result=27, receipt=7)
    assert identifier_of(text_block(7, 1, "чек").encode()) == Identifier(text="чек")
    picture = graphics_block(7, 1, [b"\x80\x01", b"\xff\xf0"], 12)
    assert identifier_of(picture.encode()) == Identifier(kind="graphics", rows=["8001", "fff0"], bits=12)
    assert identifier_of(no_block(7, 3)) == Identifier(result=1)


def test_a_long_text_does_not_say_its_length() -> None:
    text = "ж" * 300
    assert identifier_of(text_block(7, 1, text).encode()).text == text


def test_what_goes_without_saying() -> None:
    assert told_of(Closed(receipt=7)) == {"result": 0, "receipt": 7}
    assert told_of(Identifier(result=1)) == {"result": 1}

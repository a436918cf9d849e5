import pytest
from pydantic import ValidationError

from kkm_sim.messages.records import CloseAnswer, IdentifierRequest
from kkm_sim.remote.master.answers_to_till import answer_of, close_answer, identifier_answer, reply_of
from kkm_sim.remote.protocol.jsonrpc import Failure, Result
from kkm_sim.remote.protocol.message_json import close_of
from kkm_sim.remote.protocol.operations import Closed, Identifier
from tests.remote.protocol.examples import CLOSE

ASKED = close_of(CLOSE)
BLOCK = IdentifierRequest(receipt_number=7, block=1)
BLOCK_2 = IdentifierRequest(receipt_number=12, block=2)
REFUSED = CloseAnswer(result=27, receipt_number=7)


def test_an_answer() -> None:
    assert reply_of(ASKED, Result(1, {"result": 0})) == (CloseAnswer(receipt_number=7), "")
    answer, complaint = reply_of(BLOCK, Result(1, {"text": "чек"}))
    assert answer is not None
    assert (answer.encode()[-4:], complaint) == ("чек".encode("cp1251") + b"\x00", "")


@pytest.mark.parametrize("result", [None, {"result": "yes"}, {"result": 256}, {"colour": 1}])
def test_what_is_none_closes_no_receipt(result: object) -> None:
    answer, complaint = reply_of(ASKED, Result(1, result))
    assert answer == REFUSED
    assert complaint.startswith("the answer to close is none: ")


def test_a_failure_closes_no_receipt() -> None:
    assert reply_of(ASKED, Failure(1, -32603, "oh")) == (REFUSED, "no answer to close: -32603 'oh'")


def test_of_an_identifier_there_is_no_refusal() -> None:
    assert reply_of(BLOCK, Failure(1, -32603, "oh"))[0] is None
    assert reply_of(BLOCK, Result(1, {"text": ""}))[0] is None


def test_who_answers_no_such_question_is_silent() -> None:
    assert reply_of(ASKED, Failure(1, -32601, "no"))[0] is None


def test_the_answer_to_a_close() -> None:
    assert close_answer(ASKED, Closed()) == CloseAnswer(receipt_number=7)
    assert close_answer(ASKED, Closed(result=27, receipt=13)) == CloseAnswer(result=27, receipt_number=13)


def test_a_picture_of_the_identifier_byte_by_byte() -> None:
    answer = identifier_answer(BLOCK_2, Identifier(kind="graphics", rows=["80", "01"], bits=8))
    assert answer.encode() == bytes.fromhex("03 03 00 12 00 00 00 02 00 01 02 01 08 80 01")
    whole = identifier_answer(BLOCK_2, Identifier(kind="graphics", rows=["80", "01"]))
    assert whole.encode() == bytes.fromhex("03 03 00 12 00 00 00 02 00 01 02 01 00 80 01")


def test_a_text_of_the_identifier_byte_by_byte() -> None:
    answer = identifier_answer(BLOCK_2, Identifier(text="Да"))
    assert answer.encode() == bytes.fromhex("03 03 00 12 00 00 00 02 00 00 00 03 00 c4 e0 00")


def test_no_more_of_the_identifier() -> None:
    assert identifier_answer(BLOCK_2, Identifier(result=1)).encode()[:9] == bytes.fromhex("03 03 01 12 00 00 00 02 00")


def test_an_answer_is_what_the_result_of_the_call_says() -> None:
    assert answer_of(ASKED, {"result": 27, "receipt": 7}) == CloseAnswer(result=27, receipt_number=7)
    assert answer_of(BLOCK, {"result": 1}).encode() == identifier_answer(BLOCK, Identifier(result=1)).encode()
    with pytest.raises(ValidationError):
        answer_of(BLOCK, "yes")

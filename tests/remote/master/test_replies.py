import pytest

from kkm_sim.messages.records import CloseAnswer, IdentifierRequest
from kkm_sim.remote.master.replies import reply_of
from kkm_sim.remote.protocol.answers import close_of
from kkm_sim.remote.protocol.jsonrpc import Failure, Result
from tests.remote.fake_server import CLOSE

ASKED = close_of(CLOSE)
BLOCK = IdentifierRequest(receipt_number=7, block=1)
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

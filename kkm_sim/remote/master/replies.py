"""What the till hears of its holder's response to what it wanted."""

from pydantic import ValidationError

from kkm_sim.messages.codes import ResultCode
from kkm_sim.messages.records import CloseAnswer, CloseRequest, IdentifierAnswer, IdentifierRequest
from kkm_sim.remote.protocol.jsonrpc import METHOD_NOT_FOUND, Failure, Result
from kkm_sim.remote.protocol.operations import Closed, answer_of, close_answer
from kkm_sim.remote.protocol.sentences import sentence_of

TillAnswer = CloseAnswer | IdentifierAnswer


def reply_of(request: CloseRequest | IdentifierRequest, response: Result | Failure) -> tuple[TillAnswer | None, str]:
    """The answer, and what was wrong with the response, "" for nothing.

    Where it is none the receipt is not closed, and the operator sees that at once. Of an identifier's block the
    document has no such answer, and who does not answer such questions is silent: None, the till hears nothing.
    """
    what = "close" if isinstance(request, CloseRequest) else "identifier"
    match response:
        case Failure(_, code, told):
            return (None if code == METHOD_NOT_FOUND else _refusal(request)), f"no answer to {what}: {code} {told!r}"
        case Result(_, result):
            try:
                return answer_of(request, result), ""
            except ValidationError as error:
                return _refusal(request), f"the answer to {what} is none: {sentence_of(error)}"


def _refusal(request: CloseRequest | IdentifierRequest) -> TillAnswer | None:
    if isinstance(request, CloseRequest):
        return close_answer(request, Closed(result=ResultCode.REJECTED))
    return None

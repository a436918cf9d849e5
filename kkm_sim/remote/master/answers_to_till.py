"""What the till hears when its holder has answered, or not, what it wanted: may it close, what is the identifier?"""

from typing import Any

from pydantic import ValidationError

from kkm_sim.messages.codes import ResultCode
from kkm_sim.messages.records import CloseAnswer, CloseRequest, IdentifierAnswer, IdentifierHead, IdentifierRequest
from kkm_sim.refused_values import sentence_of
from kkm_sim.remote.protocol.jsonrpc import METHOD_NOT_FOUND, Failure, Result
from kkm_sim.remote.protocol.operations import Closed, Identifier
from kkm_sim.smartbox.receipt_identifier import graphics_block, text_block

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


def answer_of(request: CloseRequest | IdentifierRequest, result: Any) -> CloseAnswer | IdentifierAnswer:
    """What the till hears of the result of that call. Raises pydantic.ValidationError."""
    if isinstance(request, CloseRequest):
        return close_answer(request, Closed.model_validate(result))
    return identifier_answer(request, Identifier.model_validate(result))


def close_answer(request: CloseRequest, closed: Closed) -> CloseAnswer:
    """What the till hears of a client's answer to `close`."""
    number = request.receipt_number if closed.receipt is None else closed.receipt
    return CloseAnswer(result=closed.result, receipt_number=number)


def identifier_answer(request: IdentifierRequest, identifier: Identifier) -> IdentifierAnswer:
    """What the till hears of a client's answer to `identifier`."""
    number, block = request.receipt_number, request.block
    if identifier.result:
        return IdentifierAnswer(IdentifierHead(result=identifier.result, receipt_number=number, block=block))
    if identifier.kind == "text":
        return text_block(number, block, identifier.text)
    return graphics_block(number, block, [bytes.fromhex(row) for row in identifier.rows], identifier.bits)

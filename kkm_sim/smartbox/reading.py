"""From the till's bytes to a record, or to what is wrong with them."""

from kkm_sim.messages.codes import Function
from kkm_sim.messages.record import Record
from kkm_sim.messages.records import ShortAnswer, till_message
from kkm_sim.reasons import Reason, ReasonCode
from kkm_sim.settings import DateTimeOrder
from kkm_sim.value import Value


class Misread(Value):
    """Bytes that are no message of the till. `function`: what they claim to be; None where no table has it."""

    function: Function | None
    why: tuple[Reason, ...]


def read_till_message(data: bytes, order: DateTimeOrder) -> Record | Misread:
    """Reads a whole message of the till. A refusal of function 1 or 5 may be short: result and nothing more."""
    table = till_message(data)
    if table is None:
        return Misread(None, (Reason(ReasonCode.NO_MESSAGE),))
    function = Function(data[1])
    if len(data) == ShortAnswer.SIZE and function in (Function.SALE, Function.PING) and data[2] != 0:
        table = ShortAnswer
    if len(data) != table.SIZE:
        return Misread(function, (Reason(ReasonCode.OTHER_SIZE, size=len(data), expected=table.SIZE),))
    reading = table.decode(data, order)
    return reading.record or Misread(function, tuple(fault.reason for fault in reading.faults))

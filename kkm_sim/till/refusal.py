"""What the till will not do, raised before anything has changed and caught in one place, `Till`."""

from kkm_sim.messages.codes import ResultCode


class Refusal(Exception):
    """A mistake of the operator or the SmartBox: `Err` on the indicator, or the result of the command."""

    def __init__(self, code: ResultCode = ResultCode.NOT_ALLOWED) -> None:
        super().__init__(code.name)
        self.code = code


class NotTaken(Exception):
    """A key that changes nothing, not even the indicator: a long beep."""

"""What the till will not do, raised before anything has changed and caught in one place, `Till`."""

from kkm_sim.messages.codes import ResultCode


class Refusal(Exception):
    """An operator's or the SmartBox's mistake. `code` None is a long beep and nothing on the indicator."""

    def __init__(self, code: ResultCode | None = ResultCode.NOT_ALLOWED) -> None:
        super().__init__("a long beep" if code is None else code.name)
        self.code = code

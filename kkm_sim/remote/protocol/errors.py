"""What may go wrong between a program and a till it has over the network, as exceptions that say what to do."""

from datetime import datetime
from typing import Any

from kkm_sim.messages.codes import result_words
from kkm_sim.remote.protocol.jsonrpc import Failure
from kkm_sim.remote.protocol.operations import BUSY, DECLINED, LINE_DATA_ERROR, NO_ANSWER
from kkm_sim.remote.protocol.silence import Silence


class RemoteError(Exception):
    """All of them. `code`: the server's own number for it, None where it is not the server's; `data`: its details."""

    def __init__(self, message: str, code: int | None = None, data: Any = None) -> None:
        super().__init__(message)
        self.code = code
        self.data = data


class NotConnected(RemoteError):
    """There is no connection to the server, or none any more: every call that waits fails with it."""


class DeviceBusy(RemoteError):
    """Somebody else holds the device. `holder`: who; `since`: since when, None where the server did not say."""

    def __init__(self, holder: str, since: datetime | None) -> None:
        held = f"the device is busy: {holder} holds it" + ("" if since is None else f" since {since:%Y-%m-%d %H:%M:%S}")
        super().__init__(f"{held}; try again when it is free, or wait longer (timeout)", BUSY)
        self.holder = holder
        self.since = since


_AT_SERVER = {
    Silence.PORT_GONE: "its line is not there: is the cable plugged in beside the server?",
    Silence.NOT_THERE: "is it on, in the mode of the SmartBox, and has the server its address and baud?",
    Silence.SILENT: "it has the call and said nothing to it: whether it did what was asked, look at it or call ping",
    Silence.FORGOTTEN: "it has the sale no more, was it changed for another? Sell the bottle again",
}


_HERE = {
    **_AT_SERVER,
    Silence.PORT_GONE: "its port is not there: is the cable plugged in?",
    Silence.NOT_THERE: "is it on, in the mode of the SmartBox, and has it this address (option 30) and speed (29)?",
}


def silence_words(reason: str, *, here: bool = False) -> str:
    """What a user can do about a till that does not answer. `here`: its port is this program's, not a server's."""
    return (_HERE if here else _AT_SERVER)[Silence(reason) if reason in set(Silence) else Silence.NOT_THERE]


class NoAnswer(RemoteError):
    """«Нет связи»: the till did not answer. `reason`: "port_gone", "not_there", "silent" (it has the call) or
    "forgotten" (it has the sale no more); "" where the server did not say."""

    def __init__(self, reason: str = "", *, here: bool = False) -> None:
        told = silence_words(reason, here=here)
        super().__init__(f"no answer from the till: {told}", NO_ANSWER, {"reason": reason} if reason else None)
        self.reason = reason


class LineDataError(RemoteError):
    """«Ошибка линии данных»: what was said did not get through to the till, or from it."""

    def __init__(self, *, here: bool = False) -> None:
        between = "" if here else " between the server and the till"
        super().__init__(f"line data error{between}: look at its cable, then call again", LINE_DATA_ERROR)


class Declined(RemoteError):
    """The till answered a `result` other than 0 (document, «Коды ошибок»)."""

    def __init__(self, result: int) -> None:
        super().__init__(f"the till refuses: result {result_words(result)}", DECLINED, {"result": result})
        self.result = result


class HandlerFailed(RemoteError):
    """A function of the program's own failed when the till wanted or told something. `handler`: its keyword; the
    exception's cause is what it raised."""

    def __init__(self, handler: str, reason: str) -> None:
        super().__init__(f"{handler} failed: {reason}")
        self.handler = handler


def error_of(failure: Failure) -> RemoteError:
    """The exception that a response of the server is."""
    data = failure.data if isinstance(failure.data, dict) else {}
    match failure.code:
        case code if code == BUSY:
            return DeviceBusy(str(data.get("holder", "somebody")), _moment(data.get("since")))
        case code if code == NO_ANSWER:
            return NoAnswer(str(data.get("reason", "")))
        case code if code == LINE_DATA_ERROR:
            return LineDataError()
        case code if code == DECLINED and isinstance(data.get("result"), int):
            return Declined(data["result"])
    return RemoteError(f"the server says: {failure.message}", failure.code, failure.data)


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None

"""What may go wrong between a program and a till it has over the network, as exceptions that say what to do."""

from datetime import datetime
from typing import Any

from kkm_sim.remote.jsonrpc import Failure
from kkm_sim.remote.master_news import Silence
from kkm_sim.remote.operations import BUSY, DECLINED, LINE_DATA_ERROR, NO_ANSWER
from kkm_sim.smartbox.events import result_words


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


_SILENCES = {
    Silence.PORT_GONE: "its line is not there: is the cable plugged in beside the server?",
    Silence.NOT_THERE: "is it on, in the mode of the SmartBox, and has the server its address and baud?",
    Silence.SILENT: "it has the call and said nothing to it: whether it did what was asked, look at it or call ping",
    Silence.FORGOTTEN: "it has the sale no more, was it changed for another? Sell the bottle again",
}


class NoAnswer(RemoteError):
    """«Нет связи»: the till did not answer. `reason`: "port_gone", "not_there", "silent" (it has the call) or
    "forgotten" (it has the sale no more); "" where the server did not say."""

    def __init__(self, reason: str = "") -> None:
        told = _SILENCES[Silence(reason) if reason in set(Silence) else Silence.NOT_THERE]
        super().__init__(f"no answer from the till: {told}", NO_ANSWER, {"reason": reason} if reason else None)
        self.reason = reason


class LineDataError(RemoteError):
    """«Ошибка линии данных»: what was said did not get through between the server and the till."""

    def __init__(self) -> None:
        told = "line data error between the server and the till: look at its cable, then call again"
        super().__init__(told, LINE_DATA_ERROR)


class Declined(RemoteError):
    """The till answered a `result` other than 0 (document, «Коды ошибок»)."""

    def __init__(self, result: int) -> None:
        super().__init__(f"the till refuses: result {result_words(result)}", DECLINED, {"result": result})
        self.result = result


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

"""The SmartBox's messages as calls of the remote access server, so that it runs over a network as over a line.

In the place of a `MasterLink`: messages in, events out, but its bytes are JSON-RPC texts, each ending with a line feed.
Pure; who carries the texts is `remote_port`.
"""

from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, assert_never

from kkm_sim.clock import MS, SECOND, Instant
from kkm_sim.link.events import (
    LinkFound,
    LinkLost,
    MasterEvent,
    MessageDelivered,
    MessageFailed,
    MessageReceived,
)
from kkm_sim.link.master_link import LINE_DATA_ERROR, NO_LINK
from kkm_sim.messages.codes import Function
from kkm_sim.messages.records import SaleRequest, ShortAnswer, ShowMessageRequest
from kkm_sim.reasons import Reason, ReasonCode
from kkm_sim.remote.protocol import operations
from kkm_sim.remote.protocol.errors import NoAnswer
from kkm_sim.remote.protocol.jsonrpc import (
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    Failure,
    Id,
    Malformed,
    Notification,
    Request,
    Result,
    parse,
)
from kkm_sim.remote.protocol.message_json import (
    Unexpected,
    block_of,
    close_of,
    closed_of,
    done_of,
    fields_of,
    identifier_of,
    link_of,
    sold_of,
    status_of,
    told_of,
)
from kkm_sim.remote.protocol.silence import Silence
from kkm_sim.settings import Settings

LOOK_INTERVAL = 2 * SECOND
"""Between two looks at the server's line: is the till there?"""

FIRST_INTERVAL = 500 * MS
"""The same until the till was seen."""

_SILENT_LOOKS = 3
"""So many looks that show only us speak: there is no till."""

_LOST = '{"jsonrpc":"2.0","method":"connection_lost","params":{}}'


def connection_lost() -> bytes:
    """What is received in the place of a text when the connection is gone. The next is `ready`."""
    return _LOST.encode() + b"\n"


@dataclass(frozen=True, slots=True)
class _Call:
    """A call that waits for its response. `tag` None: our own look at the line."""

    function: Function | None
    tag: Hashable


@dataclass(frozen=True, slots=True)
class _Counted:
    """What a look at the line showed."""

    to_till: int
    to_master: int


class RemoteLink:
    """A `Messenger` over a connection that is ready."""

    def __init__(self, settings: Settings, now: Instant) -> None:
        self._order = settings.datetime_order
        self._now = now
        self._events: deque[MasterEvent] = deque()
        self._out: deque[tuple[str, Hashable]] = deque()  # with the tag of a sale, delivered when it goes
        self._partial = b""
        self._number = 0
        self._calls: dict[Id, _Call] = {}
        self._asked: dict[Function, Id] = {}  # the server's requests, the latest of each
        self._linked: bool | None = None
        self._lost = str(NoAnswer())
        self._connected = True
        self._look_at: Instant | None = now
        self._counted: _Counted | None = None
        self._silent = 0

    # What the SmartBox wants

    def send(self, data: bytes, tag: Hashable, *, hs: bool = False, answer: bool = False) -> None:
        """A message of the SmartBox: a call, or the response to a request of the server's."""
        function = Function(data[1])
        if function in (Function.CLOSE, Function.IDENTIFIER):
            self._respond(function, data)
            return
        if not self._connected:
            self._events.append(MessageFailed(tag, NO_LINK))
            return
        match function:
            case Function.SALE:
                record = SaleRequest.decode(data, self._order).record
                if record is None:
                    raise ValueError(f"{data.hex(' ')} is no sale")
                self._call("sale", _said(fields_of(record)), function, tag)
            case Function.SHOW_MESSAGE:
                shown = ShowMessageRequest.decode(data).record
                if shown is None:
                    raise ValueError(f"{data.hex(' ')} is no message")
                self._call("message", {"code": int(shown.message)}, function, tag)
            case Function.PING:
                self._call("ping", {}, function, tag)
            case Function.ANNUL_RECEIPT:
                self._call("annul", {}, function, tag)
            case Function.DONE:
                raise ValueError("function 4 is the till's")
            case _:
                assert_never(function)

    def send_wait(self) -> None:
        """Nothing: WAIT is between the server and the till."""

    def take_line(self, quiet_from: Instant) -> None:
        """Nothing: the line is the server's."""

    @property
    def busy(self) -> bool:
        """Whether a message waits for its answer; a sale does not, once it is on its way."""
        return any(call.function not in (None, Function.SALE) for call in self._calls.values()) or any(
            tag is not None for _, tag in self._out
        )

    @property
    def silent(self) -> bool:
        """Whether the server's till has not answered it."""
        return self._linked is not True

    @property
    def speaks(self) -> bool:
        """Whether there are texts to carry."""
        return bool(self._out)

    @property
    def lost(self) -> str:
        """Why the till was lost, the last time that it was: what a user can do about it."""
        return self._lost

    @property
    def frame_number(self) -> int:
        """Frames are the server's: always 0."""
        return 0

    def poll(self, now: Instant) -> bytes:
        """The texts that go out at `now`, each with its line feed."""
        self._now = now
        if self._look_at is not None and now >= self._look_at:
            self._look_at = None
            self._call("link", {}, None, None)
        out = ""
        while self._out:
            text, tag = self._out.popleft()
            out += text + "\n"
            if tag is not None:
                self._events.append(MessageDelivered(tag))
        return out.encode()

    def deadline(self) -> Instant | None:
        """When `poll` must be called at the latest."""
        return self._now if self._out or self._events else self._look_at

    def next_event(self) -> MasterEvent | None:
        """The next thing that happened; None when there is nothing more."""
        return self._events.popleft() if self._events else None

    # What the server says

    def receive_data(self, data: bytes, now: Instant) -> None:
        """Takes texts, or parts of them."""
        self._now = now
        *lines, self._partial = (self._partial + data).split(b"\n")
        for line in lines:
            self._take(line.decode("utf-8", "replace"))

    def _take(self, text: str) -> None:
        match parse(text):
            case Request() as request:
                self._wanted(request)
            case Notification(method, params):
                self._told(method, params)
            case Result(number, result):
                self._answered(number, result)
            case Failure(number) as failure if number is not None:
                call = self._calls.pop(number, None)
                if call is not None:
                    self._failed(call, failure)
            case Failure() | Malformed():
                pass  # it answers nothing that was asked

    def _answered(self, number: Id, result: Any) -> None:
        call = self._calls.pop(number, None)
        if call is None:
            return
        try:
            if call.function is None:
                self._looked(result)
                return
            answer = self._message(call.function, result)
        except Unexpected as error:
            self._failed(call, Failure(None, 0, f"the server's answer is not understood: {error}"))
            return
        self._found()
        if call.function is not Function.SALE:
            self._events.append(MessageDelivered(call.tag))
        self._received(answer)

    def _message(self, function: Function, result: Any) -> bytes:
        """The bytes that the till said to the server."""
        match function:
            case Function.PING:
                return status_of(result).encode(self._order)
            case Function.SALE:
                return sold_of(result).encode(self._order)
            case _:
                return ShortAnswer(function=function).encode()

    def _failed(self, call: _Call, failure: Failure) -> None:
        if call.function is None:
            self._look_again()
            return
        data = failure.data if isinstance(failure.data, dict) else {}
        result = data.get("result")
        match failure.code:
            case operations.DECLINED if isinstance(result, int) and 0 < result < 256:
                self._found()
                if call.function is not Function.SALE:
                    self._events.append(MessageDelivered(call.tag))
                self._received(ShortAnswer(function=call.function, result=result).encode())
            case operations.NO_ANSWER if data.get("reason") != Silence.FORGOTTEN:
                self._lose(str(NoAnswer(str(data.get("reason", "")))))
                self._events.append(MessageFailed(call.tag, NO_LINK))
            case operations.LINE_DATA_ERROR:
                self._events.append(MessageFailed(call.tag, LINE_DATA_ERROR))
            case _:
                self._events.append(MessageFailed(call.tag, Reason(ReasonCode.SERVER_SAYS, said=failure.message)))

    def _wanted(self, request: Request) -> None:
        try:
            match request.method:
                case "close":
                    function, message = Function.CLOSE, close_of(request.params).encode(self._order)
                case "identifier":
                    function, message = Function.IDENTIFIER, block_of(request.params).encode()
                case method:
                    self._say(Failure(request.id, METHOD_NOT_FOUND, f"there is no method {method!r} here").encode())
                    return
        except ValueError as error:
            self._say(Failure(request.id, INVALID_PARAMS, str(error)).encode())
            return
        self._found()
        self._asked[function] = request.id
        self._received(message)

    def _told(self, method: str, params: dict[str, Any]) -> None:
        try:
            match method:
                case "done":
                    self._received(done_of(params).encode())
                case "sale_answer":
                    self._received(sold_of(params).encode(self._order))
                case "connection_lost":
                    self._disconnect()
                case "ready":
                    self._connected, self._look_at = True, self._now
        except ValueError:
            pass  # no message of the till could have made this

    def _received(self, message: bytes) -> None:
        self._events.append(MessageReceived(message, hs=False))

    # The till's line, seen from here

    def _looked(self, result: Any) -> None:
        link = link_of(result)
        before, counted = self._counted, _Counted(link.packets_to_till, link.packets_to_master)
        self._counted = counted
        if link.gone:
            self._lose(str(NoAnswer(Silence.PORT_GONE)))
        elif before is not None:
            # What the server says of a till that it has not spoken with since may be long ago.
            if link.linked and counted.to_master > before.to_master:
                self._found()
            elif not link.linked and counted.to_master == before.to_master and counted.to_till > before.to_till:
                self._silent += 1
                if self._linked or self._silent >= _SILENT_LOOKS:
                    self._lose(str(NoAnswer(Silence.NOT_THERE)))
        self._look_again()

    def _look_again(self) -> None:
        self._look_at = Instant(self._now + (LOOK_INTERVAL if self._linked else FIRST_INTERVAL))

    def _found(self) -> None:
        self._silent = 0
        if not self._linked:
            self._linked = True
            self._events.append(LinkFound())

    def _lose(self, why: str) -> None:
        if self._linked is not False:
            self._linked, self._lost = False, why
            self._events.append(LinkLost())

    def _disconnect(self) -> None:
        """What was called on the connection has no response any more; the till is out of reach."""
        self._lose("the connection to the server is lost")
        self._connected, self._look_at, self._counted, self._silent = False, None, None, 0
        calls = [call for call in self._calls.values() if call.function is not None]
        self._calls.clear()
        self._asked.clear()
        self._out.clear()
        # A sale that the till has is not over by that: whoever is connected next is told its answer.
        self._events.extend(MessageFailed(call.tag, NO_LINK) for call in calls if call.function is not Function.SALE)

    # Out

    def _call(self, method: str, params: dict[str, Any], function: Function | None, tag: Hashable) -> None:
        self._number += 1
        self._calls[self._number] = _Call(function, tag)
        self._say(Request(self._number, method, params).encode(), tag if function is Function.SALE else None)

    def _respond(self, function: Function, data: bytes) -> None:
        number = self._asked.pop(function, None)
        if number is not None:
            answer = closed_of(data) if function is Function.CLOSE else identifier_of(data)
            self._say(Result(number, told_of(answer)).encode())

    def _say(self, text: str, tag: Hashable = None) -> None:
        self._out.append((text, tag))


def _said(fields: dict[str, Any]) -> dict[str, Any]:
    """Without what goes without saying: an omitted field is 0, or empty."""
    return {name: value for name, value in fields.items() if value}

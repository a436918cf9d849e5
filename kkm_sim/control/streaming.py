"""`WS /v1/events`: every change as it happens, one JSON object a message."""

import asyncio
import contextlib
from typing import Any

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from kkm_sim.clock import Instant
from kkm_sim.control.access import Access, access_of
from kkm_sim.control.events import EventMailbox
from kkm_sim.control.mailbox import Mailbox
from kkm_sim.control.models import OfTill
from kkm_sim.control.problems import ProblemError
from kkm_sim.control.routing import Router, asked_of
from kkm_sim.problems import ProblemCode

TRY_AGAIN_LATER = 1013
GOODBYE_S = 10
"""How long a client that was too slow may take to hear so."""

DESCRIPTION = "The events begin; each message is one `Event`."

router = Router()


async def events(websocket: WebSocket) -> None:
    """Sends what happens from the moment the connection is accepted until the client goes."""
    access, asked = access_of(websocket), asked_of(OfTill, websocket)
    mailbox: EventMailbox = Mailbox(websocket.app.state.event_capacity)

    def subscribe(now: Instant) -> None:
        access.events.subscribe(access.till(asked.address), mailbox, now)

    await access.on_line(subscribe)
    try:
        await websocket.accept()
        await serve(websocket, mailbox)
    finally:
        access.leave(mailbox)


async def no_such_stream(websocket: WebSocket) -> None:
    """Any other address of a WebSocket."""
    raise ProblemError(404, ProblemCode.NO_SUCH_WEBSOCKET, path=websocket.path_params["path"])


@router.call(
    "GET",
    "/v1/events",
    status=101,
    problems=[426],
    responses={
        101: {
            "description": DESCRIPTION,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Event"}}},
        },
    },
)
async def events_need_a_websocket(access: Access, asked: OfTill) -> None:
    """Every change as it happens, over a WebSocket: of the line, and of the till chosen."""
    raise ProblemError(426, ProblemCode.NEEDS_A_WEBSOCKET)


async def serve(websocket: WebSocket, mailbox: EventMailbox, goodbye_s: float = GOODBYE_S) -> None:
    """Sends what comes into the mailbox until the client goes, or is too slow and is told so."""
    tasks: list[asyncio.Task[Any]] = [
        asyncio.create_task(_send(websocket, mailbox)),
        asyncio.create_task(_receive(websocket)),
        asyncio.create_task(mailbox.too_slow.wait()),
    ]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    gone = outcomes[1] is None
    if mailbox.too_slow.is_set() and not gone:
        reason = f"too slow: {mailbox.capacity} events were waiting"
        # A client that reads nothing at all does not even hear this.
        with contextlib.suppress(TimeoutError, WebSocketDisconnect):
            await asyncio.wait_for(websocket.close(TRY_AGAIN_LATER, reason), goodbye_s)


async def _send(websocket: WebSocket, mailbox: EventMailbox) -> None:
    while True:
        make_event = await mailbox.take()
        await websocket.send_text(msgspec.json.encode(make_event()).decode())


async def _receive(websocket: WebSocket) -> None:
    """Takes what the client says, which means nothing, until it goes."""
    while (await websocket.receive())["type"] != "websocket.disconnect":
        pass

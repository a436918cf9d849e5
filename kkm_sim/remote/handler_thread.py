"""A thread for a program's own functions, which may take their time."""

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, NamedTuple

_GLANCE_S = 0.5
"""On Windows a thread that waits for another hears of Ctrl-C when it looks up."""


class _Call(NamedTuple):
    function: Callable[..., Any]
    values: tuple[Any, ...]
    outcome: "Future[Any]"


class HandlerThread:
    """Calls functions one at a time, in order. A program that ends does not wait for it."""

    def __init__(self, name: str) -> None:
        self._calls: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()  # None: the end
        self.thread = threading.Thread(target=self._run, name=name, daemon=True)
        self.thread.start()

    async def call(self, function: Callable[..., Any], *values: Any) -> Any:
        """What the function gives or raises. One that has not begun when this is cancelled does not."""
        outcome: Future[Any] = Future()
        self._calls.put(_Call(function, values, outcome))
        return await asyncio.wrap_future(outcome)

    def close(self, *, wait: bool = True) -> None:
        """Calls nothing any more. `wait`: until the function that works is over; within it there is no waiting."""
        self._calls.put(None)
        if wait and threading.current_thread() is not self.thread:
            while self.thread.is_alive():
                self.thread.join(_GLANCE_S)

    def _run(self) -> None:
        while (call := self._calls.get()) is not None:
            if not call.outcome.set_running_or_notify_cancel():
                continue
            try:
                given = call.function(*call.values)
            except BaseException as error:
                # Whoever waited may be gone, with its loop: nobody is left to be told.
                with contextlib.suppress(RuntimeError):
                    call.outcome.set_exception(error)
            else:
                with contextlib.suppress(RuntimeError):
                    call.outcome.set_result(given)

"""Threads for functions that may take their time, a program's own above all. A program that ends waits for none."""

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")

_GLANCE_S = 0.5
"""On Windows a thread that waits for another hears of Ctrl-C when it looks up (cpython #139689)."""


class _Call(NamedTuple):
    function: Callable[..., Any]
    values: tuple[Any, ...]
    outcome: "Future[Any]"


def _called(call: _Call) -> Any:
    try:
        return call.function(*call.values)
    except StopIteration as error:
        # asyncio hands on no StopIteration, and waits for ever (cpython #112182): it comes out as out of a coroutine.
        raise RuntimeError("the function raised StopIteration") from error


class HandlerThread:
    """Calls functions one at a time, in order. A program that ends does not wait for it."""

    def __init__(self, name: str) -> None:
        self._calls: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()  # None: the end
        self.thread = threading.Thread(target=self._run, name=name, daemon=True)
        self.thread.start()

    async def call(self, function: Callable[..., Any], *values: Any) -> Any:
        """What the function gives or raises. One that has not begun when this is cancelled does not."""
        return await asyncio.wrap_future(self.submit(function, *values))

    def submit(self, function: Callable[..., T], *values: Any) -> "Future[T]":
        """As `call`, without waiting."""
        outcome: Future[T] = Future()
        self._calls.put(_Call(function, values, outcome))
        return outcome

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
                given = _called(call)
            except BaseException as error:
                # Whoever waited may be gone, with its loop: nobody is left to be told.
                with contextlib.suppress(RuntimeError):
                    call.outcome.set_exception(error)
            else:
                with contextlib.suppress(RuntimeError):
                    call.outcome.set_result(given)


async def aside(function: Callable[..., T], *values: Any, unwanted: Callable[[T], object] | None = None) -> T:
    """What the function gives or raises: `asyncio.to_thread`, but that a program that ends does not wait for it
    (cpython #80961).

    `unwanted` takes what it gives to one who was cancelled meanwhile.
    """
    thread = HandlerThread("kkm-sim aside")
    outcome = thread.submit(function, *values)

    def given(outcome: "Future[T]") -> None:
        if unwanted is not None and not outcome.cancelled() and outcome.exception() is None:
            unwanted(outcome.result())

    try:
        return await asyncio.wrap_future(outcome)
    except asyncio.CancelledError:
        outcome.add_done_callback(given)
        raise
    finally:
        thread.close(wait=outcome.done())

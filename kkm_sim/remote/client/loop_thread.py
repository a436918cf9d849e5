"""An event loop in a thread of its own, for programs that have none.

anyio's blocking portal would not do: what is cancelled there is cancelled again at each turn of the loop until it is
over, so that a connection could not say good-bye, and whoever waits for it hears of no Ctrl-C on Windows.
"""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future, wait
from typing import Any, TypeVar

T = TypeVar("T")

_GLANCE_S = 0.5
"""On Windows a thread that waits for a lock hears of Ctrl-C when it looks up, before Python 3.14 (cpython #125541)."""


class LoopClosed(Exception):
    """Nothing runs in the loop any more."""


class LoopThread:
    """Runs coroutines for other threads, from `__init__` to `close`."""

    def __init__(self, name: str) -> None:
        self.loop = asyncio.new_event_loop()
        self._lock = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What `work` returns or raises. Ctrl-C in the caller's thread cancels it."""
        future = self.submit(work)
        try:
            while not wait([future], _GLANCE_S).done:
                pass
        except BaseException:
            future.cancel()
            raise
        return future.result()

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """As `run`, without waiting. Raises LoopClosed."""
        if threading.current_thread() is self._thread:
            work.close()
            raise RuntimeError("called in the loop's own thread, which would wait for itself")
        with self._lock:
            if self._closed:
                work.close()
                raise LoopClosed
            # Before the loop is told to stop: what was handed in runs, or is cancelled.
            return asyncio.run_coroutine_threadsafe(work, self.loop)

    def close(self) -> None:
        """Cancels what still runs, and ends the thread. Again does nothing."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_forever()
        finally:
            tasks = asyncio.all_tasks(self.loop)
            for task in tasks:
                if not task.cancelling():  # one that was cancelled is closing what it had opened
                    task.cancel()
            self.loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
            self.loop.run_until_complete(self.loop.shutdown_asyncgens())
            self.loop.run_until_complete(self.loop.shutdown_default_executor())
            self.loop.close()

import asyncio
import threading
import time

import pytest

from kkm_sim.remote.client.handler_thread import HandlerThread, aside
from tests.remote.client.threads import threads_of_ours
from tests.waiting import PATIENCE_S, eventually


def test_what_a_function_gives_or_raises() -> None:
    thread = HandlerThread("kkm-sim test")
    assert asyncio.run(thread.call(divmod, 7, 2)) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        asyncio.run(thread.call(divmod, 7, 0))
    with pytest.raises(SystemExit):
        asyncio.run(thread.call(exit, 3))
    thread.close()
    assert threads_of_ours() == []


def test_stop_iteration_is_answered() -> None:
    thread = HandlerThread("kkm-sim test")
    with pytest.raises(RuntimeError, match="the function raised StopIteration") as caught:
        asyncio.run(asyncio.wait_for(thread.call(next, iter(())), PATIENCE_S))
    assert isinstance(caught.value.__cause__, StopIteration)
    thread.close()


def test_one_that_nobody_waits_for_does_not_begin() -> None:
    called: list[int] = []
    over = threading.Event()
    thread = HandlerThread("kkm-sim test")

    async def program() -> None:
        working = asyncio.create_task(thread.call(over.wait))
        waiting = asyncio.create_task(thread.call(called.append, 1))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        over.set()
        assert await working

    asyncio.run(program())
    thread.close()
    assert called == []


@pytest.mark.parametrize("wait", [True, False])
def test_the_end_waits_for_a_function_or_not(wait: bool) -> None:
    thread = HandlerThread("kkm-sim test")
    working, over = threading.Event(), threading.Event()

    def work() -> None:
        working.set()
        over.wait(PATIENCE_S)

    async def program() -> None:
        task = asyncio.create_task(thread.call(work))
        assert await asyncio.to_thread(working.wait, PATIENCE_S)
        task.cancel()

    asyncio.run(program())
    if wait:
        threading.Timer(0.05, over.set).start()
    began = time.monotonic()
    thread.close(wait=wait)
    assert time.monotonic() - began < PATIENCE_S
    assert thread.thread.is_alive() is not wait
    over.set()
    thread.close()


def test_aside_gives_or_raises_and_leaves_no_thread() -> None:
    assert asyncio.run(aside(divmod, 7, 2)) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        asyncio.run(aside(divmod, 7, 0))
    assert threads_of_ours() == []


def test_the_end_of_a_program_does_not_wait_for_what_is_aside() -> None:
    working, over = threading.Event(), threading.Event()
    unwanted: list[bool] = []

    def work() -> bool:
        working.set()
        return over.wait(PATIENCE_S)

    async def program() -> None:
        task = asyncio.create_task(aside(work, unwanted=unwanted.append))
        assert await asyncio.to_thread(working.wait, PATIENCE_S)
        task.cancel()

    asyncio.run(program())
    assert unwanted == []
    over.set()
    eventually(lambda: threads_of_ours() == [])
    assert unwanted == [True]

import asyncio
from concurrent.futures import CancelledError

import pytest

from kkm_sim.remote.client.loop_thread import LoopClosed, LoopThread
from tests.remote.client.threads import threads_of_ours
from tests.waiting import PATIENCE_S


async def seven() -> int:
    return 7


async def fails() -> None:
    raise TimeoutError("its own")


def test_what_it_runs() -> None:
    loop = LoopThread("kkm-sim test")
    assert loop.run(seven()) == 7
    with pytest.raises(TimeoutError, match="its own"):
        loop.run(fails())
    loop.close()
    loop.close()
    assert threads_of_ours() == []


def test_closing_cancels_what_runs() -> None:
    loop = LoopThread("kkm-sim test")
    future = loop.submit(asyncio.sleep(100))
    loop.close()
    with pytest.raises(CancelledError):
        future.result(PATIENCE_S)
    with pytest.raises(LoopClosed):
        loop.submit(seven())


def test_its_own_thread_may_not_wait_for_itself() -> None:
    loop = LoopThread("kkm-sim test")

    async def foolish() -> int:
        return loop.run(seven())

    with pytest.raises(RuntimeError, match="wait for itself"):
        loop.run(foolish())
    loop.close()

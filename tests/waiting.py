"""Waiting for what another process or thread does. The one place where tests look again and again."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE_S = 20
LOOK_S = 0.005

T = TypeVar("T")


def eventually(look: Callable[[], T], seconds: float = PATIENCE_S, why: Callable[[], str] = lambda: "in vain") -> T:
    """What `look` returns as soon as that is true; fails with `why()` when it takes too long."""
    end = time.monotonic() + seconds
    while not (seen := look()):
        assert time.monotonic() < end, why()
        time.sleep(LOOK_S)
    return seen


async def eventually_async(
    look: Callable[[], T], seconds: float = PATIENCE_S, why: Callable[[], str] = lambda: "in vain"
) -> T:
    """The same for a coroutine, whose event loop goes on meanwhile."""
    end = time.monotonic() + seconds
    while not (seen := look()):
        assert time.monotonic() < end, why()
        await asyncio.sleep(LOOK_S)
    return seen

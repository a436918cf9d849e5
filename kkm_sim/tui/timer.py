"""A moment from now, once."""

import asyncio
from collections.abc import Callable

from textual.message_pump import MessagePump


def once(where: MessagePump, seconds: float, do: Callable[[], object]) -> None:
    """Lets `where` call `do` among its messages in so many seconds; not at all if it is closed by then.

    Textual's own `set_timer` forgets a timer whose moment has passed before it could begin to wait. On a busy computer
    this process may be away for longer than such a moment, and what was to be done would never be done.
    """
    asyncio.get_running_loop().call_later(seconds, where.call_later, do)

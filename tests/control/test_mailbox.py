import asyncio
import threading

import pytest

from kkm_sim.control.mailbox import Mailbox


def test_what_another_thread_puts_comes_in_order() -> None:
    async def receive() -> list[int]:
        mailbox: Mailbox[int] = Mailbox(100)

        def send() -> None:
            for n in range(100):
                mailbox.put(n)

        sender = threading.Thread(target=send)
        sender.start()
        taken = [await mailbox.take() for _ in range(100)]
        sender.join()
        return taken

    assert asyncio.run(receive()) == list(range(100))


def test_it_holds_only_so_much() -> None:
    async def fill() -> None:
        mailbox: Mailbox[int] = Mailbox(3)
        for n in range(3):
            mailbox.put(n)
        assert await mailbox.take() == 0
        mailbox.put(3)
        await asyncio.sleep(0)
        assert not mailbox.too_slow.is_set()
        for n in range(1000):
            mailbox.put(n)
        await asyncio.wait_for(mailbox.too_slow.wait(), 1)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(mailbox.take(), 0.01)

    asyncio.run(fill())


def test_a_loop_that_has_ended_is_nobodys_trouble() -> None:
    async def make() -> Mailbox[int]:
        return Mailbox(3)

    mailbox = asyncio.run(make())
    mailbox.put(1)

"""The door from the web's loop to the line's thread."""

import asyncio
import threading
from dataclasses import replace

import pytest
from msgspec import to_builtins

from kkm_sim.clock import Instant
from kkm_sim.control.access import Access
from kkm_sim.control.events import MakeEvent
from kkm_sim.control.mailbox import Mailbox
from kkm_sim.control.problems import ProblemError
from kkm_sim.problems import ProblemCode
from kkm_sim.till.keyboard import Key
from tests.control.conftest import AT_ONCE, MakeApi
from tests.control.support import Api


class NotingMailbox(Mailbox[MakeEvent]):
    """Notes what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds: list[str] = []

    def put(self, item: MakeEvent) -> None:
        self.kinds.append(to_builtins(item())["kind"])


def access_of(api: Api) -> Access:
    access: Access = api.app.state.access
    return access


def test_a_call_runs_on_the_lines_thread_at_a_moment_of_its_clock(api: Api) -> None:
    on_line = access_of(api).on_line
    before = api.pump.clock.now()
    thread, moment = asyncio.run(on_line(lambda now: (threading.current_thread(), now)))
    assert thread is not threading.current_thread()
    assert thread is api.pump.call(lambda now: threading.current_thread())
    assert before <= moment <= api.pump.clock.now()


def test_what_a_call_raises_comes_back_and_the_line_goes_on(api: Api) -> None:
    def refuse(now: Instant) -> None:
        raise ProblemError(409, ProblemCode.RECEIPT_OPEN, option=3)

    access = access_of(api)
    with pytest.raises(ProblemError, match="Option 3 cannot") as raised:
        asyncio.run(access.on_line(refuse))
    assert raised.value.status == 409
    assert asyncio.run(access.on_line(lambda now: "alive")) == "alive"


def test_a_line_that_has_ended_is_a_problem(api: Api) -> None:
    api.pump.stop()
    with pytest.raises(ProblemError) as raised:
        asyncio.run(access_of(api).on_line(lambda now: None))
    assert raised.value.status == 503


def test_a_till_by_its_address_or_the_first(make_api: MakeApi) -> None:
    api = make_api(replace(AT_ONCE, option_30=5), replace(AT_ONCE, option_30=7))
    access = access_of(api)
    assert [access.till(address).link.address for address in (None, 5, 7)] == [5, 5, 7]
    with pytest.raises(ProblemError) as raised:
        access.till(9)
    assert (raised.value.status, raised.value.detail) == (404, "There is no till at address 9; there is 5, 7.")


def test_what_happens_on_the_line_is_told_until_the_mailbox_is_left(api: Api) -> None:
    access = access_of(api)

    def press(now: Instant) -> None:
        access.simulator.press(Key.D1, now)

    async def told() -> list[str]:
        mailbox = NotingMailbox()
        await access.on_line(lambda now: access.events.subscribe(access.till(None), mailbox, now))
        await access.on_line(press)
        access.leave(mailbox)
        await access.on_line(press)
        await access.on_line(lambda now: None)  # the step before is over, with all that it told
        return mailbox.kinds

    assert asyncio.run(told()) == ["beep", "state", "indicator"]


def test_leaving_after_the_line_has_ended_is_no_mistake(api: Api) -> None:
    async def leave() -> None:
        access_of(api).leave(Mailbox())

    api.pump.stop()
    asyncio.run(leave())

import asyncio
from itertools import count

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from kkm_sim.tui.timer import once
from tests.tui.widgets.screens import alone
from tests.waiting import eventually_async


def test_it_is_done_in_its_time_and_once() -> None:
    widget, done = Static(), list[float]()

    async def look(pilot: Pilot[None]) -> None:
        now = asyncio.get_running_loop().time
        begun = now()
        once(widget, 0.02, lambda: done.append(now() - begun))
        await eventually_async(lambda: done)
        assert done[0] >= 0.02
        await asyncio.sleep(0.05)
        assert len(done) == 1

    alone(widget, look)


def test_it_is_done_on_a_computer_where_every_look_at_the_clock_takes_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    widget, done = Static(), list[str]()

    async def look(pilot: Pilot[None]) -> None:
        with monkeypatch.context() as busy:
            busy.setattr("textual._time.get_time", map(float, count()).__next__)
            once(widget, 0.001, lambda: done.append("it"))
            await eventually_async(lambda: done)

    alone(widget, look)


def test_a_widget_that_is_gone_does_nothing() -> None:
    widget, done = Static(), list[str]()

    async def look(pilot: Pilot[None]) -> None:
        once(widget, 0.001, lambda: done.append("it"))
        await widget.remove()
        await asyncio.sleep(0.02)
        assert done == []

    alone(widget, look)

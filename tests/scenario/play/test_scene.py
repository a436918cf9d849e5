"""What the steps share: tills by address, marks, what is to be updated."""

from datetime import datetime

import pytest

from kkm_sim.clock import SECOND
from kkm_sim.link.packets import MASTER_ADDRESS
from kkm_sim.scenario.format.position import Position
from kkm_sim.scenario.format.steps import StateStep, WaitStep
from kkm_sim.scenario.format.variables import Scope
from kkm_sim.scenario.play.scene import NotMet, Scene
from kkm_sim.scenario.play.virtual_stage import VirtualStage
from kkm_sim.scenario.report.outcome import Update
from kkm_sim.settings import Settings

TILLS = [Settings(option_30=3), Settings(option_30=12, reply_address="master", datetime_order="little-endian")]


def scene(*, update: bool = False) -> Scene:
    stage = VirtualStage(TILLS, wall=datetime(2016, 7, 1), start="cash", master="smartbox")
    return Scene(stage, Scope(), update=update)


def test_tills_by_address() -> None:
    shared = scene()
    assert (shared.index(None), shared.index(3), shared.index(12)) == (0, 0, 1)
    assert (shared.spoken_address(3), shared.spoken_address(12), shared.spoken_address(50)) == (3, MASTER_ADDRESS, 50)
    assert shared.settings(12).datetime_order == "little-endian"
    assert shared.settings(50).datetime_order == "listed"
    with pytest.raises(NotMet, match=r"^expected a till at address 7, seen the tills are at 3, 12$"):
        shared.index(7)


def test_the_address_a_step_speaks_of() -> None:
    shared = scene()
    assert shared.address(WaitStep(wait="1 s")) == 3  # type: ignore[arg-type]
    assert shared.address(WaitStep(wait="1 s", till=12)) == 12  # type: ignore[arg-type]


def test_packets_are_forgotten() -> None:
    shared = scene()
    shared.stage.pass_time(SECOND)
    last = shared.look(lambda simulator: simulator.wire.last)
    assert last > 0
    assert [marks.wire for marks in shared.marks] == [0, 0]
    shared.forget_packets()
    assert [marks.wire for marks in shared.marks] == [last, last]


def test_marked_steps_count_with_update_only() -> None:
    marked, plain = StateStep(state="idle", update=True), StateStep(state="idle")
    assert scene(update=True).is_updated(marked)
    assert not scene(update=True).is_updated(plain)
    assert not scene().is_updated(marked)


def test_updates() -> None:
    shared = scene()
    at = Position("a.kkm.yaml", 3, 5)
    shared.note_update(at, "state", "idle")
    assert shared.updates == [Update(at, "state", "idle")]

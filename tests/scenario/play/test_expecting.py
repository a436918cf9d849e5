"""Waiting for a check: asked at once, then after what happens, until the time is over."""

from datetime import datetime

import pytest

from kkm_sim.clock import SECOND
from kkm_sim.scenario.format.model import Expectation, StateStep
from kkm_sim.scenario.format.variables import Scope
from kkm_sim.scenario.play.expecting import Check, wait_for
from kkm_sim.scenario.play.scene import NotMet, Scene
from kkm_sim.scenario.play.virtual_stage import VirtualStage
from kkm_sim.scenario.report.outcome import Rewriting
from kkm_sim.settings import Settings
from kkm_sim.simulator import Simulator


class Packets(Check):
    """So many packets have passed."""

    def __init__(self, scene: Scene, step: Expectation, wanted: int) -> None:
        super().__init__(scene, step)
        self.wanted = wanted
        self.taken = 0

    @property
    def expected(self) -> str:
        return f"{self.wanted} packets {self.soon}"

    def holds(self, simulator: Simulator) -> bool:
        return simulator.wire.last >= self.wanted

    def seen(self, simulator: Simulator) -> str:
        return f"{simulator.wire.last} packets"

    def value(self, simulator: Simulator) -> object:
        return simulator.wire.last

    def passed(self, simulator: Simulator) -> None:
        self.taken = simulator.wire.last


def scene(*, update: bool = False) -> Scene:
    stage = VirtualStage([Settings()], wall=datetime(2016, 7, 1), start="cash")
    return Scene(stage, Scope(), update=update)


STEP = StateStep.model_validate({"state": "idle", "within": "1 s"})
MARKED = StateStep.model_validate({"state": "idle", "within": "1 s", "update": True})


def test_it_is_over_as_soon_as_it_holds() -> None:
    shared = scene()
    check = Packets(shared, STEP, 4)
    wait_for(check, shared, STEP)
    assert check.taken == 4
    assert 0 < shared.now < SECOND
    began = shared.now
    wait_for(check, shared, STEP)
    assert shared.now == began


def test_it_does_not_come() -> None:
    shared = scene()
    check = Packets(shared, STEP, 1000)
    with pytest.raises(NotMet, match=r"^expected 1000 packets within 1 s, seen \d+ packets$"):
        wait_for(check, shared, STEP)
    assert shared.now == SECOND
    assert check.taken == 0


def test_what_is_judged_at_once_passes_no_time() -> None:
    shared = scene()
    check = Packets(shared, STEP, 1000)
    check.waits = False
    with pytest.raises(NotMet):
        wait_for(check, shared, STEP)
    assert shared.now == 0


def test_what_has_settled_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = scene()
    check = Packets(shared, STEP, 1000)
    monkeypatch.setattr(check, "settled", lambda simulator: simulator.wire.last >= 2)
    with pytest.raises(NotMet, match="seen 2 packets"):
        wait_for(check, shared, STEP)


def test_update_takes_what_there_is_when_the_time_is_over() -> None:
    shared = scene(update=True)
    check = Packets(shared, MARKED, 1000)
    wait_for(check, shared, MARKED)
    assert shared.rewritings == [Rewriting(MARKED.at, "state", check.taken)]
    assert shared.now == SECOND

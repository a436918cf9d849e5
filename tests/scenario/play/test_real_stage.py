"""The stage in real time: a pump on a pty, and `kkm-sim smartbox` as the program at the other end."""

import threading
import time
from collections.abc import Iterator
from datetime import datetime
from functools import partial

import pytest

from kkm_sim.clock import MS, SECOND, Instant
from kkm_sim.drivers.monotonic import MonotonicClock
from kkm_sim.drivers.open_pty import open_pty
from kkm_sim.drivers.pump import LATENESS, Pump, PumpStopped
from kkm_sim.scenario.play.real_stage import RealStage, Tills
from kkm_sim.settings import Settings
from kkm_sim.simulator import Simulator
from kkm_sim.till.chart import TillState
from kkm_sim.till.keyboard import parse_keys
from tests.bottles import EAN, PDF
from tests.commands.program import Program, posix
from tests.waiting import PATIENCE_S

pytestmark = posix

PATIENCE = PATIENCE_S * SECOND


def fresh(now: Instant) -> Simulator:
    return Simulator(Settings(print_lines_per_s=0), wall=datetime(2016, 7, 1, 12), now=now, lateness=LATENESS)


class Counter:
    """A pump with tills on a pty."""

    def __init__(self) -> None:
        clock = MonotonicClock()
        self.tills = Tills(fresh(clock.now()))
        self.pump = Pump(self.tills, open_pty(None, self.tills.baud), clock=clock)
        self.stage = RealStage(self.pump, self.tills.simulator)
        self.pump.start()

    @property
    def port(self) -> str:
        return self.pump.port.names["port"]

    def press(self, keys: str) -> None:
        def pressed(simulator: Simulator, now: Instant) -> None:
            for key in parse_keys(keys):
                simulator.press(key, now)

        self.stage.act(pressed)


@pytest.fixture
def counter() -> Iterator[Counter]:
    counter = Counter()
    yield counter
    counter.pump.stop()


def is_in(state: TillState, simulator: Simulator) -> bool:
    return simulator.till().till.state is state


def sell(counter: Counter, stage: RealStage) -> None:
    """A bottle, the operator on this side."""
    with Program("smartbox", "--port", counter.port, "sell", EAN, PDF) as box:
        assert stage.pass_time(PATIENCE, partial(is_in, TillState.REQUEST)), box.err
        counter.press("5 0 0 ПИ")
        assert stage.pass_time(PATIENCE, partial(is_in, TillState.OPEN))
        counter.press("ИТ")
        box.waits_for("printed and done")
        assert box.wait() == 0


def test_a_bottle_is_sold_to_an_outside_master(counter: Counter) -> None:
    sell(counter, counter.stage)
    assert counter.stage.act(lambda simulator, now: simulator.till().till.memory.documents) == 1
    # A busy machine can make a gap look short, and nothing else.
    findings = counter.stage.act(lambda simulator, now: [finding for _, finding in simulator.findings.since()])
    assert [finding.message for finding in findings if not finding.code.rule.timed] == []


def test_the_next_scenario_has_a_fresh_till_on_the_same_port(counter: Counter) -> None:
    port = counter.port
    sell(counter, counter.stage)
    simulator = counter.pump.call(partial(counter.tills.replaced, fresh))
    stage = RealStage(counter.pump, simulator)
    counter.stage = stage
    assert stage.act(lambda simulator, now: simulator.till().till.memory.documents) == 0
    sell(counter, stage)
    assert counter.port == port
    assert simulator.till().till.memory.documents == 1


def test_time_passes_as_long_as_it_is_told(counter: Counter) -> None:
    begun = time.monotonic_ns()
    assert not counter.stage.pass_time(30 * MS)
    assert not counter.stage.pass_time(30 * MS, lambda simulator: False)
    assert time.monotonic_ns() - begun >= 60 * MS


def test_what_holds_already_needs_no_time(counter: Counter) -> None:
    begun = counter.stage.now()
    assert counter.stage.pass_time(0, partial(is_in, TillState.IDLE))
    assert counter.stage.pass_time(PATIENCE, partial(is_in, TillState.IDLE))
    assert counter.stage.now() - begun < PATIENCE


def test_what_happens_ends_the_wait(counter: Counter) -> None:
    looked_in: set[str] = set()

    def shows_one(simulator: Simulator) -> bool:
        looked_in.add(threading.current_thread().name)
        return simulator.till().till.indicator.text == "1"

    timer = threading.Timer(0.05, counter.press, ("1",))
    timer.start()
    assert counter.stage.pass_time(PATIENCE, shows_one)
    timer.join()
    assert looked_in == {"kkm-sim line"}
    assert counter.pump.on_step == []


def test_a_mistake_of_who_waits_is_his_own(counter: Counter) -> None:
    def broken(simulator: Simulator) -> bool:
        raise LookupError("here")

    with pytest.raises(LookupError, match="here"):
        counter.stage.pass_time(SECOND, broken)
    assert counter.stage.pass_time(SECOND, partial(is_in, TillState.IDLE))


def test_the_end_of_the_line_ends_the_wait(counter: Counter) -> None:
    timer = threading.Timer(0.05, counter.pump.stop)
    timer.start()
    with pytest.raises(PumpStopped):
        counter.stage.pass_time(10 * PATIENCE, lambda simulator: False)
    timer.join()


def test_noise_goes_to_the_present_till(counter: Counter) -> None:
    counter.pump.call(partial(counter.tills.wrong_speed, b"\xff"))
    codes = [finding.code.rule.code for _, finding in counter.tills.simulator.findings.since()]
    assert codes == ["wrong-speed"]

"""Scenarios on a port: the till is ours, the master somebody else's program."""

import argparse
import time
from collections.abc import Generator, Sequence
from dataclasses import replace
from functools import partial

from kkm_sim.clock import MS, Instant
from kkm_sim.commands.joining import complain, open_line
from kkm_sim.commands.mistakes import UserMistake
from kkm_sim.commands.replay_files import every_step
from kkm_sim.commands.replay_playing import Played, step_line
from kkm_sim.commands.replay_report import Report, one_line
from kkm_sim.drivers.monotonic import MonotonicClock
from kkm_sim.drivers.pump import LATENESS, Pump
from kkm_sim.drivers.wire import Pace
from kkm_sim.scenario.format.model import Scenario
from kkm_sim.scenario.format.steps import Exchange
from kkm_sim.scenario.format.till_settings import till_settings
from kkm_sim.scenario.play.player import play
from kkm_sim.scenario.play.real_stage import RealStage, Tills
from kkm_sim.simulator import Simulator

_OURS = {"send", "damage", "cable", "master", "utm"}
"""Verbs of a master or a wire of our own."""

_LAST_WORDS = 500 * MS
"""How long the till is still there after the last step: the master has its answer, and acknowledges it."""


def check_outside_master(scenarios: Sequence[Scenario]) -> None:
    """Refuses scenarios that need a master or a wire of ours. Raises UserMistake with their lines."""
    refused = [
        *(f"{scenario.file}: master: wire" for scenario in scenarios if scenario.master == "wire"),
        *(
            f"{step.at}: {step.VERB}"
            for scenario in scenarios
            for step in every_step(scenario.steps)
            if step.VERB in _OURS or (isinstance(step, Exchange) and step.body.sent is not None)
        ),
    ]
    if refused:
        lines = "".join(f"\n  {line}" for line in dict.fromkeys(refused))
        raise UserMistake(f"--realtime: the master is a program of yours, it cannot be told what to send:{lines}")


def play_on_port(
    args: argparse.Namespace, scenarios: Sequence[Scenario], told: Report
) -> Generator[Played, None, None]:
    """Plays them one after the other on one port, each with a fresh till."""
    clock = MonotonicClock()
    pace: Pace = args.pace or "packet"
    fresh = partial(_simulator, paced=pace != "off")
    tills = Tills(fresh(scenarios[0], clock.now()))
    pump = Pump(tills, open_line(args, tills.baud), pace=pace, clock=clock)
    with pump:
        names = pump.port.names
        where = names.get("link") or names.get("port") or names.get("tcp") or names.get("rfc2217")
        complain(f"kkm-sim replay: the till is on {where}; the master may start")
        for scenario in scenarios:
            if len(scenarios) > 1:
                complain(f"kkm-sim replay: a fresh till for: {one_line(scenario.title)}")
            simulator = pump.call(partial(tills.replaced, partial(fresh, scenario)))
            stage = RealStage(pump, simulator, _ask_to_scan)
            begun = time.monotonic_ns()
            outcome = play(
                scenario,
                stage=stage,
                update=args.update,
                seed=args.seed,
                on_step=lambda number, step: told.step(step_line(number, step)),
            )
            took = time.monotonic_ns() - begun
            stage.pass_time(_LAST_WORDS)
            yield Played(outcome, took, real=True)


def _ask_to_scan(code: str) -> None:
    complain(f"kkm-sim replay: scan {code}")


def _simulator(scenario: Scenario, now: Instant, *, paced: bool) -> Simulator:
    settings = till_settings(scenario)
    if not paced and "print_lines_per_s" not in scenario.settings:
        settings = tuple(replace(each, print_lines_per_s=0) for each in settings)
    return Simulator(
        settings,
        wall=scenario.clock,
        now=now,
        start=scenario.start,
        paced=paced and scenario.paced,
        lateness=LATENESS,
    )

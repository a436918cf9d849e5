"""What a person does, as steps: keys, scans, mains, paper, the cable; all of it at once."""

from dataclasses import replace
from functools import partial
from typing import assert_never

from kkm_sim.clock import SECOND, Instant
from kkm_sim.scenario.format.field_types import duration_words
from kkm_sim.scenario.format.steps import (
    CableStep,
    ClockStep,
    DamageStep,
    KeysStep,
    MasterStep,
    OptionStep,
    PaperStep,
    PowerStep,
    ScanStep,
    UtmBehaviour,
    UtmStep,
    WaitStep,
)
from kkm_sim.scenario.play.harm import harms_of
from kkm_sim.scenario.play.scene import NotMet, Scene
from kkm_sim.scenario.play.stage import HasScanner
from kkm_sim.simulator import Simulator
from kkm_sim.till.keyboard import Key, parse_keys
from kkm_sim.till.machine import BadOptionValue, OptionHeld, UnknownOption

Act = (
    KeysStep | ScanStep | WaitStep | PowerStep | PaperStep | ClockStep | OptionStep | CableStep | UtmStep
    | MasterStep | DamageStep
)  # fmt: skip


def act(scene: Scene, step: Act) -> None:
    """Does it. Raises NotMet, CannotBeDone, UnknownKey."""
    scene.index(step.till)  # nobody acts on a till that is not there
    if not isinstance(step, WaitStep):
        scene.acts()
    match step:
        case KeysStep(keys=keys):
            pressed = parse_keys(scene.scope.text(keys))
            if not pressed:
                raise NotMet("keys to press, one at least", f"none in `{keys}`")
            for key in pressed:
                scene.act(partial(_press, key, step.till))
        case ScanStep(scan=codes):
            _scan(scene, [codes] if isinstance(codes, str) else codes)
        case WaitStep(wait=nanoseconds):
            scene.stage.pass_time(nanoseconds)
        case PowerStep(power=power):
            scene.act(lambda simulator, now: simulator.power(power == "on", now, step.till))
        case PaperStep(paper=paper):
            scene.act(lambda simulator, now: simulator.paper(paper == "in", now, step.till))
        case ClockStep(clock=wall):
            scene.act(lambda simulator, now: simulator.set_clock(wall, now, step.till))
        case OptionStep():
            _set_options(scene, step)
        case CableStep(cable=cable):
            scene.virtual("cable to pull").cable(cable == "in")
        case UtmStep():
            _set_utm(scene, step)
        case MasterStep(master=master):
            stage = scene.virtual("other master")
            if stage.master != master:
                stage.hold(master)
                scene.forget_packets()
        case DamageStep(damage=spec):
            stage = scene.virtual("way to harm packets")
            for direction, harm in harms_of(spec):
                stage.damage(direction, harm)
        case _:
            assert_never(step)


def _press(key: Key, address: int | None, simulator: Simulator, now: Instant) -> None:
    simulator.press(key, now, address)


def _scan(scene: Scene, codes: list[str]) -> None:
    scanner = scene.stage if isinstance(scene.stage, HasScanner) else scene.virtual("scanner")
    for code in codes:
        scanner.scan(scene.scope.text(code))


def _set_options(scene: Scene, step: OptionStep) -> None:
    for number, value in step.option.items():
        try:
            scene.act(partial(_set_option, number, value, step.till))
        except UnknownOption:
            raise NotMet(f"option {number} set to {value}", f"the till has no option {number}") from None
        except (BadOptionValue, OptionHeld) as error:
            raise NotMet(f"option {number} set to {value}", str(error)) from None


def _set_option(number: int, value: int, address: int | None, simulator: Simulator, now: Instant) -> None:
    simulator.set_option(number, value, now, address)


def _set_utm(scene: Scene, step: UtmStep) -> None:
    stage = scene.virtual("UTM")
    wanted = step.utm if isinstance(step.utm, UtmBehaviour) else UtmBehaviour(answers=step.utm)
    seconds, rest = divmod(wanted.delay, SECOND)
    if rest:
        raise NotMet("a delay of whole seconds for the UTM", duration_words(wanted.delay))
    stage.utm = replace(stage.utm, delay_s=seconds, down=wanted.answers == "down", refuses=wanted.answers == "refuses")

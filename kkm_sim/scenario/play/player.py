"""Plays a scenario on a stage, step by step, and tells what came of it."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from kkm_sim.link.packets import DataPacket, Direction
from kkm_sim.scenario.format.model import Scenario
from kkm_sim.scenario.format.steps import (
    DamageStep,
    Exchange,
    Expectation,
    ExpectStep,
    Include,
    IncludeStep,
    RepeatStep,
    SendStep,
    Step,
)
from kkm_sim.scenario.format.till_settings import till_settings
from kkm_sim.scenario.format.variables import Scope, Value
from kkm_sim.scenario.play.acting import Act, act
from kkm_sim.scenario.play.exchanges import exchange
from kkm_sim.scenario.play.expectations import expect, findings_words, receipts_closed, untaken
from kkm_sim.scenario.play.harm import harms_of
from kkm_sim.scenario.play.scene import NotMet, Scene
from kkm_sim.scenario.play.stage import CannotBeDone, Stage
from kkm_sim.scenario.play.trace import Trace
from kkm_sim.scenario.play.virtual_stage import VirtualStage
from kkm_sim.scenario.play.wire_exchange import heard_words
from kkm_sim.scenario.play.wire_steps import expect_packet, send
from kkm_sim.scenario.report.line_words import line_words
from kkm_sim.scenario.report.outcome import Failure, Outcome, StepFailed

FIRMWARE = "130RU051"
"""The firmware whose exchange the document describes."""

LAST_LINES = 10
"""Lines of what passed on the line that a failure shows."""

_DOABLE = "a step that can be done here"
_FITTING = "values that the step can have"

OnStep = Callable[[str, Step], None]


def play(
    scenario: Scenario,
    *,
    stage: Stage | None = None,
    seed: int = 0,
    on_step: OnStep | None = None,
    trace: Trace | None = None,
    update: bool = False,
) -> Outcome:
    """Plays a scenario; without `stage` in virtual time. What goes wrong in it is told in `Outcome.failure`.

    `seed` decides what damage does where it is left open. `on_step` is told each step, by its number, before it is
    done; `trace` notes it. With `update` steps marked so take what there is, for `Outcome.updates`; without it the
    mark means nothing.
    """
    try:
        stage = stage or _virtual_stage(scenario, seed, trace)
    except (CannotBeDone, ValueError) as error:
        first = scenario.steps[0]
        failure = Failure(first.at, "1", first.VERB, "a line to play the scenario on", str(error))
        return Outcome(scenario.file, scenario.title, steps=0, time=0, failure=failure)
    return _Play(scenario, stage, seed, on_step, trace, update).outcome()


def _virtual_stage(scenario: Scenario, seed: int, trace: Trace | None) -> VirtualStage:
    if scenario.master == "outside":
        raise CannotBeDone("the master is a program of its own: this scenario is played in real time only")
    return VirtualStage(
        till_settings(scenario),
        wall=scenario.clock,
        start=scenario.start,
        paced=scenario.paced,
        master=scenario.master,
        setup=scenario.smartbox,
        seed=seed,
        trace=trace,
    )


class _Play:
    """One scenario while it is played."""

    def __init__(
        self,
        scenario: Scenario,
        stage: Stage,
        seed: int,
        on_step: OnStep | None,
        trace: Trace | None,
        update: bool,
    ) -> None:
        self._scenario = scenario
        self._scene = Scene(stage, Scope(scenario.variables), update=update)
        self._seed = seed
        self._on_step = on_step
        self._trace = trace
        self._begun = stage.now()
        self._closed = self._scene.look(receipts_closed)
        self._findings = self._scene.findings
        self._path: list[str] = []
        self._steps = 0
        self._last: tuple[str, Step] | None = None
        self._damages: dict[Direction, list[tuple[str, Step]]] = {direction: [] for direction in Direction}

    def outcome(self) -> Outcome:
        failure = None
        try:
            self._play(self._scenario.steps, "")
            self._no_damage_left()
            self._no_findings_left()
            self._no_message_left()
        except StepFailed as failed:
            failure = failed.failure
        scene = self._scene
        receipts = scene.look(receipts_closed) - self._closed
        addresses = scene.look(lambda simulator: [str(till.link.address) for till in simulator.tills])
        return Outcome(
            file=self._scenario.file,
            title=self._scenario.title,
            steps=self._steps,
            time=scene.now - self._begun,
            failure=failure,
            findings=scene.look(lambda simulator: simulator.findings.last) - self._findings,
            receipts=receipts,
            updates=tuple(scene.updates),
            properties={
                "seed": str(self._seed),
                "master": self._scenario.master,
                "receipts": str(receipts),
                "till address": ", ".join(addresses),
                "firmware": FIRMWARE,
            },
        )

    def _play(self, steps: Iterable[Step], prefix: str) -> None:
        for number, step in enumerate(steps, 1):
            self._step(step, f"{prefix}{number}")

    def _step(self, step: Step, number: str) -> None:
        match step:
            case RepeatStep():
                self._repeat(step, number)
            case IncludeStep():
                self._include(step, number)
            case _:
                self._steps += 1
                self._last = number, step
                if self._on_step is not None:
                    self._on_step(number, step)
                if self._trace is not None:
                    self._trace.note(self._scene.now, "step", _noted(number, step))
                self._do(step, number)

    def _repeat(self, step: RepeatStep, number: str) -> None:
        repeat = step.repeat
        for round_ in range(1, repeat.times + 1):
            values: dict[str, Value] = {} if repeat.counter is None else {repeat.counter: round_}
            with self._inside(f"round {round_} of {repeat.times}", Scope(values, around=self._scene.scope)):
                self._play(repeat.steps, f"{number}.")

    def _include(self, step: IncludeStep, number: str) -> None:
        included = step.include
        file = included.file if isinstance(included, Include) else included
        values: dict[str, Value] = dict(step.defaults)
        if isinstance(included, Include):
            with self._failing(step, number):
                for name, value in included.values.items():
                    values[name] = _given(self._scene.scope, value)
        with self._inside(f"include {file}", Scope(values, around=self._scene.scope, own=False)):
            self._play(step.steps, f"{number}.")

    @contextmanager
    def _inside(self, name: str, scope: Scope) -> Iterator[None]:
        around, self._scene.scope = self._scene.scope, scope
        self._path.append(name)
        try:
            yield
        finally:
            self._path.pop()
            self._scene.scope = around

    def _do(self, step: Step, number: str) -> None:
        with self._failing(step, number):
            match step:
                case Exchange():
                    exchange(self._scene, step)
                case ExpectStep():
                    expect_packet(self._scene, step)
                case Expectation():
                    expect(self._scene, step)
                case SendStep():
                    send(self._scene, step)
                case DamageStep(damage=spec):
                    act(self._scene, step)
                    for direction, _ in harms_of(spec):
                        self._damages[direction].append((number, step))
                case _:
                    act(self._scene, _as_act(step))

    @contextmanager
    def _failing(self, step: Step, number: str) -> Iterator[None]:
        """What a step does wrong becomes its failure."""
        try:
            yield
        except NotMet as error:
            raise self._failed(step, number, error.expected, error.seen) from error
        except CannotBeDone as error:
            raise self._failed(step, number, _DOABLE, str(error)) from error
        except (ValueError, OverflowError) as error:  # an unknown key, a variable that does not fit
            raise self._failed(step, number, _FITTING, str(error)) from error

    def _failed(self, step: Step, number: str, expected: str, seen: str, verb: str | None = None) -> StepFailed:
        packets = self._scene.look(lambda simulator: line_words(simulator, LAST_LINES))
        return StepFailed(Failure(step.at, number, verb or step.VERB, expected, seen, tuple(self._path), packets))

    def _no_damage_left(self) -> None:
        stage = self._scene.stage
        for direction, steps in self._damages.items():
            left = stage.harms_left(direction) if isinstance(stage, VirtualStage) else 0
            if left:
                number, step = steps[-left]
                whose = "master" if direction is Direction.TO_TILL else "till"
                raise self._failed(step, number, f"a packet of the {whose} that it harms", "none up to the end")

    def _no_findings_left(self) -> None:
        left = self._scene.look(lambda simulator: untaken(self._scene, simulator))
        if left and self._last is not None:
            number, step = self._last
            expected = "no findings that no step has taken"
            raise self._failed(step, number, expected, findings_words(left), verb="findings")

    def _no_message_left(self) -> None:
        stage = self._scene.stage
        heard = stage.wire.heard if isinstance(stage, VirtualStage) and stage.master == "wire" else ()
        for each in heard:
            if isinstance(each.packet, DataPacket) and self._last is not None:
                number, step = self._last
                order = self._scene.settings(each.packet.address).datetime_order
                expected = "no message of the till that no step has taken"
                raise self._failed(step, number, expected, heard_words(each, order))


def _as_act(step: Step) -> Act:
    if not isinstance(step, Act):
        raise AssertionError(f"{step.VERB} is no step that anybody plays")
    return step


def _given(scope: Scope, value: int | str) -> Value:
    """What `with` gives a variable: `$name` a value as it is, a text with its variables replaced."""
    if not isinstance(value, str):
        return value
    whole: int | str | datetime = scope.whole(value)
    return scope.text(whole) if isinstance(whole, str) and whole == value else whole


def _noted(number: str, step: Step) -> str:
    """A step in a line of the trace: its number, its verb and what it says, where it stands."""
    value = getattr(step, step.VERB)
    words = [number, step.VERB, *(value.split() if isinstance(value, str) else [])]
    return f"{' '.join(words)} ({f'{step.at.file}:{step.at.line}' if step.at.file else 'no file'})"

"""The scenarios of `scenarios/`: each passes, and none is there for show: break what it expects and it fails there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from kkm_sim.scenario.loader import load_scenario
from kkm_sim.scenario.model import (
    BeepStep,
    Exchange,
    ExpectStep,
    FindingsStep,
    IncludeStep,
    IndicatorStep,
    ReceiptStep,
    RepeatStep,
    Scenario,
    StateStep,
    Step,
    TapeContains,
    TapeStep,
)
from kkm_sim.scenario.packets import Control, Data, Message, Raw, Silence
from kkm_sim.scenario.player import play
from tests.scenario_index import FOLDERS, INDEX, index

FOLDER = Path(__file__).parents[1] / "scenarios"
FILES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.kkm.yaml"))
NO_SUCH_LINE = "НЕТ ТАКОЙ СТРОКИ"


@cache
def loaded(file: str) -> Scenario:
    return load_scenario(FOLDER / file)


@pytest.mark.parametrize("file", FILES)
def test_passes(file: str) -> None:
    outcome = play(loaded(file))
    assert outcome.failure is None


@pytest.mark.parametrize("file", FILES)
def test_fails_where_an_expectation_is_broken(file: str) -> None:
    """Every one of them, in the line where it stands."""
    broken = list(with_one_broken(loaded(file)))
    assert broken, "it expects nothing"
    for each in broken:
        failure = play(each.scenario).failure
        assert failure is not None, f"{each.step.at}: passes with {each.step!r}"
        assert (failure.at.file, failure.at.line) == (each.step.at.file, each.step.at.line), failure


@pytest.mark.parametrize("file", FILES)
def test_two_runs_are_one(file: str) -> None:
    scenario = loaded(file)
    assert play(scenario, seed=7) == play(scenario, seed=7)


# One expectation broken


@dataclass(frozen=True)
class Broken:
    scenario: Scenario
    step: Step


def with_one_broken(scenario: Scenario) -> Iterator[Broken]:
    for steps, step in one_broken(scenario.steps):
        yield Broken(scenario.model_copy(update={"steps": steps}), step)


def one_broken(steps: list[Step] | tuple[Step, ...]) -> Iterator[tuple[list[Step], Step]]:
    """The steps, once for each expectation in them, with that one broken; and that one."""
    for place, step in enumerate(steps):
        for replacement, broken in broken_in(step):
            yield [*steps[:place], replacement, *steps[place + 1 :]], broken


def broken_in(step: Step) -> Iterator[tuple[Step, Step]]:
    if isinstance(step, RepeatStep):
        for steps, broken in one_broken(step.repeat.steps):
            yield step.model_copy(update={"repeat": step.repeat.model_copy(update={"steps": steps})}), broken
    elif isinstance(step, IncludeStep):
        for steps, broken in one_broken(step.steps):
            copy = step.model_copy()
            copy.included(tuple(steps), step.defaults)
            yield copy, broken
    elif (change := changed(step)) is not None:
        broken = step.model_copy(update=change)
        yield broken, broken


def changed(step: Step) -> dict[str, Any] | None:
    """What to put in the place of what the step expects; None for one that expects nothing."""
    match step:
        case IndicatorStep():
            return {"indicator": "НЕ ТО"}
        case TapeStep(tape=TapeContains(contains=lines)):
            return {"tape": TapeContains(contains=[*lines, NO_SUCH_LINE])}
        case TapeStep(tape=str(text)):
            return {"tape": f"{text}\n{NO_SUCH_LINE}"}
        case TapeStep(tape=list(lines)):
            return {"tape": [*lines, NO_SUCH_LINE]}
        case BeepStep():
            return {"beep": "short" if step.beep == "long" else "long"}
        case StateStep():
            return {"state": "idle" if step.state == "off" else "off"}
        case ReceiptStep(receipt="none"):
            return {"receipt": RECEIPT(number=9999)}
        case ReceiptStep():
            return {"receipt": with_first_changed(step.receipt)}
        case FindingsStep(findings="any"):
            return None
        case FindingsStep(findings="none"):
            return {"findings": ["wrong-speed"]}
        case FindingsStep(findings=codes):
            return {"findings": ["wrong-speed", *codes[1:]]}
        case Exchange():
            return changed_exchange(step)
        case ExpectStep():
            return {"expect": changed_packet(step.expect)}
        case _:
            return None


RECEIPT: Callable[..., Any] = ReceiptStep.model_validate({"receipt": {"number": 1}}).receipt.__class__


def changed_exchange(step: Exchange) -> dict[str, Any]:
    body = step.body
    if body.expected is not None and body.expected.given():
        return {step.VERB: body.model_copy(update={"expect": with_first_changed(body.expected)})}
    if step.hears is not None:
        return {"hears": "REJ" if step.hears != "REJ" else "NAK"}
    if body.sent is not None and (step.VERB in ("sale", "close", "identifier")) and body.expected is None:
        return {"hears": "REJ"}
    expected = {"close": {"shift": 9999}, "identifier": {"block": 9999}}.get(step.VERB, {"result": 99})
    sides = {"expect": expected} if body.sent is None else {"send": body.sent, "expect": expected}
    return {step.VERB: type(body).model_validate(sides)}


def with_first_changed(fields: Any) -> Any:
    name, value = next(iter(fields.given().items()))
    return fields.model_copy(update={name: other_than(value)})


def other_than(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return type(value)((value + 1) % 3) if type(value) is not int else value + 1
    if isinstance(value, str):
        return {"sale": "return", "return": "sale"}.get(value, 98_765_432 if value.startswith("$") else f"{value}!")
    return value.replace(year=2015)


def changed_packet(packet: Any) -> Any:
    match packet:
        case Control(packet=name):
            return packet.model_copy(update={"packet": "NAK" if name != "NAK" else "ACK"})
        case Data(data=data):
            return packet.model_copy(update={"data": bytes((data[0] ^ 1,)) + data[1:]})
        case Raw(hex=raw):
            return packet.model_copy(update={"hex": raw[:-1] + bytes((raw[-1] ^ 1,))})
        case Silence():
            return Control(packet="NAK")
        case Message():
            fields = packet.fields
            if fields.given():
                return packet.model_copy(update={packet.function: with_first_changed(fields)})
            return Control(packet="NAK")
        case _:
            raise AssertionError(packet)


# What README and the document say


def test_every_file_is_in_the_index() -> None:
    """`python -m tests.scenario_index` renews it."""
    text = index()
    assert INDEX.read_text(encoding="utf-8") == text
    assert [file for file in FILES if f"({file})" not in text] == []


def test_readme_names_the_folders_and_their_sizes() -> None:
    readme = (FOLDER.parent / "README.md").read_text(encoding="utf-8")
    for folder in filter(None, FOLDERS):
        assert f"| [`{folder}/`](scenarios/{folder}) | {sum(file.startswith(folder) for file in FILES)} |" in readme


def test_titles_tell_files_apart() -> None:
    titles = [loaded(file).title for file in FILES]
    assert len(set(titles)) == len(titles)

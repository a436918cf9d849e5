"""The scenarios of `scenarios/`: each passes, and none is there for show: break what it expects and it fails there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from kkm_sim.clock import SECOND
from kkm_sim.scenario.format.loader import load_scenario
from kkm_sim.scenario.format.model import Scenario
from kkm_sim.scenario.format.packets import Control, Data, Message, Raw, Silence
from kkm_sim.scenario.format.steps import (
    BeepStep,
    Exchange,
    ExpectStep,
    FindingsStep,
    IncludeStep,
    IndicatorStep,
    ReceiptStep,
    RepeatStep,
    StateStep,
    Step,
    TapeContains,
    TapeStep,
)
from kkm_sim.scenario.play.player import play
from tests.scenario_index import FOLDERS, INDEX, index

FOLDER = Path(__file__).parents[1] / "scenarios"
FILES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.kkm.yaml"))
NO_SUCH_LINE = "НЕТ ТАКОЙ СТРОКИ"
HOUR = 3600 * SECOND


@cache
def loaded(file: str) -> Scenario:
    return load_scenario(FOLDER / file)


@pytest.mark.parametrize("file", FILES)
def test_passes_and_every_run_is_the_same(file: str) -> None:
    outcome = play(loaded(file))
    assert outcome.failure is None
    assert play(loaded(file)) == outcome


@pytest.mark.parametrize("file", FILES)
def test_fails_where_an_expectation_is_broken(file: str) -> None:
    """Every one of them, and every field of each, in the line where it stands."""
    broken = list(with_one_broken(loaded(file)))
    assert broken, "it expects nothing"
    for each in broken:
        failure = play(each.scenario).failure
        assert failure is not None, f"{each.step.at}: passes with {each.step!r}"
        assert (failure.at.file, failure.at.line) == (each.step.at.file, each.step.at.line), failure


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
    else:
        for change in changes(step):
            broken = step.model_copy(update=change)
            yield broken, broken


def changes(step: Step) -> Iterator[dict[str, Any]]:
    """What to put in the place of what the step expects, for each part of it; none for one that expects nothing."""
    match step:
        case IndicatorStep():
            yield {"indicator": "НЕ ТО"}
        case TapeStep(tape=TapeContains(contains=lines)):
            yield from ({"tape": TapeContains(contains=other)} for other in with_each_line_changed(lines))
        case TapeStep(tape=str(text)):
            yield from ({"tape": "\n".join(other)} for other in with_each_line_changed(text.splitlines()))
        case TapeStep(tape=list(lines)):
            yield from ({"tape": other} for other in with_each_line_changed(lines))
        case BeepStep():
            yield {"beep": "short" if step.beep == "long" else "long"}
        case StateStep():
            yield {"state": "idle" if step.state == "off" else "off"}
        case ReceiptStep(receipt="none"):
            yield {"receipt": RECEIPT(number=9999)}
        case ReceiptStep():
            yield from ({"receipt": receipt} for receipt in with_each_changed(step.receipt))
        case FindingsStep(findings="any"):
            pass
        case FindingsStep(findings="none"):
            yield {"findings": ["wrong-speed"]}
        case FindingsStep(findings=codes):
            yield from ({"findings": [*codes[:n], "wrong-speed", *codes[n + 1 :]]} for n in range(len(codes)))
        case Exchange():
            yield from changed_exchange(step)
        case ExpectStep():
            yield from ({"expect": packet} for packet in changed_packet(step.expect))
            if step.not_before is not None:
                yield {"not_before": 24 * HOUR}
            if step.not_after is not None:
                yield {"not_after": 0}
        case _:
            pass


RECEIPT: Callable[..., Any] = ReceiptStep.model_validate({"receipt": {"number": 1}}).receipt.__class__


def with_each_line_changed(lines: list[str]) -> Iterator[list[str]]:
    """The lines, once for each with that one another, and once with one more."""
    for place in range(len(lines)):
        yield [*lines[:place], NO_SUCH_LINE, *lines[place + 1 :]]
    yield [*lines, NO_SUCH_LINE]


def changed_exchange(step: Exchange) -> Iterator[dict[str, Any]]:
    body = step.body
    if step.hears is not None:
        yield {"hears": "REJ" if step.hears != "REJ" else "NAK"}
    if body.expected is not None and body.expected.given():
        for fields in with_each_changed(body.expected):
            yield {step.VERB: body.model_copy(update={"expect": fields})}
    elif step.hears is None and body.sent is not None and step.VERB in ("sale", "close", "identifier"):
        yield {"hears": "REJ"}
    elif step.hears is None:
        expected = {"close": {"shift": 9999}, "identifier": {"block": 9999}}.get(step.VERB, {"result": 99})
        sides = {"expect": expected} if body.sent is None else {"send": body.sent, "expect": expected}
        yield {step.VERB: type(body).model_validate(sides)}


def with_each_changed(fields: Any) -> Iterator[Any]:
    """The fields, once for each that is given, with that one changed."""
    for name, value in fields.given().items():
        yield fields.model_copy(update={name: other_than(value)})


def other_than(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return type(value)((value + 1) % 3) if type(value) is not int else value + 1
    if isinstance(value, str):
        return {"sale": "return", "return": "sale"}.get(value, 98_765_432 if value.startswith("$") else f"{value}!")
    return value.replace(year=2015)


def changed_packet(packet: Any) -> Iterator[Any]:
    match packet:
        case Control(packet=name):
            yield packet.model_copy(update={"packet": "NAK" if name != "NAK" else "ACK"})
            yield packet.model_copy(update={"hs": 0 if packet.hs else 1})
        case Data(data=data):
            yield packet.model_copy(update={"data": bytes((data[0] ^ 1,)) + data[1:]})
            yield from with_head_changed(packet)
        case Raw(hex=raw):
            yield packet.model_copy(update={"hex": raw[:-1] + bytes((raw[-1] ^ 1,))})
        case Silence():
            yield Control(packet="NAK")
        case Message(function=function, fields=fields):
            yield Control(packet="NAK")
            for changed in with_each_changed(fields):
                yield packet.model_copy(update={function: changed})
            yield from with_head_changed(packet)
        case _:
            raise AssertionError(packet)


def with_head_changed(packet: Any) -> Iterator[Any]:
    """Its HS and its frame number, where they are given."""
    if packet.hs is not None:
        yield packet.model_copy(update={"hs": 1 - packet.hs})
    if isinstance(packet.number, int):
        yield packet.model_copy(update={"number": (packet.number + 1) % 8})


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

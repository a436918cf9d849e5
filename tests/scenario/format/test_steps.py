"""Steps, a model for each verb: what each takes, what each refuses, what is so unless it is said."""

from datetime import datetime
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from kkm_sim.clock import MS, SECOND
from kkm_sim.scenario.format.position import Position
from kkm_sim.scenario.format.steps import (
    DEFAULT_WITHIN,
    STEPS,
    VERBS,
    AnyStep,
    Cut,
    Exchange,
    Expectation,
    ExpectStep,
    Flip,
    IncludeStep,
    Repeat,
    SendStep,
    Step,
    TapeContains,
    UtmBehaviour,
    verb_of,
)

ADAPTER: TypeAdapter[Any] = TypeAdapter(AnyStep)

TAKEN: dict[str, list[tuple[Any, Any]]] = {
    "keys": [("1 5 ПИ", "1 5 ПИ"), ([1, "00"], "1 00")],
    "scan": [("beer:4601234567893", "beer:4601234567893"), ([4601234567893, "a"], ["4601234567893", "a"])],
    "wait": [("10 ms", 10 * MS)],
    "power": [("on", "on"), ("off", "off")],
    "paper": [("in", "in"), ("out", "out")],
    "clock": [("2016-07-01T12:00:00", datetime(2016, 7, 1, 12))],
    "option": [({29: 3, 30: 2}, {29: 3, 30: 2})],
    "cable": [("in", "in"), ("out", "out")],
    "utm": [("refuses", "refuses"), ({"delay": "3 s"}, UtmBehaviour(answers="up", delay="3 s"))],  # type: ignore[arg-type]
    "indicator": [("ГОТОВ", "ГОТОВ"), (0, "0")],
    "tape": [
        ("a\nb", "a\nb"),
        (["a", 150], ["a", "150"]),
        ([], []),
        ({"contains": ["a"]}, TapeContains(contains=["a"])),
    ],
    "beep": [("short", "short"), ("none", "none")],
    "state": [("idle", "idle")],
    "receipt": [("none", "none")],
    "findings": [("none", "none"), ("any", "any"), (["gap-too-short"], ["gap-too-short"])],
    "master": [("wire", "wire"), ("smartbox", "smartbox")],
}

REFUSED: dict[str, list[Any]] = {
    "keys": [None, True, "Q"],
    "scan": [None, True, {"ean": "1"}, [True]],
    "wait": [10, "10", "-1 s"],
    "power": [True, "yes"],
    "paper": ["none"],
    "clock": ["12:00", "2016-07-01", 0],
    "option": [{28: 1}, {29: "3"}, 29, {29: True}],
    "cable": ["pulled"],
    "utm": ["maybe", {"answers": "maybe"}, {"delay": 3}, {"zzz": 1}],
    "indicator": [None, True, ["a"]],
    "tape": [None, True, {"contains": []}, {}, [["a"]]],
    "beep": [None, "both"],
    "state": ["printing"],
    "receipt": ["any", {"totals": 1}, {"total": "1"}, {"kind": "void"}],
    "findings": ["gap-too-short", ["no-such-code"], [1]],
    "sale": [None, {"sent": {}}, {"send": {"price": -1}}],
    "close": [{"send": {"zzz": 1}}],
    "identifier": ["a"],
    "done": [{"send": {}}],
    "ping": [{"expect": 1}],
    "message": [{"expect": {"flags": 1}}],
    "annul": [[]],
    "master": ["outside"],
    "send": ["RDI", {"silence": "1 s"}],
    "expect": ["RDI", {"silence": 1}],
    "damage": [{"of_till": "lost"}, {"of_till": {"flip": -1}}, {"of_till": {"cut": "all"}}, {"of_both": "drop"}],
    "repeat": [{"times": 0, "steps": [{"keys": "1"}]}, {"times": 1, "steps": []}, {"times": 2}, 3],
    "include": [None, {"with": {}}, {"file": "a", "with": {"a b": 1}}, ["a"]],
}


def step(**value: Any) -> Any:
    return ADAPTER.validate_python(value)


@pytest.mark.parametrize(("verb", "value", "read"), [(verb, *case) for verb, cases in TAKEN.items() for case in cases])
def test_what_a_verb_takes(verb: str, value: Any, read: Any) -> None:
    taken = step(**{verb: value})
    assert type(taken) is VERBS[verb]
    assert getattr(taken, verb) == read


@pytest.mark.parametrize(("verb", "value"), [(verb, value) for verb, values in REFUSED.items() for value in values])
def test_what_a_verb_refuses(verb: str, value: Any) -> None:
    with pytest.raises(ValidationError):
        step(**{verb: value})


def test_every_verb_is_tried() -> None:
    assert set(REFUSED) == set(VERBS)
    assert len(VERBS) == len(STEPS)


@pytest.mark.parametrize("value", [{}, {"till": 1}, {"keys": "1", "scan": "1"}, {"zzz": 1}, "keys", None, []])
def test_a_step_has_one_verb(value: Any) -> None:
    assert verb_of(value) is None
    with pytest.raises(ValidationError):
        ADAPTER.validate_python(value)


def test_the_verb_of_a_step() -> None:
    assert verb_of({"till": 1, "keys": "1"}) == "keys"
    assert verb_of(step(keys="1")) == "keys"


def test_what_is_so_unless_it_is_said() -> None:
    ping = step(ping={})
    assert isinstance(ping, Exchange)
    assert (ping.till, ping.within, ping.update, ping.hs, ping.hears, ping.frames) == (
        *(None, DEFAULT_WITHIN, False, None, None, 127),
    )
    send = step(send="RDY")
    assert isinstance(send, SendStep)
    assert send.after == 10 * MS
    expect = step(expect="ACK")
    assert isinstance(expect, ExpectStep)
    assert (expect.within, expect.not_before, expect.not_after) == (5 * SECOND, None, None)


def test_only_expectations_wait() -> None:
    assert step(beep="short", within="1 s").within == SECOND
    for verb in (kind.VERB for kind in STEPS if not issubclass(kind, Expectation)):
        assert "within" not in VERBS[verb].model_fields
    with pytest.raises(ValidationError):
        step(keys="1", within="1 s")


@pytest.mark.parametrize("till", [0, 99, "1", True])
def test_a_till_is_an_address(till: object) -> None:
    with pytest.raises(ValidationError):
        step(keys="1", till=till)


def test_what_an_exchange_sends_and_expects() -> None:
    close = step(close={"send": {"result": 5}})
    assert dict(close.body.sent.given()) == {"result": 5}
    assert close.body.expected is None
    done = step(done={"expect": {}})
    assert done.body.sent is None
    assert dict(done.body.expected.given()) == {}


def test_harm() -> None:
    damage = step(damage={"of_till": {"flip": "any"}, "of_master": {"cut": 3}}).damage
    assert (damage.of_till, damage.of_master) == (Flip(flip="any"), Cut(cut=3))


def test_steps_in_steps() -> None:
    repeat = step(repeat={"times": 2, "as": "i", "steps": [{"repeat": {"times": 3, "steps": [{"keys": "$i"}]}}]}).repeat
    assert isinstance(repeat, Repeat)
    assert (repeat.times, repeat.counter, repeat.steps[0].VERB) == (2, "i", "repeat")


def test_an_include_takes_its_steps_from_the_loader() -> None:
    include = step(include={"file": "b.steps.yaml", "with": {"a": 1, "b": "x"}})
    assert isinstance(include, IncludeStep)
    assert include.steps == ()
    include.included((step(keys="1"),))
    inner: tuple[Step, ...] = include.steps
    assert [one.VERB for one in inner] == ["keys"]


def test_a_step_knows_its_place_once_told() -> None:
    keys: Step = step(keys="1")
    keys.located(Position("a.kkm.yaml", 3, 5, "- keys: 1"))
    assert str(keys.at) == "a.kkm.yaml:3:5"

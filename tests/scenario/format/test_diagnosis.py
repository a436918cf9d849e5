"""One mistake for each thing that is wrong, at its own place, in words."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from kkm_sim.scenario.format.diagnosis import diagnose, did_you_mean, refusal, words
from kkm_sim.scenario.format.field_types import Duration, Name
from kkm_sim.scenario.format.model import Scenario
from kkm_sim.scenario.format.steps import VERBS, AnyStep
from kkm_sim.scenario.format.yaml_nodes import compose
from tests.scenario.files import mistakes, of_steps

DURATION = "a duration: a whole number and its unit, ns, us, ms, s, min or h, as in `10 ms`"
KEYS = "keys of the till, as in `1 5 0 ПИ`"
PACKET = "a packet: RDY, `ACK HS=1` …, or a mapping with packet, data, hex or a message"
VARIABLE = "a variable, as in `$name`"
STEP = "a step: a mapping with one verb, as in `keys: 1 5 0 ПИ`"
TEXT = "a text"

STEPS = {
    "keyz: 1": "3:3: expected a verb (did you mean `keys`?), there is `keyz`",
    "zzz: 1": f"3:3: expected a verb: {', '.join(list(VERBS)[:-1])} or include, there is `zzz`",
    "{till: 1, zzzkeys: 1}": "3:13: expected a verb (did you mean `keys`?), there is `zzzkeys`",
    "{keys: 1, scan: 2}": "3:13: expected one verb in a step, there is `scan` beside `keys`",
    "till: 1": f"3:3: expected {STEP}, there is a mapping with `till`",
    "ping": f"3:3: expected {STEP}, there is `ping`",
    "{keys: 1, tll: 1}": "3:13: expected a key known here (did you mean `till`?), there is `tll`",
    "{keys: 1, till: 99}": "3:19: expected a whole number from 1 to 98, there is `99`",
    "keys:": f"3:8: expected {KEYS}, there is nothing",
    "keys: 1 5 Q 5": f"3:9: expected {KEYS} (no key is called `Q`), there is `1 5 Q 5`",
    "keys: {a: 1}": f"3:9: expected {KEYS}, there is a mapping with `a`",
    "wait: 10": f"3:9: expected {DURATION}, there is `10`",
    "wait: 10 parsecs": f"3:9: expected {DURATION}, there is `10 parsecs`",
    "power: no": "3:10: expected on or off, there is `no`",
    "clock: 12:30": "3:10: expected a date and time, as in `2016-07-01T12:00:00`, there is `12:30`",
    "clock: 1999-01-01T00:00:00": "3:10: expected a date and time of the years 2000 to 2099, as in "
    "`2016-07-01T12:00:00`, there is `1999-01-01T00:00:00`",
    "option: {28: 1}": "3:12: expected 27, 29 or 30, there is `28`",
    "option: {29: x}": "3:16: expected a whole number, there is `x`",
    "utm: maybe": "3:8: expected up, down or refuses, or a mapping of answers or delay, there is `maybe`",
    "utm: {answer: up}": "3:9: expected a key known here (did you mean `answers`?), there is `answer`",
    "indicator: true": f"3:14: expected {TEXT}, there is `true`",
    "tape: true": "3:9: expected a text, or a list, each a text, or a mapping with `contains`, there is `true`",
    "tape: {contain: [a]}": "3:10: expected a key known here (did you mean `contains`?), there is `contain`",
    "tape: {}": "3:9: expected the key `contains`, there is an empty mapping without it",
    "tape: {contains: []}": f"3:20: expected a list of at least one, each {TEXT}, there is an empty list",
    "tape: [a, {b: c}]": f"3:13: expected {TEXT}, there is a mapping with `b`",
    "beep: shrot": "3:9: expected short, long or none, there is `shrot`",
    "receipt: {kind: salle}": "3:19: expected sale or return, there is `salle`",
    "receipt: {total: x}": "3:20: expected a whole number of kopecks, as in `1550` for 15.50, or "
    f"{VARIABLE}, there is `x`",
    "receipt: {operations: 1.5}": f"3:25: expected a whole number, or {VARIABLE}, there is `1.5`",
    "sale: {send: {price: 15.50}}": "3:24: expected a whole number of kopecks from 0 to 1099511627775, as in "
    f"`1550` for 15.50, or {VARIABLE}, there is `15.50`",
    "sale: {send: {quantity: 1.5}}": "3:27: expected a whole number of thousandths from 0 to 1099511627775, as in "
    f"`1500` for 1.5, or {VARIABLE}, there is `1.5`",
    "{tape: , contains: [a]}": "3:12: expected `contains` indented further, inside `tape`, there is `contains` beside "
    "`tape`",
    "{ping: , expect: {flags: 1}}": "3:12: expected `expect` indented further, inside `ping`, there is `expect` "
    "beside `ping`",
    "{repeat: , times: 2, steps: [keys: 1]}": "3:14: expected `times` and `steps` indented further, inside `repeat`, "
    "there is `times` and `steps` beside `repeat`",
    "{expect: , silence: 3 s}": "3:14: expected `silence` indented further, inside `expect`, there is `silence` beside "
    "`expect`",
    "findings: [gap-to-short]": "3:14: expected one of 39 codes (did you mean `gap-too-short`?), there is "
    "`gap-to-short`",
    "findings: none of it": "3:13: expected none or any, or a list, each one of 39 codes, as in `gap-too-short`, "
    "there is `none of it`",
    "ping:": "3:8: expected a mapping of send or expect, there is nothing",
    "ping: {expcet: {}}": "3:10: expected a key known here (did you mean `expect`?), there is `expcet`",
    "ping: {expect: {flags: 256}}": f"3:26: expected a whole number from 0 to 255, or {VARIABLE}, there is `256`",
    "ping: {expect: {flag: 1}}": "3:19: expected a key known here (did you mean `flags`?), there is `flag`",
    "sale: {send: {code_type: pfd}}": "3:28: expected one of ean (0), pdf (1), duplicate_pdf (2), beer (3), "
    f"or {VARIABLE}, there is `pfd`",
    "{ping: {}, hs: 2}": "3:18: expected a whole number, 0 or 1, there is `2`",
    "send: RDI": f"3:9: expected {PACKET}, there is `RDI`",
    "send: [RDY]": f"3:9: expected {PACKET}, there is the list `[RDY]`",
    "send: {packet: RDI}": "3:18: expected DISC, REJ, RDY, NAK, WAIT, BUSY, ACK, SYN or RST, or a whole number from "
    "0 to 15, there is `RDI`",
    "send: {data: 5x}": "3:16: expected bytes in hex, as in `03 05`, there is `5x`",
    "send: {data: 05, number: 9}": f"3:28: expected a whole number from 0 to 7, or {VARIABLE}, there is `9`",
    "send: {sale: {}, ping: {}}": "3:9: expected a mapping with one of packet, data, hex, sale, close, identifier, "
    "ping, message or annul, there is a mapping with `sale`, `ping`",
    "send: {silence: 3 s}": f"3:9: expected {PACKET}, there is a mapping with `silence`",
    "expect: {silence: 3}": f"3:21: expected {DURATION}, there is `3`",
    "damage: {of_till: {flip: -1}}": "3:28: expected a whole number, 0 or more, or any, there is `-1`",
    "damage: {of_till: lost}": "3:21: expected drop, or a mapping with `flip`, or a mapping with `cut`, "
    "there is `lost`",
    "damage: {of_till: {flap: 1}}": "3:21: expected drop, or a mapping with `flip`, or a mapping with `cut`, there is "
    "a mapping with `flap`",
    "repeat: {times: 0, steps: [keys: 1]}": "3:19: expected a whole number from 1 to 1000000, there is `0`",
    "repeat: {times: 1, steps: [keys: Q]}": f"3:36: expected {KEYS} (no key is called `Q`), there is `Q`",
    "repeat: {times: 2}": "3:11: expected the key `steps`, there is a mapping with `times` without it",
    "repeat: {times: 1, as: 5x, steps: [keys: 1]}": "3:26: expected a name of Latin letters and digits, there is `5x`",
    "master: outside": "3:11: expected smartbox or wire, there is `outside`",
}


@pytest.mark.parametrize("step", STEPS)
def test_a_wrong_step_is_one_mistake_at_its_place(step: str, tmp_path: Path) -> None:
    assert of_steps(tmp_path, step) == [f"a.kkm.yaml:{STEPS[step]}"]


def test_all_mistakes_of_a_file_in_its_order(tmp_path: Path) -> None:
    text = """\
titel: One sale
master: wires
settings:
  option_29: 7
  optoin_30: 3
  header: [a, true]
paced: yes
smartbox: {beer: 5, qr_levle: H}
steps:
  - keys: 1 5 Q
  - repeat:
      times: 2
      steps:
        - wait: soon
        - sacn: 5
  - keys: 1
"""
    assert mistakes(tmp_path, text) == [
        "a.kkm.yaml:1:1: expected a key known here (did you mean `title`?), there is `titel`",
        "a.kkm.yaml:2:9: expected smartbox, wire or outside, there is `wires`",
        "a.kkm.yaml:4:14: expected a whole number from 0 to 3, there is `7`",
        "a.kkm.yaml:5:3: expected a setting (did you mean `option_30`, `option_29` or `option_27`?), there is "
        "`optoin_30`",
        "a.kkm.yaml:6:11: expected a list of values, each text of at most 24 characters of Windows-1251, there is "
        "the list `[a, true]`",
        "a.kkm.yaml:7:8: expected true or false, there is `yes`",
        "a.kkm.yaml:8:18: expected a list, each a text, there is `5`",
        "a.kkm.yaml:8:21: expected a key known here (did you mean `qr_level`?), there is `qr_levle`",
        f"a.kkm.yaml:10:11: expected {KEYS} (no key is called `Q`), there is `1 5 Q`",
        f"a.kkm.yaml:14:17: expected {DURATION}, there is `soon`",
        "a.kkm.yaml:15:11: expected a verb (did you mean `scan`?), there is `sacn`",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("keys", "1:1: expected a mapping with `title` and `steps`, there is `keys`"),
        ("[1]", "1:1: expected a mapping with `title` and `steps`, there is the list `[1]`"),
        ("title: x", "1:1: expected the key `steps`, there is a mapping with `title` without it"),
        ("title: x\nsteps: []", f"2:8: expected a list of at least one, each {STEP}, there is an empty list"),
        (
            "title: x\nsteps: {keys: 1}",
            f"2:8: expected a list of at least one, each {STEP}, there is a mapping with `keys`",
        ),
        ("title: ''\nsteps: [keys: 1]", '1:8: expected a text that is not empty, there is the text ""'),
        (
            "title: x\nsteps: [keys: 1]\nvariables: {a b: 1}",
            "3:13: expected a name of Latin letters and digits, there is `a b`",
        ),
        (
            "title: x\nsteps: [keys: 1]\nvariables: {a: [1]}",
            "3:16: expected a whole number, or a text, there is the list `[1]`",
        ),
    ],
)
def test_the_file_as_a_whole(text: str, told: str, tmp_path: Path) -> None:
    assert mistakes(tmp_path, text) == [f"a.kkm.yaml:{told}"]


def test_contains_that_is_not_inside_its_tape(tmp_path: Path) -> None:
    told = "a.kkm.yaml:4:3: expected `contains` indented further, inside `tape`, there is `contains` beside `tape`"
    assert of_steps(tmp_path, "tape:\n  contains:\n  - СДАЧА 5.50") == [told]


def test_a_row_of_the_file_that_is_not_inside_its_key(tmp_path: Path) -> None:
    told = "a.kkm.yaml:4:1: expected `beer` indented further, inside `smartbox`, there is `beer` beside `smartbox`"
    assert mistakes(tmp_path, "title: x\nsteps: [keys: 1]\nsmartbox:\nbeer: [1]\n") == [told]


def test_words_of_types() -> None:
    assert words(Duration, 5) == DURATION
    assert words(Name, "5") == "a name of Latin letters and digits"
    assert did_you_mean("a beep", "lnog", ["short", "long"]) == "a beep (did you mean `long`?)"
    assert did_you_mean("a beep", "zzz", ["short", "long", "none"]) == "a beep: short, long or none"


WORDS = ["$a", "RDY", "10 ms", "on", "up", "05", "any", "none", "drop", "x", "ean", "2016-07-01T12:00:00"]
KEYS_INSIDE = [
    "send",
    "expect",
    "flags",
    "contains",
    "hex",
    "data",
    "packet",
    "sale",
    "ping",
    "silence",
    "of_till",
    "flip",
    "cut",
    "times",
    "steps",
    "keys",
    "file",
    "with",
    "answers",
    "delay",
    "text",
    "bitmap",
    "number",
    "zzz",
    "hs",
]
values = st.recursive(
    st.integers(-2, 300) | st.booleans() | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS_INSIDE), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from([*VERBS]), values, st.dictionaries(st.sampled_from(["till", "within", "update", "as"]), values))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_what_pydantic_refuses_is_told_and_nothing_else(verb: str, value: Any, beside: dict[str, Any]) -> None:
    root, _ = compose(yaml.safe_dump({verb: value} | beside, allow_unicode=True), "f")
    told = list(diagnose(AnyStep, root, "f"))
    assert bool(told) == (refusal(AnyStep, root.plain) is not None)
    assert len({(str(mistake.at), mistake.expected) for mistake in told}) == len(told)
    for mistake in told:
        assert not any(word in str(mistake) for word in ("Input", "constrained", "pydantic", "valid "))


def test_a_right_scenario_has_no_mistakes() -> None:
    root, _ = compose("title: x\nsteps: [{ping: {expect: {flags: $f}}}, {tape: [a, 1]}]", "f")
    assert list(diagnose(Scenario, root, "f")) == []
    assert TypeAdapter(Scenario).validate_python(root.plain).title == "x"

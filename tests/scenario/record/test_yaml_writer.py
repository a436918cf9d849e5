"""YAML as it is written: read back by PyYAML and by the loader it is the same, and it reads well."""

from datetime import datetime
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kkm_sim.scenario.record.yaml_writer import comment_text, head_text, scalar, step_text


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("1 5 0 ПИ", "1 5 0 ПИ"),
        ("С", "С"),
        ("↑", "↑"),
        ("150", '"150"'),
        ("00", '"00"'),
        ("0.00", '"0.00"'),
        ("1e5", '"1e5"'),
        ("0x1F", '"0x1F"'),
        ("12:30", '"12:30"'),
        ("2016-07-01", '"2016-07-01"'),
        ("true", '"true"'),
        ("on", "on"),
        ("ACK HS=1", "ACK HS=1"),
        ("%", '"%"'),
        (".", '"."'),
        ("", '""'),
        ("a: b", '"a: b"'),
        ("a #b", '"a #b"'),
        ("[x]", '"[x]"'),
        (" x", '" x"'),
        ('say "x"\\', r'"say \"x\"\\"'),
        ("\x85", r'"\u0085"'),
        (True, "true"),
        (27, "27"),
        (datetime(2016, 7, 1, 12), "2016-07-01T12:00:00"),
    ],
)
def test_scalars(value: Any, written: str) -> None:
    assert scalar(value) == written


@given(st.text(st.characters(codec="cp1251")))
def test_any_text_is_read_back(text: str) -> None:
    flow = yaml.load(f"{{a: {scalar(text)}, b: [{scalar(text)}]}}", yaml.BaseLoader)
    assert flow == {"a": text, "b": [text]}


def test_a_short_step_is_a_line() -> None:
    step = {"sale": {"send": {"code_type": "pdf", "quantity": 1000}}, "hs": 1}
    assert step_text(step, "+1.0 s") == "  - sale: {send: {code_type: pdf, quantity: 1000}}  # +1.0 s\n    hs: 1\n"


def test_a_long_step_is_a_block() -> None:
    step = {"identifier": {"expect": {"block": 1}, "send": {"bitmap": [f"{row:016x}" for row in range(8)]}}}
    text = step_text(step)
    assert text.splitlines()[:4] == [
        "  - identifier:",
        "      expect: {block: 1}",
        "      send:",
        "        bitmap: [",
    ]
    assert max(map(len, text.splitlines())) <= 120
    assert yaml.load(text, yaml.BaseLoader) == [
        {"identifier": {"expect": {"block": "1"}, "send": {"bitmap": [f"{row:016x}" for row in range(8)]}}}
    ]


def test_a_text_of_lines_is_a_block() -> None:
    tape = "ИТОГ   150.00\n\n   [cut]\n"
    text = step_text({"tape": tape})
    assert text == "  - tape: |\n      ИТОГ   150.00\n\n         [cut]\n"
    assert yaml.load(text, yaml.BaseLoader) == [{"tape": tape}]


def test_the_head() -> None:
    values = {"settings": {"option_30": 12}, "paced": False}
    assert head_text("A: b", "", values) == 'title: "A: b"\nsettings: {option_30: 12}\npaced: false\nsteps:\n'
    assert comment_text("noise") == "  # noise\n"

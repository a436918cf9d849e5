"""`--update`: only the values of the steps that were seen change, in whatever file they stand."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kkm_sim.scenario.update.text_edits import CannotWrite
from kkm_sim.scenario.update.updated_text import updated_text
from tests.scenario.updates import BEFORE, CONTAINS, seen

SCENARIO = """\
# A sale, with what is seen to be filled in.
title: a bottle   # why not
steps:
  - keys: 1 0 0 ПИ

  # What is seen:
  - indicator: ""  # the price
    update: true
  - {tape: '', update: true}
  - tape: |   # the receipt
      old
    update: true

    within: 3 s
  - repeat:
      times: 2
      steps:
        - findings: none
          update: true
# The end
"""


def test_each_value_in_its_place() -> None:
    after = updated_text(
        SCENARIO,
        [
            seen(7, 5, "indicator", "100.00"),
            seen(9, 5, "tape", "one\n"),
            seen(10, 5, "tape", "   ООО ЗАРЯ\nИТОГ  =100.00\n"),
            seen(18, 11, "findings", ["bad-flc"]),
        ],
    )
    assert after == SCENARIO.replace('indicator: ""', 'indicator: "100.00"').replace(
        "{tape: '', update", '{tape: "one\\n", update'
    ).replace("|   # the receipt\n      old\n", "|2   # the receipt\n         ООО ЗАРЯ\n      ИТОГ  =100.00\n").replace(
        "findings: none", "findings: [bad-flc]"
    )


def test_a_tape_has_the_form_it_had() -> None:
    text = "steps:\n  - tape: [a]\n  - tape: |\n      a\n"
    after = updated_text(text, [seen(2, 5, "tape", "b\nc\n"), seen(3, 5, "tape", ("b", "c"))])
    assert after == "steps:\n  - tape: [b, c]\n  - tape: |\n      b\n      c\n"


def test_a_step_seen_twice_alike_is_written_once() -> None:
    text = "steps:\n  - beep: none\n"
    assert updated_text(text, [seen(2, 5, "beep", "short")] * 2) == "steps:\n  - beep: short\n"


def test_a_step_seen_in_two_ways_is_told() -> None:
    with pytest.raises(CannotWrite) as error:
        updated_text("steps:\n  - beep: none\n", [seen(2, 5, "beep", "short"), seen(2, 5, "beep", "long")])
    assert str(error.value) == ("f.kkm.yaml:2:5: beep: seen in two ways, 'short' and 'long': the file stays as it is")


ANCHORED = "beep: there is an anchor, an alias or a tag, which stays as it is"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("steps:\n  - keys: 1\n", "f.kkm.yaml:2:5: the file has changed since it was played: play it again"),
        ("steps:\n- beep: none\n", "f.kkm.yaml:2:5: the file has changed since it was played: play it again"),
        ("steps:\n  - beep: &b none\n", f"f.kkm.yaml:2:5: {ANCHORED}"),
        ("x: &b none\nsteps:\n  - beep: *b\n", f"f.kkm.yaml:3:5: {ANCHORED}"),
        (
            "steps:\n  - &s {beep: none}\n  - *s\n",
            "f.kkm.yaml:2:5: beep: what was seen cannot be written in the style of this file",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_written(text: str, told: str) -> None:
    line = text[: text.index("beep" if "beep" in text else "keys")].count("\n") + 1
    with pytest.raises(CannotWrite) as error:
        updated_text(text, [seen(line, 5, "beep", "long")])
    assert str(error.value) == told


def test_a_tab_before_a_comment() -> None:
    text = "steps:\n  - keys: 1\t# a key\n  - indicator: x\t# ever new\n"
    after = updated_text(text, [seen(3, 5, "indicator", "1")])
    assert after == text.replace("x\t", "'1'\t")


def test_a_tape_without_lines() -> None:
    text = "steps:\n- tape:\n  - a\n  - b  # the last\n  update: true\n- tape: |  # all\n    a\n  update: true\n"
    after = updated_text(text, [seen(2, 3, "tape", []), seen(6, 3, "tape", "")])
    assert yaml.load(after, Loader=yaml.BaseLoader)["steps"] == [
        {"tape": [], "update": "true"},
        {"tape": "", "update": "true"},
    ]
    assert "# the last\n" in after
    assert "# all\n" in after


def test_what_is_told_beside_fields_stays() -> None:
    text = (
        "steps:\n"
        "  - receipt: {number: $n,  # the first\n"
        "              total: 0x0F}  # all\n"
        "  - ping:\n"
        "      expect:  # what it says\n"
        "        shift: 9  # open\n"
        "        # of the day:\n"
        "        flags: 131\n"
        "      send: {}  # nothing\n"
    )
    after = updated_text(
        text,
        [
            seen(2, 5, "receipt", {"total": 15000, "number": "$n"}),
            seen(4, 5, "ping", {"send": {}, "expect": {"flags": 131, "shift": 1, "result": 2}}),
        ],
    )
    assert after == text.replace("0x0F", "15000").replace("shift: 9", "shift: 1").replace(
        "flags: 131\n", "flags: 131\n        result: 2\n"
    )


@pytest.mark.parametrize(
    ("contains", "printed", "after"),
    [
        ("[ИТОГ  =1.00]", ["ЧЕК", "ИТОГ =1.00"], None),
        ("[a, '[cut]']", ["x", "a", "[cut]", "b"], None),
        ("[a $n, 5 $$]", ["a 12", "5 $"], None),
        ("['[bitmap 41x41]']", ["[bitmap 41x41 ff]"], None),
        ("[a.c]", ["abc"], "[abc]"),
        ("[a, b]  # both", ["b", "a"], "[b, a]  # both"),
        ("[a]", ["aa"], "[aa]"),
        ("['[bitmap 41x41]']", ["[bitmap 8x8]"], "['[bitmap 8x8]']"),
    ],
)
def test_what_a_tape_contains_stays_while_it_is_there(contains: str, printed: list[str], after: str | None) -> None:
    text = f"steps:\n  - tape:  # some\n      contains: {contains}\n"
    expected = text if after is None else text.replace(contains, after)
    assert updated_text(text, [seen(2, 5, "tape", printed)]) == expected


def test_a_tape_that_contains_nothing_any_more() -> None:
    text = "steps:\n  - tape: {contains: [a]}\n"
    assert updated_text(text, [seen(2, 5, "tape", [])]) == "steps:\n  - tape: []\n"


LINE = st.text(st.characters(codec="cp1251", categories=["L", "N", "P", "S", "Zs"]), max_size=40)


@given(st.lists(LINE, min_size=1, max_size=6), st.sampled_from(BEFORE), st.booleans(), st.sampled_from(["\n", "\r\n"]))
def test_whatever_was_printed_is_read_again(lines: list[str], before: str, as_list: bool, line_end: str) -> None:
    text = f"# top\nsteps:\n  - tape: {before}\n    update: true  # yes\n  # end\n  - keys: 1\n".replace("\n", line_end)
    value: object = lines if as_list else "".join(f"{line}\n" for line in lines)
    after = updated_text(text, [seen(3, 5, "tape", value)])
    tape = yaml.load(after, Loader=yaml.BaseLoader)["steps"][0]["tape"]
    assert isinstance(tape, dict) == (before == CONTAINS and as_list and bool(lines))
    if isinstance(tape, dict):
        tape = tape["contains"]
    told = tape.split("\n") if isinstance(tape, str) else tape
    assert [line.split() for line in told if line.split()] == [line.split() for line in lines if line.split()]
    rest = "    update: true  # yes\n  # end\n  - keys: 1\n".replace("\n", line_end)
    assert after.startswith(f"# top{line_end}steps:{line_end}  - tape:")
    assert after.endswith(rest)
    assert after.count("\n") == after.count(line_end)


@pytest.mark.parametrize("text", ["", "# only\n", "["])
def test_what_is_no_scenario_any_more(text: str) -> None:
    with pytest.raises(CannotWrite) as error:
        updated_text(text, [seen(2, 5, "beep", "x")])
    assert str(error.value) == "f.kkm.yaml: the file has changed since it was played: play it again"

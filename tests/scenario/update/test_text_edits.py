"""A value in a YAML text replaced: in the style that stands there, everything else byte for byte."""

from typing import Any

import pytest
import yaml

from kkm_sim.scenario.update.text_edits import (
    CannotWrite,
    Edit,
    Path,
    apply_edits,
    find,
    plain,
    scalar_text,
    value_edits,
)

PARSERS: list[Any] = [yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader)]


def edited(text: str, path: Path, value: object) -> str:
    """What any parser's positions lead to."""
    made = set()
    for parser in PARSERS:
        root = yaml.compose(text, Loader=parser)
        assert root is not None
        made.add(apply_edits(text, value_edits(text, root, path, value)))
    (after,) = made
    return after


@pytest.mark.parametrize(
    ("text", "value", "after"),
    [
        # one line stays one, in the quotes it had
        ("v: old  # why\n", "new", "v: new  # why\n"),
        ("v: 'old'\n", "it's", "v: 'it''s'\n"),
        ('v: "old"\n', "new", 'v: "new"\n'),
        ("v: old\n", "350.90", "v: '350.90'\n"),
        ("v: old\n", "ЧЕК: 1 # no", "v: 'ЧЕК: 1 # no'\n"),
        ("v: 1\n", 25, "v: 25\n"),
        ("v: 'x'\n", 25, "v: 25\n"),
        ("v: '1'\n", True, "v: true\n"),
        ("v: x\n", "", "v: ''\n"),
        ("v:\nw: 1\n", "new", "v: new\nw: 1\n"),
        ("{v: old, w: 1}\n", "a, b", "{v: 'a, b', w: 1}\n"),
        ("v: two\n  lines\nw: 1\n", "one", "v: one\nw: 1\n"),
        # several lines become a block where there may be one
        ("v: ''  # why\nw: 1\n", "a\nb\n", "v: |  # why\n  a\n  b\nw: 1\n"),
        ("{v: ''}\n", "a\nb\n", '{v: "a\\nb\\n"}\n'),
        ("- v: x", "a\nb", "- v: |\n    a\n    b"),
        ("v: x\n", "a\nb\x07", 'v: "a\\nb\\a"\n'),
        ("v: x\r\nw: 1\r\n", "a\nb", "v: |\r\n  a\r\n  b\r\nw: 1\r\n"),
        # a block stays one, with its own indentation, and what stands around it
        ("v: |  # why\n     a\n     b\n\n# behind\nw: 1\n", "c\n", "v: |  # why\n     c\n\n# behind\nw: 1\n"),
        ("v: |-\n  a\n", "  b\n\n c", "v: |2-\n    b\n\n   c\n"),
        ("v: |2\n   a\n", "b", "v: |2\n  b\n"),
        ("v: |4\n     a\n", " b", "v: |4\n     b\n"),
        ("v: |+\n  a\n\nw: 1\n", "b", "v: |\n  b\n\nw: 1\n"),
        ("v: |  # why\n  a\n\nw: 1\n", "b\n\n", 'v: "b\\n\\n"  # why\n\nw: 1\n'),
        ("v: >\n  a\n  b\n", "b\nc", "v: |\n  b\n  c\n"),
        ("v: |\n  a\n", "\nb", "v: |2\n\n  b\n"),
        ("v: |\nw: 1\n", "a", "v: |\n  a\nw: 1\n"),
        ("v: |\r\n  a\r\n  b\r\nw: 1\r\n", "c", "v: |\r\n  c\r\nw: 1\r\n"),
        ("v: |\n  a", "b\nc", "v: |\n  b\n  c"),
        # collections: what is alike inside stays
        ("v:\n  a: 1  # A\n  b: 2  # B\n", {"a": 1, "b": 3}, "v:\n  a: 1  # A\n  b: 3  # B\n"),
        ("v: {a: 0x10, b: 2}\n", {"a": 16, "b": 3}, "v: {a: 0x10, b: 3}\n"),
        ("v:\n- a  # A\n- b\n", ["a", "c"], "v:\n- a  # A\n- c\n"),
        ("v: [a, b]  # why\n", ["c"], "v: [c]  # why\n"),
        ("v:\n  - a\n  # behind\nw: 1\n", ["b", "c: d"], "v:\n  - b\n  - 'c: d'\n  # behind\nw: 1\n"),
        # lines below the key become one behind it
        ("v:\n  - a\n", [], "v: []\n"),
        ("v:\n- a\n- b\nw: 1\n", [], "v: []\nw: 1\n"),
        ("v:\r\n- a\r\nw: 1\r\n", [], "v: []\r\nw: 1\r\n"),
        ("v :  # why\n  # and\n  - a  # A\nw: 1\n", [], "v : []  # why\n  # and  # A\nw: 1\n"),
        ("- v:\n  - a", [], "- v: []"),
        ("v:\n  - a\nw: 1\n", "none", "v: none\nw: 1\n"),
        ("v:\n  a: 1\nw: 1\n", "none", "v: none\nw: 1\n"),
        # field by field, in the order of the file
        ("v:\n  b: 2  # B\n  # A:\n  a: 1\n", {"a": 3, "b": 4}, "v:\n  b: 4  # B\n  # A:\n  a: 3\n"),
        ("v: {b: 2,  # B\n    a: 1}\n", {"a": 3, "b": 4}, "v: {b: 4,  # B\n    a: 3}\n"),
        ("v: {b: 2,  # B\n    a: 1}\n", {"a": 3, "b": 4, "c": "x"}, "v: {b: 4,  # B\n    a: 3, c: x}\n"),
        ("v: {a: 1, b: 2,}\n", {"b": 2, "c": ["x"]}, "v: {b: 2, c: [x],}\n"),
        ("v: {a: 1, b: 2}\n", {"a": 1}, "v: {a: 1}\n"),
        ("v: {a: 1, b: 2, c: 3}\n", {"a": 1}, "v: {a: 1, }\n"),
        ("v: {a: 1,  # A\n  b: 2  # B\n}\n", {"a": 1}, "v: {a: 1,  # A\n    # B\n}\n"),
        ("v:\n  a: 1  # A\n  b: 2\n  # C:\n  c: 3", {"a": 1, "c": 3}, "v:\n  a: 1  # A\n  # C:\n  c: 3"),
        ("v:\n  a: |\n    x\n  b:\n    c: 1\n    # in b\n  # V\n", {"a": "x\n"}, "v:\n  a: |\n    x\n  # V\n"),
        ("v:\n- a\nw: 1\n", {"b": 1}, "v: {b: 1}\nw: 1\n"),
        ("v:\n  a: 1  # A\n  b: |\n    x\nw: 1\n", {"a": 2, "c": 3}, "v:\n  a: 2  # A\n  c: 3\nw: 1\n"),
        ("v: none\n", ["a", "b"], "v: [a, b]\n"),
        ("v:\n  a: 1\nw: 1\n", {"a": 1, "c": "x"}, "v:\n  a: 1\n  c: x\nw: 1\n"),
        ("v:\n  - - a\n    - |\n      b\n\nw: 1\n", ["x"], "v:\n  - x\n\nw: 1\n"),
        ("v: {contains: [a]}\n", ["x", "y"], "v: [x, y]\n"),
    ],
)
def test_a_value_takes_anothers_place(text: str, value: object, after: str) -> None:
    path: Path = (0, "v") if text.startswith("-") else ("v",)
    assert edited(text, path, value) == after


def test_what_is_the_same_changes_nothing() -> None:
    text = "v:\n  a: 0x10\n  b: 'x'\n  c: |\n    one\n  d: true\n"
    assert edited(text, ("v",), {"a": 16, "b": "x", "c": "one\n", "d": True}) == text


@pytest.mark.parametrize("text", ["v: &a 1\n", "v: !!str 1\n"])
def test_anchors_and_tags_stay(text: str) -> None:
    with pytest.raises(CannotWrite, match="an anchor, an alias or a tag"):
        edited(text, ("v",), "new")


@pytest.mark.parametrize("value", [None, 1.5, b"x", object()])
def test_what_no_scenario_writes(value: object) -> None:
    with pytest.raises(CannotWrite, match="is no text and no whole number"):
        edited("v: 1\n", ("v",), value)


def test_what_no_scenario_writes_in_a_list() -> None:
    with pytest.raises(CannotWrite, match=r"^there is something in it that is no text and no whole number$"):
        edited("v: [1]\n", ("v",), [object(), 2])


def test_find_and_plain() -> None:
    root: Any = yaml.compose("a: [1, {b: no}]\n", Loader=yaml.SafeLoader)
    assert plain(root) == {"a": ["1", {"b": "no"}]}
    assert find(root, ("a", 1, "b")).value == "no"
    with pytest.raises(LookupError):
        find(root, ("a", 2))


def test_edits_do_not_need_to_come_in_order() -> None:
    assert apply_edits("abcdef", [Edit(4, 5, "E"), Edit(1, 3, ""), Edit(1, 1, "x")]) == "axdEf"


@pytest.mark.parametrize(("value", "text"), [(True, "true"), (False, "false"), (12, "12"), ("x", "x")])
def test_scalars_as_yaml_has_them(value: object, text: str) -> None:
    assert scalar_text(value) == text

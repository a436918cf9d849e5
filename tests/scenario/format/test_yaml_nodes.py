"""YAML as scenarios use it: what a bare word means, where each piece stands, and what is refused."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kkm_sim.scenario.format import yaml_nodes
from kkm_sim.scenario.format.position import lines_of
from kkm_sim.scenario.format.yaml_nodes import MAX_DEPTH, NOTHING, Mapping, Node, Scalar, Sequence, YamlMistake, compose

PARSERS = {"C": getattr(yaml, "CSafeLoader", yaml.SafeLoader), "python": yaml.SafeLoader}


@pytest.fixture(params=PARSERS)
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of PyYAML's parsers: not every machine has the one in C."""
    monkeypatch.setattr(yaml_nodes, "_Parser", PARSERS[request.param])


def plain(text: str) -> Any:
    root, mistakes = compose(text, "f.yaml")
    assert mistakes == []
    return root.plain


def refused(text: str) -> str:
    """The one mistake of a text, as a user reads it."""
    try:
        _, mistakes = compose(text, "f.yaml")
    except YamlMistake as error:
        return str(error.mistake)
    (mistake,) = mistakes
    return str(mistake)


@pytest.mark.parametrize(
    "word",
    ["no", "yes", "on", "off", "True", "NO", "null", "~", "0777", "00", "-0", "+5", "1.50", "1e3", "12:30", "1_000"],
)
def test_a_bare_word_is_a_text(word: str) -> None:
    assert plain(f"a: {word}") == {"a": word}


def test_dates_are_texts() -> None:
    assert plain("a: 2016-07-01\nb: 2016-07-01T12:00:00") == {"a": "2016-07-01", "b": "2016-07-01T12:00:00"}


@pytest.mark.parametrize(
    ("word", "value"),
    [("true", True), ("false", False), ("0", 0), ("-12", -12), ("4601234567893", 4601234567893), ("0x1F", 31)],
)
def test_these_are_not_texts(word: str, value: object) -> None:
    assert plain(f"a: {word}") == {"a": value}
    assert type(plain(f"a: {word}")["a"]) is not str
    assert plain(f"a: '{word}'") == {"a": word}


def test_a_number_too_long_to_count_with_is_a_text() -> None:
    assert plain(f"a: {'9' * 5000}") == {"a": "9" * 5000}


def test_an_empty_place_is_nothing_and_an_empty_text_is_one() -> None:
    assert plain("a:\nb: ''") == {"a": NOTHING, "b": ""}


def test_keys_are_words_or_numbers() -> None:
    assert plain("{27: 1, true: 2, no: 3}") == {27: 1, "true": 2, "no": 3}


def test_each_piece_knows_its_place(parser: None) -> None:
    text = "a:\n  - {b: 1,\n     c: d}   # comment\n\n# more\ne: |\n  x\n  y\n\nf: >-\n  z\n"
    root, _ = compose(text, "f.yaml")
    assert isinstance(root, Mapping)
    (_, listed), (_, block), (_, folded) = root.entries
    assert isinstance(listed, Sequence)
    (inner,) = listed.items
    assert isinstance(inner, Mapping)
    (b, one), (c, _) = inner.entries
    assert [(node.line, node.column) for node in (inner, b, one, c)] == [(2, 5), (2, 6), (2, 9), (3, 6)]
    assert (inner.last, listed.last, block.last, folded.last) == (3, 3, 9, 11)
    assert (block.line, block.column, root.line, root.column) == (6, 4, 1, 1)


def test_a_columns_count_characters(parser: None) -> None:
    root, _ = compose("ключ: {ж: 1}", "f.yaml")
    assert isinstance(root, Mapping)
    assert root.entries[0][1].column == 7


def test_a_byte_that_marks_utf_8_is_none_of_the_text() -> None:
    assert refused("a: \ufeffb") == 'f.yaml:1:4: expected "\\ufeff" in quotes, there is the bare character U+FEFF'


def test_an_alias_stands_for_what_it_names(parser: None) -> None:
    assert plain("a: &x {k: [1]}\nb: *x\nc: [*x, *x]") == {"a": {"k": [1]}, "b": {"k": [1]}, "c": [{"k": [1]}] * 2}


BOMB = "a: &a [1, 2, 3, 4, 5, 6, 7, 8, 9]\n" + "".join(
    f"{after}: &{after} [{', '.join([f'*{name}'] * 9)}]\n" for name, after in zip("abcdefgh", "bcdefghi", strict=True)
)

REFUSED = {
    "a: *x\n": "f.yaml:1:4: expected an anchor `&x` before it, there is `*x`",
    "a: &y 1\nb: *x\n": "f.yaml:2:4: expected `*y`, there is `*x`",
    "a: &x [*x]\n": "f.yaml:1:8: expected an alias of what has ended, there is `*x` inside itself",
    "a: !!python/object:os.system x": "f.yaml:1:4: expected a value without a tag, there is the tag "
    "`!!python/object:os.system`",
    "a: !mine x": "f.yaml:1:4: expected a value without a tag, there is the tag `!mine`",
    "--- 1\n--- 2\n": "f.yaml:2:1: expected one document in a file, there is a second one",
    "": "f.yaml:1:1: expected a mapping, there is nothing: the file is empty",
    "# only\n": "f.yaml:1:1: expected a mapping, there is nothing: the file is empty",
    "a: 1\nb: 2\na: 3\n": "f.yaml:3:1: expected each key once, there is `a` again, first in line 1",
    "? [a]\n: b\n": "f.yaml:1:3: expected a key that is a word, there is the list `[a]`",
    "a: \x07": 'f.yaml:1:4: expected "\\x07" in quotes, there is the bare character U+0007',
    "a:\r\n b: \x00": 'f.yaml:2:5: expected "\\x00" in quotes, there is the bare character U+0000',
    "[" * 3000: f"f.yaml:1:{MAX_DEPTH + 1}: expected at most {MAX_DEPTH} levels, one inside the other, "
    "there is one more",
    BOMB: "f.yaml:6:12: expected at most 200000 values, each alias counted as what it stands for, there is one more",
}


@pytest.mark.parametrize("text", REFUSED, ids=range(len(REFUSED)))
def test_what_is_refused_is_one_line(text: str, parser: None) -> None:
    assert refused(text) == REFUSED[text]


def test_a_key_in_quotes_or_in_braces_may_begin_with_a_dash() -> None:
    assert plain("'-a': 1\nb: {-c: 2}") == {"-a": 1, "b": {"-c": 2}}


def test_a_mistake_shows_forty_characters(parser: None) -> None:
    assert compose("x" * 40, "f")[0].found == f"`{'x' * 40}`"
    assert compose("x" * 41, "f")[0].found == f"`{'x' * 39}…`"
    assert compose(f"[{'x' * 41}]", "f")[0].found == "a list"
    assert compose(f"{{{'x' * 41}: 1}}", "f")[0].found == f"a mapping with `{'x' * 39}…`"


def test_a_merge_key_is_a_key_like_any_other() -> None:
    assert plain("<<: {a: 1}") == {"<<": {"a": 1}}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("no", "`no`"),
        ("'5'", 'the text "5"'),
        ("0x1F", "`0x1F`"),
        ("true", "`true`"),
        ("a b\n  c", "`a b c`"),
        ('"a\\nb"', 'the text "a¶b"'),
        ("x" * 100, f"`{'x' * 39}…`"),
        ("[]", "an empty list"),
        ("[a, 5]", "the list `[a, 5]`"),
        ("[[a]]", "a list"),
        ("{}", "an empty mapping"),
        ("{a: 1, b: 2}", "a mapping with `a`, `b`"),
    ],
)
def test_what_there_is_in_words(text: str, found: str) -> None:
    root, _ = compose(text, "f.yaml")
    assert root.found == found


def nodes(node: Node) -> list[Node]:
    if isinstance(node, Scalar):
        return [node]
    inner = [value for _, value in node.entries] if isinstance(node, Mapping) else node.items
    return [node, *(deeper for value in inner for deeper in nodes(value))]


@given(
    st.text()
    | st.lists(st.sampled_from([*"abc1[]{},:-#&*!|>'\"%@`\\ \t\n\r", ": ", "\n  ", "- ", "&a ", "*a"])).map("".join)
)
def test_any_text_is_nodes_in_it_or_mistakes_in_it(text: str) -> None:
    rows = lines_of(text)
    try:
        root, mistakes = compose(text, "f.yaml")
    except YamlMistake as error:
        root, mistakes = None, [error.mistake]
    places = [(node.line, node.column) for node in nodes(root)] if root else []
    for line, column in [*places, *((mistake.at.line, mistake.at.column) for mistake in mistakes)]:
        assert 1 <= line <= len(rows) + 1
        assert 1 <= column <= (len(rows[line - 1]) if line <= len(rows) else 0) + 1

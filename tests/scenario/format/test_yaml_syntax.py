"""What is no YAML, in one line: the same from each of PyYAML's parsers, whatever its errors say."""

from typing import Any

import pytest
import yaml

from kkm_sim.scenario.format import yaml_nodes
from kkm_sim.scenario.format.yaml_nodes import YamlMistake, compose


def without_words(parser: Any) -> Any:
    """A parser whose errors have a kind and places, and nothing to say."""

    class Parser(parser):  # type: ignore[misc]
        def get_event(self) -> Any:
            try:
                return super().get_event()
            except yaml.MarkedYAMLError as error:
                error.problem = error.context = error.note = ""
                raise

    return Parser


PARSERS = {
    "C": getattr(yaml, "CSafeLoader", yaml.SafeLoader),
    "python": yaml.SafeLoader,
    "C without words": without_words(getattr(yaml, "CSafeLoader", yaml.SafeLoader)),
    "python without words": without_words(yaml.SafeLoader),
}


@pytest.fixture(params=PARSERS)
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of PyYAML's parsers: not every machine has the one in C."""
    monkeypatch.setattr(yaml_nodes, "_Parser", PARSERS[request.param])


REFUSED = {
    "a: [1, 2\nb: 3\n": "f.yaml:2:2: expected `,` or `]` for the `[` in line 1, there is `:`",
    "a: {b: 1\nc: 2": "f.yaml:2:2: expected `,` or `}` for the `{` in line 1, there is `:`",
    "a: b: c\n": "f.yaml:1:5: expected one `key: value` in a line, a text with `: ` in quotes, there is `:`",
    "a:\n\t- b\n": "f.yaml:2:1: expected blanks, there is a tab",
    "a: @x": "f.yaml:1:4: expected a text in quotes, there is `@x`",
    "a: 'x\nb: 1\n": "f.yaml:1:4: expected a text that ends with ', there is the end of the file before it does",
    "a: ]": "f.yaml:1:4: expected a value, there is `]`",
    "a: |x\n  b": "f.yaml:1:5: expected the end of the line, there is `x`",
    "a: - b\n": "f.yaml:1:4: expected a text in quotes, or a list that begins in the next line, there is `-`",
    "- indicator: ?\n  within: 1 s\n": "f.yaml:1:14: expected a text in quotes, there is `?`",
    "a: {indicator: ?}\n": "f.yaml:1:16: expected a text in quotes, there is `?}`",
    "s:\n  - keys: 1\n   - keys: 2\n": "f.yaml:3:4: expected `- ` in column 3, as in line 2, there is `- ` in column 4",
    "s:\n  - keys: 1\n - keys: 2\n": "f.yaml:3:2: expected `- ` in column 3, as in line 2, there is `- ` in column 2",
    "s:\n  - k: 1\n     - k: 2\n": "f.yaml:3:6: expected `- ` in column 3, as in line 2, there is `- ` in column 6",
    "s:\n  - tape:\n      - a\n   - b: 1\n": "f.yaml:4:4: expected `- ` in column 3, as in line 2, there is `- ` in "
    "column 4",
    "s:\n  - tape:\n      - a\n - b: 1\n": "f.yaml:4:2: expected `- ` in column 3, as in line 2, there is `- ` in "
    "column 2",
    "s:\n  -keys: 1 ПИ\n  - keys: 1\n": "f.yaml:2:3: expected a blank after `-`, there is `-keys:`",
    "s:\n  - keys: 1\n  -keys: 1 ПИ\n  - keys: 2\n": "f.yaml:3:3: expected a blank after `-`, there is `-keys:`",
    "s:\n-keys: 1\n- keys: 1\n": "f.yaml:2:1: expected a blank after `-`, there is `-keys:`",
    "s:\n- keys: 1\n-keys: 1\n": "f.yaml:3:1: expected a blank after `-`, there is `-keys:`",
    "s:\n  -keys: 1\n": "f.yaml:2:3: expected a blank after `-`, there is `-keys:`",
    "- tape:\ncontains:\n  - a\n": "f.yaml:2:1: expected `- `, as in line 1, or `contains` indented further, there is "
    "`contains:`",
    # the end of the file
    "[": "f.yaml:1:2: expected a value, there is the end of the file",
    "a: {b\n": "f.yaml:2:1: expected `,` or `}` for the `{` in line 1, there is the end of the file",
    "a: [b, c: d\n": "f.yaml:2:1: expected `,` or `]` for the `[` in line 1, there is the end of the file",
    "a: 1\nb\n": "f.yaml:3:1: expected `:` after the key, there is the end of the file",
    "a: 'x\n---\nb: 1\n": "f.yaml:1:4: expected a text that ends with ', there is `---` before it does",
    'a: "x\n': 'f.yaml:1:4: expected a text that ends with ", there is the end of the file before it does',
    # what nothing begins with, or cannot go on so
    "a: [|]\n": "f.yaml:1:5: expected a text in quotes, there is `|]`",
    "a: [1,, 2]\n": "f.yaml:1:7: expected a value, there is `,`",
    "a: %x\n": "f.yaml:1:4: expected a text in quotes, there is `%x`",
    "%x:\n": "f.yaml:1:1: expected a text in quotes, there is `%x:`",
    'a: "\\q"\n': "f.yaml:1:5: expected an escape that YAML knows, or the text in '…', there is `\\q\"`",
    "a: 'b' c\n": "f.yaml:1:8: expected a key, indented like those above, there is `c`",
    'a: "\\x0g"\n': "f.yaml:1:5: expected an escape that YAML knows, or the text in '…', there is `\\x0g\"`",
    "'a'\n]\n": "f.yaml:2:1: expected the end of the file, there is `]`",
    "a: 1\nb\nc: 2\n": "f.yaml:3:1: expected `:` after the key, there is `c:`",
    "a: 1\n- b\n": "f.yaml:2:1: expected a key, indented like those above, there is `-`",
    "a: & b\n": "f.yaml:1:5: expected a name of Latin letters and digits behind `&`, there is `b`",
    "a: !x!y z\n": "f.yaml:1:4: expected a value without a tag, there is the tag `!x!y`",
    # what is wrong before it goes first
    "a: *x\nb: ]\n": "f.yaml:1:4: expected an anchor `&x` before it, there is `*x`",
    "[" * 3000: "f.yaml:1:51: expected at most 50 levels, one inside the other, there is one more",
    "- " * 3000: "f.yaml:1:101: expected at most 50 levels, one inside the other, there is one more",
}


@pytest.mark.parametrize("text", REFUSED, ids=range(len(REFUSED)))
def test_what_is_no_yaml_is_one_line(text: str, parser: None) -> None:
    with pytest.raises(YamlMistake) as refused:
        compose(text, "f.yaml")
    assert str(refused.value.mistake) == REFUSED[text]

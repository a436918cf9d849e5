"""`replay --update`: what was seen takes the place of what was expected, and nothing else in the file changes.

Only the values of steps marked `update: true` are written, each in the style it had: a tape stays a block, a list in
brackets stays one, mappings are written field by field. What a tape `contains` stays as long as it is there. Comments,
order, blank lines and line ends around what is written stay byte for byte; only comments inside a list that has
become longer or shorter go with it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode

from kkm_sim.scenario.format.field_types import REFERENCE
from kkm_sim.scenario.report.outcome import Update
from kkm_sim.scenario.update.text_edits import (
    CannotWrite,
    Edit,
    apply_edits,
    find,
    plain,
    says_number,
    scalar_text,
    value_edits,
)
from kkm_sim.scenario.update.text_edits import Path as PathInFile

_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Both count characters; what stands before a comment, a tab, only one of them takes."""

CHANGED = "the file has changed since it was played: play it again"

_BITMAP = re.compile(r"\[bitmap \S+\]")


class _Made(NamedTuple):
    """A value for its place, and what writes it there."""

    seen: Update
    path: PathInFile
    value: object
    edits: list[Edit]


def updated_text(text: str, wanted: Sequence[Update]) -> str:
    """The text of one file with the values of its steps replaced.

    Raises CannotWrite where a step was seen in two ways, its value cannot be replaced, or the text is another by now.
    """
    root = _composed(text)
    if root is None:
        raise CannotWrite(f"{wanted[0].at.file}: {CHANGED}")
    steps = {(node.start_mark.line + 1, node.start_mark.column + 1): (path, node) for path, node in _mappings(root)}
    made: list[_Made] = []
    for each in _without_doubles(wanted):
        step_path, step = steps.get((each.at.line, each.at.column), ((), None))
        if step is None or each.verb not in plain(step):
            raise CannotWrite(f"{each.at}: {CHANGED}")
        path = (*step_path, each.verb)
        value = _in_form_of(find(root, path), each.value)
        try:
            made.append(_Made(each, path, value, value_edits(text, root, path, value)))
        except CannotWrite as error:
            raise CannotWrite(f"{each.at}: {each.verb}: {error}") from None
    new = apply_edits(text, (edit for each in made for edit in each.edits))
    # What was written is read again: whatever styles and anchors meet here, no file is spoilt.
    if not _says(new, root, made):
        culprit = next((each for each in made if not _says(apply_edits(text, each.edits), root, [each])), made[0]).seen
        raise CannotWrite(f"{culprit.at}: {culprit.verb}: what was seen cannot be written in the style of this file")
    return new


def _says(text: str, root: Node, made: Iterable[_Made]) -> bool:
    """Whether a text says what `root` does, but for what was made of it."""
    meant = plain(root)
    for each in made:
        _put(meant, each.path, each.value)
    written = _composed(text)
    return written is not None and _same(plain(written), meant)


def _without_doubles(wanted: Sequence[Update]) -> list[Update]:
    """One for each step. Raises CannotWrite for a step that was seen in two ways."""
    first: dict[tuple[int, int], Update] = {}
    for each in wanted:
        other = first.setdefault((each.at.line, each.at.column), each)
        if other.value != each.value:
            raise CannotWrite(
                f"{each.at}: {each.verb}: seen in two ways, {_shown(other.value)} and {_shown(each.value)}: "
                "the file stays as it is"
            )
    return list(first.values())


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _mappings(node: Node, path: PathInFile = ()) -> Iterator[tuple[PathInFile, Node]]:
    """Every mapping with its place."""
    if isinstance(node, MappingNode):
        yield path, node
        for key, value in node.value:
            yield from _mappings(value, (*path, key.value))
    elif not isinstance(node, ScalarNode):
        for index, value in enumerate(node.value):
            yield from _mappings(value, (*path, index))


def _in_form_of(node: Node, value: object) -> object:
    """A tape is written as lines, as a list of them or as what it `contains`: as it was."""
    if isinstance(value, tuple):
        value = list(value)
    if isinstance(node, MappingNode) and isinstance(value, list) and value:
        stands = plain(node)
        if stands.keys() == {"contains"}:
            return stands if _are_among(stands["contains"], value) else {"contains": value}
    if isinstance(node, ScalarNode) and node.style in ("|", ">") and isinstance(value, list):
        return "\n".join(map(scalar_text, value))
    if not isinstance(node, ScalarNode | MappingNode) and isinstance(value, str) and "\n" in value:
        return value.splitlines()
    return value


def _are_among(wanted: list[str], printed: list[str]) -> bool:
    """Whether these lines come in their order among all that was printed; a variable stands for anything."""
    lines = iter(" ".join(line.split()).replace("$$", "$") for line in printed)
    return all(any(pattern.fullmatch(line) for line in lines) for pattern in map(_pattern, wanted))


def _pattern(wanted: str) -> re.Pattern[str]:
    line = " ".join(wanted.split())
    pieces: list[str] = []
    done = 0
    for found in REFERENCE.finditer(line):
        stands_for = r"\$" if found[0] == "$$" else ".*"
        pieces += (re.escape(line[done : found.start()]), stands_for)
        done = found.end()
    written = "".join([*pieces, re.escape(line[done:])])
    if _BITMAP.fullmatch(line):  # its dots may be told beside it
        written = written.removesuffix(r"\]") + r"( .*)?\]"
    return re.compile(written)


def _put(tree: Any, path: PathInFile, value: object) -> None:
    for word in path[:-1]:
        tree = tree[word]
    tree[path[-1]] = value


def _composed(text: str) -> Node | None:
    """The tree of a text, by the parser that reads it when it is played; None where there is none."""
    try:
        root: Node | None = yaml.compose(text, Loader=_Parser)
    except yaml.YAMLError:
        return None
    return root


def _same(one: Any, other: Any) -> bool:
    """Whether two trees say the same; the last line end of a text, which only a block has, does not count."""
    match one, other:
        case dict(), dict():
            return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
        case list(), list():
            return len(one) == len(other) and all(map(_same, one, other))
        case (dict() | list(), _) | (_, dict() | list()):
            return False
        case _:
            one_text, other_text = scalar_text(one).removesuffix("\n"), scalar_text(other).removesuffix("\n")
            return one_text == other_text or (isinstance(other, int) and says_number(one_text, other))

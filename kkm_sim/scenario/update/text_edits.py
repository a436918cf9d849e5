"""A value in a YAML text is replaced by another, in the style that stands there; the rest of the text stays.

Pure: text and positions in, edits out. A library that writes the whole file anew, as ruamel.yaml does, keeps comments
by the value that they follow: what is written in that value's place, or taken away, takes them with it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import yaml
from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

Path = tuple[str | int, ...]
"""Keys and indexes from the top of a file."""

_HEADER = re.compile(r"[|>]([0-9+-]*)")
_COLON = re.compile(r"[ \t]*:")
_COMMA = re.compile(r"\s*,[ \t]*")
_INDENT = 2
_UNBROKEN = 1_000_000


class CannotWrite(Exception):
    """A value that cannot stand there; the message is for the user."""


@dataclass(frozen=True, slots=True)
class Edit:
    """The characters from `start` to before `end` become `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Place:
    """What surrounds a value: brackets or indentation, and the column of the latter.

    `behind_colon`: the index behind its key's colon; None where it has no key.
    """

    in_brackets: bool
    column: int
    behind_colon: int | None = None


def plain(node: Node) -> Any:
    """A tree as lists, dicts and texts; scalars as they are written, whatever they mean."""
    if isinstance(node, MappingNode):
        return {key.value: plain(value) for key, value in node.value}
    return node.value if isinstance(node, ScalarNode) else [plain(value) for value in node.value]


def scalar_text(value: object) -> str:
    """A scalar as YAML writes it, without quotes. Raises CannotWrite for what is none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int):
        return str(value)
    raise CannotWrite(f"{type(value).__name__} is no text and no whole number")


def says_number(text: str, number: int) -> bool:
    """Whether a scalar says a number: `0x10` is 16."""
    try:
        return int(text, 0) == number
    except ValueError:
        return False


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made; they do not overlap, and those at one place come in their order."""
    pieces: list[str] = []
    done = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        pieces += (text[done : edit.start], edit.text)
        done = edit.end
    return "".join([*pieces, text[done:]])


def find(root: Node, path: Path) -> Node:
    """The node at a path. Raises LookupError where there is none."""
    return _find("", root, path)[0]


def value_edits(text: str, root: Node, path: Path, value: object) -> list[Edit]:
    """What makes the value at `path` equal `value`: where both are alike inside, only what differs is replaced.

    Raises CannotWrite.
    """
    node, place = _find(text, root, path)
    return list(_edits(text, node, value, place))


def _find(text: str, root: Node, path: Path) -> tuple[Node, _Place]:
    node, place = root, _Place(False, 0)
    for word in path:
        inside = _inside(node, place)
        if isinstance(word, int):
            node, place = dict(enumerate(node.value))[word], inside
        else:
            key, node = {key.value: (key, child) for key, child in node.value}[word]
            place = _behind(text, key, inside)
    return node, place


def _inside(node: Node, place: _Place) -> _Place:
    in_brackets = place.in_brackets or bool(getattr(node, "flow_style", False))
    return _Place(in_brackets, place.column if in_brackets else node.start_mark.column)


def _behind(text: str, key: Node, inside: _Place) -> _Place:
    colon = _COLON.match(text, key.end_mark.index)
    return replace(inside, behind_colon=colon.end() if colon else None)


def _edits(text: str, node: Node, value: object, place: _Place) -> Iterator[Edit]:
    if isinstance(node, ScalarNode):
        if isinstance(value, list | dict):
            yield _inline(text, node, _dumped(value, brackets=True))
        elif not _stands(node, value):
            yield from _scalar(text, node, value, place)
    elif isinstance(node, MappingNode) and isinstance(value, Mapping) and _has_fields_of(node, value):
        yield from _fields(text, node, {scalar_text(key): inner for key, inner in value.items()}, place)
    elif isinstance(node, SequenceNode) and isinstance(value, list) and len(value) == len(node.value):
        for child, inner in zip(node.value, value, strict=True):
            yield from _edits(text, child, inner, _inside(node, place))
    elif isinstance(node, CollectionNode) and isinstance(value, list | dict):
        yield from _collection(text, node, value, place)
    elif isinstance(node, CollectionNode):
        yield from _in_place_of(text, node, _one_line(value, None, place), place)


def _has_fields_of(node: MappingNode, value: Mapping[Any, Any]) -> bool:
    return any(key.value in set(map(scalar_text, value)) for key, _ in node.value)


def _fields(text: str, node: MappingNode, value: Mapping[str, Any], place: _Place) -> Iterator[Edit]:
    """Field by field, in the order of the file: what is not in `value` goes, what is new comes last."""
    inside = _inside(node, place)
    last = node
    for number, (key, child) in enumerate(node.value):
        if key.value in value:
            yield from _edits(text, child, value[key.value], _behind(text, key, inside))
            last = child
        else:
            before = node.value[number - 1] if number else None
            stays = before[1] if before is not None and before[0].value in value else None
            yield _without_field(text, stays, key, child, in_brackets=inside.in_brackets)
    there = {key.value for key, _ in node.value}
    new = {key: inner for key, inner in value.items() if key not in there}
    if not new:
        return
    behind = _last(text, last)
    if inside.in_brackets:
        yield Edit(behind, behind, ", " + _dumped(new, brackets=True)[1:-1])
    else:
        margin = _line_end(text) + " " * node.start_mark.column
        written = "".join(margin + line for line in _dumped(new, brackets=False).splitlines())
        behind = _end_of_line(text, behind)
        yield Edit(behind, behind, written)


def _without_field(text: str, before: Node | None, key: Node, child: Node, *, in_brackets: bool) -> Edit:
    """A field goes: with its line, or with one comma. What is said around it in comments stays."""
    start, end = key.start_mark.index, _last(text, child)
    if in_brackets:
        if comma := _COMMA.match(text, end):
            return Edit(start, comma.end(), "")
        between = _last(text, before) if before is not None else start
        return Edit(between if _COMMA.fullmatch(text, between, start) else start, end, "")
    begin = text.rfind("\n", 0, start) + 1
    if text[begin:start].strip(" "):
        raise CannotWrite(f"`{key.value}` is not there any more, and stands on one line with what surrounds it")
    inside = re.compile(rf"(?:\r?\n {{{start - begin + 1},}}#.*)*")  # comments that end what it holds
    end = _end_of_line(text, inside.match(text, _end_of_line(text, end)).end())  # type: ignore[union-attr]
    return Edit(begin, end + (len(_line_end(text)) if end < len(text) else 0), "")


def _stands(node: ScalarNode, value: object) -> bool:
    """Whether a scalar says `value` already."""
    if not node.style and isinstance(value, int) and not isinstance(value, bool):
        return says_number(node.value, value)
    return scalar_text(value) == node.value and (isinstance(value, str) or not node.style)


def _collection(
    text: str, node: CollectionNode, value: Sequence[Any] | Mapping[Any, Any], place: _Place
) -> Iterator[Edit]:
    of_another_kind = isinstance(value, Mapping) != isinstance(node, MappingNode)  # and of another indentation
    if node.flow_style or place.in_brackets or of_another_kind or not value:
        yield from _in_place_of(text, node, _dumped(value, brackets=True), place)
    else:
        lines = _dumped(value, brackets=False).splitlines()
        yield _inline(text, node, (_line_end(text) + " " * node.start_mark.column).join(lines))


def _in_place_of(text: str, node: CollectionNode, written: str, place: _Place) -> Iterator[Edit]:
    """One line in place of a collection: behind the key, where the collection stood in lines below it."""
    old = _inline(text, node, written)
    line = text.rfind("\n", 0, old.start)
    if node.flow_style or place.behind_colon is None or line < place.behind_colon:
        yield old
        return
    if text[line - 1] == "\r":
        line -= 1
    yield Edit(place.behind_colon, place.behind_colon, f" {written}")
    yield Edit(line, old.end, "")


def _last(text: str, node: Node) -> int:
    """Where the last character of a value ends: what the parser takes for the end of a block is the next token."""
    if isinstance(node, ScalarNode) and node.style in ("|", ">"):
        return _content(text, node)[1]
    if not isinstance(node, CollectionNode) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _last(text, last[1] if isinstance(node, MappingNode) else last)


def _inline(text: str, node: Node, written: str) -> Edit:
    start, end = node.start_mark.index, _last(text, node)
    if text[start : start + 1] in ("&", "!", "*"):
        raise CannotWrite("there is an anchor, an alias or a tag, which stays as it is")
    if start == end and text[start - 1] == ":":
        written = f" {written}"
    return Edit(start, end, written)


def _scalar(text: str, node: ScalarNode, value: object, place: _Place) -> Iterator[Edit]:
    is_block = node.style in ("|", ">")
    lines = scalar_text(value).removesuffix("\n").split("\n")
    # A block cannot end in blank lines: those behind it would be its own.
    fits = not place.in_brackets and bool(lines[-1].strip()) and all(map(str.isprintable, lines))
    if fits and (is_block or len(lines) > 1):
        yield from _block(text, node, lines, place)
    elif header := _HEADER.match(text, node.start_mark.index) if is_block else None:
        end = _content(text, node)[1]
        yield Edit(header.start(), header.end(), _one_line(value, None, place))
        yield Edit(_end_of_line(text, header.end()), end, "")
    else:
        yield _inline(text, node, _one_line(value, node.style, place))


def _block(text: str, node: ScalarNode, lines: Sequence[str], place: _Place) -> Iterator[Edit]:
    """The lines under a header `|`; what stands behind the old value on its line, a comment, goes behind the header."""
    indent, told, chomping = _INDENT, False, ""
    if found := _HEADER.match(text, node.start_mark.index):
        begin, end = _content(text, node)
        first = next((line for line in text[begin:end].splitlines() if line.strip()), "")
        said = next((int(mark) for mark in found[1] if mark.isdigit()), None)
        indent = said or len(first) - len(first.lstrip(" ")) - place.column
        indent = indent if 1 <= indent <= 9 else _INDENT
        told = said is not None
        chomping = "-" if "-" in found[1] else ""
    else:
        begin = end = _end_of_line(text, node.end_mark.index)
    # Who reads takes the first line's blanks for the indentation, unless it is told.
    told = told or not lines[0] or lines[0][0] == " "
    header = f"|{indent if told else ''}{chomping}"
    if found:
        yield Edit(found.start(), found.end(), header)
    else:
        yield _inline(text, node, header)
    content = _line_end(text).join(" " * (place.column + indent) + line if line else "" for line in lines)
    yield Edit(begin, end, content if text[begin - 1 : begin] == "\n" else _line_end(text) + content)


def _content(text: str, node: ScalarNode) -> tuple[int, int]:
    """Where the lines of a block are, without the end of the last one and blank lines behind it.

    Of a block without lines: the end of its header's line.
    """
    begin = _end_of_line(text, node.start_mark.index)
    begin += len(re.compile(r"\r?\n?").match(text, begin)[0])  # type: ignore[index]
    lines = text[begin : node.end_mark.index].splitlines(keepends=True)
    while lines and not lines[-1].strip():
        lines.pop()
    if not lines:
        begin = _end_of_line(text, node.start_mark.index)
    return begin, begin + len("".join(lines).rstrip("\r\n"))


def _end_of_line(text: str, index: int) -> int:
    """The index of the next line end."""
    end = re.compile(r"\r?\n|\Z").search(text, index)
    assert end is not None
    return end.start()


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


class _Dumper(yaml.SafeDumper):
    """No anchors for what is met twice, lists indented."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _dumped(value: object, *, brackets: bool | None, style: str | None = None) -> str:
    try:
        written = yaml.dump(
            value,
            Dumper=_Dumper,
            default_flow_style=brackets,
            default_style=style,
            allow_unicode=True,
            width=_UNBROKEN,
            sort_keys=False,
        )
    except yaml.YAMLError:
        raise CannotWrite("there is something in it that is no text and no whole number") from None
    return written.rstrip("\n")


def _one_line(value: object, style: str | None, place: _Place) -> str:
    """A scalar on one line, in the quotes it had."""
    scalar_text(value)
    if style in ("'", '"') and isinstance(value, str):
        # Only double quotes write a line end on one line.
        return _dumped(value, brackets=None, style='"' if "\n" in value else style)
    if isinstance(value, str) and "\n" in value:
        return _dumped(value, brackets=None, style='"')
    if place.in_brackets:
        return _dumped([value], brackets=True)[1:-1]
    return _dumped({"k": value}, brackets=False).removeprefix("k: ")

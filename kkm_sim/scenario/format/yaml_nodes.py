"""YAML as a scenario uses it: plain data of which every piece knows its line and column.

YAML 1.1's traps are disarmed: `no`, `on`, `0777`, `12:30`, `1.50` and dates are texts, and only `true`, `false`,
decimals without a leading zero and `0x…` are not. Duplicate keys and tags are refused, aliases may not grow.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml

from kkm_sim.scenario.format.field_types import HexNumber
from kkm_sim.scenario.format.mistakes import MOST_SHOWN, Mistake, shown
from kkm_sim.scenario.format.position import Position, lines_of
from kkm_sim.scenario.format.yaml_syntax import Around, dash_without_blank, syntax_mistake

_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

MAX_DEPTH = 50
MAX_NODES = 200_000
"""Nodes of one file, each alias counted as what it stands for."""

_DECIMAL = re.compile(r"-?[1-9][0-9]{0,17}|0")
_HEX = re.compile(r"0x[0-9A-Fa-f]{1,15}")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


class Nothing:
    """The value of an empty place, `keys:`; fits nowhere."""

    def __repr__(self) -> str:
        return "nothing"


NOTHING = Nothing()


class Scalar(NamedTuple):
    """A text, a number, true or false, or nothing. Lines and columns count from 1; `last`: its last line."""

    value: str | int | Nothing
    quoted: bool
    line: int
    column: int
    last: int
    size: int = 1

    @property
    def plain(self) -> Any:
        """The value itself."""
        return self.value

    @property
    def written(self) -> str:
        """How it was written, without its quotes."""
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        if isinstance(self.value, Nothing):
            return ""
        return self.value.text if isinstance(self.value, HexNumber) else str(self.value)

    @property
    def found(self) -> str:
        """What it is, for a person."""
        if isinstance(self.value, Nothing):
            return "nothing"
        told = shown(self.written)
        return f'the text "{told}"' if self.quoted or not told else f"`{told}`"


class Sequence(NamedTuple):
    """A list."""

    items: tuple["Node", ...]
    line: int
    column: int
    last: int
    size: int

    @property
    def plain(self) -> list[Any]:
        """The list as plain data."""
        return [item.plain for item in self.items]

    @property
    def found(self) -> str:
        """What it is, for a person."""
        if self.items and all(isinstance(item, Scalar) for item in self.items):
            items = ", ".join(item.written for item in self.items if isinstance(item, Scalar))
            if len(items) <= MOST_SHOWN and items.isprintable():
                return f"the list `[{items}]`"
        return "a list" if self.items else "an empty list"


class Mapping(NamedTuple):
    """Keys with their values, in the file's order."""

    entries: tuple[tuple[Scalar, "Node"], ...]
    line: int
    column: int
    last: int
    size: int

    @property
    def plain(self) -> dict[Any, Any]:
        """The mapping as plain data."""
        return {key.value: value.plain for key, value in self.entries}

    @property
    def found(self) -> str:
        """What it is, for a person."""
        if not self.entries:
            return "an empty mapping"
        return f"a mapping with {', '.join(f'`{shown(key.value)}`' for key, _ in self.entries[:4])}"

    def key(self, name: str) -> "Scalar | None":
        """A key by its name."""
        return next((key for key, _ in self.entries if key.value == name), None)

    def get(self, name: str) -> "Node | None":
        """The value of a key."""
        return next((value for key, value in self.entries if key.value == name), None)


Node = Scalar | Sequence | Mapping


def scalars_of(node: Node) -> Iterator[Scalar]:
    """The single values of a node, keys not among them, in the file's order."""
    if isinstance(node, Scalar):
        yield node
    else:
        inner = (value for _, value in node.entries) if isinstance(node, Mapping) else node.items
        for value in inner:
            yield from scalars_of(value)


@dataclass(slots=True)
class _Open:
    """A list or a mapping that is not yet at its end."""

    start: Any
    anchor: str | None
    is_mapping: bool
    in_brackets: bool
    items: list[Node] = field(default_factory=list)
    last: int = 0


class YamlMistake(Exception):
    """What ends the reading of a file; carries the mistake."""

    def __init__(self, mistake: Mistake) -> None:
        super().__init__(str(mistake))
        self.mistake = mistake


def compose(text: str, file: str) -> tuple[Node, list[Mistake]]:
    """The one document in a text, and what is wrong in it that does not keep it from being read further.

    Raises YamlMistake where nothing further can be read.
    """
    bad = _UNPRINTABLE.search(text)
    if bad:
        before = text[: bad.start()]
        line = len(lines_of(before))
        at = Position(file, line, len(lines_of(before)[-1]) + 1)
        written = f"\\u{ord(bad[0]):04x}" if ord(bad[0]) > 0xFF else f"\\x{ord(bad[0]):02x}"
        raise YamlMistake(Mistake(at, f'"{written}" in quotes', f"the bare character U+{ord(bad[0]):04X}"))
    composer = _Composer(text, file)
    root = composer.root()
    if root is None:
        raise YamlMistake(Mistake(Position(file, 1, 1), "a mapping", "nothing: the file is empty"))
    return root, composer.mistakes


class _Composer:
    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.mistakes: list[Mistake] = []
        self.anchors: dict[str, Node | None] = {}
        self.nodes = 0

    def root(self) -> Node | None:
        """What the document is; None for an empty one."""
        root: Node | None = None
        stack: list[_Open] = []
        try:
            for event in self._events():
                node: Node | None = None
                kind = type(event)
                if kind is yaml.ScalarEvent:
                    node = self._scalar(event)
                elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                    self._begin(event, stack)
                elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                    node = self._end(event, stack.pop())
                elif kind is yaml.AliasEvent:
                    node = self._alias(event)
                elif kind is yaml.DocumentStartEvent and root is not None:
                    raise self._stop(event.start_mark, "one document in a file", "a second one")
                if node is None:
                    continue
                if stack:
                    stack[-1].items.append(node)
                    stack[-1].last = max(stack[-1].last, node.last)
                else:
                    root = node
        except yaml.MarkedYAMLError as error:
            self._look_before(error)
            # What a bare `key: value` in a list in brackets begins has no brackets of its own.
            begun = next((each for each in reversed(stack) if not each.in_brackets or self._bracket(each)), None)
            around = Around(begun.start, begun.is_mapping, begun.in_brackets) if begun is not None else None
            raise YamlMistake(syntax_mistake(error, self.text, self.file, around, ended=root is not None)) from error
        return root

    def _bracket(self, begun: _Open) -> bool:
        return self.text[begun.start.index] in "[{"

    def _look_before(self, error: yaml.MarkedYAMLError) -> None:
        """A mistake before the place of an error goes first. The parser finds its own far ahead of what it tells of."""
        mark = error.problem_mark
        if mark is not None and mark.index < len(self.text):
            try:
                _Composer(self.text[: mark.index], self.file).root()
            except YamlMistake as mistake:
                if not isinstance(mistake.__cause__, yaml.YAMLError):
                    raise

    def _events(self) -> Iterator[Any]:
        parser = _Parser(self.text)
        try:
            while type(event := parser.get_event()) is not yaml.StreamEndEvent:
                yield event
        finally:
            parser.dispose()

    def _scalar(self, event: Any) -> Scalar:
        if event.tag is not None:
            self._untagged(event)
        start, end = event.start_mark, event.end_mark
        text = event.value
        plain = not event.style
        value: str | int | Nothing = _resolved(text) if plain else text
        # A block text ends at the beginning of the line after it.
        last = end.line if end.column == 0 and end.line > start.line else end.line + 1
        node = Scalar(value, not plain, start.line + 1, start.column + 1, last)
        self._count(1, start)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        return node

    def _begin(self, event: Any, stack: list[_Open]) -> None:
        if event.tag is not None:
            self._untagged(event)
        if len(stack) >= MAX_DEPTH:
            raise self._stop(event.start_mark, f"at most {MAX_DEPTH} levels, one inside the other", "one more")
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        is_mapping = type(event) is yaml.MappingStartEvent
        stack.append(_Open(event.start_mark, event.anchor, is_mapping, bool(event.flow_style)))

    def _end(self, event: Any, begun: _Open) -> Node:
        self._count(1, begun.start)
        start = begun.start
        line, column = start.line + 1, start.column + 1
        # A block ends where the next token begins, behind blank lines and comments; `}` and `]` are its own.
        is_flow = event.end_mark.index > event.start_mark.index
        last = max(begun.last, line, event.end_mark.line + 1 if is_flow else 0)
        size = 1 + sum(item.size for item in begun.items)
        node: Node
        if begun.is_mapping:
            if not is_flow:
                self._blanks_after_dashes(begun.items[::2])
            node = Mapping(self._entries(begun.items), line, column, last, size)
        else:
            node = Sequence(tuple(begun.items), line, column, last, size)
        if begun.anchor is not None:
            self.anchors[begun.anchor] = node
        return node

    def _blanks_after_dashes(self, keys: list[Node]) -> None:
        for key in keys:
            if isinstance(key, Scalar) and not key.quoted and isinstance(key.value, str) and key.value[:1] == "-":
                mistake = dash_without_blank(key.value, Position(self.file, key.line, key.column))
                if mistake is not None:
                    raise YamlMistake(mistake)

    def _entries(self, items: list[Node]) -> tuple[tuple[Scalar, Node], ...]:
        entries: dict[object, tuple[Scalar, Node]] = {}
        for key, value in zip(items[::2], items[1::2], strict=True):
            if not isinstance(key, Scalar):
                self._say(key, "a key that is a word", key.found)
                continue
            key = _as_key(key)
            earlier = entries.setdefault(key.value, (key, value))[0]
            if earlier is not key:
                self._say(key, "each key once", f"`{shown(key.value)}` again, first in line {earlier.line}")
        return tuple(entries.values())

    def _alias(self, event: Any) -> Node:
        if event.anchor not in self.anchors:
            near = " or ".join(f"`*{name}`" for name in self.anchors)
            raise self._stop(event.start_mark, near or f"an anchor `&{event.anchor}` before it", f"`*{event.anchor}`")
        node = self.anchors[event.anchor]
        if node is None:
            raise self._stop(event.start_mark, "an alias of what has ended", f"`*{event.anchor}` inside itself")
        self._count(node.size, event.start_mark)
        return node

    def _count(self, nodes: int, mark: Any) -> None:
        self.nodes += nodes
        if self.nodes > MAX_NODES:
            raise self._stop(mark, f"at most {MAX_NODES} values, each alias counted as what it stands for", "one more")

    def _untagged(self, event: Any) -> None:
        if event.tag != "!":
            short = event.tag.replace("tag:yaml.org,2002:", "!!")
            raise self._stop(event.start_mark, "a value without a tag", f"the tag `{short}`")

    def _say(self, node: Node, expected: str, found: str) -> None:
        self.mistakes.append(Mistake(Position(self.file, node.line, node.column), expected, found))

    def _stop(self, mark: Any, expected: str, found: str) -> YamlMistake:
        return YamlMistake(Mistake(Position(self.file, mark.line + 1, mark.column + 1), expected, found))


def _as_key(key: Scalar) -> Scalar:
    """A key is a word or a number: `true` and nothing are words there."""
    if isinstance(key.value, bool):
        return Scalar("true" if key.value else "false", key.quoted, key.line, key.column, key.last)
    if isinstance(key.value, Nothing):
        return Scalar("", key.quoted, key.line, key.column, key.last)
    return key


def _resolved(text: str) -> str | int | Nothing:
    """What a bare word means."""
    if not text:
        return NOTHING
    if text == "true" or text == "false":
        return text == "true"
    if text[0] in "-0123456789":
        if _DECIMAL.fullmatch(text):
            return int(text)
        if _HEX.fullmatch(text):
            return HexNumber(text)
    return text

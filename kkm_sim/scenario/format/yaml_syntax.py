"""What is no YAML, as a mistake in a person's words: told by where it is and what stands there and around it.

Of the parser's error only its kind and its places are used: its words differ between the parser in C and the one in
Python, and from one release to the next.
"""

import re
from typing import Any, NamedTuple

import yaml
from yaml.scanner import ScannerError

from kkm_sim.scenario.format.mistakes import Mistake, shown
from kkm_sim.scenario.format.position import Position, lines_of

_DASH = re.compile(r" *- ")
_DASH_WITHOUT_BLANK = re.compile(r" *(-[^\W\d]\w*):(?=\s|$)")
_INDICATOR = re.compile(r"[?-]([\s,\]}]|$)")
"""`?` or `-` that begins a key or an entry of a list."""

_WHOLE = {
    "'": re.compile(r"'(?:[^']|'')*(?='(?!'))"),
    '"': re.compile(r'"(?:[^"\\]|\\.)*(?=")', re.DOTALL),
    "|": re.compile(r"\|.*"),
    ">": re.compile(r">.*"),
    "&": re.compile(r"&[\w-]*", re.ASCII),
    "*": re.compile(r"\*[\w-]*", re.ASCII),
    "!": re.compile(r"!\S*"),
    "%": re.compile(r"%.*\s*"),
}
"""How far what begins with a sign goes, as the scanner takes it."""

_NEEDS_QUOTES = "@`%"
"""No text without quotes begins with these."""


class Around(NamedTuple):
    """The list or mapping that had begun and was not at its end. `start`: where, a mark of the parser's."""

    start: Any
    is_mapping: bool
    in_brackets: bool


def syntax_mistake(error: yaml.MarkedYAMLError, text: str, file: str, around: Around | None, *, ended: bool) -> Mistake:
    """The mistake that an error of the parser tells of. `ended`: the document was at its end already."""
    return _Syntax(error, text, file, around, ended).mistake()


def dash_without_blank(key: str, at: Position) -> Mistake | None:
    """`-keys: 1` is a key for YAML; nobody means that."""
    return _no_blank(at, key) if _DASH_WITHOUT_BLANK.match(f"{key}:") else None


class _Syntax:
    """One error, looked at: `line` and `column` from 0, `rest` what stands there up to the end of the line."""

    def __init__(self, error: yaml.MarkedYAMLError, text: str, file: str, around: Around | None, ended: bool) -> None:
        self.text = text
        self.file = file
        self.rows = lines_of(text)
        self.around = around
        self.ended = ended
        # The scanner looks ahead of what has begun: only it says where what it was at began.
        self.scanning = isinstance(error, ScannerError)
        self.begun = error.context_mark if self.scanning else around.start if around is not None else None
        self.mark: Any = error.problem_mark or self.begun
        self._move(self.mark)

    def _move(self, mark: Any) -> None:
        at_end = mark is not None and mark.index >= len(self.text)  # the parser in C begins a line of its own there
        self.line: int = len(self.rows) - 1 if at_end else mark.line if mark is not None else 0
        self.column: int = len(self.rows[-1]) if at_end else mark.column if mark is not None else 0
        self.row = self.rows[self.line] if self.line < len(self.rows) else ""
        self.rest = self.row[self.column :]

    def _move_column(self, column: int) -> None:
        self.column, self.rest = column, self.row[column:]

    def mistake(self) -> Mistake:
        """What is expected there, and what there is."""
        scanned = self._scanned()
        if scanned in ("!", "%"):
            self._move(self.begun)
        if self._is_open_quote(scanned):
            found = "the end of the file" if not self._ahead() else f"`{self._ahead().split()[0]}`"
            self._move(self.begun)
            return self._at(f"a text that ends with {scanned}", f"{found} before it does")
        if scanned == '"':
            self._move_column(max(self.row.rfind("\\", 0, self.column + 1), 0))
        if self.rest.startswith("\t"):
            return self._at("blanks", "a tab")
        in_brackets = not self.scanning and self.around is not None and self.around.in_brackets
        if not scanned and not in_brackets:
            mistake = self._dashes()
            if mistake is not None:
                return mistake
        return self._at(self._expected(scanned), self._there())

    def _expected(self, scanned: str) -> str:
        if scanned == '"':
            return "an escape that YAML knows, or the text in '…'"
        if scanned in ("|", ">"):
            return "the end of the line"
        if scanned in ("&", "*"):
            return f"a name of Latin letters and digits behind `{scanned}`"
        if self.rest.startswith(("!", "%")):
            return "a value without a tag" if self.rest[0] == "!" else "a text in quotes"
        if _INDICATOR.match(self.rest) and (self.begun is None if self.scanning else self._wants_value()):
            return "a text in quotes" + (", or a list that begins in the next line" if self.rest[0] == "-" else "")
        return self._expected_by_scanner() if self.scanning else self._expected_by_parser()

    def _expected_by_scanner(self) -> str:
        if self.rest.startswith(":"):
            return "one `key: value` in a line, a text with `: ` in quotes"
        if self.rest[:1] and self.rest[0] in _NEEDS_QUOTES:
            return "a text in quotes"
        is_key = self.begun is not None and self.begun.index < self.mark.index
        return "`:` after the key" if is_key else "a text in quotes"

    def _expected_by_parser(self) -> str:
        around = self.around
        if around is None:
            return "the end of the file" if self.ended else "a value"
        if self._wants_value():
            return "a value"
        since = around.start.line + 1
        if around.in_brackets:
            sign = self.text[around.start.index : around.start.index + 1]
            return (
                f"`,` or `}}` for the `{{` in line {since}"
                if sign == "{"
                else f"`,` or `]` for the `[` in line {since}"
            )
        if around.is_mapping:
            return "a key, indented like those above"
        key = re.match(r"(\w+):(\s|$)", self.rest)
        return f"`- `, as in line {since}" + (f", or `{shown(key[1])}` indented further" if key else "")

    def _at(self, expected: str, found: str) -> Mistake:
        return Mistake(Position(self.file, self.line + 1, self.column + 1), expected, found)

    # What stands there

    def _scanned(self) -> str:
        """The sign of what the scanner was in the middle of: a quote, `|`, `&`, `!` …; "" for anything else."""
        if not self.scanning or self.begun is None or self.begun.index == self.mark.index:
            return ""
        sign = self.text[self.begun.index : self.begun.index + 1]
        whole = _WHOLE[sign].match(self.text, self.begun.index) if sign in _WHOLE else None
        # Behind the whole of it the scanner was on its way to the `:` of a key.
        return sign if sign in _WHOLE and (whole is None or self.mark.index <= whole.end()) else ""

    def _is_open_quote(self, scanned: str) -> bool:
        ahead = self._ahead()
        at_document = self.column == 0 and re.match(r"(---|\.\.\.)(\s|$)", ahead) is not None
        return scanned in ("'", '"') and (not ahead or at_document)

    def _ahead(self) -> str:
        return self.text[self.mark.index :].strip() if self.mark is not None else ""

    def _there(self) -> str:
        if self.rest.strip():
            word = f"`{self.rest.split()[0][:40]}`"
            return f"the tag {word}" if word[1] == "!" else word
        return (
            "the end of the line" if any(row.strip() for row in self.rows[self.line + 1 :]) else "the end of the file"
        )

    def _wants_value(self) -> bool:
        """Whether what stands before it calls for a value."""
        before = self.text[: self.mark.index].rstrip() if self.mark is not None else ""
        sign = before[-1:]
        if self.around is not None and self.around.in_brackets:
            return sign in "[{,:"
        # Elsewhere a place may be empty: only what can stand in no place at all is an error there.
        return self.rest[:1] in ("]", "}", ",") and (not before or sign in ":-?")

    def _dashes(self) -> Mistake | None:
        """A mistake that comes of a `-` without a blank after it, or of one that is indented unlike those above."""
        rows, row, line, column = self.rows, self.row, self.line, self.column
        indent = len(row) - len(row.lstrip(" "))
        if ": " in row[indent:column]:
            return None
        since = self.begun.line if self.begun is not None else 0
        for number in range(since, min(line + 1, len(rows))):
            glued = _DASH_WITHOUT_BLANK.match(rows[number])
            if glued and (glued.start(1) == column or number == line):
                return _no_blank(Position(self.file, number + 1, glued.start(1) + 1), glued[1])
        if not _DASH.match(row):
            return None
        # A list in the list above may be nearer by its line: the one meant is nearest by its column.
        others = {rows[number].index("-"): number for number in range(line) if _DASH.match(rows[number])}
        if not self.scanning and self.around is not None and not self.around.is_mapping:
            others = {self.around.start.column: self.around.start.line}
        if not others or indent in others:
            return None
        wanted = min(others, key=lambda other: abs(other - indent))
        expected = f"`- ` in column {wanted + 1}, as in line {others[wanted] + 1}"
        return Mistake(Position(self.file, line + 1, indent + 1), expected, f"`- ` in column {indent + 1}")


def _no_blank(at: Position, dash: str) -> Mistake:
    return Mistake(at, "a blank after `-`", f"`{shown(dash)}:`")

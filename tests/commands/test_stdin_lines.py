"""Lines of stdin, however whoever writes them ends them."""

import io
import os
import sys
from collections.abc import Iterator

import pytest

from kkm_sim.commands.stdin_lines import stdin_lines


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """What is written to it is stdin's."""
    end, mine = os.pipe()
    with io.TextIOWrapper(io.BufferedReader(io.FileIO(end)), encoding="utf-8") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield mine


@pytest.mark.parametrize(
    "written",
    [
        "one\ntwo\n",
        "one\r\ntwo\r\n",
        "one\rtwo\r",
        "\x02one\x03\x02two\x03",
        "\x02one\x03\r\n\x02two\x03\r\n",
        "\ufeffone\r\n\n  two",
    ],
)
def test_every_end_of_a_line(pipe: int, written: str) -> None:
    os.write(pipe, written.encode())
    os.close(pipe)
    assert list(stdin_lines()) == ["one", "two"]


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x03"])
def test_a_line_is_there_as_soon_as_it_has_ended(pipe: int, end: str) -> None:
    lines = stdin_lines()
    for code in ("4600000000008", "пиво"):
        os.write(pipe, (code + end).encode())
        assert next(lines) == code
    os.close(pipe)
    assert list(lines) == []


def test_letters_in_pieces_and_bytes_that_are_no_text(pipe: int) -> None:
    lines = stdin_lines()
    raw = "ё\n".encode()
    os.write(pipe, b"\xff\n" + raw[:1])
    assert next(lines) == "\ufffd"
    os.write(pipe, raw[1:])
    assert next(lines) == "ё"
    os.close(pipe)
    assert list(lines) == []


def test_no_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert list(stdin_lines()) == []

import errno
import os
from pathlib import Path

import pytest

from kkm_sim.commands.mistakes import UserMistake
from kkm_sim.commands.token_file import tokens_in


def test_one_a_line(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    file.write_text("# of the shop\n\n secret \nother\n", encoding="utf-8")
    assert tokens_in(str(file)) == ["secret", "other"]


def test_an_editor_of_windows_wrote_it(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    file.write_bytes(b"\xef\xbb\xbfsecret\r\n")
    assert tokens_in(str(file)) == ["secret"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"# nothing\n", "no token in"),
        (b"\xff", "no text in UTF-8"),
        ("# of the shop\nключ\n".encode(), "tokens, line 2: no ASCII"),
    ],
)
def test_what_is_no_file_of_tokens(tmp_path: Path, content: bytes, told: str) -> None:
    file = tmp_path / "tokens"
    file.write_bytes(content)
    with pytest.raises(UserMistake, match=told) as caught:
        tokens_in(str(file))
    assert "ключ" not in str(caught.value)


def test_no_file() -> None:
    with pytest.raises(UserMistake, match=f"cannot read /no/such: {os.strerror(errno.ENOENT)}"):
        tokens_in("/no/such")

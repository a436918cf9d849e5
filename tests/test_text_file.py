"""Files of a user, read whole or refused in words."""

import os
import sys
from pathlib import Path

import pytest

from kkm_sim.text_file import UnreadableFile, read_text_file


def refusal(path: Path, most: int = 100) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        read_text_file(path, most)
    return caught.value


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_text_with_a_byte_order_mark_and_without(tmp_path: Path, mark: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(mark + "касса\r\n".encode())
    assert read_text_file(path, 100) == "касса\r\n"


def test_no_more_than_it_may_have(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"a" * 1024)
    assert len(read_text_file(path, 1024)) == 1024
    path.write_bytes(b"a" * 1025)
    assert str(refusal(path, 1024)) == "it is over 1 KiB"


def test_what_is_no_text_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("ё\r\nёё".encode() + b"\xff")
    told = refusal(path)
    assert (str(told), told.line, told.column) == ("it is no text in UTF-8: byte FF in line 2", 2, 3)


def test_what_is_not_there_is_a_folder_or_has_no_name(tmp_path: Path) -> None:
    assert "folder" in str(refusal(tmp_path)) or sys.platform == "win32"
    assert str(refusal(tmp_path / "none"))
    assert str(refusal(Path("a\0b"))) == "no file can have such a name"


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes in the file system on Windows")
def test_a_pipe_and_a_device_are_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        assert str(refusal(path)) == "it is a pipe or a device, not a file"

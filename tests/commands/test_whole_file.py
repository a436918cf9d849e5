"""Files written whole: what they were before, links and what is no file."""

import errno
import os
import stat
import sys
import threading
from pathlib import Path

import pytest

from kkm_sim.commands.whole_file import write_whole

posix = pytest.mark.skipif(os.name != "posix", reason="links, FIFOs and modes are POSIX")


def test_a_new_file(tmp_path: Path) -> None:
    write_whole(tmp_path / "new", b"text\n")
    assert (tmp_path / "new").read_bytes() == b"text\n"
    assert os.listdir(tmp_path) == ["new"]
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o644


@posix
def test_a_file_keeps_who_may_read_it(tmp_path: Path) -> None:
    file = tmp_path / "old"
    file.write_text("a longer text")
    file.chmod(0o600)
    write_whole(file, b"new")
    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (b"new", 0o600)


@posix
@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_one(tmp_path: Path, there: bool) -> None:
    (tmp_path / "deep").mkdir()
    target, link = tmp_path / "deep" / "file", tmp_path / "link"
    if there:
        target.write_text("old")
    link.symlink_to(Path("deep") / "file")
    write_whole(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert sorted(os.listdir(tmp_path)) == ["deep", "link"]


@posix
def test_a_fifo_stays_one(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(fifo.read_bytes()), daemon=True)
    reader.start()
    write_whole(fifo, b"new")
    reader.join(20)
    assert read == [b"new"]
    assert fifo.is_fifo()


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")
def test_a_device_stays_one(tmp_path: Path) -> None:
    # By a link of our own: what renames over the name that it is given costs this folder a link, not the machine /dev.
    link = tmp_path / "full"
    link.symlink_to("/dev/full")
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        write_whole(link, b"new")
    assert link.is_symlink()
    assert stat.S_ISCHR(link.stat().st_mode)


def test_what_cannot_be_written_is_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.write_text("old")

    def full(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="disk full"):
        write_whole(file, b"new")
    assert file.read_text() == "old"
    assert os.listdir(tmp_path) == ["file"]

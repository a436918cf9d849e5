import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kkm_sim.tui.till_process import NotStarted, TillProcess
from tests.commands.program import ROOT, is_alive, posix
from tests.waiting import eventually

OPTIONS = ("--tcp=127.0.0.1:0", "--http=127.0.0.1:0")


@contextmanager
def started(*options: str) -> Iterator[TillProcess]:
    till = TillProcess(options)
    try:
        till.wait_until_ready()
        yield till
    finally:
        till.stop()


def test_it_serves_when_it_is_made_and_ends_when_told() -> None:
    with started(*OPTIONS) as till:
        pid = till.pid
        assert pid is not None
        assert till.url.startswith("http://127.0.0.1:")
        assert till.port is not None
        assert till.port.startswith("127.0.0.1:")
        assert till.is_alive
        assert till.why_ended() is None
    assert not till.is_alive
    assert not is_alive(pid)


@posix
def test_it_ends_with_the_process_that_started_it() -> None:
    starts = f"from kkm_sim.tui.till_process import TillProcess as T; t = T({OPTIONS}); print(t.pid); input()"
    starter = subprocess.Popen(
        [sys.executable, "-c", starts], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with starter:
        assert starter.stdout is not None
        till = int(starter.stdout.readline())
        assert is_alive(till)
        starter.kill()
    eventually(lambda: not (is_alive(till)), why=lambda: "the till has outlived its starter")


def test_a_mistake_is_told_in_the_tills_words() -> None:
    with pytest.raises(NotStarted, match=r"^cannot read no-such-file.toml: "):
        TillProcess(("--config=no-such-file.toml",)).wait_until_ready()


@posix
def test_one_that_died_says_how_and_is_started_anew() -> None:
    with started(*OPTIONS) as till:
        assert till.pid is not None
        os.kill(till.pid, signal.SIGKILL)
        eventually(lambda: not (till.is_alive))
        assert till.why_ended() == (-signal.SIGKILL, "")
        till.start()
        assert till.is_alive


def test_one_that_does_not_come_up_again_says_so_for_good(tmp_path: Path) -> None:
    config = tmp_path / "till.toml"
    config.touch()
    with started(*OPTIONS, f"--config={config}") as till:
        config.unlink()
        with pytest.raises(NotStarted, match=r"cannot read .*till\.toml"):
            till.start()
        assert not till.is_alive
        ended = till.why_ended()
        assert ended is not None
        assert ended[0] == 2
        assert "till.toml" in ended[1]

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kkm_sim.arguments import run
from kkm_sim.cli import parser
from kkm_sim.commands.mistakes import UserMistake
from kkm_sim.commands.tui import api_url, run_options
from tests.commands.program import PATIENCE_S, ROOT, Program, is_alive, posix, run_to_end
from tests.render.matrix import decode_qr, modules_of

EAN = "4607001771562"
PDF = "22N000017K1UWQ1AYT9DPAX3110130010160ZZTPKJ8FQE0V0GMH65AUT3U49P1EUT3U"

needs_tmux = pytest.mark.skipif(shutil.which("tmux") is None, reason="the real screen is looked at through tmux")


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--pty"],
        ["--pty=/tmp/link", "--address=12", "--pace=off", "--start=menu", "-v", "-v"],
        ["--port=loop://", "--set=fiscal=false", "--set=option_27=0", "--config=file.toml"],
        ["--tcp=127.0.0.1:0", "--http=[::1]:8130", "--findings=found.jsonl", "--record=heard.kkm.yaml"],
        ["--rfc2217=127.0.0.1:7000"],
    ],
)
def test_the_options_of_run_reach_run_as_they_are(words: list[str]) -> None:
    options = run_options(parser("tui").parse_args(["tui", *words]))
    assert sorted(options) == sorted(words)


def test_no_option_of_run_is_forgotten() -> None:
    runs = argparse.ArgumentParser()
    run.add_arguments(runs)
    known = vars(runs.parse_args([])).keys()
    assert known == {
        *("port", "pty", "tcp", "rfc2217", "address", "set", "config", "http", "findings", "record"),
        *("start", "pace", "verbose"),
    }


@pytest.mark.parametrize("text", ["http://127.0.0.1:8130", "http://127.0.0.1:8130/", "127.0.0.1:8130"])
def test_an_address_to_attach_to(text: str) -> None:
    assert api_url(text) == "http://127.0.0.1:8130"


@pytest.mark.parametrize("text", ["", "8130", "ftp://127.0.0.1:21", "http://127.0.0.1", "http://h:1/v1", "http://h:x"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(UserMistake, match="--attach"):
        api_url(text)


def test_without_a_terminal_it_says_so() -> None:
    done = run_to_end("tui")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == ["kkm-sim tui: this is a screen and needs a terminal; `run` serves without one"]


class Terminal:
    """`kkm-sim tui` in a tmux of its own: its keys, its screen."""

    def __init__(self, socket: str, *options: str, size: tuple[int, int] = (80, 24), environment: str = "") -> None:
        self._socket = socket
        program = f"{sys.executable} -m kkm_sim tui --lang ru {' '.join(options)}"
        command = f"env TERM=tmux-256color LC_ALL=C.UTF-8 {environment} {program}; echo LEFT WITH $?; stty -a; cat"
        columns, rows = map(str, size)
        self._tmux("new-session", "-d", "-x", columns, "-y", rows, "-c", str(ROOT), command)

    def press(self, *keys: str) -> None:
        self._tmux("send-keys", *keys)

    def screen(self, *, colours: bool = False) -> str:
        return self._tmux("capture-pane", "-p", *["-e"] * colours)

    def waits_for(self, words: str) -> str:
        """The screen as soon as these words are on it."""
        until = time.monotonic() + PATIENCE_S
        while words not in (shown := self.screen()):
            assert time.monotonic() < until, f"{words!r} never came:\n{shown}"
            time.sleep(0.02)
        return shown

    def close(self) -> None:
        subprocess.run(["tmux", "-L", self._socket, "kill-server"], capture_output=True)

    def _tmux(self, *words: str) -> str:
        return subprocess.run(
            ["tmux", "-L", self._socket, "-f", os.devnull, *words],
            check=True,
            capture_output=True,
            encoding="utf-8",
            env=os.environ | {"LC_ALL": "C.UTF-8"},
        ).stdout


@pytest.fixture
def terminals() -> Iterator[list[Terminal]]:
    """Those that a test has opened; closed when it ends."""
    opened: list[Terminal] = []
    yield opened
    for terminal in opened:
        terminal.close()


def tills_of(link: Path) -> list[int]:
    """Processes `kkm-sim run` that serve this line."""
    listed = subprocess.run(["ps", "-ww", "-eo", "pid,args"], check=True, capture_output=True, text=True).stdout
    return [int(line.split()[0]) for line in listed.splitlines() if "kkm_sim run" in line and str(link) in line]


@posix
@needs_tmux
def test_a_bottle_is_sold_on_the_real_screen(tmp_path: Path, terminals: list[Terminal]) -> None:
    link = tmp_path / "line"
    terminal = Terminal(f"kkm-{os.getpid()}", "--pace", "off", f"--pty={link}", environment="NO_COLOR=1")
    terminals.append(terminal)
    terminal.waits_for("между чеками")
    (till,) = tills_of(link)

    with Program("smartbox", "--port", str(link), "--pace", "off", "sell", EAN, PDF) as box:
        terminal.waits_for("запрос SmartBox")
        terminal.press("3", "5", "0", ".", "9", "0", "з")
        terminal.waits_for("чек открыт")
        terminal.press("5", "0", "0", "Enter")
        terminal.waits_for("149.10")
        link_text = box.waits_for("may be closed: ").split("may be closed: ")[1]
        assert box.wait() == 0

    terminal.press("Й")
    until = time.monotonic() + PATIENCE_S
    while not (rows := picture_on(terminal.screen())):
        assert time.monotonic() < until
        time.sleep(0.02)
    assert decode_qr(modules_of(rows)) == link_text
    # NO_COLOR: the code is black on white all the same, as far as the terminal can be told.
    coloured = terminal.screen(colours=True)
    grounds = set(re.findall(r"48;(5;\d+|2;\d+;\d+;\d+)", coloured))
    assert grounds in ({"5;231"}, {"2;255;255;255"})
    assert re.search(r"38;(5;16|2;0;0;0)[;m]", coloured)

    terminal.press("x")
    terminal.waits_for("между чеками")
    terminal.press("C-c")
    left = terminal.waits_for("LEFT WITH 0")
    assert "Traceback" not in left
    terminal.waits_for(" icanon ")
    terminal.waits_for(" echo ")
    assert not is_alive(till)


def picture_on(screen: str) -> list[str]:
    """The rows of an 80x24 screen that has a picture and nothing else; empty where it is another."""
    rows = [line.ljust(80) for line in screen.splitlines()]
    return rows if set("".join(rows)) == set(" ▀▄█") else []


@posix
@needs_tmux
def test_a_till_elsewhere_goes_and_comes_back(tmp_path: Path, terminals: list[Terminal]) -> None:
    port = "--http=127.0.0.1:0"
    with Program("run", "--tcp=127.0.0.1:0", port) as first:
        url = first.ready()["http"]
        terminal = Terminal(f"kkm-a-{os.getpid()}", "--attach", url)
        terminals.append(terminal)
        terminal.waits_for("между чеками")
        first.stop()
        terminal.waits_for("нет связи")
    with Program("run", "--tcp=127.0.0.1:0", f"--http={url.removeprefix('http://')}", "--start=menu"):
        terminal.waits_for("меню")
        terminal.press("C-q")
        terminal.waits_for("LEFT WITH 0")


@posix
@needs_tmux
def test_our_till_dies_and_is_started_anew(tmp_path: Path, terminals: list[Terminal]) -> None:
    link = tmp_path / "line"
    terminal = Terminal(f"kkm-b-{os.getpid()}", f"--pty={link}")
    terminals.append(terminal)
    terminal.waits_for("между чеками")
    (till,) = tills_of(link)
    os.kill(till, signal.SIGKILL)
    terminal.waits_for("касса завершилась: код -9")
    terminal.press("F5")
    terminal.waits_for("между чеками")
    (again,) = tills_of(link)
    assert again != till
    terminal.press("F10")
    assert "Traceback" not in terminal.waits_for("LEFT WITH 0")
    assert not is_alive(again)


@posix
@needs_tmux
def test_the_till_ends_with_its_terminal(tmp_path: Path, terminals: list[Terminal]) -> None:
    link = tmp_path / "line"
    terminal = Terminal(f"kkm-d-{os.getpid()}", f"--pty={link}")
    terminals.append(terminal)
    terminal.waits_for("между чеками")
    (till,) = tills_of(link)
    terminal.close()
    until = time.monotonic() + PATIENCE_S
    while is_alive(till):
        assert time.monotonic() < until, "the till has outlived its terminal"
        time.sleep(0.02)
    assert not link.is_symlink()


@posix
@needs_tmux
def test_a_mistake_in_the_options_is_one_line(terminals: list[Terminal]) -> None:
    terminal = Terminal(f"kkm-c-{os.getpid()}", "--port", "/dev/no-such-port")
    terminals.append(terminal)
    shown = terminal.waits_for("LEFT WITH 2")
    assert shown.startswith("kkm-sim tui: ")
    assert "no-such-port" in shown
    assert "Traceback" not in shown

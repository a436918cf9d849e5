import argparse
import os
import re
import signal
from pathlib import Path

import pytest

from kkm_sim.arguments import run
from kkm_sim.cli import parser
from kkm_sim.commands.mistakes import UserMistake
from kkm_sim.commands.tui import api_url, run_options
from tests.bottles import EAN, PDF
from tests.commands.program import Program, is_alive, posix, run_to_end
from tests.commands.terminal import Terminal, needs_tmux, picture_on
from tests.processes import needs_proc, processes
from tests.render.matrix import decode_qr, modules_of
from tests.waiting import eventually


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
    run.add_till(runs)
    known = vars(runs.parse_args([])).keys()
    assert known == {
        *("port", "pty", "tcp", "rfc2217", "address", "set", "config", "http", "findings", "record"),
        *("start", "pace", "verbose"),
    }


@pytest.mark.parametrize("text", ["http://127.0.0.1:8130", "http://127.0.0.1:8130/", "127.0.0.1:8130"])
def test_an_address_to_attach_to(text: str) -> None:
    assert api_url(text) == "http://127.0.0.1:8130"


@pytest.mark.parametrize("choice", ["?till=2", "?device=bar", "?device=bar&till=2", "?device=%D0%B1%D0%B0%D1%80"])
def test_one_of_several_tills_at_an_address(choice: str) -> None:
    assert api_url(f"127.0.0.1:8130/{choice}") == f"http://127.0.0.1:8130{choice}"


def test_a_device_by_a_name_that_is_no_ascii() -> None:
    assert api_url("127.0.0.1:8130?device=бар") == "http://127.0.0.1:8130?device=%D0%B1%D0%B0%D1%80"


@pytest.mark.parametrize(
    "text",
    [
        *("", "8130", "ftp://127.0.0.1:21", "http://127.0.0.1", "http://h:1/v1", "http://h:x"),
        *(
            "http://h:1?till",
            "http://h:1?till=",
            "http://h:1?till=x",
            "http://h:1?till=٣",
            "http://h:1?device=",
            "http://h:1?tills=2",
        ),
    ],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(UserMistake, match="--attach"):
        api_url(text)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--attach", "nonsense"], "--attach: 'nonsense' is not the address of a control API, for example "),
        (["--attach", "127.0.0.1:8130", "--pace", "off"], "--pace=off is for a till that is started here; "),
    ],
)
def test_a_mistake_in_the_words_is_told_before_a_terminal_is_missed(options: list[str], complaint: str) -> None:
    done = run_to_end("tui", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"kkm-sim tui: {complaint}")
    assert len(done.stderr.splitlines()) == 1


def test_without_a_terminal_it_says_so() -> None:
    done = run_to_end("tui")
    assert (done.returncode, done.stdout) == (2, "")
    said = "this is a screen and needs a terminal; `run` serves without one, --web serves browsers"
    assert done.stderr.splitlines() == [f"kkm-sim tui: {said}"]


def tills_of(link: Path) -> list[int]:
    """Processes `kkm-sim run` that serve this line."""
    return [process.pid for process in processes() if "kkm_sim run" in process.words and str(link) in process.words]


@needs_proc
@needs_tmux
def test_a_bottle_is_sold_on_the_real_screen(tmp_path: Path, terminals: list[Terminal]) -> None:
    link = tmp_path / "line"
    terminal = Terminal(f"kkm-{os.getpid()}", "tui", "--pace", "off", f"--pty={link}", environment="NO_COLOR=1")
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
    rows = eventually(lambda: picture_on(terminal.screen()))
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


@posix
@needs_tmux
def test_a_till_elsewhere_goes_and_comes_back(tmp_path: Path, terminals: list[Terminal]) -> None:
    port = "--http=127.0.0.1:0"
    with Program("run", "--tcp=127.0.0.1:0", port) as first:
        url = first.ready()["http"]
        terminal = Terminal(f"kkm-a-{os.getpid()}", "tui", "--attach", url)
        terminals.append(terminal)
        terminal.waits_for("между чеками")
        first.stop()
        terminal.waits_for("нет связи")
    with Program("run", "--tcp=127.0.0.1:0", f"--http={url.removeprefix('http://')}", "--start=menu"):
        terminal.waits_for("меню")
        terminal.press("C-q")
        terminal.waits_for("LEFT WITH 0")


def types_one(terminal: Terminal) -> bool:
    """Whether a digit has been typed."""
    terminal.press("1")
    return "оператор набирает" in terminal.screen()


@posix
@needs_tmux
def test_bytes_that_are_no_text_do_no_harm(tmp_path: Path, terminals: list[Terminal]) -> None:
    terminal = Terminal(f"kkm-e-{os.getpid()}", "tui", f"--pty={tmp_path / 'line'}")
    terminals.append(terminal)
    terminal.waits_for("между чеками")
    garbage = tmp_path / "garbage"
    garbage.write_bytes(b"\xff\xfe\x80" * 20)
    terminal.paste(garbage)
    # What is read together with the garbage goes with it.
    eventually(lambda: types_one(terminal))
    terminal.press("C-c")
    assert "Traceback" not in terminal.waits_for("LEFT WITH 0")


@needs_proc
@needs_tmux
def test_our_till_dies_and_is_started_anew(tmp_path: Path, terminals: list[Terminal]) -> None:
    link = tmp_path / "line"
    terminal = Terminal(f"kkm-b-{os.getpid()}", "tui", f"--pty={link}")
    terminals.append(terminal)
    terminal.waits_for("между чеками")
    (till,) = tills_of(link)
    os.kill(till, signal.SIGKILL)
    terminal.waits_for("касса завершилась (F5 запускает снова): код -9")
    terminal.press("F5")
    terminal.waits_for("между чеками")
    (again,) = tills_of(link)
    assert again != till
    terminal.press("F10")
    assert "Traceback" not in terminal.waits_for("LEFT WITH 0")
    assert not is_alive(again)


@needs_proc
@needs_tmux
def test_the_till_ends_with_its_terminal(tmp_path: Path, terminals: list[Terminal]) -> None:
    link = tmp_path / "line"
    terminal = Terminal(f"kkm-d-{os.getpid()}", "tui", f"--pty={link}")
    terminals.append(terminal)
    terminal.waits_for("между чеками")
    (till,) = tills_of(link)
    terminal.close()
    eventually(lambda: not (is_alive(till)), why=lambda: "the till has outlived its terminal")
    assert not link.is_symlink()


@posix
@needs_tmux
def test_a_mistake_in_the_options_is_one_line(terminals: list[Terminal]) -> None:
    terminal = Terminal(f"kkm-c-{os.getpid()}", "tui", "--port", "/dev/no-such-port")
    terminals.append(terminal)
    shown = terminal.waits_for("LEFT WITH 2")
    assert shown.startswith("kkm-sim tui: ")
    assert "no-such-port" in shown
    assert "Traceback" not in shown

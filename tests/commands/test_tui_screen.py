"""`tui` on a real terminal."""

import os
import re
import signal
from pathlib import Path

from tests.bottles import EAN, PDF
from tests.commands.program import Program, is_alive, posix, tills_of
from tests.commands.terminal import Terminal, needs_tmux, picture_on
from tests.processes import needs_proc
from tests.render.matrix import decode_qr, modules_of
from tests.waiting import eventually


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

"""`run` as a program: its ready line, its end, its complaints."""

import os
import sys
import time
from pathlib import Path

import pytest
import serial

from tests.acceptance.conftest import Start
from tests.acceptance.master import Master, control_packet
from tests.acceptance.tables import PING
from tests.acceptance.till_process import TillProcess
from tests.commands.program import run_to_end
from tests.waiting import PATIENCE_S

posix = pytest.mark.skipif(sys.platform == "win32", reason="ptys and SIGTERM are POSIX")


@posix
def test_ready_line_and_end(tmp_path: Path) -> None:
    link = tmp_path / "till"
    till = TillProcess("--pty", str(link))
    assert {"ready", "port", "link", "tcp", "rfc2217", "http", "pid"} <= set(till.ready)
    assert till.ready["ready"] is True
    assert till.ready["link"] == str(link)
    assert os.path.realpath(link) == till.ready["port"]
    assert till.ready["pid"] == till.process.pid
    assert (till.ready["tcp"], till.ready["rfc2217"]) == (None, None)
    began = time.monotonic()
    assert till.stop() == (0, "")
    assert time.monotonic() - began < 2
    assert not link.is_symlink()


@posix
def test_it_ends_with_a_client_on_the_line(tmp_path: Path) -> None:
    for kind in ("--tcp", "--rfc2217"):
        till = TillProcess(kind, "127.0.0.1:0")
        with Master(till.url, paced=True) as master:
            master.synchronise()
            assert till.stop() == (0, "")


@pytest.mark.parametrize(
    "options",
    [
        ["--tcp", "127.0.0.1:0", "--set", "no_such_setting=1"],
        ["--tcp", "127.0.0.1:0", "--set", "busy_reply=loud"],
        ["--tcp", "127.0.0.1:0", "--address", "99"],
        ["--tcp", "nonsense"],
        ["--port", "/nonexistent/port"],
        ["--tcp", "127.0.0.1:0", "--config", "/nonexistent.toml"],
    ],
)
def test_a_mistake_is_one_line_and_exit_2(options: list[str]) -> None:
    done = run_to_end("run", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("kkm-sim run: ")
    assert done.stderr.count("\n") == 1


@posix
def test_another_speed_on_a_pty_is_not_understood(start: Start) -> None:
    till, master = start(kind="pty")
    master.close()
    with serial.Serial(till.url, 9600, timeout=0.1) as port:
        port.write(control_packet(0x5))
        till.until(lambda: till.findings() == {"wrong-speed"})
        assert port.read(1) == b""
    with Master(till.url) as right:
        right.synchronise()
        assert right.command(PING)[1] == 5


@posix
def test_option_29_is_the_speed_of_the_pty(start: Start) -> None:
    till, master = start(kind="pty")
    master.close()
    till.option(29, 0)
    with serial.Serial(till.url, 9600, timeout=PATIENCE_S) as port:
        port.write(control_packet(0x5))
        assert port.read(5) == bytes.fromhex("7F 02 01 E5 1A")


@pytest.mark.parametrize(("state", "answered"), [("cash", True), ("menu", True), ("off", False)])
def test_start(start: Start, state: str, answered: bool) -> None:
    till, master = start("--start", state)
    assert till.state == ("idle" if state == "cash" else state)
    if answered:
        assert master.ask("RDY").kind == "RDY"
    else:
        master.control("RDY")
        assert master.quiet(0.2)


def test_option_30_acts_from_the_next_packet(start: Start) -> None:
    till, master = start()
    till.option(30, 45)
    master.control("RDY")
    assert master.quiet()
    master.address = master.answers_from = 0x45
    assert master.ask("RDY").kind == "RDY"


def test_the_wrong_key_presses_none(start: Start) -> None:
    till, _ = start()
    answer = till.http.post("/v1/keys", json={"keys": "1 ПИ НЕТТАКОЙ"})
    assert answer.status_code == 422
    assert till.state == "idle"

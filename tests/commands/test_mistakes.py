"""A user's mistakes: each is one line on stderr and exit 2, and nothing is left behind."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from kkm_sim.cli import main
from tests.commands.program import posix, run_to_end

TCP = ("run", "--tcp", "127.0.0.1:0")


@pytest.fixture
def taken() -> Iterator[str]:
    """HOST:PORT of somebody else."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line that a command says; it has to exit with 2 and to be silent on stdout."""
    try:
        code = main(arguments)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else -1
    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert said.err.endswith("\n")
    line = said.err.removesuffix("\n")
    assert "\n" not in line
    assert line.startswith("kkm-sim")
    return line


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        # The command line itself
        ((), "COMMAND"),
        (("sing",), "sing"),
        (("run", "--loud"), "--loud"),
        (("run", "--tcp", "127.0.0.1:0", "--pty"), "not allowed with"),
        (("run", "--port", "loop://", "--rfc2217", "127.0.0.1:0"), "not allowed with"),
        (("run", "--tcp", "nonsense"), "'nonsense' is not HOST:PORT"),
        (("run", "--tcp", "127.0.0.1:70000"), "'127.0.0.1:70000' is not HOST:PORT"),
        (("run", "--rfc2217", "127.0.0.1:"), "'127.0.0.1:' is not HOST:PORT"),
        ((*TCP, "--http", "8130"), "'8130' is not HOST:PORT"),
        ((*TCP, "--start", "sleep"), "cash"),
        ((*TCP, "--pace", "fast"), "packet"),
        ((*TCP, "--address", "0"), "'0' is not a till's address, 1 to 98"),
        ((*TCP, "--address", "99"), "'99' is not a till's address, 1 to 98"),
        ((*TCP, "--address", "one"), "'one' is not a till's address, 1 to 98"),
        # Settings
        ((*TCP, "--set", "deaf_ms"), "'deaf_ms' is not NAME=VALUE"),
        ((*TCP, "--set", "def_ms=3"), "did you mean deaf_ms?"),
        ((*TCP, "--set", "busy_reply=loud"), "must be disc or busy or silent"),
        ((*TCP, "--config", "/nonexistent/till.toml"), "cannot read /nonexistent/till.toml"),
        # Lines
        (("run", "--port", "/nonexistent/port"), "cannot open port /nonexistent/port"),
        (("run", "--port", "gopher://here"), "cannot open port gopher://here"),
        (("run", "--port", "socket://127.0.0.1:1"), "cannot open port socket://127.0.0.1:1"),
        (("run", "--tcp", "192.0.2.1:0"), "cannot listen on 192.0.2.1:0"),
        ((*TCP, "--http", "192.0.2.1:0"), "--http: cannot listen on 192.0.2.1:0"),
        # The other end
        (("smartbox", "ping"), "--port"),
        (("smartbox", "--port", "/nonexistent/port", "ping"), "cannot open port /nonexistent/port"),
        (("smartbox", "--port", "loop://"), "ACTION"),
        (("smartbox", "--port", "loop://", "message", "9"), "1 SCAn EAN, 2 SCAn PdF and 3 ПОВtОР"),
        (("smartbox", "--port", "loop://", "message", "one"), "'one'"),
        (("smartbox", "--port", "loop://", "sell"), "CODE"),
        (("smartbox", "--port", "loop://", "--baud", "115200", "ping"), "57600"),
        (("smartbox", "--port", "loop://", "--set", "retries=0", "ping"), "retries = '0': must be"),
        # The rest
        (("schema", "till"), "settings"),
        (("demo", "--pace", "slow"), "packet"),
    ],
)
def test_a_mistake_is_one_line(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str) -> None:
    assert words in complaint(capsys, *arguments)


@pytest.mark.parametrize("option", ["--tcp", "--rfc2217"])
def test_a_port_that_is_taken(capsys: pytest.CaptureFixture[str], taken: str, option: str) -> None:
    assert f"cannot listen on {taken}: " in complaint(capsys, "run", option, taken)


@posix
def test_a_control_port_that_is_taken(capsys: pytest.CaptureFixture[str], taken: str, tmp_path: Path) -> None:
    link = tmp_path / "till"
    assert f"--http: cannot listen on {taken}: " in complaint(capsys, "run", "--pty", str(link), "--http", taken)
    assert not link.is_symlink()


@posix
def test_a_file_in_the_way_of_the_link(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    link = tmp_path / "till"
    link.write_text("mine")
    assert f"{link} is in the way" in complaint(capsys, "run", "--pty", str(link))
    assert link.read_text() == "mine"


@posix
def test_a_link_that_cannot_be_made(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert "cannot make the link" in complaint(capsys, "run", "--pty", str(tmp_path / "no" / "till"))


def test_findings_that_cannot_be_written(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert f"--findings: cannot write {tmp_path}: " in complaint(capsys, *TCP, "--findings", str(tmp_path))
    link = tmp_path / "till"
    line = ("run", "--pty", str(link)) if os.name == "posix" else TCP
    assert "cannot write" in complaint(capsys, *line, "--findings", str(tmp_path / "no" / "findings.jsonl"))
    assert not link.is_symlink()


def test_a_settings_file_that_is_none(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    config = tmp_path / "till.toml"
    config.write_text("option_30 = 99\n")
    assert "option_30 = 99: must be a whole number from 1 to 98" in complaint(capsys, *TCP, "--config", str(config))


def test_in_a_process_of_its_own_too() -> None:
    done = run_to_end(*TCP, "--set", "retry=1")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "kkm-sim run: there is no setting 'retry'; did you mean retries?\n"

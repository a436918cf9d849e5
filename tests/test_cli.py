"""The command line itself: what can be said, and the exit codes."""

import argparse
import re
import subprocess
import sys

import pytest

from kkm_sim import cli
from kkm_sim.cli import COMMANDS
from kkm_sim.commands import schema
from tests.commands.program import COMMAND, ROOT, run_to_end
from tests.waiting import PATIENCE_S


def raising(error: BaseException) -> object:
    def command(args: argparse.Namespace) -> int:
        raise error

    return command


@pytest.mark.parametrize("command", [(), *((command,) for command in COMMANDS), ("smartbox", "--port", "x", "serve")])
def test_help(command: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main([*command, "--help"])
    assert end.value.code == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out.startswith("usage: kkm-sim")
    if not command:
        assert all(re.search(rf"^ +{name} ", said.out, re.MULTILINE) for name in COMMANDS)


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(["--version"])
    assert end.value.code == 0
    said = capsys.readouterr()
    assert re.fullmatch(r"kkm-sim (\d+\.\d+\.\d+|of a checkout that is not installed)\n", said.out)
    assert said.err == ""


def test_a_bug_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(schema, "schema", raising(KeyError("here")))
    assert cli.main(["schema", "settings"]) == 70
    line = "kkm-sim schema: a bug in kkm-sim, please report it: KeyError('here') (-v shows where)\n"
    assert capsys.readouterr() == ("", line)


def test_an_interrupt_is_silent(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(schema, "schema", raising(KeyboardInterrupt()))
    assert cli.main(["schema", "settings"]) == 130
    assert capsys.readouterr() == ("", "")


def test_nobody_reads_what_is_printed() -> None:
    program = "import sys; from kkm_sim.cli import main; sys.stdin.readline(); sys.exit(main(['schema', 'settings']))"
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.stdin.write("now\n")
        process.stdin.flush()
        assert process.stderr.read() == ""
        assert process.wait(PATIENCE_S) == 1


def test_a_terminal_that_lacks_letters_gets_escapes() -> None:
    program = "import sys; sys.argv[1:] = ['schema', 'settings']; from kkm_sim.cli import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-X", "utf8=0", "-c", f"import sys; sys.stdout.reconfigure(encoding='ascii'); {program}"],
        cwd=ROOT,
        capture_output=True,
        encoding="ascii",
        timeout=PATIENCE_S,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert r"\u041a\u0410\u0421\u0421\u0418\u0420 1" in done.stdout


def test_the_module_is_the_command() -> None:
    done = run_to_end("--help")
    assert done.returncode == 0
    assert done.stdout.startswith("usage: kkm-sim [-h] [--version] COMMAND")
    assert COMMAND[1:] == ("-m", "kkm_sim")

"""What several commands share."""

import argparse
import os
import queue
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kkm_sim.cli import parser
from kkm_sim.commands.joining import complain, open_line, say, settings_of, until_told
from kkm_sim.commands.mistakes import UserMistake
from kkm_sim.settings import Settings


@pytest.fixture
def _signals() -> Iterator[None]:
    """Puts the handlers back that the tests came with."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    signal.set_wakeup_fd(-1)
    for number, handler in before.items():
        signal.signal(number, handler)


def options(*arguments: str) -> argparse.Namespace:
    return parser().parse_args(["run", *arguments])


def test_what_the_user_says_stands_over_the_commands_own(tmp_path: Path) -> None:
    assert settings_of(()) == Settings()
    assert settings_of((), None, print_lines_per_s=0) == replace(Settings(), print_lines_per_s=0)
    config = tmp_path / "till.toml"
    config.write_text("print_lines_per_s = 5\nmodel = 2\n")
    settings = settings_of(["retries=7", "model=1"], str(config), print_lines_per_s=0, deaf_ms=3)
    assert settings == replace(Settings(), print_lines_per_s=5, retries=7, model=1, deaf_ms=3)


def test_a_setting_that_cannot_be_is_a_users_mistake() -> None:
    with pytest.raises(UserMistake, match="retries = 'x': must be a whole number from 1 to 100"):
        settings_of(["retries=x"])


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("--tcp", "127.0.0.1:0"), "tcp"),
        (("--rfc2217", "127.0.0.1:0"), "rfc2217"),
        (("--port", "loop://"), "port"),
    ],
)
def test_the_line_that_is_named(arguments: tuple[str, ...], name: str) -> None:
    port = open_line(options(*arguments), 57600)
    try:
        assert set(port.names) == {name}
    finally:
        port.close()


@pytest.mark.skipif(os.name != "posix", reason="ptys are POSIX")
def test_the_line_without_a_name_is_a_pty(tmp_path: Path) -> None:
    for arguments in ((), ("--pty",), ("--pty", str(tmp_path / "till"))):
        port = open_line(options(*arguments), 9600)
        try:
            assert set(port.names) == {"port"} | ({"link"} if len(arguments) == 2 else set())
            assert port.client_baud() == 9600
        finally:
            port.close()


@pytest.mark.usefixtures("_signals")
def test_both_signals_stop() -> None:
    told: queue.SimpleQueue[str] = queue.SimpleQueue()
    until_told(lambda: told.put("stop"))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.raise_signal(number)
        assert told.get(timeout=5) == "stop"


def test_lines_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    say("ЧЕК")
    complain("НЕt СВ")
    assert capsys.readouterr() == ("ЧЕК\n", "НЕt СВ\n")

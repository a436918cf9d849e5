"""`smartbox --remote`: the same words and exit codes over a server. The operator of its till is the test."""

import argparse
import errno
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kkm_sim.arguments.smartbox import add_arguments
from kkm_sim.commands.mistakes import UserMistake
from kkm_sim.commands.smartbox_line import choose_line
from kkm_sim.remote import connect
from kkm_sim.till.chart import TillState
from tests.bottles import EAN, PDF
from tests.certificate import certificate
from tests.commands.counter import ANSWERS, Counter
from tests.commands.program import Program, posix, run_to_end

NO_FILE = os.strerror(errno.ENOENT)


@pytest.fixture
def server(counter: Counter) -> Iterator[str]:
    """HOST:PORT of a server that has the counter's till as kassa1."""
    with Program("serve", "--device", f"kassa1={counter.options[1]}", "--listen", "127.0.0.1:0") as program:
        yield str(program.ready()["listen"]).removeprefix("ws://")


def test_ping_message_and_annul(counter: Counter, server: str) -> None:
    ping = run_to_end("smartbox", "--remote", server, "--device", "kassa1", "ping")
    assert (ping.returncode, ping.stderr) == (0, "")
    status = "till 1234567: cash mode, SmartBox on, shift 1, receipt 0: 0 operations, 0 of them alcohol, 0.00"
    assert ping.stdout.splitlines() == [ANSWERS, status]
    message = run_to_end("smartbox", "message", "2", "--remote", server)
    assert (message.returncode, message.stderr) == (0, "")
    assert message.stdout.splitlines() == [ANSWERS, "the indicator shows «SCAn PdF»"]
    assert counter.indicator == "SCAn PdF"
    counter.press("С 1 0 0 ПИ")
    annul = run_to_end("smartbox", "--remote", server, "annul", "--json")
    assert annul.returncode == 0
    assert [json.loads(line)["event"] for line in annul.stdout.splitlines()] == ["till-found", "receipt-annulled"]
    assert counter.findings == []


def test_sell(counter: Counter, server: str) -> None:
    with Program("smartbox", "--remote", server, "sell", EAN, PDF) as program:
        counter.waits_for_state(TillState.REQUEST)
        counter.press("1 0 0 ПИ")
        program.waits_for("is sold: receipt 1, operation 1, 100.00")
        counter.press("ИТ ИТ")
        assert program.wait() == 0
        assert program.err == []
        assert program.out[-1] == "receipt 1 is printed and done"
    assert "[QR]" in counter.tape
    assert counter.findings == []


def test_a_till_that_refuses(counter: Counter, server: str) -> None:
    done = run_to_end("smartbox", "--remote", server, "annul")
    assert (done.returncode, done.stdout) == (1, ANSWERS + "\n")
    assert done.stderr == "kkm-sim smartbox: the till refuses the annulment of the receipt: 27, rejected\n"


def test_serve(counter: Counter, server: str) -> None:
    with Program("smartbox", "--remote", server, "serve") as program:
        program.waits_for(ANSWERS)
        program.says("message 1")
        program.waits_for("the indicator shows «SCAn EAN»")
        program.says("cable out")
        program.waits_for("a line is a code that was scanned")
        program.ends_input()
        assert program.wait() == 0


def test_busy(server: str) -> None:
    with connect(server, "kassa1", client="касса 2"):
        began = time.monotonic()
        done = run_to_end("smartbox", "--remote", server, "--connect-timeout", "0", "ping")
        assert time.monotonic() - began < 5
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("kkm-sim smartbox: the device is busy: касса 2 (")
    assert done.stderr.count("\n") == 1


def test_no_server() -> None:
    done = run_to_end("smartbox", "--remote", "127.0.0.1:1", "--device", "kassa1", "ping")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"kkm-sim smartbox: no server at 127.0.0.1:1 ({os.strerror(errno.ECONNREFUSED)}): ")
    assert done.stderr.count("\n") == 1


def test_no_such_device(server: str) -> None:
    done = run_to_end("smartbox", "--remote", server, "--device", "kassa7", "ping")
    assert done.returncode == 1
    assert "kassa1" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_server_that_ends_meanwhile(counter: Counter) -> None:
    with Program("serve", "--device", f"kassa1={counter.options[1]}", "--listen", "127.0.0.1:0") as server:
        address = str(server.ready()["listen"]).removeprefix("ws://")
        with Program("smartbox", "--remote", address, "sell", EAN, PDF) as program:
            counter.waits_for_state(TillState.REQUEST)
            server.process.kill()
            assert program.wait() == 1
            assert program.err[-1] == "kkm-sim smartbox: the connection to the server is lost"


@posix
def test_a_port_that_is_lost_while_the_operator_is_at_a_sale() -> None:
    counter = Counter(pty=True)
    with (
        counter.pump,
        Program("serve", "--device", f"kassa1={counter.options[1]}", "--listen", "127.0.0.1:0") as server,
        Program("smartbox", "--remote", str(server.ready()["listen"]), "sell", EAN, PDF) as program,
    ):
        counter.waits_for_state(TillState.REQUEST)
        counter.pump.stop()
        assert program.wait() == 1
        told = "no answer from the till: its line is not there: is the cable plugged in beside the server?"
        assert program.err == [f"kkm-sim smartbox: {told}"]
        server.waits_for("kassa1: port lost, waiting for it: /dev/", err=True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--remote", "host", "--port", "/dev/x"), "--port and --remote"),
        (("--remote", "http://host"), "is no server"),
        (
            ("--remote", "host", "--token-file", "/no/such"),
            f"--token-file: cannot read /no/such: {NO_FILE}",
        ),
        (("--remote", "host", "--tls-ca", "/no/such"), f"--tls-ca /no/such: {NO_FILE}"),
        (("--remote", "host", "--connect-timeout", "86401"), "a timeout of 86401 s: it is from 0 to 86400"),
        ((), "where is the till?"),
    ],
)
def test_mistakes(arguments: tuple[str, ...], told: str) -> None:
    done = run_to_end("smartbox", *arguments, "ping")
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            "--remote host --address 2 --baud 57600 --pace off",
            "--address, --baud, --pace: the line to the till of --remote is the server's; say it to kkm-sim serve",
        ),
        ("--port x --connect-timeout 5 --tls-ca x", "--connect-timeout, --tls-ca: for --remote alone"),
    ],
)
def test_what_would_be_said_in_vain(words: str, told: str) -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    with pytest.raises(UserMistake) as caught:
        choose_line(parser.parse_args([*words.split(), "ping"]))
    assert str(caught.value) == told


def test_a_token(counter: Counter, tmp_path: Path) -> None:
    tokens, own = tmp_path / "tokens", tmp_path / "own"
    tokens.write_text("# kassa 1\nsecret\nother\n")
    own.write_text("secret\n")
    till = f"kassa1={counter.options[1]}"
    with Program("serve", "--device", till, "--listen", "127.0.0.1:0", "--token-file", str(tokens)) as server:
        address = str(server.ready()["listen"]).removeprefix("ws://")
        without = run_to_end("smartbox", "--remote", address, "ping")
        assert (without.returncode, without.stderr.count("\n")) == (1, 1)
        assert "token" in without.stderr
        assert run_to_end("smartbox", "--remote", address, "--token-file", str(own), "ping").returncode == 0


def test_tls(counter: Counter, tmp_path: Path) -> None:
    made, key = certificate(tmp_path, "localhost")
    till = f"kassa1={counter.options[1]}"
    tls = ("--tls-cert", str(made), "--tls-key", str(key))
    with Program("serve", "--device", till, "--listen", "127.0.0.1:0", *tls) as server:
        address = str(server.ready()["listen"]).replace("127.0.0.1", "localhost")
        assert address.startswith("wss://")
        trusted = run_to_end("smartbox", "--remote", address, "--tls-ca", str(made), "ping")
        assert (trusted.returncode, trusted.stderr) == (0, "")
        stranger = run_to_end("smartbox", "--remote", address, "--device", "kassa1", "ping")
        assert (stranger.returncode, stranger.stderr.count("\n")) == (1, 1)
        assert "is its certificate trusted here" in stranger.stderr
        plain = run_to_end("smartbox", "--remote", address.removeprefix("wss://"), "--device", "kassa1", "ping")
        assert (plain.returncode, plain.stderr.count("\n")) == (1, 1)
        assert "if it has TLS, say wss://localhost:" in plain.stderr
        unnamed = run_to_end("smartbox", "--remote", address.removeprefix("wss://"), "ping")
        assert "if it has TLS, say wss://localhost:" in unnamed.stderr


def test_tls_with_a_server_that_has_none(server: str) -> None:
    done = run_to_end("smartbox", "--remote", f"wss://{server.removeprefix('ws://')}", "--device", "kassa1", "ping")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "if it has no TLS, say ws://" in done.stderr

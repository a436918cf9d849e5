"""`run`: its ready line and its end, its lines, what its options do."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from kkm_sim.drivers.turns import SHORT_NS
from kkm_sim.scenario.format.loader import load_scenario
from kkm_sim.scenario.play.player import play
from tests.acceptance.master import Master, NoAnswer, control_packet
from tests.acceptance.tables import PING
from tests.commands.program import Program, posix
from tests.drivers.slices import eevdf, slice_ns
from tests.waiting import eventually

LOCAL = r"127\.0\.0\.1:\d+"
ANY_PORT = "127.0.0.1:0"

Run = Callable[..., Program]


@pytest.fixture
def run() -> Iterator[Run]:
    """Starts a till, unpaced unless told: `program = run("--tcp", ANY_PORT)`."""
    with ExitStack() as stack:

        def start(*options: str) -> Program:
            pace = () if "--pace" in options else ("--pace", "off")
            return stack.enter_context(Program("run", *options, *pace))

        yield start


def url_of(ready: dict[str, Any]) -> str:
    if ready["tcp"]:
        return f"socket://{ready['tcp']}"
    if ready["rfc2217"]:
        return f"rfc2217://{ready['rfc2217']}"
    return str(ready["link"] or ready["port"])


def ping(url: str, *, address: int = 1) -> bytes:
    """PING's answer, after SYN and RDY."""
    with Master(url, address=address) as master:
        master.synchronise()
        return master.command(PING)


def press(ready: dict[str, Any], keys: str) -> dict[str, Any]:
    answer = httpx.post(f"{ready['http']}/v1/keys", json={"keys": keys}, trust_env=False)
    assert answer.status_code == 200
    snapshot: dict[str, Any] = answer.json()
    return snapshot


class FarEnd:
    """The other end of a `--port`: a pty of the test's, that may be unplugged."""

    def __init__(self, link: Path) -> None:
        import tty

        self.link = link
        self.master, self._slave = os.openpty()
        tty.setraw(self._slave)
        link.unlink(missing_ok=True)
        link.symlink_to(os.ttyname(self._slave))

    def ask(self, packet: bytes, size: int) -> bytes:
        os.write(self.master, packet)
        answer = b""
        while len(answer) < size:
            answer += os.read(self.master, size - len(answer))
        return answer

    def close(self) -> None:
        os.close(self.master)
        os.close(self._slave)


RDY = control_packet(0x5)
RDY_OF_TILL = bytes.fromhex("7F 02 01 E5 1A")


# The ready line and the end


@posix
@pytest.mark.parametrize(
    ("kind", "number", "http"),
    [
        ("pty", signal.SIGTERM, False),
        ("link", signal.SIGINT, False),
        ("link", signal.SIGTERM, True),
        ("tcp", signal.SIGINT, False),
        ("rfc2217", signal.SIGTERM, False),
        ("port", signal.SIGINT, True),
    ],
)
def test_ready_line_and_end(run: Run, tmp_path: Path, kind: str, number: int, http: bool) -> None:
    link = tmp_path / "till"
    with ExitStack() as stack:
        options = {"pty": ["--pty"], "link": ["--pty", str(link)], "port": ["--port", str(link)]}
        if kind == "port":
            far_end = stack.enter_context(closing(FarEnd(link)))
        program = run(*options.get(kind, [f"--{kind}", ANY_PORT]), *(["--http", ANY_PORT] if http else []))
        ready = program.ready()
        assert list(ready) == ["ready", "port", "link", "tcp", "rfc2217", "http", "pid"]
        assert (ready["ready"], ready["pid"]) == (True, program.process.pid)
        if http:
            assert httpx.get(f"{ready['http']}/v1/till", trust_env=False).json()["state"] == "idle"
        else:
            assert ready["http"] is None
        named = {name for name in ("port", "link", "tcp", "rfc2217") if ready[name] is not None}
        assert named == ({"port", "link"} if kind == "link" else {"port" if kind == "pty" else kind})
        if kind == "port":
            assert ready["port"] == str(link)
            assert far_end.ask(RDY, 5) == RDY_OF_TILL
        else:
            assert ping(url_of(ready))[:3] == b"\x03\x05\x00"
        if kind == "link":
            assert (ready["link"], ready["port"]) == (str(link), os.path.realpath(link))
        assert program.stop(number) == 0
        assert (len(program.out), program.err) == (1, [])
        assert link.is_symlink() == (kind == "port")


def test_the_default_line_is_a_pty(run: Run) -> None:
    if os.name != "posix":
        pytest.skip("ptys are POSIX")
    assert run().ready()["port"].startswith("/dev/")


@posix
def test_it_ends_while_it_prints_and_while_a_client_is_there(run: Run) -> None:
    program = run("--pty", "--http", ANY_PORT, "--set", "print_lines_per_s=1")
    ready = program.ready()
    with Master(url_of(ready)) as master:
        master.synchronise()
        assert press(ready, "1 ПИ")["printing"]
        assert program.stop() == 0


# Clients


@posix
def test_a_client_that_comes_back_finds_the_same_till(run: Run, tmp_path: Path) -> None:
    program = run("--pty", str(tmp_path / "till"), "--http", ANY_PORT)
    ready = program.ready()
    press(ready, "1 5 0 ПИ")
    for _ in range(2):
        answer = ping(url_of(ready))
        # Receipt 1, one operation, no alcohol, 150.00.
        assert answer[31:44] == bytes.fromhex("01 00 00 00 01 00 00 50 01 00 00 00 00")


def test_a_client_that_connects_anew_finds_the_same_till(run: Run) -> None:
    ready = run("--tcp", ANY_PORT, "--http", ANY_PORT).ready()
    press(ready, "1 5 0 ПИ")
    for _ in range(2):
        assert ping(url_of(ready))[31:36] == bytes.fromhex("01 00 00 00 01")


@posix
def test_a_port_that_vanishes_is_waited_for(run: Run, tmp_path: Path) -> None:
    with closing(FarEnd(tmp_path / "usb")) as far_end:
        program = run("--port", str(far_end.link))
        program.ready()
        assert far_end.ask(RDY, 5) == RDY_OF_TILL
    lost = program.waits_for("port lost", err=True)
    assert str(far_end.link) in lost
    far_end.link.unlink()
    time.sleep(1.2)  # it has looked for the port once, in vain
    with closing(FarEnd(tmp_path / "usb")) as far_end:
        back = program.waits_for("port is back", err=True)
        assert far_end.ask(RDY, 5) == RDY_OF_TILL
        assert program.stop() == 0
    assert program.err == [lost, back]


# Options


def test_it_ends_with_its_stdin_where_it_is_asked_to(run: Run, tmp_path: Path) -> None:
    link = tmp_path / "till"
    till = run("--pty", str(link), "--end-with-stdin")
    till.ready()
    till.says("not a command: nothing is read there")
    assert link.is_symlink()
    till.ends_input()
    assert till.wait() == 0
    assert not link.is_symlink()
    assert (len(till.out), till.err) == (1, [])


def test_findings_are_kept_as_lines_of_json(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "findings.jsonl"
    for _ in range(2):
        program = run("--tcp", ANY_PORT, "--findings", str(file))
        with Master(url_of(program.ready())) as master:
            master.write(bytes.fromhex("7F 02 01 C5 00"))  # FCRC of RDY is 3A
            assert master.ask("RDY").kind == "RDY"
        assert program.stop() == 0
        assert program.err == []
    entries = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [entry["n"] for entry in entries] == [1, 1]
    for entry in entries:
        assert list(entry) == ["n", "at", "code", "severity", "message", "why", "section", "bytes"]
        assert isinstance(entry.pop("at"), int)
        assert entry == {
            "n": 1,
            "code": "bad-fcrc",
            "severity": "error",
            "message": entry["message"],
            "why": [],
            "section": "Пакеты управления",
            "bytes": "7f0201c500",
        }


@pytest.mark.parametrize(("flag", "packets"), [("-v", False), ("-vv", True)])
def test_the_log(run: Run, flag: str, packets: bool) -> None:
    """Findings, with -vv packets, and nothing of what the libraries have to say."""
    program = run("--tcp", ANY_PORT, flag)
    with Master(url_of(program.ready())) as master:
        master.write(bytes.fromhex("7F 02 01 C5 00"))
        assert master.ask("RDY").kind == "RDY"
    assert program.stop() == 0
    assert len(program.out) == 1
    (found,) = [line for line in program.err if "[bad-fcrc]" in line]
    assert found.startswith("kkm-sim: error: ")
    assert found.endswith(" 7f 02 01 c5 00")
    others = [line for line in program.err if line != found]
    # RDY of the master and of the till.
    assert [line[-14:] for line in others] == (["7f 02 01 c5 3a", "7f 02 01 e5 1a"] if packets else [])


@pytest.mark.parametrize(("state", "cash_mode"), [("menu", 0), ("off", None)])
def test_start(run: Run, state: str, cash_mode: int | None) -> None:
    url = url_of(run("--tcp", ANY_PORT, "--start", state).ready())
    if cash_mode is None:
        with Master(url) as master:
            master.control("RDY")
            assert master.quiet(0.2)
    else:
        assert ping(url)[22] & 1 == cash_mode


def test_address(run: Run) -> None:
    url = url_of(run("--tcp", ANY_PORT, "--address", "12").ready())
    assert ping(url, address=12)[:3] == b"\x03\x05\x00"
    with Master(url) as master:
        master.control("RDY")
        assert master.quiet(0.1)


def test_what_is_said_on_the_command_line_wins(run: Run, tmp_path: Path) -> None:
    config = tmp_path / "till.toml"
    config.write_text('model = 2\nserial_number = "7"\noption_30 = 5\n', encoding="utf-8")
    # The serial number is at 5, 16 bytes; the model at 4.
    url = url_of(run("--tcp", ANY_PORT, "--config", str(config)).ready())
    assert ping(url, address=5)[4:7] == b"\x027\x00"
    options = ("--address", "6", "--set", "serial_number=8", "--set", "serial_number=9")
    url = url_of(run("--tcp", ANY_PORT, "--config", str(config), *options).ready())
    assert ping(url, address=6)[4:7] == b"\x029\x00"


@pytest.mark.parametrize(
    ("options", "prints"),
    [
        (["--pace", "off"], False),
        (["--pace", "off", "--set", "print_lines_per_s=1"], True),
    ],
)
def test_an_unpaced_till_prints_at_once_unless_told(run: Run, options: list[str], prints: bool) -> None:
    ready = run("--tcp", ANY_PORT, "--http", ANY_PORT, *options).ready()
    assert press(ready, "1 ПИ")["printing"] is prints


@pytest.mark.parametrize(("pace", "within"), [("byte", False), ("off", True)])
def test_the_gap_is_kept_where_the_line_is_paced(run: Run, pace: str, within: bool) -> None:
    with Master(url_of(run("--tcp", ANY_PORT, "--pace", pace).ready())) as master:
        fastest = min(_seconds_to_answer(master) for _ in range(5))
    # RDY and its answer are 5 bytes of 173.6 µs each, and 10 ms of quiet lie between.
    assert (fastest < 0.0117) == within


def _seconds_to_answer(master: Master) -> float:
    time.sleep(0.02)
    began = master.control("RDY")
    try:
        assert master.receive().kind == "RDY"
    except NoAnswer:
        pytest.fail("the till is silent")
    return time.monotonic() - began


@posix
@pytest.mark.parametrize("pace", ["packet", "off"])
def test_what_is_recorded_replays(run: Run, tmp_path: Path, pace: str) -> None:
    file = tmp_path / "at-the-till.kkm.yaml"
    program = run("--pty", "--http", ANY_PORT, "--pace", pace, "--record", str(file))
    ready = program.ready()
    press(ready, "1 5 0 ПИ")
    ping(url_of(ready))
    press(ready, "ИТ")
    assert program.stop() == 0
    assert program.err == []
    text = file.read_text(encoding="utf-8")
    assert text.startswith("title: At the till\n")
    assert ("\npaced: false\n" in text) is (pace == "off")
    # What follows there in the line is how long it took.
    assert "  - keys: 1 5 0 ПИ" in text
    outcome = play(load_scenario(file))
    assert outcome.failure is None


def test_a_record_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    program = run("--tcp", ANY_PORT, "--record", str(tmp_path))
    assert program.wait() == 2
    assert "--record: cannot write" in program.err[0]


def test_a_record_over_a_file_that_is_there(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mine.kkm.yaml"
    file.write_text("title: mine\n")
    program = run("--tcp", ANY_PORT, "--record", str(file))
    assert program.wait() == 2
    assert program.err == [f"kkm-sim run: --record: {file} exists; give another name or remove it"]
    assert file.read_text() == "title: mine\n"


@eevdf
@pytest.mark.parametrize("http", [(), ("--http", ANY_PORT)])
def test_the_line_asks_for_short_turns(run: Run, http: Sequence[str]) -> None:
    program = run("--pty", *http)
    ready = program.ready()
    if http:
        assert slice_ns(ready["pid"]) == SHORT_NS
    # Without it the line asks in its first step, which may be over before anybody can look.
    ping(url_of(ready))
    eventually(lambda: slice_ns(ready["pid"]) == SHORT_NS)

"""The two lines of README that join the till to another program by socat."""

import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import serial

from tests.acceptance.master import BYTE_TIME, CODES, Master, control_packet
from tests.acceptance.till_process import ROOT, TillProcess
from tests.commands.counter import ANSWERS
from tests.commands.program import Program, run_to_end
from tests.other_programs import found
from tests.waiting import PATIENCE_S, eventually

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no ptys on Windows")

BEER = "4601234567893"


@dataclass(frozen=True)
class Readme:
    """README's block, its files in a folder of the test's."""

    socat: list[str]
    run: list[str]
    till_end: Path
    box_end: Path

    @classmethod
    def read(cls, directory: Path) -> "Readme":
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        [block] = [text for text in re.findall(r"```sh\n(.*?)```", readme, re.DOTALL) if text.startswith("socat ")]
        socat, run = block.replace("/tmp/", f"{directory}/").splitlines()
        assert socat.endswith(" &"), "the second line is for the same shell"
        words = shlex.split(run, comments=True)
        assert words[:2] == ["kkm-sim", "run"]
        till_end = Path(words[words.index("--port") + 1])
        ends = {Path(link) for link in re.findall(r"link=([^, ]+)", socat)}
        [box_end] = ends - {till_end}
        return cls(shlex.split(socat.removesuffix(" &")), words[2:], till_end, box_end)


class Socat:
    """README's socat, that may end and come back."""

    def __init__(self, readme: Readme) -> None:
        self._readme = readme
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [found("socat"), *self._readme.socat[1:]]
        self._process = subprocess.Popen(command)
        ends = (self._readme.till_end, self._readme.box_end)
        eventually(lambda: all(os.path.exists(end) for end in ends))

    def end(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(PATIENCE_S)
        self._process = None


@pytest.fixture
def readme(tmp_path: Path) -> Readme:
    return Readme.read(tmp_path)


@pytest.fixture
def socat(readme: Readme) -> Iterator[Socat]:
    socat = Socat(readme)
    socat.start()
    yield socat
    socat.end()


@pytest.fixture
def start_till(readme: Readme, socat: Socat) -> Iterator[Callable[[], TillProcess]]:
    tills = []

    def start() -> TillProcess:
        tills.append(TillProcess(*readme.run, "--set", "print_lines_per_s=0"))
        return tills[-1]

    yield start
    for till in tills:
        if till.process.poll() is None:
            till.stop()


def assert_answers(readme: Readme) -> None:
    done = run_to_end("smartbox", "--port", str(readme.box_end), "ping")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{ANSWERS}\n")


def test_a_smartbox_at_the_other_end(readme: Readme, start_till: Callable[[], TillProcess]) -> None:
    till = start_till()
    with Program("smartbox", "--port", str(readme.box_end), "--beer", BEER, "sell", BEER) as box:
        till.until(lambda: till.state == "request")
        till.press("5 0 ПИ")
        box.waits_for("operation 1, 50.00")
        till.press("ИТ")
        assert box.wait() == 0
        assert box.out[-1] == "receipt 1 is printed and done"
    assert till.state == "idle"
    # Two programs more hold the bytes up on a loaded machine, and not all of them alike.
    assert till.findings() <= {"gap-too-short"}


def test_socat_ends_and_comes_back(readme: Readme, socat: Socat, start_till: Callable[[], TillProcess]) -> None:
    till = start_till()
    assert_answers(readme)
    socat.end()
    eventually(lambda: "port lost" in till.stderr())
    socat.start()
    eventually(lambda: "port is back" in till.stderr())
    assert_answers(readme)
    lost, back = till.stderr().splitlines()
    assert lost == f"kkm-sim: port lost, waiting for it: {readme.till_end}: the other end has gone"
    assert back == f"kkm-sim: port is back: {readme.till_end}"
    assert till.findings() == set()


@pytest.mark.parametrize("baud", [9600, 57600])
def test_any_speed_is_heard_and_the_till_keeps_its_own(
    readme: Readme, start_till: Callable[[], TillProcess], baud: int
) -> None:
    start_till()
    with serial.Serial(str(readme.box_end), baud, timeout=PATIENCE_S) as port:
        began = time.monotonic()
        port.write(control_packet(CODES["RDY"]))
        assert port.read(5) == control_packet(CODES["RDY"], direction=1)
        assert time.monotonic() - began >= 0.010 + 10 * BYTE_TIME


def test_the_till_ends_and_the_program_keeps_its_port(readme: Readme, start_till: Callable[[], TillProcess]) -> None:
    till = start_till()
    with Master(str(readme.box_end), paced=True) as master:
        for again in (False, True):
            if again:
                assert till.stop() == (0, "")
                till = start_till()
            master.synchronise()
            assert master.ask("RDY").kind == "RDY"

"""`demo --headless`: the whole sale, as a user sees it on a plain terminal."""

import os
import re
import signal
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from kkm_sim.scenario.format.loader import load_scenario
from kkm_sim.scenario.format.steps import KeysStep
from kkm_sim.scenario.play.player import play
from tests.commands.program import COMMAND, ROOT, Program, is_alive, posix, run_to_end
from tests.render.matrix import decode_qr, modules_of
from tests.waiting import PATIENCE_S

HALF_BLOCKS = re.compile("[ ▀▄█]{40,}")
WHEN = re.compile(r" *(\d+\.\d{3}) s ([→←]) till  (.*)")


@pytest.fixture(scope="module")
def played() -> "subprocess.CompletedProcess[str]":
    """A sale without the times of the line."""
    return run_to_end("demo", "--headless", "--pace", "off")


@pytest.fixture(scope="module")
def paced() -> "subprocess.CompletedProcess[str]":
    """A sale as it takes place."""
    return run_to_end("demo", "--headless")


def announced_url(out: str) -> str:
    found = re.search(r"SmartBox: receipt 1 for 350\.90 may be closed: (\S+)", out)
    assert found is not None
    return found[1]


def tape_of(out: str) -> list[str]:
    return out.partition("\nThe tape:\n\n")[2].partition("\n\nFindings")[0].splitlines()


def smartbox_pid(line: str) -> int:
    found = re.search(r"its SmartBox in process (\d+)\.", line)
    assert found is not None
    return int(found[1])


@pytest.mark.parametrize("how", ["played", "paced"])
def test_the_sale_is_played_to_its_end(how: str, request: pytest.FixtureRequest) -> None:
    done = request.getfixturevalue(how)
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line.strip() for line in done.stdout.splitlines()]
    course = [
        "operator: ПИ  → «350.90»",
        "operator: ИТ  → «ЗАПРОС»",
        "The tape:",
    ]
    assert [line for line in lines if line in course] == course
    assert lines[-1] == "Findings: none, the SmartBox kept to the document."
    assert lines.count("SmartBox: receipt 1 is printed and done") == 1


@pytest.mark.parametrize("how", ["played", "paced"])
def test_the_printed_qr_code_is_the_url_that_the_smartbox_announced(how: str, request: pytest.FixtureRequest) -> None:
    out = request.getfixturevalue(how).stdout
    url = announced_url(out)
    assert url.startswith("http://check.egais.ru?id=")
    picture = [line for line in tape_of(out) if HALF_BLOCKS.fullmatch(line)]
    assert decode_qr(modules_of(picture)) == url


def test_the_tape(played: "subprocess.CompletedProcess[str]") -> None:
    tape = tape_of(played.stdout)
    for line in ("ПРОДАЖА", "1 x 350.90        350.90", "ИТОГ              350.90", "НАЛИЧНЫМИ         500.00"):
        assert line in tape
    # 350.90 × 18 / 118 and 500.00 − 350.90
    assert "НАЛОГ 1 18%        53.53" in tape
    assert "СДАЧА             149.10" in tape
    text = "".join(line for line in tape if not HALF_BLOCKS.fullmatch(line))
    assert announced_url(played.stdout) in text
    assert tape[-1] == "- - - - - - - - - - - -"


def test_the_line_keeps_its_times(paced: "subprocess.CompletedProcess[str]") -> None:
    packets = [match for line in paced.stdout.splitlines() if (match := WHEN.fullmatch(line))]
    assert len(packets) > 30
    moments = [(round(float(match[1]) * 1000), match[2]) for match in packets]
    # From the end of a packet to the till's next: 10 ms of quiet. What the till hears, a busy computer may hold up.
    quiet = [later - earlier for (earlier, _), (later, arrow) in pairwise(moments) if arrow == "←"]
    assert min(quiet) >= 10


def test_two_processes_and_neither_stays() -> None:
    with Program("demo", "--headless", "--pace", "off") as demo:
        box = smartbox_pid(demo.waits_for("its SmartBox in process"))
        assert box != demo.process.pid
        demo.waits_for("SmartBox: scanned EAN")
        assert is_alive(box)
        assert demo.wait() == 0
        assert not is_alive(box)


@posix
@pytest.mark.parametrize(
    ("words", "number", "group"),
    [
        ("its SmartBox in process", signal.SIGINT, True),
        ("SmartBox: scanned EAN", signal.SIGTERM, False),
        ("operator: ПИ", signal.SIGINT, False),
    ],
)
def test_it_can_be_ended_at_any_moment(words: str, number: int, group: bool) -> None:
    with Program("demo", "--headless") as demo:
        demo.waits_for(words)
        box = smartbox_pid(demo.out[0])
        assert demo.stop(number, group=group) == 130
        assert demo.err == []
        assert not is_alive(box)


def test_the_smartbox_does_not_outlive_a_killed_demo() -> None:
    with Program("demo", "--headless", "--pace", "off") as demo:
        demo.waits_for("SmartBox: scanned EAN")
        demo.process.kill()
        # Its stderr is the demo's: it ends when the last of the two has gone.
        demo.wait()


def test_nobody_reads_on() -> None:
    demo = subprocess.Popen(
        [*COMMAND, "demo", "--headless", "--pace", "off"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert demo.stdout is not None
    assert demo.stderr is not None
    with demo.stdout, demo.stderr:
        box = smartbox_pid(demo.stdout.readline())
        demo.stdout.close()
        assert demo.stderr.read() == ""
        assert demo.wait(PATIENCE_S) == 1
    assert not is_alive(box)


def test_a_terminal_without_cyrillic_letters_and_blocks() -> None:
    done = subprocess.run(
        [*COMMAND, "demo", "--headless", "--pace", "off"],
        cwd=ROOT,
        capture_output=True,
        encoding="ascii",
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        timeout=PATIENCE_S,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Findings: none" in done.stdout


def test_what_is_recorded_replays(tmp_path: Path) -> None:
    file = tmp_path / "demo.kkm.yaml"
    done = run_to_end("demo", "--headless", "--pace", "off", "--record", str(file))
    assert (done.returncode, done.stderr) == (0, "")
    scenario = load_scenario(file)
    outcome = play(scenario)
    assert outcome.failure is None
    assert outcome.receipts == 1
    # A hand that was slow for a moment begins another step.
    keys = [step.keys for step in scenario.steps if isinstance(step, KeysStep)]
    assert " ".join(keys) == "3 5 0 . 9 0 ПИ 5 0 0 ИТ"
    assert f'qr: "{announced_url(done.stdout)}"' in file.read_text(encoding="utf-8")


def test_a_record_that_cannot_be_written(tmp_path: Path) -> None:
    done = run_to_end("demo", "--headless", "--record", str(tmp_path / "none" / "demo.kkm.yaml"))
    assert done.returncode == 2
    assert "--record: cannot write" in done.stderr


def test_a_record_over_a_file_that_is_there(tmp_path: Path) -> None:
    file = tmp_path / "demo.kkm.yaml"
    file.write_text("title: mine\n")
    done = run_to_end("demo", "--headless", "--record", str(file))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"kkm-sim demo: --record: {file} exists; give another name or remove it\n"
    assert file.read_text() == "title: mine\n"

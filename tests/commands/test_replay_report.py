"""What is told on a terminal: a bar, colours, failures in full."""

import os
import re
import subprocess
import threading
from pathlib import Path

import pytest

from kkm_sim.commands.replay_report import one_line, summary
from tests.commands.program import COMMAND, ROOT, posix, run_to_end
from tests.waiting import PATIENCE_S

GOOD = "title: good [one]\nsteps:\n  - wait: 1 s\n"
BAD = 'title: bad\nsteps:\n  - indicator: "1"\n    within: 100 ms\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("1", GOOD), ("2", BAD), ("3", GOOD)):
        (tmp_path / f"{name}.kkm.yaml").write_text(text)
    return tmp_path


def on_terminal(*arguments: str, **environment: str) -> tuple[int, str]:
    """Exit code, and all that a terminal was sent."""
    ours, its = os.openpty()
    said: list[bytes] = []

    def read() -> None:
        try:
            while data := os.read(ours, 4096):
                said.append(data)
        except OSError:  # the other end is closed
            pass

    reader = threading.Thread(target=read)
    with subprocess.Popen(
        [*COMMAND, "replay", *arguments],
        cwd=ROOT,
        stdin=its,
        stdout=its,
        stderr=its,
        env=os.environ | {"TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8"} | environment,
    ) as process:
        os.close(its)
        reader.start()
        code = process.wait(PATIENCE_S)
    reader.join()
    os.close(ours)
    return code, b"".join(said).decode("utf-8")


def plain(said: str) -> str:
    return re.sub("\x1b\\[[0-9;?]*[A-Za-z]", "", said)


@posix
def test_a_bar_fills_and_failures_stand_above_it(folder: Path) -> None:
    code, said = on_terminal(str(folder))
    assert code == 1
    lines = [line.rstrip() for line in re.split("[\r\n]+", plain(said))]
    assert any("━" in line and "0/3" in line for line in lines)
    assert any("3/3" in line and "good [one]" in line for line in lines)
    assert f"FAIL bad  ({folder}/2.kkm.yaml)  0.1 s virtual" in lines
    assert "     expected `1` within 100 ms" in lines
    assert not any(line.startswith("ok ") for line in lines)
    assert re.fullmatch(r"2 passed, 1 failed in \d+\.\d s", [line for line in lines if line][-1])
    assert "\x1b[1;31mFAIL" in said
    assert "\x1b[31m     seen" in said
    assert "\x1b[?25h" in said.rpartition("passed")[0], "the cursor is back before the sum"


@posix
def test_no_colour_where_none_is_wanted(folder: Path) -> None:
    code, said = on_terminal(str(folder), NO_COLOR="1")
    assert code == 1
    assert "FAIL bad" in said
    assert not re.search("\x1b\\[[0-9;]*3[0-7]", said)


@posix
def test_all_that_is_played_is_told_if_wanted(folder: Path) -> None:
    code, said = on_terminal(str(folder), "-v")
    assert code == 1
    lines = [line.rstrip() for line in re.split("[\r\n]+", plain(said))]
    assert "     1  wait: 1 s" in lines
    assert f"ok   good [one]  ({folder}/1.kkm.yaml)  1.0 s virtual" in lines


def test_nothing_for_a_terminal_is_loaded_where_there_is_none(folder: Path) -> None:
    program = (
        "import sys; from kkm_sim.cli import main; main(sys.argv[1:]); "
        "print(*{'rich', 'starlette', 'uvicorn', 'serial', 'textual'} & {name.split('.')[0] for name in sys.modules})"
    )
    done = subprocess.run(
        [COMMAND[0], "-c", program, "replay", "-q", str(folder / "1.kkm.yaml")],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.splitlines()[1:] == [""]


def test_no_terminal_no_escapes(folder: Path) -> None:
    assert "\x1b" not in run_to_end("replay", "-v", str(folder)).stdout


@pytest.mark.parametrize(
    ("counts", "took", "told"),
    [
        ({"passed": 52, "failed": 1}, 1_949_999_999, "52 passed, 1 failed in 1.9 s"),
        ({"passed": 0, "failed": 0, "skipped": 2, "not played": 3}, 0, "0 passed, 2 skipped, 3 not played in 0.0 s"),
    ],
)
def test_the_sum(counts: dict[str, int], took: int, told: str) -> None:
    assert summary(counts, took) == told


def test_a_title_is_one_line() -> None:
    assert one_line("пиво,  две\n бутылки\x1b[31m") == "пиво, две бутылки·[31m"

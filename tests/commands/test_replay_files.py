"""Which files are played, and which may be written."""

import errno
import os
import sys
from pathlib import Path

import pytest

from kkm_sim.commands.mistakes import UserMistake
from kkm_sim.commands.replay_files import TraceFile, check_apart, check_output, every_step, files_in, files_of
from kkm_sim.scenario.format.loader import load_scenario

STEPS = 'steps:\n  - keys: "1"\n'
TEXT = "title: x\nsteps:\n  - repeat:\n      times: 2\n      steps:\n        - include: press\n  - wait: 1 s\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "press").write_text(STEPS)
    (tmp_path / "x.kkm.yaml").write_text(TEXT)
    return tmp_path / "x.kkm.yaml"


def test_each_file_is_played_once(file: Path) -> None:
    assert files_of([str(file), str(file.parent), str(file)]) == [file]


def test_what_a_scenario_is_written_in(file: Path) -> None:
    scenario = load_scenario(file)
    assert [step.VERB for step in every_step(scenario.steps)] == ["repeat", "include", "keys", "wait"]
    assert {os.path.realpath(each) for each in files_in([scenario])} == {
        os.path.realpath(file),
        os.path.realpath(file.parent / "press"),
    }


def test_what_is_played_is_not_written(file: Path) -> None:
    (file.parent / "same").hardlink_to(file)
    for name in (file, file.parent / "same", file.parent / "press", file.parent / "." / "x.kkm.yaml"):
        with pytest.raises(UserMistake, match=r"^--trace: .* is a scenario to be played: give another name$"):
            check_output("--trace", str(name), set(files_in([load_scenario(file)])))
    assert file.read_text() == TEXT


def test_another_scenario_is_not_written_either(file: Path) -> None:
    with pytest.raises(UserMistake, match="exists and may be a scenario"):
        check_output("--junit", str(file), [])
    (file.parent / "empty.yaml").write_text("")
    for name in ("empty.yaml", "new.yaml", "press", "new"):
        check_output("--junit", str(file.parent / name), [file])


def test_where_no_file_can_be(tmp_path: Path) -> None:
    for name in (tmp_path, tmp_path / "none" / "file", tmp_path / ("x" * 300) / "file"):
        with pytest.raises(UserMistake, match="there is no such folder, or it is one"):
            check_output("--junit", str(name), [])


def test_one_file_for_two(tmp_path: Path) -> None:
    one, other = str(tmp_path / "one"), str(tmp_path / "other")
    check_apart([("--junit", one), ("--trace", other)])
    check_apart([("--junit", os.devnull), ("--trace", os.devnull)])
    with pytest.raises(UserMistake, match="--junit and --trace cannot both be"):
        check_apart([("--junit", one), ("--trace", os.path.join(str(tmp_path), ".", "one"))])


def test_a_trace_is_on_its_way_as_it_is_written(tmp_path: Path) -> None:
    file = tmp_path / "trace"
    with TraceFile(str(file)) as trace:
        trace.begin("x\udc80.kkm.yaml", "two\nlines")
        trace.write("line\n" * 9999)
        assert file.stat().st_size > 30_000
        trace.end()
    assert file.read_bytes() == b"# x\\udc80.kkm.yaml: two lines\n" + b"line\n" * 9999 + b"\n"


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")
@pytest.mark.parametrize("times", [1, 99_999])
def test_a_trace_on_a_full_disk_is_told_once(times: int) -> None:
    def write() -> None:
        with TraceFile("/dev/full") as trace:
            for _ in range(times):
                trace.write("line\n")

    with pytest.raises(UserMistake, match=f"^--trace: cannot write /dev/full: {os.strerror(errno.ENOSPC)}$"):
        write()


def test_a_trace_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(UserMistake, match="--trace: cannot write"):
        TraceFile(str(tmp_path))
